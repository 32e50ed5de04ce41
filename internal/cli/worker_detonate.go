package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/queue"
	"sallyport/internal/sandbox"
	"sallyport/internal/store"
	"sallyport/internal/trace"
)

// detonateKind is the kind of jobs that `sallyport detonate` would do; their results are [trace.Document] of one run as JSON.
const detonateKind = "detonate"

const (
	// detonateLimit is how long one script may take. One that takes longer has a result all the same: unknown.
	detonateLimit = 4 * time.Minute
	// detonateMercy is how long the queue waits for that result.
	detonateMercy = time.Minute
	// detonateKept bounds what is kept of one script, in bytes.
	detonateKept = 256 << 10
)

// detonator runs scripts. Each booth in it has a sandbox of its own, with what the script at hand imports.
type detonator struct {
	tier    string
	near    *near
	log     *slog.Logger
	limit   time.Duration
	proof   *browser.Proof
	version string
	booths  chan *booth
}

// booth is where one script at a time is run.
type booth struct {
	run     func(context.Context, sandbox.Script) (*sandbox.Result, error)
	library *decoy.Library
	runs    int
}

// boothRuns is after how many scripts a sandbox makes room for a new one: what it remembers of pages, and its idea of today,
// grow old.
const boothRuns = 100

// newDetonator starts the browser once, which tries whether it leaks. The error is why no script is run here.
func newDetonator(ctx context.Context, slots int, tier string, n *near, log *slog.Logger) (*detonator, error) {
	d := &detonator{tier: tier, near: n, log: log, limit: detonateLimit, proof: &browser.Proof{}, booths: make(chan *booth, slots)}
	b, err := browser.Start(ctx, browser.Options{Proof: d.proof, Log: log})
	if err != nil {
		return nil, err
	}
	d.version = fmt.Sprintf("%s %s rules %d", version(), b.Version(), len(trace.All))
	log.Info("scripts are run here", "browser", b.Version(), "isolation", b.Isolation().Level, "tier", tier, "at_once", slots)
	for range slots {
		d.booths <- nil
	}
	return d, b.Close()
}

// analyser does the jobs.
func (d *detonator) analyser() queue.Analyser {
	return queue.Analyser{
		Kind: detonateKind, Version: d.version, Slots: cap(d.booths), Limit: d.limit + detonateMercy, Analyse: d.analyse,
	}
}

// furnish makes a sandbox, or gives back the one there is.
func (d *detonator) furnish(p *booth) (*booth, error) {
	if p != nil && p.runs < boothRuns {
		*p.library = decoy.Library{}
		return p, nil
	}
	p = &booth{library: &decoy.Library{}}
	box, err := sandbox.New(sandbox.Options{
		Tier: sandbox.Tier(d.tier), Host: d.near.host(), Library: p.library, Browser: browser.Options{Proof: d.proof}, Log: d.log,
	})
	if err != nil {
		return nil, err
	}
	p.run = box.Run
	return p, nil
}

func (d *detonator) analyse(ctx context.Context, j queue.Job, text string) ([]byte, error) {
	if len(text) > maxScript {
		return d.unknown(j, fmt.Sprintf("It is longer than %d MB and was not run.", maxScript>>20))
	}
	p, err := d.furnish(<-d.booths)
	defer func() { d.booths <- p }()
	if err != nil {
		return nil, err
	}
	p.runs++
	limited, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	d.near.library(limited, p.library, j.Wiki, j.Path, text)
	r, err := p.run(limited, sandbox.Script{Path: j.Path, Title: d.near.title(j.Path), Text: text})
	switch {
	case err == nil:
		return kept(r.Isolation.Level, r.Report)
	case ctx.Err() != nil: // it is to be done again by somebody else
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return d.unknown(j, fmt.Sprintf("Running it took longer than %v, and was cut off.", d.limit))
	}
	return nil, err
}

// unknown is the report on a script that was not run to an end.
func (d *detonator) unknown(j queue.Job, why string) ([]byte, error) {
	return kept("", &trace.Report{Path: j.Path, SHA256: string(j.SHA256), Verdict: trace.Unknown, Reasons: []string{why}})
}

// kept is what is kept of a report: all of it, where that is not too long; then less and less of what is longest.
func kept(level browser.Level, full *trace.Report) ([]byte, error) {
	r := *full
	for _, shorten := range []func(){
		func() {},
		func() {
			r.Requests, r.Reasons = nil, append(r.Reasons[:len(r.Reasons):len(r.Reasons)], "Not all of it is kept here.")
		},
		func() { r.Gates, r.Story = first(r.Gates, 20), first(r.Story, 10) },
		func() {
			r.Writes, r.Findings, r.Imports = first(r.Writes, 50), first(r.Findings, 50), first(r.Imports, 50)
		},
		func() { r.Hosts, r.Capabilities, r.Story = first(r.Hosts, 50), first(r.Capabilities, 50), nil },
	} {
		shorten()
		body, err := (&trace.Document{Isolation: string(level), Runs: []*trace.Report{&r}}).MarshalJSON()
		if err != nil || len(body) <= detonateKept {
			return body, err
		}
	}
	return nil, fmt.Errorf("%w: what was seen of it is longer than %d KB", store.ErrRefused, detonateKept>>10)
}

func first[T any](all []T, most int) []T { return all[:min(len(all), most)] }

// whyNoRuns says why scripts are not run on this machine, for the log.
func whyNoRuns(err error) string {
	if errors.Is(err, browser.ErrNotFound) {
		return err.Error()
	}
	return fmt.Sprintf("the sealed browser did not pass its test: %v", err)
}

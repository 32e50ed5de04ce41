package sandbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

// look is the look at one script under way.
type look struct {
	s         *Sandbox
	u         *subject
	b         *browser.Browser
	source    decoy.Source
	began     time.Time
	isolation browser.Isolation

	mu       sync.Mutex
	number   int
	events   []trace.Event
	runs     int
	expected int
	ran      map[int]bool
	needs    map[string]decoyVisit // baselines that this script's runs are compared with
	pictures []Picture
	failed   int
}

type decoyVisit struct {
	persona decoy.Persona
	page    Page
}

// furnish makes the wiki that the script sees.
func (l *look) furnish() error {
	l.ran, l.needs = map[int]bool{}, map[string]decoyVisit{}
	if l.s.o.Snapshot != nil {
		l.source = l.s.o.Snapshot
		return nil
	}
	people, pages := l.s.cast(l.u)
	w, err := decoy.Seeded(people, pages, l.s.o.Now)
	if err != nil {
		return err
	}
	l.source = decoy.NewPretend(w)
	return nil
}

// do carries out runs, several at once. It returns early when the time is over or the browser has gone.
func (l *look) do(ctx context.Context, specs []spec) error {
	l.mu.Lock()
	l.expected += len(specs)
	l.mu.Unlock()
	queue := make(chan spec)
	var group sync.WaitGroup
	for range l.s.o.Windows {
		group.Go(func() {
			for o := range queue {
				l.one(ctx, o)
			}
		})
	}
	var err error
	for _, o := range specs {
		if err = l.enough(ctx); err != nil {
			break
		}
		queue <- o
	}
	close(queue)
	group.Wait()
	if errors.Is(err, errBudget) {
		return nil
	}
	return err
}

var errBudget = errors.New("enough is known, or the time for this script is over")

func (l *look) enough(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if time.Since(l.began) > l.s.o.Budget || l.satisfied() {
		return errBudget
	}
	return nil
}

// one carries out one run; one that came to nothing is tried once more.
func (l *look) one(ctx context.Context, o spec) {
	if o.call {
		o.calls = l.idle()
	}
	out := l.s.run(ctx, l.b, l.u, l.source, o)
	if errors.Is(out.err, errSafe) {
		return
	}
	if out.err != nil && ctx.Err() == nil && !hasLimit(out.events) {
		l.s.o.Log.Debug("run again", "path", l.u.Path, "persona", o.persona.Key, "page", o.page.Name, "err", out.err)
		out = l.s.run(ctx, l.b, l.u, l.source, o)
	}
	l.take(o, out)
}

func hasLimit(events []trace.Event) bool {
	for _, e := range events {
		if e.Kind == trace.Limit && e.Data.Name != "ended" {
			return true
		}
	}
	return false
}

// take adds a run to the log.
func (l *look) take(o spec, out *outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	l.runs++
	if out.err != nil {
		l.failed++
		l.s.o.Log.Debug("run failed", "path", l.u.Path, "persona", o.persona.Key, "page", o.page.Name, "err", out.err)
	}
	if len(out.events) == 0 {
		why := "nothing was heard of it"
		if out.err != nil {
			why = out.err.Error()
		}
		setup := o.setup(l.u, l.s.o.Tier)
		out.events = []trace.Event{{Kind: trace.Begin, Setup: setup, Stage: o.stage}, {Kind: trace.Limit, Stage: o.stage, Data: trace.Data{Name: "start", Text: why}}}
		for i := range out.events {
			out.events[i].Persona, out.events[i].Page = o.persona.Key, o.page.Name
		}
	}
	for _, e := range out.events {
		e.Run = l.number
		l.events = append(l.events, e)
	}
	for _, f := range out.ran {
		l.ran[f] = true
	}
	l.pictures = append(l.pictures, out.pictures...)
	if !o.base {
		l.needs[o.persona.Key+"\x00"+o.page.Name] = decoyVisit{o.persona, o.page}
	}
	l.s.o.Progress(Progress{Path: l.u.Path, Runs: l.runs, Expected: l.expected, Ran: len(l.ran), All: len(l.u.functions), Seconds: time.Since(l.began).Seconds()})
}

// covered is how many functions have run.
func (l *look) covered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ran)
}

// idle are the functions that did not run yet.
func (l *look) idle() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []int
	for i := 1; i < len(l.u.functions); i++ {
		if !l.ran[i] {
			out = append(out, i)
		}
	}
	return out
}

// with is the key of a baseline: it is another one when other scripts are there with the one under test.
func (l *look) with(key string) string { return key + "\x00" + l.u.together.sum }

// compare makes the runs without the script that there are none of yet. They are the same for all scripts that have nothing loaded with them.
func (l *look) compare(ctx context.Context) {
	l.mu.Lock()
	needs := l.needs
	l.mu.Unlock()
	bare := map[string][]trace.Event{}
	var missing []spec
	for _, key := range slices.Sorted(maps.Keys(needs)) {
		v := needs[key]
		if bare[key] = l.s.baseline(l.with(key)); bare[key] == nil {
			missing = append(missing, spec{persona: v.persona, page: v.page, base: true, active: true, stage: trace.Natural})
		}
	}
	queue := make(chan spec)
	var group sync.WaitGroup
	for range l.s.o.Windows {
		group.Go(func() {
			for o := range queue {
				out := l.s.run(ctx, l.b, l.u, l.source, o)
				if out.err != nil {
					continue
				}
				key := o.persona.Key + "\x00" + o.page.Name
				l.s.keepBaseline(l.with(key), out.events)
				l.mu.Lock()
				bare[key] = out.events
				l.mu.Unlock()
			}
		})
	}
	for _, o := range missing {
		if ctx.Err() != nil {
			break
		}
		queue <- o
	}
	close(queue)
	group.Wait()
	for _, key := range slices.Sorted(maps.Keys(needs)) {
		l.number++
		for _, e := range bare[key] {
			e.Run = l.number
			l.events = append(l.events, e)
		}
	}
}

func (s *Sandbox) baseline(key string) []trace.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.baselines[key]
}

// keepBaseline remembers one. It begins anew when too much is remembered.
func (s *Sandbox) keepBaseline(key string, events []trace.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.baselines) >= maxRemembered {
		clear(s.baselines)
	}
	s.baselines[key] = events
}

// judge gives the verdict on what is known. Every name that the decoy had is the wiki's own.
func (l *look) judge(log *trace.Log) *trace.Report {
	hosts := append([]string{"." + l.s.o.Host, l.s.o.Host}, l.s.o.Hosts...)
	for _, r := range log.Runs {
		if h := r.Setup.Host; h != "" && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	return trace.Judge(log, trace.Options{Path: l.u.Path, Source: l.u.Text, Self: l.u.Title, Author: l.u.Author, Hosts: hosts, Allowed: l.s.o.Allowed})
}

// satisfied asks whether what is known so far is enough.
func (l *look) satisfied() bool {
	if l.s.o.Until == nil {
		return false
	}
	l.mu.Lock()
	events := slices.Clone(l.events)
	l.mu.Unlock()
	return len(events) > 0 && l.s.o.Until(l.judge(trace.NewLog(events)))
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/queue"
	"sallyport/internal/shelf"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// background is the part of a process that has scripts analysed, whatever else the process does.
type background struct {
	bus     bus.Options
	store   store.Store
	labour  labour
	watch   *queue.Watch // adds new revisions; nil: others do
	changed <-chan struct{}
	entry   *loadDoor // wants texts read; nil: nobody does
	shelf   *shelf.Shelf
	off     *switching // is told on the bus what others switched off; nil: nobody here serves scripts
	log     *slog.Logger
}

// labour is what a process does itself.
type labour struct {
	slots    int    // scripts read at once; 0 leaves them to others
	runs     int    // scripts run at once; 0 leaves them to others
	tier     string // of runs
	analysis analysis
	near     *near
	seal     func(ctx context.Context, slots int, tier string, n *near, log *slog.Logger) (*detonator, error)
}

// labourOf reads the settings. Operator rules that have mistakes are an error.
func labourOf(a config.Analysis, slots int, n *near) (labour, error) {
	l := labour{slots: slots, tier: a.Tier, analysis: theAnalysis(), near: n, seal: newDetonator}
	if a.Detonate && slots > 0 {
		l.runs = max(1, slots/2) // each takes a browser with two windows
	}
	if len(a.Rules) == 0 {
		return l, nil
	}
	own, err := readRules(a.Rules)
	if err != nil {
		return l, fmt.Errorf("read analysis.rules: %w", err)
	}
	l.analysis = l.analysis.with(own)
	l.analysis.version = " rules " + own.digest[:12]
	return l, nil
}

// near is this wiki.
func (j *joined) near() *near { return &near{site: j.registry.Site, client: j.client} }

// background is this wiki's: its new revisions are added, and some of the work is done here.
func (j *joined) background(s store.Store, b bus.Options, a config.Analysis, log *slog.Logger) (background, error) {
	b.Log = log
	l, err := labourOf(a, a.Jobs, j.near())
	return background{
		bus: b, store: s, labour: l, changed: j.changed, entry: j.entry, shelf: j.shelf, off: j.switches, log: log,
		watch: &queue.Watch{
			Site: j.registry.Site, Wiki: j.client, Texts: s, Log: log, Rank: j.rank(s), List: j.shelf,
			Jobs: func(kind wiki.CodeKind) []queue.Job { return jobsFor(kind, a, l) },
		},
	}, err
}

// jobsFor is what is done with a text: all code is read, scripts are run.
func jobsFor(kind wiki.CodeKind, a config.Analysis, l labour) []queue.Job {
	all := []queue.Job{{Kind: scanKind, Version: scanner{l.analysis, nil}.version()}}
	if a.Detonate && (kind == wiki.SiteJS || kind == wiki.UserJS) {
		all = append(all, queue.Job{Kind: detonateKind, Tier: a.Tier, Version: version()})
	}
	return all
}

// rank says how urgent a new revision is: who runs it, and whether they chose to.
func (j *joined) rank(s store.Store) func(context.Context, wiki.Title) queue.Rank {
	site := j.registry.Site
	ofSite := siteGadgets(site, j.registry.SiteGadgets)
	return func(ctx context.Context, t wiki.Title) queue.Rank {
		if t.NS == wiki.NSMediaWiki {
			if is, isDefault, err := ofSite(ctx, t); err == nil && is && !isDefault {
				return queue.Gadget
			}
			return queue.Site
		}
		if ids, err := s.GadgetsUsing(ctx, site.ID, site.Prefixed(t)); err == nil && len(ids) > 0 {
			return queue.Gadget
		}
		return queue.Script
	}
}

// nudge wakes whoever waits, and never waits itself.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run goes on until ctx ends. A bus that is not there yet is waited for: pages are served meanwhile.
func (b background) run(ctx context.Context) error {
	connection, q := b.join(ctx)
	if q == nil {
		return nil
	}
	defer func() {
		if err := connection.Close(); err != nil {
			b.log.Error("bus not closed", "err", err)
		}
	}()
	work, ctx := errgroup.WithContext(ctx)
	if b.off != nil {
		work.Go(func() error { return b.off.Listen(ctx, connection) })
	}
	if b.labour.slots > 0 {
		work.Go(func() error {
			return b.work(ctx, q, scanner{b.labour.analysis, b.labour.near}.analyser(b.labour.slots))
		})
	}
	if b.labour.runs > 0 {
		work.Go(func() error { return b.detonate(ctx, q) })
	}
	if b.watch != nil {
		b.watch.Queue = q
		work.Go(func() error { return b.watch.Run(ctx, b.changed) })
		work.Go(func() error { return b.shelf.Run(ctx) })
		work.Go(func() error { return b.entry.read(ctx, b.store, q, b.watch.Jobs) })
	}
	return work.Wait()
}

func (b background) work(ctx context.Context, q *queue.Queue, a queue.Analyser) error {
	err := q.Work(ctx, a)
	if errors.Is(err, queue.ErrStuck) && b.watch != nil {
		b.log.Error("this process does no more such jobs until it is started again", "kind", a.Kind, "err", err)
		return nil
	}
	return err
}

// detonate runs scripts where there is a browser that keeps them in. Elsewhere they wait for somebody who has one.
func (b background) detonate(ctx context.Context, q *queue.Queue) error {
	d, err := b.labour.seal(ctx, b.labour.runs, b.labour.tier, b.labour.near, b.log)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		b.log.Warn("no scripts are run here, only read; they wait for a worker that has a browser", "kinds", []string{scanKind}, "err", whyNoRuns(err))
		return nil
	}
	b.log.Info("jobs are done here", "kinds", []string{scanKind, detonateKind})
	return b.work(ctx, q, d.analyser())
}

// busRetry is the pause before the bus is tried again.
const busRetry = 5 * time.Second

// join returns nothing when ctx ended first.
func (b background) join(ctx context.Context) (*bus.Bus, *queue.Queue) {
	for ctx.Err() == nil {
		connection, q, err := openQueue(ctx, b.bus, b.store, b.log)
		if err == nil {
			return connection, q
		}
		b.log.Error("no bus, so no scripts are analysed; again in 5 seconds", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(busRetry):
		}
	}
	return nil, nil
}

func openQueue(ctx context.Context, o bus.Options, s store.Store, log *slog.Logger) (*bus.Bus, *queue.Queue, error) {
	connection, err := bus.Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	q, err := queue.Open(ctx, queue.Options{Bus: connection, Store: s, Log: log, Kinds: []string{scanKind, detonateKind}})
	if err != nil {
		return nil, nil, errors.Join(err, connection.Close())
	}
	return connection, q, nil
}

package cli

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/collect"
	"sallyport/internal/culprit"
	"sallyport/internal/gateway"
	"sallyport/internal/registry"
	"sallyport/internal/violation"
)

const (
	// findAgain is how often it is looked up which scripts name which servers.
	findAgain = 5 * time.Minute
	// keepReports is how many days reports are kept, and keepRequests how long what was refused.
	keepReports  = 90
	keepRequests = 365 * 24 * time.Hour
)

// attribute has a collector know who sends a report, from where, and which script is behind it.
func attribute(o *collect.Options, p parts, reg *registry.Registry, readers *gateway.Readers) *culprit.Finder {
	finder := culprit.New(culprit.Options{Site: reg.Site, Base: base, Gadgets: reg, Known: p.store, Log: p.log})
	o.User = func(r *http.Request) string {
		u, _ := readers.Known(r)
		if u.ID == 0 {
			return ""
		}
		return strconv.FormatInt(u.ID, 10)
	}
	o.Client, o.Script = gateway.Client(p.trusted), finder.Script
	o.Guess = func(user, blocked string) string {
		id, _ := strconv.ParseInt(user, 10, 64) // 0 is nobody
		return finder.Guess(id, blocked)
	}
	return finder
}

// run keeps what browsers report until ctx ends.
func (p *policing) run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return p.collector.Run(ctx, time.Tick(foldFor)) })
	work.Go(func() error { return p.finder.Run(ctx, time.Tick(findAgain)) })
	work.Go(func() error { return p.rollout.Run(ctx) })
	work.Go(func() error { return p.forget(ctx, time.Tick(time.Hour)) })
	return work.Wait()
}

// forget drops what is too old at every tick.
func (p *policing) forget(ctx context.Context, tick <-chan time.Time) error {
	for {
		now, wiki := time.Now(), p.registry.Site.ID
		err := p.store.Forget(ctx, wiki, violation.DayOf(now)-keepReports)
		if err = errors.Join(err, p.store.ForgetRequests(ctx, wiki, now.Add(-keepRequests))); err != nil && ctx.Err() == nil {
			p.log.Warn("old reports are not forgotten", "err", err)
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return nil
		}
	}
}

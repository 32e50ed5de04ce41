package cli

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/config"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// serving serves approved texts alone. A nil one serves everything.
type serving struct {
	book   *approved.Book
	gate   *gateway.Approved
	trials *gateway.Trials
	// vouched reads what two people approved at the write door.
	vouched func(ctx context.Context) error
	log     *slog.Logger
}

// openApproved makes it; nil when no tier is named.
func openApproved(ctx context.Context, p parts, client *mediawiki.Client, site *wiki.Site, off *switching, stops *breaking) (*serving, error) {
	if len(p.approved.Serve) == 0 {
		return nil, nil
	}
	sessions, err := sessionsOf(ctx, p, client, site, stops)
	if err != nil {
		return nil, err
	}
	book := bookOf(p.approved, p.store, client, site, off.Keeper, p.log)
	return &serving{
		book: book, log: p.log,
		gate: gateway.NewApproved(gateway.Approved{
			Book: book, Reads: readerOf(client, site), Now: time.Now, Log: p.log,
			Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) { return namedBy(ctx, client, rev, page) },
		}),
		vouched: func(ctx context.Context) error {
			return book.Follow(ctx, p.store, client.Revision, mediawiki.ErrNoRevision)
		},
		trials: &gateway.Trials{
			Book: book, Readers: gateway.NewReaders(sessions.Cookie, gateway.NewWho(client.WhoAmI).Sent, time.Now, p.log), Base: base, Log: p.log,
		},
	}, nil
}

func bookOf(set config.Approved, db store.Store, client *mediawiki.Client, site *wiki.Site, off *switches.Keeper, log *slog.Logger) *approved.Book {
	return approved.New(approved.Options{
		Off: off, Site: site, Store: db, Serve: set.Serve, Least: set.Popular, Testers: set.Testers, Heads: client.Heads, Pages: client.Pages, AllPages: client.AllPages,
		Messages: client.Messages, Now: time.Now, Log: log,
		Audience: func(ctx context.Context, t wiki.Title) (int, bool, error) { return audience(ctx, db, site, t) },
		Groups: func(ctx context.Context, user string) ([]string, error) {
			a, err := client.Author(ctx, user)
			return a.Groups, err
		},
	})
}

// before is what stands before the wiki.
func (s *serving) before() *gateway.Approved {
	if s == nil {
		return nil
	}
	return s.gate
}

// reviews is the book for the pages; nil when every text is served.
func (s *serving) reviews() *approved.Book {
	if s == nil {
		return nil
	}
	return s.book
}

// trying is who runs what waits.
func (s *serving) trying() *gateway.Trials {
	if s == nil {
		return nil
	}
	return s.trials
}

// sweepEvery is how often all pages are looked at. What goes out is looked at each time.
const sweepEvery = time.Minute

// run takes what there is as approved, the first time, and then finds what waits.
func (s *serving) run(ctx context.Context) error {
	if s == nil {
		<-ctx.Done()
		return nil
	}
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() { s.follow(ctx) })
	begun := false
	for ctx.Err() == nil {
		wait := sweepEvery
		err := s.book.Begin(ctx)
		if begun = begun || err == nil; begun {
			err = s.book.Sweep(ctx)
		} else {
			wait = 10 * time.Second
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("pages not looked at; again soon", "wiki", s.book.Site().ID, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// followEvery is how often the log of the write door is read.
const followEvery = time.Second

// follow takes what two people approved at the write door as approved, soon after it was saved.
func (s *serving) follow(ctx context.Context) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.vouched(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("approvals of the write door not read", "wiki", s.book.Site().ID, "err", err)
			}
		}
	}
}

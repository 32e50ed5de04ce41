package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sallyport/internal/approved"
	"sallyport/internal/config"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
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
	// gadgets is who hands out gadgets in user space.
	gadgets *registry.Registry
	news    *approved.News
	log     *slog.Logger
}

// openApproved makes it; nil without a book, which is when no tier is named.
func openApproved(ctx context.Context, p parts, book *approved.Book, client *mediawiki.Client, reg *registry.Registry, stops *breaking) (*serving, error) {
	if book == nil {
		return nil, nil
	}
	site := book.Site()
	sessions, err := sessionsOf(ctx, p, client, site, stops)
	if err != nil {
		return nil, err
	}
	return &serving{
		book: book, gadgets: reg, news: &approved.News{Book: book, Log: p.store}, log: p.log,
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

// openBook is what may be served; nil when no tier is named.
func openBook(p parts, client *mediawiki.Client, site *wiki.Site, off *switching) *approved.Book {
	if len(p.approved.Serve) == 0 {
		return nil
	}
	return bookOf(p.approved, p.store, client, site, off.Keeper, p.log)
}

// textsOf says which texts of gadgets are served; nil without a book.
func textsOf(book *approved.Book) func(ctx context.Context, gadget int64) (registry.Texts, error) {
	if book == nil {
		return nil
	}
	return func(ctx context.Context, gadget int64) (registry.Texts, error) { return book.OfGadget(ctx, gadget) }
}

// triedOf says which texts of gadgets whoever asks tries; nil without a book.
func triedOf(book *approved.Book) func(ctx context.Context, gadget int64) (registry.Texts, error) {
	if book == nil {
		return nil
	}
	return func(ctx context.Context, gadget int64) (registry.Texts, error) {
		mine, tries := gateway.BookOf(ctx, book)
		if !tries {
			return nil, nil
		}
		return mine.OfGadget(ctx, gadget)
	}
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
		Gadgets: &approved.Gadgets{
			Users:   func(ctx context.Context, gadget int64) (int, error) { return db.Users(ctx, site.ID, gadget) },
			Crowded: func(ctx context.Context, least int) ([]approved.Crowded, error) { return crowded(ctx, db, site, least) },
			Needed:  func(ctx context.Context, gadgets []int64) ([]int64, error) { return withNeeds(ctx, db, site, gadgets) },
			With:    func(ctx context.Context, t wiki.Title) ([]int64, error) { return gadgetsWith(ctx, db, site, t) },
			Copy: func(ctx context.Context, t wiki.Title) (store.Page, bool, error) {
				title := site.Prefixed(t)
				pages, err := db.Pages(ctx, site.ID, []string{title})
				return pages[title], pages[title].Digest != "", err
			},
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
			if err := s.look(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("popular gadgets not looked at", "wiki", s.book.Site().ID, "err", err)
			}
		}
	}
}

// look has what reviewers decided served in gadgets, and shows them what waits in popular ones.
func (s *serving) look(ctx context.Context) error {
	decided, err := s.news.Any(ctx)
	if decided {
		s.gadgets.ReviewsChanged()
	}
	if err != nil {
		return err
	}
	ids, err := s.book.Popular(ctx)
	if err != nil {
		return err
	}
	_, err = s.gadgets.Gadgets(ctx, ids)
	return err
}

// maxCrowded bounds the popular gadgets that are looked at on their own account, and those that they need.
const maxCrowded = 5_000

// crowded lists the gadgets that at least so many people have switched on.
func crowded(ctx context.Context, db store.Store, site *wiki.Site, least int) (all []approved.Crowded, err error) {
	for q := (store.Query{Sort: "users", Limit: 500}); len(all) < maxCrowded; q.Offset += q.Limit {
		rows, _, err := db.List(ctx, site.ID, q)
		if err != nil {
			return nil, err
		}
		for _, g := range rows {
			if g.Users < least {
				return all, nil
			}
			all = append(all, approved.Crowded{Gadget: g.PageID, People: g.Users})
		}
		if len(rows) < q.Limit {
			break
		}
	}
	return all, nil
}

// withNeeds lists gadgets and all that these need.
func withNeeds(ctx context.Context, db store.Store, site *wiki.Site, gadgets []int64) (ids []int64, err error) {
	seen := map[int64]bool{}
	for next := gadgets; len(next) > 0 && len(ids) < 2*maxCrowded; {
		missing := slices.DeleteFunc(slices.Clone(next), func(id int64) bool { return seen[id] })
		next = nil
		found, err := db.Gadgets(ctx, site.ID, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(found)) {
			seen[id] = true
			ids = append(ids, id)
			for _, need := range found[id].Needs {
				next = append(next, need)
			}
		}
	}
	return ids, nil
}

// gadgetsWith lists the gadgets that a page is a file of, or the definition.
func gadgetsWith(ctx context.Context, db store.Store, site *wiki.Site, t wiki.Title) ([]int64, error) {
	title := site.Prefixed(t)
	ids, err := db.GadgetsUsing(ctx, site.ID, title)
	if err != nil {
		return nil, err
	}
	g, err := db.GadgetByTitle(ctx, site.ID, title)
	if errors.Is(err, store.ErrNotFound) {
		return ids, nil
	}
	return append(ids, g.PageID), err
}

// approvedNewest is the newest text of a page that may be served, as of revision 0 where reviewers never saw it saved; a page without
// one is as good as not there.
func approvedNewest(book *approved.Book, newest func(context.Context, wiki.Title) (wiki.Page, error)) func(context.Context, wiki.Title) (wiki.Page, error) {
	if book == nil {
		return newest
	}
	return func(ctx context.Context, t wiki.Title) (wiki.Page, error) {
		p, err := newest(ctx, t)
		if err != nil || !p.Exists() {
			return p, err
		}
		book, _ := gateway.BookOf(ctx, book)
		pages, err := book.Look(ctx, []wiki.Title{t})
		if err != nil || pages[0].Tier == approved.None || pages[0].Serve == store.DigestOf(p.Text) {
			return p, err
		}
		if pages[0].Serve == "" {
			return wiki.Page{Title: t}, nil
		}
		if p.Text, err = book.Text(ctx, pages[0].Serve); err != nil {
			return p, err
		}
		r, err := book.Review(ctx, t, pages[0].Serve)
		p.Rev, p.Author, p.Touched = r.RevID, r.Author, r.Saved
		return p, err
	}
}

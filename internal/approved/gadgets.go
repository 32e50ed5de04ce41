package approved

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Gadgets is what is asked about gadgets in user space, of which the tier [Popular] is about.
type Gadgets struct {
	// Users counts the people who have a gadget switched on.
	Users func(ctx context.Context, gadget int64) (int, error)
	// Crowded lists the gadgets that at least so many have switched on.
	Crowded func(ctx context.Context, least int) ([]Crowded, error)
	// Needed lists gadgets and those that they need, which whoever runs them runs.
	Needed func(ctx context.Context, gadgets []int64) ([]int64, error)
	// With lists the gadgets that a page is part of as they are served: among their files, or their definition.
	With func(ctx context.Context, t wiki.Title) ([]int64, error)
	// Copy is the newest text of a page in user space that may run, of a page that MediaWiki itself would run nothing of. ok is
	// false where there is none.
	Copy func(ctx context.Context, t wiki.Title) (p store.Page, ok bool, err error)
}

// Crowded is a gadget and how many have it switched on.
type Crowded struct {
	Gadget int64
	People int
}

// crowd remembers which gadgets are popular, for a moment.
type crowd struct {
	mu  sync.Mutex
	at  time.Time
	ids map[int64]bool
}

// crowdAge is how long that is believed. A gadget's own people are counted each time.
const crowdAge = time.Second

// Popular lists the gadgets whose texts need approval.
func (b *Book) Popular(ctx context.Context) ([]int64, error) {
	if b.o.Gadgets == nil || !b.serves(Popular) {
		return nil, nil
	}
	all, err := b.o.Gadgets.Crowded(ctx, b.floor())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, g := range all {
		held := g.People >= b.o.Least
		if !held {
			held, err = b.held(ctx, gadgetCursor(g.Gadget), g.People)
		}
		if err != nil {
			return nil, err
		}
		if held {
			ids = append(ids, g.Gadget)
		}
	}
	return b.o.Gadgets.Needed(ctx, ids)
}

// popular says whether a gadget is one of them.
func (b *Book) popular(ctx context.Context, gadget int64) (bool, error) {
	if b.o.Gadgets == nil || !b.serves(Popular) {
		return false, nil
	}
	n, err := b.o.Gadgets.Users(ctx, gadget)
	if err != nil {
		return false, err
	}
	if held, err := b.held(ctx, gadgetCursor(gadget), n); err != nil || held {
		return held, err
	}
	c, now := b.crowd, b.o.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil || now.Sub(c.at) >= crowdAge {
		all, err := b.Popular(ctx)
		if err != nil {
			return false, err
		}
		c.at, c.ids = now, make(map[int64]bool, len(all))
		for _, id := range all {
			c.ids[id] = true
		}
	}
	return c.ids[gadget], nil
}

// partOf says whether a page is part of a gadget in user space of which something holds.
func (b *Book) partOf(ctx context.Context, t wiki.Title, holds func(ctx context.Context, gadget int64) (bool, error)) (bool, error) {
	if b.o.Gadgets == nil {
		return false, nil
	}
	ids, err := b.o.Gadgets.With(ctx, t)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if yes, err := holds(ctx, id); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// begunGadget says whether texts of a gadget that were never seen wait.
func (b *Book) begunGadget(ctx context.Context, gadget int64) (bool, error) {
	return b.noted(ctx, gadgetCursor(gadget))
}

func gadgetCursor(gadget int64) string {
	return cursor(Popular) + " gadget " + strconv.FormatInt(gadget, 10)
}

// GadgetTexts says which texts of one gadget in user space are served. All pages of a popular one are looked after, whatever each is
// part of besides; of another, those that are of a tier themselves. A gadget begins as a whole: what it has when it is first seen to
// be popular is taken as found, and a page that it gets later waits even if nobody ever saw it.
type GadgetTexts struct {
	b              *Book
	id             int64
	popular, begun bool
}

// OfGadget is what may be served of a gadget, by the page id of its definition.
func (b *Book) OfGadget(ctx context.Context, id int64) (*GadgetTexts, error) {
	g := &GadgetTexts{b: b, id: id}
	var err error
	if g.popular, err = b.popular(ctx, id); err == nil && g.popular {
		g.begun, err = b.begunGadget(ctx, id)
	}
	if err != nil {
		return nil, fmt.Errorf("find out whether gadget %d is popular: %w", id, err)
	}
	return g, nil
}

// Serve returns pages, each with the text that is served in place of its own, and Digest empty for none.
func (g *GadgetTexts) Serve(ctx context.Context, pages []store.Page) ([]store.Page, error) {
	served := make([]store.Page, len(pages))
	for i, p := range pages {
		var err error
		if served[i], err = g.serve(ctx, p); err != nil {
			return nil, fmt.Errorf("find the approved text of %q: %w", p.Title, err)
		}
	}
	return served, nil
}

func (g *GadgetTexts) serve(ctx context.Context, now store.Page) (store.Page, error) {
	t, err := g.b.o.Site.Parse(now.Title)
	if err != nil || now.Digest == "" {
		return now, err
	}
	p := Page{Title: t, Tier: Popular, Rev: now.RevID, Now: now.Digest, Serve: now.Digest, of: g}
	if !g.popular {
		if p.Tier, err = g.b.Tier(ctx, t); err != nil || p.Tier == None {
			return now, err
		}
	}
	last, err := g.b.o.Store.Approved(ctx, g.b.o.Site.ID, []string{now.Title})
	if err != nil {
		return now, err
	}
	if err := g.b.choose(ctx, &p, text{digest: now.Digest, author: now.Author, saved: now.Saved}, last[now.Title]); err != nil {
		return now, err
	}
	if err := g.b.try(ctx, &p); err != nil {
		return now, err
	}
	chosen := p.Serve
	if err := g.b.stepBack(ctx, &p); err != nil {
		return now, err
	}
	if p.Serve == "" { // nothing before a text that is switched off: the gadget is stopped by that switch, and says so
		p.Serve = chosen
	}
	if p.Serve == p.Now {
		return now, nil
	}
	now.Digest, now.RevID, now.Author, now.Saved = p.Serve, 0, "", time.Time{}
	if p.Serve == "" {
		return now, nil
	}
	r, err := g.b.o.Store.Review(ctx, g.b.o.Site.ID, now.Title, p.Serve)
	now.RevID, now.Author, now.Saved = r.RevID, r.Author, r.Saved
	return now, err
}

// Seen keeps that all pages of a popular gadget were looked at: from now on what was never seen waits.
func (g *GadgetTexts) Seen(ctx context.Context) error {
	if !g.popular || g.begun {
		return nil
	}
	return g.b.note(ctx, gadgetCursor(g.id))
}

// waits is [Book.waits] for pages of the gadget.
func (g *GadgetTexts) waits(ctx context.Context, p *Page) (bool, error) {
	if g.begun {
		return true, nil
	}
	return g.b.pageBegins(ctx, p)
}

// News tells a process when reviewers have decided something, in whichever process they did.
type News struct {
	Book  *Book
	Log   Log
	after int64
	heard bool
}

// Any says whether something was decided since the last call; the first time, it may have been. [Book.Follow] has to run, somewhere.
func (n *News) Any(ctx context.Context) (bool, error) {
	at, err := n.Book.o.Store.Cursor(ctx, n.Book.o.Site.ID, vouched)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	end, _ := strconv.ParseInt(at, 10, 64) // nothing is read from the beginning
	if !n.heard {
		n.heard, n.after = true, end
		return true, nil
	}
	any := false
	for n.after < end {
		entries, err := n.Log.Entries(ctx, n.Book.o.Site.ID, n.after, maxEntries)
		if err != nil || len(entries) == 0 {
			return any, err
		}
		for _, e := range entries {
			any = any || e.Kind == "review" || e.Kind == string(store.Done)
			n.after = e.Seq
		}
	}
	return any, nil
}

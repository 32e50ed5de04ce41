package approved

import (
	"context"
	"errors"
	"fmt"

	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Page is a page as the wiki has it now, and what of it is served.
type Page struct {
	Title wiki.Title
	Tier  Tier
	Rev   int64        // current revision; 0 when there is none
	Now   store.Digest // of the current text; empty when nothing of the page runs
	Serve store.Digest // of the text that is served; empty for none
	To    wiki.Title   // where the text that is served redirects
	of    *GadgetTexts // as a part of which gadget it is looked at; nil: for itself
}

// Pinned says whether something else than the current text is served.
func (p *Page) Pinned() bool { return p.Now != p.Serve }

// Look asks the wiki which revisions of pages are current, and says what of them is served, in the order asked. A text that is
// seen for the first time waits from now on.
func (b *Book) Look(ctx context.Context, titles []wiki.Title) ([]Page, error) {
	return b.look(ctx, titles, None)
}

// look is Look; pages that are of no tier count as of atLeast.
func (b *Book) look(ctx context.Context, titles []wiki.Title, atLeast Tier) ([]Page, error) {
	if len(titles) == 0 {
		return nil, nil
	}
	texts, revs, err := b.current(ctx, titles)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(titles))
	for i, t := range titles {
		names[i] = b.o.Site.Prefixed(t)
	}
	last, err := b.o.Store.Approved(ctx, b.o.Site.ID, names)
	if err != nil {
		return nil, err
	}
	pages := make([]Page, len(titles))
	for i, t := range titles {
		p := Page{Title: t, Rev: revs[i], Now: texts[i].digest, Serve: texts[i].digest, To: texts[i].to}
		if p.Tier, err = b.Tier(ctx, t); err != nil {
			return nil, err
		}
		if p.Tier == None {
			p.Tier = atLeast
		}
		if p.Tier == Popular && p.Now == "" && p.Rev != 0 {
			if err := b.copied(ctx, &p, &texts[i]); err != nil {
				return nil, err
			}
		}
		if p.Tier != None {
			if err := b.choose(ctx, &p, texts[i], last[names[i]]); err != nil {
				return nil, err
			}
			if err := b.try(ctx, &p); err != nil {
				return nil, err
			}
			if err := b.stepBack(ctx, &p); err != nil {
				return nil, err
			}
		}
		pages[i] = p
	}
	return pages, nil
}

// copied puts in the text of a page that runs in gadgets alone: a definition, for instance.
func (b *Book) copied(ctx context.Context, p *Page, now *text) error {
	if b.o.Gadgets == nil {
		return nil
	}
	c, ok, err := b.o.Gadgets.Copy(ctx, p.Title)
	if err == nil && ok {
		p.Rev, p.Now, p.Serve = c.RevID, c.Digest, c.Digest
		*now = text{digest: c.Digest, author: c.Author, saved: c.Saved}
	}
	return err
}

// choose settles what of a page is served.
func (b *Book) choose(ctx context.Context, p *Page, now text, last store.Review) error {
	if p.Now == "" || p.Now == last.Digest {
		return nil
	}
	state, err := b.state(ctx, p, now, last.Digest != "")
	if err != nil {
		return err
	}
	if d := Choose(p.Now, state, last.Digest); d != p.Serve {
		return b.serve(ctx, p, d)
	}
	return nil
}

// try has the text served that whoever the book is for tries.
func (b *Book) try(ctx context.Context, p *Page) error {
	d, ok := b.tried[p.Title]
	if !ok || p.Now == "" {
		return nil
	}
	return b.serve(ctx, p, d)
}

// serve has a text of a page served, which may be none.
func (b *Book) serve(ctx context.Context, p *Page, d store.Digest) error {
	p.Serve, p.To = d, wiki.Title{}
	if d == "" {
		return nil
	}
	body, err := b.o.Store.Text(ctx, d)
	if err != nil {
		return err
	}
	p.To, _ = registry.Redirect(b.o.Site, wiki.DefaultModel(p.Title), body)
	return nil
}

// state is what reviewers said of the current text. One that was never seen waits, unless its tier begins with it.
func (b *Book) state(ctx context.Context, p *Page, now text, known bool) (store.ReviewState, error) {
	name := b.o.Site.Prefixed(p.Title)
	r, err := b.o.Store.Review(ctx, b.o.Site.ID, name, p.Now)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return r.State, err
	}
	waits, err := b.waits(ctx, p)
	if err != nil {
		return "", err
	}
	r = store.Review{Wiki: b.o.Site.ID, Title: name, Digest: p.Now, State: store.ReviewWaiting, RevID: p.Rev, Author: now.author, Saved: now.saved}
	if !waits && !known {
		r.State, r.Reason, r.Decided = store.ReviewApproved, asFound, b.o.Now()
	}
	fresh, err := b.o.Store.SeeText(ctx, r)
	if err != nil {
		return "", err
	}
	if !fresh { // another process saw it at the same moment
		r, err = b.o.Store.Review(ctx, b.o.Site.ID, name, p.Now)
		return r.State, err
	}
	if r.State == store.ReviewWaiting {
		b.o.Log.Warn("a change waits for reviewers", "wiki", b.o.Site.ID, "page", b.o.Site.PrefixedText(p.Title), "revision", p.Rev, "author", now.author, "tier", string(p.Tier))
	}
	return r.State, nil
}

// current are the texts of pages as they are now. Only of revisions that were not seen yet is the text asked for.
func (b *Book) current(ctx context.Context, titles []wiki.Title) ([]text, []int64, error) {
	heads, err := b.o.Heads(ctx, titles)
	if err != nil {
		return nil, nil, fmt.Errorf("ask which revisions are current: %w", err)
	}
	texts, revs := make([]text, len(titles)), make([]int64, len(titles))
	var missing []wiki.Title
	var at []int
	for i, h := range heads {
		if h.ID == 0 {
			continue
		}
		known, ok := b.seen.GetIfPresent(revision{titles[i], h.Rev})
		if !ok {
			missing, at = append(missing, titles[i]), append(at, i)
		}
		texts[i], revs[i] = known, h.Rev
	}
	if len(missing) == 0 {
		return texts, revs, nil
	}
	pages, err := b.o.Pages(ctx, missing)
	if err != nil {
		return nil, nil, fmt.Errorf("read %d pages: %w", len(missing), err)
	}
	for i, p := range pages {
		p.Title = missing[i]
		if texts[at[i]], err = b.keep(ctx, p); err != nil {
			return nil, nil, err
		}
		revs[at[i]] = p.Rev
	}
	return texts, revs, nil
}

// keep remembers a revision, and its text when something of it could run.
func (b *Book) keep(ctx context.Context, p wiki.Page) (t text, err error) {
	t.author, t.saved = p.Author, p.Touched
	if p.Exists() && runs(p) {
		if t.digest, err = b.o.Store.SaveText(ctx, p.Text); err != nil {
			return t, err
		}
		t.to, _ = registry.Redirect(b.o.Site, p.Model, p.Text)
	}
	if p.Exists() {
		b.seen.Set(revision{p.Title, p.Rev}, t)
	}
	return t, nil
}

// runs says whether ResourceLoader, or the Gadgets extension, takes a page of this content model (WikiModule::getContentObj).
func runs(p wiki.Page) bool {
	switch p.Model {
	case wiki.ModelJavaScript, wiki.ModelCSS, wiki.ModelJSON, wiki.ModelVue, "GadgetDefinition":
		return true
	}
	return p.Title.NS == wiki.NSMediaWiki && p.Title.Key == definitions
}

// targets looks at the pages that others redirect to. They count as of the same tier, because their text runs in its place.
func (b *Book) targets(ctx context.Context, pages []Page) (map[wiki.Title]Page, error) {
	found := map[wiki.Title]Page{}
	for _, p := range pages {
		if p.To == (wiki.Title{}) {
			continue
		}
		to, err := b.look(ctx, []wiki.Title{p.To}, p.Tier)
		if err != nil {
			return nil, err
		}
		found[p.To] = to[0]
	}
	return found, nil
}

// Allows says whether a text of a page was approved. It may be any text that the page ever had.
func (b *Book) Allows(ctx context.Context, t wiki.Title, d store.Digest) (bool, error) {
	r, err := b.o.Store.Review(ctx, b.o.Site.ID, b.o.Site.Prefixed(t), d)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return r.State == store.ReviewApproved && !b.off(d), err
}

// Text is a text that is kept; empty for no digest.
func (b *Book) Text(ctx context.Context, d store.Digest) (string, error) {
	if d == "" {
		return "", nil
	}
	return b.o.Store.Text(ctx, d)
}

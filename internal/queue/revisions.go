package queue

import (
	"context"
	"errors"
	"slices"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// How many pages one question to the wiki asks about: as many as the API allows everybody, and few enough for an answer of
// large texts.
const (
	headsAtOnce = 50
	textsAtOnce = 20
)

// ranking says how urgent what a page has is.
type ranking func(context.Context, wiki.Title) Rank

// changes adds the revisions that were saved, and the current ones of pages to which something else happened: a move, an
// undeletion, an import, another content model.
func (w *Watch) changes(ctx context.Context, changes []mediawiki.Change) error {
	var titles []wiki.Title
	saved := map[wiki.Title][]int64{}
	for _, c := range changes {
		titles = append(titles, c.Title)
		if c.Target != nil {
			titles = append(titles, *c.Target)
		}
		if c.Rev != 0 && c.Type != "log" {
			saved[c.Title] = append(saved[c.Title], c.Rev)
		}
	}
	return w.pages(ctx, titles, saved, w.Rank)
}

// pages adds the current revisions of those of the titles that are code, and the saved ones that are current no longer.
func (w *Watch) pages(ctx context.Context, titles []wiki.Title, saved map[wiki.Title][]int64, rank ranking) error {
	for some := range slices.Chunk(possible(titles), headsAtOnce) {
		code, err := w.code(ctx, some)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(code, textsAtOnce) {
			if err := w.texts(ctx, part, saved, rank); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Watch) texts(ctx context.Context, titles []wiki.Title, saved map[wiki.Title][]int64, rank ranking) error {
	pages, err := w.read(ctx, titles)
	if err != nil {
		return err
	}
	for i, p := range pages {
		r := rank(ctx, titles[i])
		if p.Exists() {
			if err := w.current(ctx, p, r); err != nil {
				return err
			}
		}
		if err := w.older(ctx, p.Rev, saved[titles[i]], r); err != nil {
			return err
		}
	}
	return nil
}

// current adds what a page is now. It is listed before it is queued, so that its result finds it in the list.
func (w *Watch) current(ctx context.Context, p wiki.Page, r Rank) error {
	if w.List != nil {
		if err := w.List.Seen(ctx, p); err != nil && !errors.Is(err, store.ErrRefused) {
			return err
		}
	}
	return w.revision(ctx, p, r)
}

// possible keeps the titles that can be code by where they are, each once.
func possible(titles []wiki.Title) (some []wiki.Title) {
	seen := map[wiki.Title]bool{}
	for _, t := range titles {
		if !seen[t] && (t.NS == wiki.NSMediaWiki || t.NS == wiki.NSUser && t.IsSubpage()) {
			seen[t] = true
			some = append(some, t)
		}
	}
	return some
}

// code keeps the titles that are code by their content model. Messages in raw HTML are not: no analysis reads them yet.
func (w *Watch) code(ctx context.Context, titles []wiki.Title) (code []wiki.Title, err error) {
	heads, err := w.Wiki.Heads(ctx, titles)
	for _, h := range heads {
		if kind := wiki.Code(h.Title, h.Model); h.ID != 0 && kind != wiki.NotCode && kind != wiki.SiteHTML {
			code = append(code, h.Title)
		} else if w.List != nil && err == nil {
			err = w.List.Gone(ctx, h.Title)
		}
	}
	return code, err
}

// read asks for texts. A page that the wiki cannot hand out does not keep the others from being read.
func (w *Watch) read(ctx context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	pages, err := w.Wiki.Pages(ctx, titles)
	switch {
	case err == nil || !aboutThePage(err):
		return pages, err
	case len(titles) == 1:
		w.Log.Error("page not read", "wiki", w.Site.ID, "page", w.Site.Prefixed(titles[0]), "err", err)
		return []wiki.Page{{Title: titles[0]}}, nil
	}
	half := len(titles) / 2
	first, err := w.read(ctx, titles[:half])
	if err != nil {
		return nil, err
	}
	second, err := w.read(ctx, titles[half:])
	return append(first, second...), err
}

// aboutThePage tells a page that cannot be read from a wiki that cannot be asked.
func aboutThePage(err error) bool {
	var refused *mediawiki.Error
	return errors.Is(err, mediawiki.ErrTooLong) || errors.Is(err, mediawiki.ErrNoRevision) ||
		errors.As(err, &refused) && !errors.Is(err, mediawiki.ErrUnavailable)
}

// older adds saved revisions that were replaced before we looked: they were served for a while.
func (w *Watch) older(ctx context.Context, current int64, saved []int64, r Rank) error {
	for _, rev := range saved {
		if rev == current {
			continue
		}
		p, err := w.Wiki.Revision(ctx, rev)
		if err != nil && aboutThePage(err) { // deleted or hidden since then
			w.Log.Debug("revision not read", "wiki", w.Site.ID, "revision", rev, "err", err)
			continue
		}
		if err == nil {
			err = w.revision(ctx, p, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

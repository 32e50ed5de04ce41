package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// errUnknown means that it cannot be said which texts of a gadget may be served.
var errUnknown = errors.New("it is not known which texts are approved")

// Texts says which texts of one gadget's pages are served.
type Texts interface {
	// Serve returns the pages, in order, each with the text that is served in place of its newest: Digest, RevID, Author and Saved
	// differ where another is. Digest is empty where none may be served. What has no text stays without one.
	Serve(ctx context.Context, pages []store.Page) ([]store.Page, error)
	// Seen says that all pages of the gadget have been asked about.
	Seen(ctx context.Context) error
}

// newest serves everything as it is.
type newest struct{}

func (newest) Serve(_ context.Context, pages []store.Page) ([]store.Page, error) { return pages, nil }
func (newest) Seen(context.Context) error                                        { return nil }

// ReviewsChanged says that reviewers have decided something: what was remembered is looked at again.
func (r *Registry) ReviewsChanged() { r.generation.Add(1) }

// texts are those of the gadget with this page id.
func (r *Registry) texts(ctx context.Context, id int64) (Texts, error) {
	if r.reviewed == nil {
		return newest{}, nil
	}
	t, err := r.reviewed(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnknown, err)
	}
	return t, nil
}

// serve is Serve for one page, whose prefixed title says so when nothing of it is approved.
func serve(ctx context.Context, texts Texts, p store.Page) (served store.Page, problem string, err error) {
	if p.Digest == "" {
		return p, "", nil
	}
	all, err := texts.Serve(ctx, []store.Page{p})
	if err != nil {
		return p, "", fmt.Errorf("%w: %w", errUnknown, err)
	}
	if all[0].Digest == "" {
		problem = unapproved(p.Title)
	}
	return all[0], problem, nil
}

func unapproved(title string) string {
	return fmt.Sprintf("no text of %s has been approved yet; it waits for reviewers", title)
}

// asServed is what the store has of a gadget, with the definition that is served. Where reviewers have said something since it was
// kept, it is kept anew: with whom its names mean, and which files it has.
func (r *Registry) asServed(ctx context.Context, texts Texts, row store.Gadget) (store.Gadget, error) {
	if r.reviewed == nil {
		return row, nil
	}
	now, other, err := r.rowAsServed(ctx, texts, row)
	if err != nil || !other {
		return row, err
	}
	return now, r.store.SaveGadget(ctx, now)
}

// rowAsServed is what of a gadget would be kept by the definition that is served, and whether that is another than row has.
func (r *Registry) rowAsServed(ctx context.Context, texts Texts, row store.Gadget) (_ store.Gadget, other bool, err error) {
	copies, err := r.store.Pages(ctx, r.Site.ID, []string{row.Title})
	if err != nil {
		return row, false, err
	}
	page := copies[row.Title]
	if page.PageID != row.PageID { // on its way to another title
		return row, false, nil
	}
	served, problem, err := serve(ctx, texts, page)
	if err != nil || served.Digest == row.Digest {
		return row, false, err
	}
	if moved, err := r.isRedirect(ctx, served); err != nil || moved {
		return row, false, err
	}
	now := store.Gadget{
		Wiki: row.Wiki, PageID: row.PageID, Title: row.Title, Name: row.Name, OwnerID: row.OwnerID, Owner: row.Owner,
		RevID: served.RevID, Digest: served.Digest, Saved: served.Saved, Problem: problem,
	}
	if problem == "" {
		t, err := r.Site.Parse(row.Title)
		if err == nil {
			err = r.describe(ctx, &now, t, row)
		}
		if err != nil {
			return row, false, fmt.Errorf("%w: %w", errUnknown, err)
		}
	}
	return now, true, nil
}

// linked keeps which gadgets a gadget needs that were not there when its definition was read: whoever runs it runs them.
func (r *Registry) linked(ctx context.Context, g *Gadget) error {
	known := slices.Collect(maps.Values(g.Row.Needs))
	if r.reviewed == nil || !slices.ContainsFunc(g.uses(), func(id int64) bool { return !slices.Contains(known, id) }) {
		return nil
	}
	t, err := r.Site.Parse(g.Row.Title)
	if err != nil {
		return err
	}
	if err := r.link(ctx, &g.Row, t, &g.Def, g.Row.Needs, true); err != nil {
		return err
	}
	return r.store.SaveGadget(ctx, g.Row)
}

// announce shows reviewers the pages that a definition names which waits: approving it alone would let nothing out.
func (r *Registry) announce(ctx context.Context, texts Texts, page store.Page, t wiki.Title) error {
	text, err := r.store.Text(ctx, page.Digest)
	if err != nil {
		return err
	}
	def, _ := gadget.Parse([]byte(text), r.parseOptions(t))
	if def == nil {
		return nil
	}
	copies, err := r.copies(ctx, def.Titles(r.Site, t))
	if err != nil {
		return err
	}
	var pages []store.Page
	for _, p := range copies {
		if p.Digest != "" {
			pages = append(pages, p)
		}
	}
	if _, err := texts.Serve(ctx, pages); err != nil {
		return fmt.Errorf("%w: %w", errUnknown, err)
	}
	return nil
}

// look asks which texts of a gadget are served, whatever is remembered of it.
func (r *Registry) look(ctx context.Context, id int64) {
	if r.reviewed == nil {
		return
	}
	rows, err := r.store.Gadgets(ctx, r.Site.ID, []int64{id})
	if row, ok := rows[id]; err == nil && ok {
		_, err = r.resolve(ctx, row)
	}
	if err != nil {
		r.log.Warn("not known which texts of a gadget are approved", "wiki", r.Site.ID, "gadget", id, "err", err)
	}
}

package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sallyport/internal/bundle"
	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// Prefix begins the module name of every user gadget; the page id of its definition follows.
const Prefix = "ext.usergadget.p"

// maxClosure bounds how many other gadgets one gadget may pull in.
const maxClosure = 50

// Gadget is a user gadget with everything resolved that does not depend on the reader.
type Gadget struct {
	Row    store.Gadget
	Module string // "ext.usergadget.p12"
	Def    gadget.Definition
	Files  []File
	// Requires are the module names it depends on, user gadgets among them already in their ext.usergadget form.
	Requires []string
	// Peers are modules whose styles accompany it: "ext.gadget.x" of the wiki, or "ext.usergadget.p7".
	Peers  []string
	Styles bool // its effective type is styles: it is loaded as a style sheet
	// Key names everything the gadget's bytes depend on: its definition, the texts of its files, and what is wrong with them.
	Key string
	// Kept names the set of texts it is made of, when those are the ones that somebody stays on; empty for the newest.
	Kept store.Digest
	// Tried says that Kept names texts that wait for reviewers and that whoever asked tries.
	Tried bool
	// Problem is why it cannot run, as a sentence; empty when it can. A gadget with single files missing still runs.
	Problem string
	// Stopped is what the operators switched it off by; nil when they did not. Then Problem says so, too.
	Stopped *switches.Switch
}

// File is one page of a gadget as it will be served. Its text is not kept here: see [Registry.Inputs].
type File struct {
	bundle.File
	Page  store.Page // the page the text comes from; behind a redirect, its target
	Owner string     // whose page that is; empty for pages in the MediaWiki namespace
	Lost  bool       // of a kept set: the text is not kept any more
}

// Foreign returns the names of other people whose pages the gadget runs: they can change it too.
func (g *Gadget) Foreign() []string {
	var names []string
	seen := map[string]bool{"": true, g.Row.Owner: true}
	for _, f := range g.Files {
		if !seen[f.Owner] {
			seen[f.Owner] = true
			names = append(names, f.Owner)
		}
	}
	return names
}

// ModuleName is the name of the gadget whose definition page has this id.
func ModuleName(pageID int64) string { return fmt.Sprintf("%s%d", Prefix, pageID) }

// Gadget returns the gadget with this page id, or [ErrNotFound].
func (r *Registry) Gadget(ctx context.Context, id int64) (*Gadget, error) {
	found, err := r.Gadgets(ctx, []int64{id})
	if err != nil {
		return nil, err
	}
	if g, ok := found[id]; ok {
		return g, nil
	}
	return nil, ErrNotFound
}

// Gadgets returns the gadgets with these page ids; ids that no gadget has are absent.
func (r *Registry) Gadgets(ctx context.Context, ids []int64) (map[int64]*Gadget, error) {
	generation := r.Generation()
	found := make(map[int64]*Gadget, len(ids))
	var missing []int64
	for _, id := range ids {
		if c, ok := r.gadgets.GetIfPresent(id); ok && c.generation == generation {
			if c.gadget != nil {
				found[id] = r.inService(ctx, c.gadget)
			}
			continue
		}
		missing = append(missing, id)
	}
	if len(missing) == 0 {
		return found, nil
	}
	rows, err := r.store.Gadgets(ctx, r.Site.ID, missing)
	if err != nil {
		return nil, fmt.Errorf("read gadgets: %w", err)
	}
	for _, id := range missing {
		var g *Gadget
		if row, ok := rows[id]; ok {
			if g, err = r.resolve(ctx, row); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				// One gadget that cannot be read must not take the others down; it is tried again at the next request.
				r.log.Error("gadget not read", "wiki", r.Site.ID, "gadget", id, "err", err)
				found[id] = r.inService(ctx, r.unreadable(row, err))
				continue
			}
			found[id] = r.inService(ctx, g)
		}
		r.gadgets.Set(id, cached{generation, g})
	}
	return found, nil
}

// unreadable stands for a gadget that cannot be put together. Where that is only because nobody says what is approved, what was served
// before goes on.
func (r *Registry) unreadable(row store.Gadget, err error) *Gadget {
	g := &Gadget{Row: row, Module: ModuleName(row.PageID), Problem: "its pages cannot be read right now; try again in a minute"}
	if errors.Is(err, errUnknown) {
		if c, ok := r.gadgets.GetIfPresent(row.PageID); ok && c.gadget != nil {
			return c.gadget
		}
		g.Problem = "which of its texts are approved cannot be read right now; try again in a minute"
	}
	return g
}

// ByTitle finds a gadget by the title of its definition page. The suffix may be left out, and the namespace may be
// written in any way the wiki understands: "user:SD0001/doit" is "User:SD0001/doit.gadget".
func (r *Registry) ByTitle(ctx context.Context, text string) (*Gadget, error) {
	t, err := r.Site.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	id, err := r.find(ctx, t)
	if err != nil {
		return nil, err
	}
	return r.Gadget(ctx, id)
}

// find returns the page id of the gadget with this title, with or without suffix.
func (r *Registry) find(ctx context.Context, t wiki.Title) (int64, error) {
	titles := []wiki.Title{t}
	if !gadget.IsDefinition(t, r.suffixes) {
		titles = titles[:0]
		for _, s := range r.suffixes {
			titles = append(titles, wiki.Title{NS: t.NS, Key: t.Key + s})
		}
	}
	for _, t := range titles {
		row, err := r.store.GadgetByTitle(ctx, r.Site.ID, r.Site.Prefixed(t))
		if err == nil {
			return row.PageID, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
	}
	return 0, ErrNotFound
}

// NamesGadget says whether a module name means a user gadget: "ext.usergadget.p12", or a title in user space.
func (r *Registry) NamesGadget(name string) bool {
	if strings.HasPrefix(name, Prefix) {
		return true
	}
	t, err := r.Site.Parse(name)
	return err == nil && t.NS == wiki.NSUser && t.IsSubpage()
}

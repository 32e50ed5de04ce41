package switches

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Crowd knows who has switched what on; a [store.Store] is one.
type Crowd interface {
	Chosen(ctx context.Context, wiki string) ([]store.Choice, error)
	Gadgets(ctx context.Context, wiki string, ids []int64) (map[int64]store.Gadget, error)
	ListScripts(ctx context.Context, wiki string, q store.ScriptQuery) (rows []store.Script, total int, err error)
}

// Touched is whom a switch touches, as far as Sallyport knows.
type Touched struct {
	People  []int64        // user ids of those who have something on that it stops, in ascending order
	Gadgets []store.Gadget // user gadgets that it stops and somebody has on, by page id
	Owner   string         // whose own script it stops: "common.js" and its like; empty for nobody's
	// Spared are pages of the site's own whose text as it is now the Author of a switch saved, by title: the switch leaves them alone.
	// Those whose text is off already are not among them.
	Spared []store.Script
	// Everybody says that it stops code of the site's, which runs for people whom nobody counts.
	Everybody bool
}

// maxHostScripts bounds the scripts that are looked at for one host.
const maxHostScripts = 500

// Touches says for each of some switches whom it touches, or would. Kinds and targets are as [Read] spells them.
func (k *Keeper) Touches(ctx context.Context, from Crowd, all []Switch) ([]Touched, error) {
	chosen, err := from.Chosen(ctx, k.Site.ID)
	if err != nil {
		return nil, fmt.Errorf("list who has switched what on: %w", err)
	}
	users := map[int64][]int64{}
	for _, c := range chosen {
		users[c.Gadget] = append(users[c.Gadget], c.UserID)
	}
	gadgets, err := from.Gadgets(ctx, k.Site.ID, slices.Sorted(maps.Keys(users)))
	if err != nil {
		return nil, fmt.Errorf("read the gadgets that people have on: %w", err)
	}
	found := make([]Touched, len(all))
	for i := range all {
		stops, err := k.stopping(ctx, from, &all[i], &found[i])
		if err != nil {
			return nil, err
		}
		people := map[int64]bool{}
		for _, id := range slices.Sorted(maps.Keys(gadgets)) {
			if g := gadgets[id]; stops(&g) {
				found[i].Gadgets = append(found[i].Gadgets, g)
				for _, user := range users[id] {
					people[user] = true
				}
			}
		}
		found[i].People = slices.Sorted(maps.Keys(people))
	}
	return found, nil
}

// stopping says which user gadgets a switch stops, and notes what else it does.
func (k *Keeper) stopping(ctx context.Context, from Crowd, s *Switch, t *Touched) (func(g *store.Gadget) bool, error) {
	names := func(g *store.Gadget, fits func(title wiki.Title) bool) bool {
		return slices.ContainsFunc(g.Files, func(file string) bool {
			title, err := k.Site.Parse(file)
			return err == nil && fits(title)
		})
	}
	switch s.Kind {
	case Gadget:
		id, ours := s.GadgetID()
		t.Everybody = !ours
		return func(g *store.Gadget) bool { return ours && g.PageID == id }, nil
	case Author:
		var err error
		t.Spared, err = k.spared(ctx, from, s.Target)
		return func(g *store.Gadget) bool {
			return g.Owner == s.Target || names(g, func(title wiki.Title) bool {
				owner, owned := k.Site.Owner(title)
				return owned && owner == s.Target
			})
		}, err
	case Revision:
		title, err := k.Site.Parse(s.Title)
		if err != nil || s.Title == "" {
			return func(g *store.Gadget) bool { return string(g.Digest) == s.Target }, nil
		}
		t.Everybody = title.NS == wiki.NSMediaWiki
		if owner, owned := k.Site.Owner(title); owned && ownScript(title) {
			t.Owner = owner
		}
		return func(g *store.Gadget) bool {
			return g.Title == s.Title || names(g, func(file wiki.Title) bool { return file == title })
		}, nil
	case Host:
		titles, err := k.needing(ctx, from, s.Target)
		return func(g *store.Gadget) bool { return names(g, func(title wiki.Title) bool { return titles[title] }) }, err
	}
	return func(*store.Gadget) bool { return true }, nil
}

// maxSpared bounds the site's pages that are listed for an author.
const maxSpared = 100

// spared are the pages of the site's own whose text an author saved last.
func (k *Keeper) spared(ctx context.Context, from Crowd, author string) (pages []store.Script, err error) {
	q := store.ScriptQuery{Words: k.Site.Namespaces[wiki.NSMediaWiki].Name + ": " + author, Sort: "title", Limit: 500} // the words of both occur
	for len(pages) < maxSpared {
		rows, _, err := from.ListScripts(ctx, k.Site.ID, q)
		if err != nil {
			return nil, fmt.Errorf("list what %q saved of the site's own code: %w", author, err)
		}
		for _, r := range rows {
			t, err := k.Site.Parse(r.Title)
			if err == nil && t.NS == wiki.NSMediaWiki && r.Author == author && k.Find(Revision, string(r.Digest)) == nil {
				pages = append(pages, r)
			}
		}
		if len(rows) < q.Limit {
			break
		}
		q.Offset += q.Limit
	}
	return pages[:min(len(pages), maxSpared)], nil
}

// needing are the scripts that are known to contact a host, or one below it.
func (k *Keeper) needing(ctx context.Context, from Crowd, host string) (map[wiki.Title]bool, error) {
	rows, _, err := from.ListScripts(ctx, k.Site.ID, store.ScriptQuery{Words: host, Sort: "people", Limit: maxHostScripts})
	if err != nil {
		return nil, fmt.Errorf("list the scripts that contact %q: %w", host, err)
	}
	titles := map[wiki.Title]bool{}
	for _, r := range rows {
		if t, err := k.Site.Parse(r.Title); err == nil && slices.ContainsFunc(r.Hosts, func(h string) bool { return below(h, host) }) {
			titles[t] = true
		}
	}
	return titles, nil
}

// ownScript knows the pages that run for their owner alone: "common.js", and those of skins.
func ownScript(t wiki.Title) bool {
	_, sub, _ := strings.Cut(t.Key, "/")
	name, found := strings.CutSuffix(sub, ".js")
	return found && (name == "common" || slices.Contains([]string{"vector", "vector-2022", "monobook", "minerva", "timeless", "modern", "cologneblue"}, name))
}

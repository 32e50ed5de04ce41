package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"sallyport/internal/approved"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/risk"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

type entrySimulate struct {
	onStore
	Rules  string `help:"The new file of rules." required:"" type:"path" placeholder:"FILE"`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run compares the rules of the settings with others, over the gadgets that people have switched on and the scripts that their common.js
// and skin pages name.
func (c entrySimulate) Run(s streams) error {
	rules, err := readEntryRules(c.Rules)
	if err != nil {
		return err
	}
	h, err := c.openHall(s.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = h.db.Close() }()
	uses := inUse{}
	if err := errors.Join(h.gadgetRuns(s.ctx, uses), h.importRuns(s.ctx, uses)); err != nil {
		return err
	}
	cases, err := h.cases(s.ctx, uses)
	if err != nil {
		return err
	}
	effect := rules.Simulate(h.Rules(), cases)
	if c.Format == "json" {
		out := json.NewEncoder(s.stdout)
		out.SetIndent("", "\t")
		return out.Encode(struct {
			Schema string `json:"schema"`
			entry.Effect
			Looked int `json:"scripts"`
		}{"sallyport.entry-simulation/1", effect, len(cases)})
	}
	return printEffect(s, effect, len(cases))
}

func printEffect(s streams, e entry.Effect, looked int) error {
	fmt.Fprintf(s.stdout, "This would refuse %d scripts for %d people, and let %d run that are refused now. Scripts in use: %d.\n", e.Scripts, e.People, e.Freed, looked)
	w := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	for _, c := range e.Changes {
		fmt.Fprintf(w, "%s\t%s → %s\t%d people\t%s\n", c.Script, c.From, c.To, c.People, c.Rule)
	}
	return w.Flush()
}

// inUse says who runs what: by text, the accounts' ids, and whether they named that text.
type inUse map[dossier.Text]map[int64]bool

func (r inUse) add(t dossier.Text, user int64, pinned bool) {
	if r[t] == nil {
		r[t] = map[int64]bool{}
	}
	r[t][user] = pinned
}

// gadgetRuns adds the gadgets that people have switched on.
func (h *hall) gadgetRuns(ctx context.Context, uses inUse) error {
	chosen, err := h.db.Chosen(ctx, h.Site.ID)
	if err != nil {
		return err
	}
	files, stays := map[string][]dossier.Text{}, staying{}
	for _, c := range chosen {
		set, err := stays.of(ctx, h.db, c)
		if err != nil {
			return err
		}
		module := registry.ModuleName(c.Gadget) + set
		texts, known := files[module]
		if !known {
			if texts, err = (&loadDoor{reg: h.reg}).gadget(ctx, module); err != nil {
				return err
			}
			files[module] = texts
		}
		for _, t := range texts {
			uses.add(t, c.UserID, false)
		}
	}
	return nil
}

// staying is which earlier texts people stay on, by account and gadget.
type staying map[int64]map[int64]store.Digest

// of is an at sign with the set of texts that somebody stays on; empty for the newest.
func (s staying) of(ctx context.Context, db store.Acceptances, c store.Choice) (string, error) {
	if s[c.UserID] == nil {
		all, err := db.Acceptances(ctx, c.Wiki, c.UserID)
		if err != nil {
			return "", err
		}
		s[c.UserID] = map[int64]store.Digest{}
		for _, a := range all {
			if !a.Stays.IsZero() {
				s[c.UserID][a.Gadget] = a.Set
			}
		}
	}
	if set := s[c.UserID][c.Gadget]; set != "" {
		return "@" + string(set), nil
	}
	return "", nil
}

// importRuns adds the scripts that people's own pages name, as far as a scan of those pages knows.
func (h *hall) importRuns(ctx context.Context, uses inUse) error {
	return h.client.AllPages(ctx, wiki.NSUser, func(list []wiki.Page) error {
		var own []wiki.Title
		for _, p := range list {
			if _, page, sub := strings.Cut(p.Title.Key, "/"); sub && slices.Contains(wiki.OwnScripts(), page) {
				own = append(own, p.Title)
			}
		}
		if len(own) == 0 {
			return nil
		}
		pages, err := h.client.Pages(ctx, own)
		if err == nil {
			err = h.serve(ctx, own, pages)
		}
		for i := range pages {
			err = cmp.Or(err, h.importsOf(ctx, &pages[i], own[i], uses))
		}
		return err
	})
}

// serve puts the texts into pages that are served of them.
func (h *hall) serve(ctx context.Context, titles []wiki.Title, pages []wiki.Page) error {
	if h.book == nil {
		return nil
	}
	looked, err := h.book.Look(ctx, titles)
	for i := range looked {
		if at := &looked[i]; err == nil && at.Tier != approved.None && at.Pinned() {
			pages[i].Text, err = h.book.Text(ctx, at.Serve)
		}
	}
	return err
}

func (h *hall) importsOf(ctx context.Context, p *wiki.Page, t wiki.Title, uses inUse) error {
	if p.Text == "" {
		return nil
	}
	name, _ := h.Site.Owner(t)
	users, err := h.client.Users(ctx, []string{name})
	if err != nil || users[0].ID == 0 {
		return err
	}
	id := users[0].ID
	uses.add(dossier.Text{Title: t, Digest: store.DigestOf(p.Text)}, id, false)
	title := h.Site.PrefixedText(t)
	for _, i := range risk.PageImports(rule.Analyse(title, []byte(p.Text))) {
		name := i.Title
		if rev := i.Revision(); rev != 0 {
			name += "@" + strconv.FormatInt(rev, 10)
		}
		page, _, err := h.page(ctx, name)
		if err != nil {
			if errors.Is(err, mediawiki.ErrUnavailable) {
				return err
			}
			continue // there is no such page
		}
		uses.add(dossier.Text{Title: page.Title, Digest: store.DigestOf(page.Text)}, id, i.Pinned)
	}
	return nil
}

// cases is what is known of each script, and of whoever runs it.
func (h *hall) cases(ctx context.Context, uses inUse) ([]entry.Case, error) {
	people := map[int64]wiki.User{}
	for _, who := range uses {
		for id := range who {
			people[id] = wiki.User{ID: id}
		}
	}
	if err := h.learn(ctx, people); err != nil {
		return nil, err
	}
	var all []entry.Case
	for t, who := range uses {
		var c entry.Case
		for id, pinned := range who {
			v, err := h.Decide(ctx, t, people[id], pinned)
			if err != nil {
				return nil, err
			}
			c.Script = v.File.Script
			c.Uses = append(c.Uses, entry.Person{ID: id, Use: v.Use})
		}
		c.Script.People = max(c.Script.People, len(c.Uses))
		all = append(all, c)
	}
	return all, nil
}

// learn asks who accounts are, and what they may do.
func (h *hall) learn(ctx context.Context, people map[int64]wiki.User) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(people)), 50) {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = strconv.FormatInt(id, 10)
		}
		body, err := h.client.Raw(ctx, map[string]string{"action": "query", "list": "users", "usprop": "rights", "ususerids": strings.Join(list, "|"), "format": "json", "formatversion": "2"}, "")
		if err != nil {
			return err
		}
		var answer struct {
			Query struct {
				Users []struct {
					UserID int64
					Name   string
					Rights []string
				}
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read who people are: %w", err)
		}
		for _, u := range answer.Query.Users {
			if u.UserID != 0 {
				people[u.UserID] = wiki.User{ID: u.UserID, Name: u.Name, Rights: u.Rights}
			}
		}
	}
	return nil
}

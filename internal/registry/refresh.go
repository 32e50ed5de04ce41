package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// fetchBatch is how many pages one question to the wiki asks for (the API's limit for ordinary clients).
const fetchBatch = 50

// maxText is the largest page we keep, in bytes: MediaWiki's own limit is 2 MiB by default ($wgMaxArticleSize).
const maxText = 4 << 20

// Refresh reads pages again after something happened to them, and the definitions among them.
func (r *Registry) Refresh(ctx context.Context, titles []wiki.Title) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	known, err := r.known(ctx, titles)
	if err != nil || len(known) == 0 {
		return err
	}
	if _, err := r.fetch(ctx, known); err != nil {
		return err
	}
	for _, t := range known {
		if !gadget.IsDefinition(t, r.suffixes) {
			continue
		}
		err := r.define(ctx, t)
		if errors.Is(err, store.ErrRefused) { // one page that cannot be kept must not hold up all that follow
			r.log.Error("definition not kept", "wiki", r.Site.ID, "page", r.Site.Prefixed(t), "err", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("read definition %q: %w", r.Site.Prefixed(t), err)
		}
	}
	r.generation.Add(1)
	return nil
}

// known keeps the titles that matter to us: definitions, and pages we hold a copy of.
func (r *Registry) known(ctx context.Context, titles []wiki.Title) ([]wiki.Title, error) {
	keys := make([]string, 0, len(titles))
	for _, t := range titles {
		keys = append(keys, r.Site.Prefixed(t))
	}
	have, err := r.store.Pages(ctx, r.Site.ID, keys)
	if err != nil {
		return nil, err
	}
	var known []wiki.Title
	seen := map[wiki.Title]bool{}
	for i, t := range titles {
		_, held := have[keys[i]]
		if (held || gadget.IsDefinition(t, r.suffixes)) && !seen[t] {
			seen[t] = true
			known = append(known, t)
		}
	}
	return known, nil
}

// fetch asks the wiki for pages, keeps what may run of each, and returns the copies by prefixed title.
func (r *Registry) fetch(ctx context.Context, titles []wiki.Title) (map[string]store.Page, error) {
	copies := make(map[string]store.Page, len(titles))
	for len(titles) > 0 {
		n := min(len(titles), fetchBatch)
		pages, err := r.ask(ctx, titles[:n])
		if err != nil {
			return nil, err
		}
		for i, p := range pages {
			if p == nil {
				continue
			}
			p.Title = titles[i]
			c, text, err := r.copyOf(ctx, *p)
			if err != nil {
				return nil, err
			}
			err = r.store.SavePage(ctx, c, text)
			if errors.Is(err, store.ErrRefused) {
				r.log.Error("page not kept", "wiki", r.Site.ID, "page", c.Title, "err", err)
				continue
			}
			if err != nil {
				return nil, err
			}
			copies[c.Title] = c
		}
		titles = titles[n:]
	}
	return copies, nil
}

// ask reads pages. A page that the wiki cannot hand out, for instance because it is larger than an answer may be, is nil,
// and does not keep the others from being read.
func (r *Registry) ask(ctx context.Context, titles []wiki.Title) ([]*wiki.Page, error) {
	pages, err := r.wiki.Pages(ctx, titles)
	switch {
	case err == nil:
		found := make([]*wiki.Page, len(pages))
		for i := range pages {
			found[i] = &pages[i]
		}
		return found, nil
	case errors.Is(err, mediawiki.ErrUnavailable) || ctx.Err() != nil:
		return nil, err
	case len(titles) == 1:
		r.log.Error("page not read", "wiki", r.Site.ID, "page", r.Site.Prefixed(titles[0]), "err", err)
		return []*wiki.Page{nil}, nil
	}
	half := len(titles) / 2
	first, err := r.ask(ctx, titles[:half])
	if err != nil {
		return nil, err
	}
	second, err := r.ask(ctx, titles[half:])
	return append(first, second...), err
}

// copyOf decides what we keep of a page. A page that exists but of which no revision may run has no digest.
func (r *Registry) copyOf(ctx context.Context, p wiki.Page) (store.Page, string, error) {
	c := store.Page{Wiki: r.Site.ID, Title: r.Site.Prefixed(p.Title), Checked: r.now()}
	if !p.Exists() {
		return c, "", nil
	}
	rev, ok, err := r.trusted(ctx, p)
	if err != nil {
		return c, "", err
	}
	c.PageID, c.RevID, c.Model, c.Author, c.Saved = p.ID, rev.Rev, rev.Model, rev.Author, rev.Touched
	if !ok || len(rev.Text) > maxText {
		return c, "", nil
	}
	c.Digest = store.DigestOf(rev.Text)
	return c, rev.Text, nil
}

// define reads a definition page whose copy has just been fetched, and keeps the gadget it defines.
func (r *Registry) define(ctx context.Context, t wiki.Title) error {
	title := r.Site.Prefixed(t)
	copies, err := r.store.Pages(ctx, r.Site.ID, []string{title})
	if err != nil {
		return err
	}
	texts, err := r.texts(ctx, copies[title].PageID)
	if err != nil {
		return err
	}
	page, unread, err := serve(ctx, texts, copies[title])
	if err == nil && page.Digest != copies[title].Digest {
		err = r.announce(ctx, texts, copies[title], t)
	}
	if err != nil {
		return err
	}
	moved, err := r.isRedirect(ctx, page)
	if err != nil {
		return err
	}
	if moved {
		page = store.Page{} // what stands here points to where the definition went
	}
	old, err := r.previous(ctx, title, page)
	if err != nil || page.PageID == 0 {
		return err
	}
	owner, _ := r.Site.Owner(t)
	g := store.Gadget{
		Wiki: r.Site.ID, PageID: page.PageID, Title: title, Name: gadget.Name(t, r.suffixes),
		Owner: owner, RevID: page.RevID, Digest: page.Digest, Saved: page.Saved,
	}
	if g.OwnerID, err = r.people.id(ctx, owner); err != nil {
		return err
	}
	if unread != "" {
		g.Problem = unread
		return r.store.SaveGadget(ctx, g)
	}
	if err := r.describe(ctx, &g, t, old); err != nil {
		return err
	}
	return r.store.SaveGadget(ctx, g)
}

// isRedirect says whether a definition page holds a wikitext redirect, which a move leaves behind. JSON never begins like
// one, in whatever language the word is.
func (r *Registry) isRedirect(ctx context.Context, page store.Page) (bool, error) {
	if page.Digest == "" {
		return false, nil
	}
	text, err := r.store.Text(ctx, page.Digest)
	return strings.HasPrefix(strings.TrimSpace(text), "#"), err
}

// previous returns what we knew of the gadget on this page, and forgets one that used to be at this title under another
// page id: that page was moved away or deleted.
func (r *Registry) previous(ctx context.Context, title string, page store.Page) (store.Gadget, error) {
	at, err := r.store.GadgetByTitle(ctx, r.Site.ID, title)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Gadget{}, err
	}
	if err == nil && at.PageID != page.PageID {
		if err := r.dropUnlessMoved(ctx, at); err != nil {
			return store.Gadget{}, err
		}
	}
	byID, err := r.store.Gadgets(ctx, r.Site.ID, []int64{page.PageID})
	return byID[page.PageID], err
}

// dropUnlessMoved looks where a gadget's page is now. A page that is nowhere, or no longer a definition, is forgotten. One that is
// where it was is none any more: it redirects.
func (r *Registry) dropUnlessMoved(ctx context.Context, g store.Gadget) error {
	pages, err := r.wiki.PagesByID(ctx, []int64{g.PageID})
	if err != nil {
		return err
	}
	if len(pages) == 1 && pages[0].Exists() && gadget.IsDefinition(pages[0].Title, r.suffixes) && r.Site.Prefixed(pages[0].Title) != g.Title {
		if _, err := r.fetch(ctx, []wiki.Title{pages[0].Title}); err != nil {
			return err
		}
		return r.define(ctx, pages[0].Title)
	}
	r.log.Info("gadget gone", "wiki", g.Wiki, "page", g.Title, "gadget", g.PageID)
	return r.store.DropGadget(ctx, g.Wiki, g.PageID)
}

// describe fills in what the definition's text says.
func (r *Registry) describe(ctx context.Context, g *store.Gadget, t wiki.Title, old store.Gadget) error {
	switch {
	case g.Digest == "":
		g.Problem = fmt.Sprintf("%s never saved this definition, or it is too large. MediaWiki lets anybody edit such a page, so only a revision by its owner counts.", g.Owner)
		return nil
	case g.OwnerID == 0:
		g.Problem = fmt.Sprintf("nobody on this wiki is called %s, so nobody answers for this gadget", g.Owner)
		return nil
	}
	text, err := r.store.Text(ctx, g.Digest)
	if err != nil {
		return err
	}
	def, mistakes := gadget.Parse([]byte(text), r.parseOptions(t))
	g.Problem = firstError(mistakes)
	if def == nil {
		return nil
	}
	g.Description = def.Description
	for _, file := range def.Titles(r.Site, t) {
		g.Files = append(g.Files, r.Site.Prefixed(file))
	}
	same := old.Digest == g.Digest
	if err := r.own(ctx, g, t, def, old.Owners, same); err != nil {
		return err
	}
	return r.link(ctx, g, t, def, old.Needs, same)
}

// own records which account each user name in the definition means. While the text stays the same it keeps what was
// recorded when that text was saved.
func (r *Registry) own(ctx context.Context, g *store.Gadget, t wiki.Title, def *gadget.Definition, before map[string]int64, same bool) error {
	g.Owners = map[string]int64{g.Owner: g.OwnerID}
	for _, name := range names(r.Site, t, def, r.suffixes) {
		if id, ok := before[name]; ok && same {
			g.Owners[name] = id
			continue
		}
		if name == g.Owner {
			continue
		}
		id, err := r.people.id(ctx, name)
		if err != nil {
			return err
		}
		g.Owners[name] = id
	}
	return nil
}

// link records which gadget each title in the definition means, in the same way. A title that no gadget has yet is looked
// up again whenever it is needed.
func (r *Registry) link(ctx context.Context, g *store.Gadget, t wiki.Title, def *gadget.Definition, before map[string]int64, same bool) error {
	g.Needs = map[string]int64{}
	for _, ref := range gadgetRefs(r.Site, t, def, r.suffixes) {
		title := r.Site.Prefixed(ref)
		if id, ok := before[title]; ok && same {
			g.Needs[title] = id
			continue
		}
		id, err := r.find(ctx, ref)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		g.Needs[title] = id
	}
	return nil
}

// names lists the users whose pages or gadgets a definition refers to.
func names(site *wiki.Site, self wiki.Title, def *gadget.Definition, suffixes []string) []string {
	all := def.OtherOwners(site, self)
	for _, title := range gadgetRefs(site, self, def, suffixes) {
		if owner, ok := site.Owner(title); ok {
			all = append(all, owner)
		}
	}
	return all
}

// gadgetRefs lists the user gadgets a definition names, as dependencies and as peers.
func gadgetRefs(site *wiki.Site, self wiki.Title, def *gadget.Definition, suffixes []string) []wiki.Title {
	var titles []wiki.Title
	for _, ref := range slices.Concat(def.Requires(site, self, suffixes), def.PeerRefs(site, self, suffixes)) {
		if ref.Gadget != nil {
			titles = append(titles, *ref.Gadget)
		}
	}
	return titles
}

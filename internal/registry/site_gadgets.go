package registry

import (
	"context"
	"strings"
	"sync"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// jsonGadgets begins the titles of JSON definitions in the MediaWiki namespace: MediaWiki:Gadgets/<id>.json.
const jsonGadgets = "Gadgets/"

// SiteGadgets returns the wiki's own gadgets, from MediaWiki:Gadgets-definition and MediaWiki:Gadgets/<id>.json. A JSON
// definition wins over a line of the same name, as in the Gadgets extension's "json+definition" repository. Pages are
// read from our copies, which recent changes keep fresh.
//
// Finding the JSON definitions means listing the whole namespace, so an answer is kept for a minute.
func (r *Registry) SiteGadgets(ctx context.Context) ([]gadget.Entry, error) {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	if r.now().Sub(r.site.read) < time.Minute {
		return r.site.entries, nil
	}
	entries, err := r.readSiteGadgets(ctx)
	if err == nil {
		r.site.entries, r.site.read = entries, r.now()
	}
	return entries, err
}

type siteGadgets struct {
	mu      sync.Mutex
	read    time.Time
	entries []gadget.Entry
}

func (r *Registry) readSiteGadgets(ctx context.Context) ([]gadget.Entry, error) {
	pages, err := r.sitePages(ctx)
	if err != nil {
		return nil, err
	}
	var entries []gadget.Entry
	at := map[string]int{}
	add := func(e gadget.Entry) {
		if i, known := at[e.ID]; known {
			entries[i] = e
			return
		}
		at[e.ID] = len(entries)
		entries = append(entries, e)
	}
	for _, p := range pages {
		if p.Digest == "" {
			continue
		}
		text, err := r.store.Text(ctx, p.Digest)
		if err != nil {
			return nil, err
		}
		if id, ok := jsonGadgetID(r.Site, p.Title); ok {
			e, _ := gadget.ParseSiteJSON(id, []byte(text))
			add(e)
			continue
		}
		lines, _ := gadget.ParseWikitext(text)
		for _, e := range lines {
			add(e)
		}
	}
	return entries, nil
}

// sitePages returns the copies of the definition page and of all JSON definitions, in that order.
func (r *Registry) sitePages(ctx context.Context) ([]store.Page, error) {
	titles := []wiki.Title{{NS: wiki.NSMediaWiki, Key: "Gadgets-definition"}}
	err := r.wiki.AllPages(ctx, wiki.NSMediaWiki, func(pages []wiki.Page) error {
		for _, p := range pages {
			if strings.HasPrefix(p.Title.Key, jsonGadgets) && strings.HasSuffix(p.Title.Key, ".json") {
				titles = append(titles, p.Title)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	copies, err := r.copies(ctx, titles)
	pages := make([]store.Page, len(titles))
	for i, t := range titles {
		pages[i] = copies[r.Site.Prefixed(t)]
	}
	return pages, err
}

func jsonGadgetID(site *wiki.Site, title string) (string, bool) {
	t, err := site.Parse(title)
	if err != nil {
		return "", false
	}
	id, ok := strings.CutPrefix(t.Key, jsonGadgets)
	return strings.TrimSuffix(id, ".json"), ok
}

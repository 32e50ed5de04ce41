package cli

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// gadgetSources tell of which pages a gadget's module is made: of people's from our copies, of the site's from the wiki.
type gadgetSources struct {
	registry *registry.Registry
	client   *mediawiki.Client
	texts    store.Store
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	site    []gadget.Entry
	read    time.Time
	reading bool
}

// of is for [incident.Guard.Sources].
func (g *gadgetSources) of(ctx context.Context, module string) ([]incident.Source, error) {
	if strings.HasPrefix(module, registry.Prefix) {
		return g.people(ctx, module)
	}
	name, ok := strings.CutPrefix(module, "ext.gadget.")
	if !ok {
		return nil, nil
	}
	all := []incident.Source{}
	for _, e := range g.entries(ctx) {
		if e.ID != name {
			continue
		}
		for _, page := range e.Definition.Module.Pages {
			if t, err := g.registry.Site.Parse(page); err == nil {
				all = append(all, g.ofSite(t))
			}
		}
	}
	return all, nil
}

func (g *gadgetSources) people(ctx context.Context, module string) ([]incident.Source, error) {
	found, err := gadgetOf(ctx, g.registry, module)
	if err != nil || found == nil {
		return nil, err
	}
	everybodys := map[string]store.Digest{}
	if name, _, own := strings.Cut(module, "@"); own {
		newest, err := gadgetOf(ctx, g.registry, name)
		if err != nil {
			return nil, err
		}
		if newest != nil {
			for _, f := range newest.Files {
				everybodys[f.Page.Title] = f.Page.Digest
			}
		}
	}
	all := []incident.Source{}
	for _, f := range found.Files {
		if t, err := g.registry.Site.Parse(f.Page.Title); err == nil && f.Page.Digest != "" {
			rev := int64(0)
			if found.Kept != "" && everybodys[f.Page.Title] != f.Page.Digest {
				rev = f.Page.RevID
			}
			all = append(all, incident.Source{Title: t, Key: string(f.Page.Digest), Rev: rev, Text: func(ctx context.Context) (string, error) { return g.texts.Text(ctx, f.Page.Digest) }})
		}
	}
	return all, nil
}

// ofSite reads a page of the site's, at most once a minute: nobody changes it without an approval.
func (g *gadgetSources) ofSite(t wiki.Title) incident.Source {
	key := g.registry.Site.Prefixed(t) + g.now().UTC().Format("\n2006-01-02 15:04")
	return incident.Source{Title: t, Key: key, Text: func(ctx context.Context) (string, error) { return textOf(ctx, g.client, t) }}
}

// entriesAge is how old the list of the site's gadgets may be.
const entriesAge = time.Minute

// entries are the site's gadgets. Nobody waits for them: the first answers come before they are known.
func (g *gadgetSources) entries(ctx context.Context) []gadget.Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now().Sub(g.read) >= entriesAge && !g.reading {
		g.reading = true
		go g.renew(context.WithoutCancel(ctx))
	}
	return g.site
}

func (g *gadgetSources) renew(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	all, err := g.registry.SiteGadgets(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reading, g.read = false, g.now()
	if err != nil {
		g.log.Warn("gadgets of the site not known", "err", err)
		return
	}
	g.site = all
}

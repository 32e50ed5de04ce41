package cli

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/gateway"
	"sallyport/internal/mediawiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// switching joins what is switched off with everybody who hands scripts out.
type switching struct {
	*switches.Keeper
	store store.Store
	site  *wiki.Site
	hosts *otter.Cache[dossier.Text, needed]
	log   *slog.Logger
}

// needed is which hosts a text is known to need, as of a moment.
type needed struct {
	hosts []string
	read  bool
	at    time.Time
}

const (
	maxNeeded = 20_000
	neededFor = 10 * time.Second // that is believed without asking
)

// openSwitches learns what is off.
func openSwitches(ctx context.Context, p parts, site *wiki.Site) (*switching, error) {
	s := &switching{
		Keeper: &switches.Keeper{Store: p.store, Site: site, Now: time.Now, Log: p.log}, store: p.store, site: site, log: p.log,
		hosts: otter.Must(&otter.Options[dossier.Text, needed]{MaximumSize: maxNeeded}),
	}
	return s, s.Sync(ctx)
}

// gate is what stands before the wiki.
func (s *switching) gate(client *mediawiki.Client, reg *registry.Registry, reviewed *serving) *gateway.Switches {
	return gateway.NewSwitches(gateway.Switches{
		Keeper: s.Keeper, Site: s.site, Reads: readerOf(client, s.site), Revision: client.Revision, Current: client.Pages, Stops: s.ofText, Base: base,
		Now: time.Now, Log: s.log,
		Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) { return namedBy(ctx, client, rev, page) },
		Gadget: func(ctx context.Context, module string) (*switches.Switch, string, error) {
			g, err := gadgetOf(ctx, reg, module)
			if err != nil || g == nil {
				return nil, "", err
			}
			return g.Stopped, g.Row.Title, nil
		},
		SiteGadgets: func(ctx context.Context) (map[string][]wiki.Title, error) { return siteModules(ctx, reg) },
		Groups: func(ctx context.Context, user string) ([]string, error) {
			a, err := client.Author(ctx, user)
			return a.Groups, err
		},
		Reviewed: func(module string) bool { return reviewed != nil && reviewed.book.Concerns(module) },
	})
}

// siteModules are the pages of the wiki's own gadgets, by module.
func siteModules(ctx context.Context, reg *registry.Registry) (map[string][]wiki.Title, error) {
	all, err := reg.SiteGadgets(ctx)
	found := make(map[string][]wiki.Title, len(all))
	for _, e := range all {
		name := "ext.gadget." + e.ID
		for _, page := range e.Definition.Module.Pages {
			if t, err := reg.Site.Parse(page); err == nil {
				found[name] = append(found[name], t)
			}
		}
	}
	return found, err
}

// ofGadget is what a user gadget is off by.
func (s *switching) ofGadget(ctx context.Context, g *registry.Gadget) *switches.Switch {
	if s.Calm() {
		return nil
	}
	sub := switches.Subject{Gadget: g.Row.PageID, Digest: g.Row.Digest, Authors: append([]string{g.Row.Owner}, g.Foreign()...)}
	for _, f := range g.Files {
		if f.Owner != "" && !slices.Contains(sub.Authors, f.Page.Author) {
			sub.Authors = append(sub.Authors, f.Page.Author)
		}
	}
	if s.Any(switches.Host) {
		sub.Hosts = s.hostsOfGadget(ctx, g)
	}
	if by := s.Stops(&sub); by != nil {
		return by
	}
	for _, f := range g.Files {
		if by := s.Stops(&switches.Subject{Gadget: g.Row.PageID, Digest: f.Page.Digest}); by != nil {
			return by
		}
	}
	return nil
}

// hostsOfGadget are the hosts that a gadget asks for, and those that its scripts are known to need.
func (s *switching) hostsOfGadget(ctx context.Context, g *registry.Gadget) (all []string) {
	for _, h := range g.Def.Settings.CSP {
		all = append(all, h.Source.Host)
	}
	for _, f := range g.Files {
		t, err := s.site.Parse(f.Page.Title)
		if err != nil || f.Page.Digest == "" {
			continue
		}
		hosts, read, err := s.hostsOf(ctx, t, f.Page.Digest)
		if err == nil && !read {
			var text string
			if text, err = s.store.Text(ctx, f.Page.Digest); err == nil {
				hosts = append(s.HostsIn(text), hosts...)
			}
		}
		if err != nil {
			s.log.Warn("which hosts a gadget needs is not known", "wiki", s.site.ID, "page", f.Page.Title, "err", err)
		}
		all = append(all, hosts...)
	}
	return all
}

// hostsOf are the hosts that a text is known to need. While the store does not answer it is what it said last.
func (s *switching) hostsOf(ctx context.Context, t wiki.Title, d store.Digest) (hosts []string, read bool, err error) {
	key := dossier.Text{Title: t, Digest: d}
	was, had := s.hosts.GetIfPresent(key)
	if had && was.read && time.Since(was.at) < neededFor {
		return was.hosts, true, nil
	}
	title := ""
	if t != (wiki.Title{}) {
		title = s.site.PrefixedText(t)
	}
	known, err := dossier.Read(ctx, s.store, s.site.ID, title, d)
	if err != nil {
		if had {
			return was.hosts, was.read, nil
		}
		return nil, false, err
	}
	now := needed{at: time.Now(), read: known.Script != nil}
	if known.Script != nil {
		now.hosts = switches.HostsOf(known.Script.Capabilities)
	}
	if known.Report != nil {
		for _, c := range known.Report.Capabilities {
			now.hosts = append(now.hosts, switches.HostsOf([]capability.Capability{c.Capability})...)
		}
	}
	s.hosts.Set(key, now)
	return now.hosts, now.read, nil
}

// ofText is what a page's text is off by. Of the site's own code only the text itself counts.
func (s *switching) ofText(ctx context.Context, p *wiki.Page) (*switches.Switch, error) {
	if s.Calm() {
		return nil, nil
	}
	sub := switches.Subject{Title: p.Title, Digest: store.DigestOf(p.Text)}
	if p.Title.NS == wiki.NSMediaWiki {
		return s.Stops(&sub), nil
	}
	sub.Authors = []string{p.Author}
	if owner, owned := s.site.Owner(p.Title); owned {
		sub.Authors = append(sub.Authors, owner)
	}
	if s.Any(switches.Host) {
		hosts, read, err := s.hostsOf(ctx, p.Title, sub.Digest)
		if err != nil {
			return nil, err
		}
		if sub.Hosts = hosts; !read {
			sub.Hosts = append(s.HostsIn(p.Text), hosts...)
		}
	}
	return s.Stops(&sub), nil
}

// gadgetOf is the gadget of a module, of the texts that somebody stays on where those are named behind an at sign; nil for none.
func gadgetOf(ctx context.Context, reg *registry.Registry, module string) (*registry.Gadget, error) {
	module, set, _ := strings.Cut(module, "@")
	id, ok := registry.ID(module)
	if !ok {
		return nil, nil
	}
	var g *registry.Gadget
	var err error
	if set != "" {
		g, err = reg.Kept(ctx, id, store.Digest(set))
	} else {
		g, err = reg.Gadget(ctx, id)
	}
	if errors.Is(err, registry.ErrNotFound) {
		return nil, nil
	}
	return g, err
}

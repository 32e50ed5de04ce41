package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/incident"
	"sallyport/internal/phpform"
	"sallyport/internal/registry"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// modules takes what is off out of a batch.
func (s *Switches) modules(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values) {
	names := incident.Expand(q.Text("modules"))
	if len(names) == 1 && names[0] == "startup" {
		s.startup(next, w, r)
		return
	}
	stopped := map[string]*notice{}
	looked := 0
	for _, name := range names {
		if stopped[name] != nil || !ofPages(name) {
			continue
		}
		if looked++; looked > maxJudged {
			http.Error(w, "Too many modules at once: ask for fewer.", http.StatusRequestURITooLong)
			return
		}
		by, script, err := s.module(r.Context(), name, q)
		n := s.notice(by, script)
		if err != nil {
			n = s.unsure(err)
			n.status = 0 // the others come
		}
		if n != nil {
			if strings.HasPrefix(name, gadget.ModulePrefix) {
				n.Link = "" // there is no page about it
			}
			n.Quiet = strings.HasPrefix(name, "site") || name == "noscript" // everybody would be told, and nobody chose it
			stopped[name] = n
		}
	}
	switch {
	case len(stopped) == 0:
		next.ServeHTTP(w, r)
	case q.Text("only") == "styles":
		s.styles(next, w, r, q, stopped)
	default:
		s.teller().instead(next, w, r, q, stopped, true, false)
	}
}

// styles answers for style sheets alone, in which nobody can be told anything.
func (s *Switches) styles(next http.Handler, w http.ResponseWriter, r *http.Request, q *phpform.Values, stopped map[string]*notice) {
	var kept []string
	var one *notice
	for name, n := range stopped {
		kept, one = append(kept, name), n
	}
	if out := without(r, q, kept); len(incident.Expand(q.Text("modules"))) > len(kept) {
		next.ServeHTTP(unkept(w), out)
		return
	}
	styleless(w, one)
}

// ofPages says of a module of the wiki whether it is made of pages.
func ofPages(name string) bool {
	switch name {
	case "user", "user.styles", "site", "site.styles", "noscript":
		return true
	}
	return strings.HasPrefix(name, gadget.ModulePrefix)
}

// module is what a module of the wiki is off by, and which page of it is.
func (s *Switches) module(ctx context.Context, name string, q *phpform.Values) (*switches.Switch, string, error) {
	titles, err := s.pagesOf(ctx, name, q)
	if err != nil {
		return nil, "", err
	}
	whole := switches.Subject{Title: wiki.Title{NS: wiki.NSMediaWiki}}
	switch {
	case strings.HasPrefix(name, gadget.ModulePrefix):
		whole.Module = name
	case strings.HasPrefix(name, "user") && len(titles) > 0:
		whole.Title = titles[0]
		if owner, owned := s.Site.Owner(titles[0]); owned {
			whole.Authors = []string{owner}
		}
	}
	if by := s.Keeper.Stops(&whole); by != nil {
		return by, cut(name, gadget.ModulePrefix, s.named(whole.Title)), nil
	}
	if !s.looks(name) {
		return nil, "", nil
	}
	return s.worst(ctx, titles)
}

// looks says whether the texts of a module's pages have to be looked at.
func (s *Switches) looks(name string) bool {
	if strings.HasPrefix(name, "user") {
		return s.Keeper.Any(switches.Revision) || s.Keeper.Any(switches.Author) || s.Keeper.Any(switches.Host)
	}
	return s.Keeper.Any(switches.Revision) && !s.Reviewed(name)
}

// cut is a name without its beginning, or something else when it has another.
func cut(name, begin, otherwise string) string {
	if rest, ok := strings.CutPrefix(name, begin); ok {
		return rest
	}
	return otherwise
}

// worst is what any of some pages that run together is off by, or the one that it redirects to.
func (s *Switches) worst(ctx context.Context, titles []wiki.Title) (*switches.Switch, string, error) {
	for hop := 0; hop < 2 && len(titles) > 0; hop++ {
		pages, err := s.pages.of(ctx, titles)
		if err != nil {
			return nil, "", err
		}
		titles = nil
		for i := range pages {
			p := &pages[i]
			if strings.TrimSpace(p.Text) == "" {
				continue
			}
			by, err := s.Stops(ctx, p)
			if by != nil || err != nil {
				return by, s.named(p.Title), err
			}
			if to, ok := registry.Redirect(s.Site, p.Model, p.Text); ok {
				titles = append(titles, to)
			}
		}
	}
	return nil, "", nil
}

// pagesOf are the pages of a module (SiteModule, SiteStylesModule, UserModule, UserStylesModule, GadgetResourceLoaderModule).
func (s *Switches) pagesOf(ctx context.Context, name string, q *phpform.Values) (titles []wiki.Title, err error) {
	add := func(ns int, keys ...string) {
		for _, key := range keys {
			if t, err := s.Site.ParseIn(key, ns); err == nil && t.NS == ns {
				titles = append(titles, t)
			}
		}
	}
	skin, user := q.Text("skin"), q.Text("user")
	switch name {
	case "site":
		add(wiki.NSMediaWiki, "Common.js", skin+".js")
	case "site.styles":
		add(wiki.NSMediaWiki, "Common.css", skin+".css", "Print.css")
	case "noscript":
		add(wiki.NSMediaWiki, "Noscript.css")
	case "user", "user.styles":
		suffix := map[string]string{"user": ".js", "user.styles": ".css"}[name]
		add(wiki.NSUser, user+"/common"+suffix, user+"/"+skin+suffix)
		if s.groupsMatter() && user != "" {
			groups, err := s.Groups(ctx, user)
			if err != nil {
				return nil, fmt.Errorf("ask for the groups of %q: %w", user, err)
			}
			for _, group := range groups {
				add(wiki.NSMediaWiki, "Group-"+group+suffix)
			}
		}
	default:
		if !s.Keeper.Any(switches.Revision) {
			return nil, nil
		}
		all, err := s.SiteGadgets(ctx)
		return all[name], err
	}
	return titles, nil
}

// groupsMatter says whether a text of a group's page may be off, so that it has to be asked of which groups somebody is.
func (s *Switches) groupsMatter() bool {
	return slices.ContainsFunc(s.Keeper.Active(), func(o switches.Switch) bool {
		return o.Kind == switches.Revision && (o.Title == "" || strings.Contains(o.Title, ":Group-"))
	})
}

// startup answers mw.loader's registry, in which the site's modules that are off have another version, so that no browser takes them
// out of its own store (mw.loader.store).
func (s *Switches) startup(next http.Handler, w http.ResponseWriter, r *http.Request) {
	off := s.offModules(r.Context())
	if len(off) == 0 {
		next.ServeHTTP(w, r)
		return
	}
	out := r.Clone(r.Context())
	whole(out)
	answer, err := fetched(next, out)
	if err != nil {
		return // the reader went away
	}
	if answer.status == http.StatusOK {
		answer = altered(answer.header, register(answer.body.Bytes(), off))
	}
	send(w, r, answer)
}

// offModules are the versions of the site's modules that are off.
func (s *Switches) offModules(ctx context.Context) map[string]string {
	if !s.Keeper.Any(switches.Revision) && !s.Keeper.Any(switches.Gadget) {
		return nil
	}
	s.known.Lock()
	defer s.known.Unlock()
	now := s.Now()
	if s.known.modules != nil && now.Sub(s.known.at) < pinsFor {
		return s.known.modules
	}
	gadgets, err := s.SiteGadgets(ctx)
	if err != nil {
		s.Log.Warn("which of the site's gadgets are off is not known", "wiki", s.Site.ID, "err", err)
	}
	off := map[string]string{}
	for _, name := range append([]string{"site", "site.styles"}, slices.Sorted(maps.Keys(gadgets))...) {
		if by, _, err := s.module(ctx, name, &phpform.Values{}); by != nil && err == nil {
			off[name] = "off" + strconv.FormatInt(by.ID, 10)
		}
	}
	s.known.at, s.known.modules = now, off
	return off
}

// of makes it a notice about a user gadget, "p12": the same that the reader may have had from our delivery.
func (n *notice) of(by *switches.Switch, base, gadget string) {
	n.Link = base + "/gadget/" + gadget
	if by.Kind != switches.All {
		n.Key = "switch-" + strconv.FormatInt(by.ID, 10) + "-" + gadget
	}
}

// beforeOwn puts them before our own delivery.
func (s *Switches) beforeOwn(next http.Handler, base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, fixed, ok := gadgetRequest(r, base)
		if !ok || s.Keeper.Calm() {
			next.ServeHTTP(w, r)
			return
		}
		stopped := map[string]*notice{}
		names := incident.Expand(q.Text("modules"))
		for _, name := range names[:min(len(names), maxJudged)] {
			if _, ours := registry.ID(name); !ours || stopped[name] != nil {
				continue
			}
			by, title, err := s.Gadget(r.Context(), name+keptIn(r.URL.Path, base))
			if n := s.notice(by, title); n != nil && err == nil { // delivery says of others that they cannot be read
				n.of(by, base, strings.TrimPrefix(name, "ext.usergadget."))
				stopped[name] = n
			}
		}
		if len(stopped) == 0 {
			next.ServeHTTP(w, r)
			return
		}
		s.teller().instead(next, w, r, q, stopped, true, fixed)
	})
}

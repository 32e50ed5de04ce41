package approved

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/bundle"
	"sallyport/internal/gadget"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// View is what load.php is told of the page that a module is for.
type View struct {
	Skin, Lang, User string
	RTL              bool
	Debug            int // 0, 1 or 2
}

// Module is a module of load.php that is made of pages.
type Module struct {
	Name  string
	Pages []Page // in the order in which they run
	// Pinned says that the wiki's own answer must not go out. Otherwise what it is made of is approved.
	Pinned bool
	// Gone says that the definition which is served knows no such gadget.
	Gone bool

	targets map[wiki.Title]Page
	entry   gadget.Entry // as the definition that is served has it
}

// Same says whether a module is made of the same revisions as another.
func (m *Module) Same(o *Module) bool { return m.key() == o.key() }

// key names what a module is made of, and what of it is served.
func (m *Module) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v %v %s", m.Name, m.Pinned, m.Gone, made(&m.entry))
	for _, p := range m.Pages {
		fmt.Fprintf(&b, " %d=%d/%s/%s", p.Title.NS, p.Rev, p.Title.Key, p.Serve)
		if to, ok := m.targets[p.To]; ok {
			fmt.Fprintf(&b, ">%d/%s", to.Rev, to.Serve)
		}
	}
	return b.String()
}

// Version is a pinned module's, for mw.loader: another one for other texts, and never one of the wiki's, which have five digits.
func (m *Module) Version() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v %s", m.Name, m.Gone, made(&m.entry))
	for _, p := range m.Pages {
		fmt.Fprintf(&b, " %s", p.Serve)
		if to, ok := m.targets[p.To]; ok {
			fmt.Fprintf(&b, ">%s", to.Serve)
		}
	}
	return "kept" + bundle.Hash([]byte(b.String()))[:12]
}

// Modules are those of the names that a tier in force has a part in. Others are the wiki's alone. The wiki is asked about all of
// their pages at once, after the call.
func (b *Book) Modules(ctx context.Context, names []string, v View) ([]Module, error) {
	once := b.remembering()
	if err := once.ask(ctx, names, v); err != nil {
		return nil, err
	}
	var all []Module
	for _, name := range names {
		m, ours, err := once.module(ctx, name, v)
		if err != nil {
			return nil, fmt.Errorf("look at the module %q: %w", name, err)
		}
		if ours {
			all = append(all, m)
		}
	}
	return all, nil
}

// remembering is the same book, which asks the wiki once about each page.
func (b *Book) remembering() *Book {
	once, heads := *b, map[wiki.Title]mediawiki.Head{}
	once.o.Heads = func(ctx context.Context, titles []wiki.Title) ([]mediawiki.Head, error) {
		var missing []wiki.Title
		for _, t := range titles {
			if _, ok := heads[t]; !ok {
				missing = append(missing, t)
			}
		}
		if len(missing) > 0 {
			found, err := b.o.Heads(ctx, missing)
			if err != nil {
				return nil, err
			}
			for i, h := range found {
				heads[missing[i]] = h
			}
		}
		all := make([]mediawiki.Head, len(titles))
		for i, t := range titles {
			all[i] = heads[t]
		}
		return all, nil
	}
	return &once
}

// ask learns which revisions of all pages of modules are current: first of the definitions, then of what those name.
func (b *Book) ask(ctx context.Context, names []string, v View) error {
	var titles []wiki.Title
	for _, name := range names {
		if b.Concerns(name) && strings.HasPrefix(name, gadget.ModulePrefix) {
			titles = append(titles, b.definitionsOf(name)...)
		}
	}
	if _, err := b.o.Heads(ctx, unique(titles)); err != nil {
		return fmt.Errorf("ask which definitions are current: %w", err)
	}
	titles = nil
	for _, name := range names {
		if !b.Concerns(name) {
			continue
		}
		more, err := b.titles(ctx, &Module{Name: name}, v)
		if err != nil {
			return err
		}
		titles = append(titles, more...)
	}
	if _, err := b.o.Heads(ctx, unique(titles)); err != nil {
		return fmt.Errorf("ask which revisions are current: %w", err)
	}
	return nil
}

func unique(titles []wiki.Title) []wiki.Title {
	seen := map[wiki.Title]bool{}
	return slices.DeleteFunc(titles, func(t wiki.Title) bool {
		if seen[t] {
			return true
		}
		seen[t] = true
		return false
	})
}

// Concerns says whether a module could be one of [Book.Modules], by its name alone.
func (b *Book) Concerns(name string) bool {
	switch name {
	case "site", "site.styles", "noscript":
		return b.serves(SiteCode)
	case "user", "user.styles":
		return b.serves(SiteCode) || b.serves(Popular)
	}
	return b.serves(Gadget) && strings.HasPrefix(name, gadget.ModulePrefix)
}

func (b *Book) module(ctx context.Context, name string, v View) (Module, bool, error) {
	if !b.Concerns(name) {
		return Module{}, false, nil
	}
	m := Module{Name: name}
	titles, err := b.titles(ctx, &m, v)
	if err != nil {
		return m, false, err
	}
	if m.Pages, err = b.Look(ctx, titles); err != nil {
		return m, false, err
	}
	if m.targets, err = b.targets(ctx, m.Pages); err != nil {
		return m, false, err
	}
	ours := m.Pinned || strings.HasPrefix(name, gadget.ModulePrefix)
	for _, p := range m.Pages {
		to, redirects := m.targets[p.To]
		m.Pinned = m.Pinned || p.Pinned() || redirects && to.Pinned()
		ours = ours || p.Tier != None
	}
	return m, ours, nil
}

// titles are the pages of a module (SiteModule, SiteStylesModule, UserModule, UserStylesModule, GadgetResourceLoaderModule).
func (b *Book) titles(ctx context.Context, m *Module, v View) ([]wiki.Title, error) {
	var all []wiki.Title
	add := func(ns int, keys ...string) {
		for _, key := range keys {
			if t, err := b.o.Site.ParseIn(key, ns); err == nil && t.NS == ns {
				all = append(all, t)
			}
		}
	}
	skin := capital(v.Skin) // of a skin that is not installed MediaWiki takes another one's pages (ResourceLoader's Context)
	switch m.Name {
	case "site":
		add(wiki.NSMediaWiki, "Common.js", skin+".js", fallback+".js")
	case "site.styles":
		add(wiki.NSMediaWiki, "Common.css", skin+".css", "Print.css", fallback+".css")
	case "noscript":
		add(wiki.NSMediaWiki, "Noscript.css")
	case "user", "user.styles":
		suffix := map[string]string{"user": ".js", "user.styles": ".css"}[m.Name]
		if v.User == "" {
			return nil, nil
		}
		add(wiki.NSUser, v.User+"/common"+suffix, v.User+"/"+v.Skin+suffix)
		groups, err := b.o.Groups(ctx, v.User)
		if err != nil {
			return nil, fmt.Errorf("ask for the groups of %q: %w", v.User, err)
		}
		for _, g := range groups {
			if g != "*" {
				add(wiki.NSMediaWiki, "Group-"+g+suffix)
			}
		}
	default:
		return b.gadget(ctx, m)
	}
	return unique(all), nil
}

// fallback is the skin whose pages an unknown one gets.
const fallback = "Fallback"

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Where the site's gadgets are defined.
const (
	definitions = "Gadgets-definition"
	jsonFolder  = "Gadgets/"
)

func isDefinition(t wiki.Title) bool {
	return strings.HasPrefix(t.Key, jsonFolder) && strings.HasSuffix(t.Key, ".json")
}

// gadget reads what a gadget is made of from the definition that is served, and compares it with the wiki's. A JSON definition wins
// over a line of the same name, as in the Gadgets extension's "json+definition" repository.
func (b *Book) gadget(ctx context.Context, m *Module) ([]wiki.Title, error) {
	id := strings.TrimPrefix(m.Name, gadget.ModulePrefix)
	pages, err := b.Look(ctx, b.definitionsOf(m.Name))
	if err != nil {
		return nil, err
	}
	now, nowThere, err := b.defined(ctx, id, pages, func(p Page) store.Digest { return p.Now })
	if err != nil {
		return nil, err
	}
	var there bool
	if m.entry, there, err = b.defined(ctx, id, pages, func(p Page) store.Digest { return p.Serve }); err != nil {
		return nil, err
	}
	m.Gone = !there && nowThere
	m.Pinned = there != nowThere || made(&m.entry) != made(&now)
	var titles []wiki.Title
	for _, name := range m.entry.Definition.Module.Pages {
		if t, err := b.o.Site.Parse(name); err == nil {
			titles = append(titles, t)
		}
	}
	return titles, nil
}

// definitionsOf are the pages that could define a gadget.
func (b *Book) definitionsOf(module string) []wiki.Title {
	all := []wiki.Title{{NS: wiki.NSMediaWiki, Key: definitions}}
	if t, err := b.o.Site.ParseIn(jsonFolder+strings.TrimPrefix(module, gadget.ModulePrefix)+".json", wiki.NSMediaWiki); err == nil && isDefinition(t) {
		all = append(all, t)
	}
	return all
}

// defined finds a gadget in one of two texts of each definition page.
func (b *Book) defined(ctx context.Context, id string, pages []Page, which func(Page) store.Digest) (found gadget.Entry, ok bool, err error) {
	for _, p := range pages {
		entries, err := b.entries(ctx, p.Title, which(p))
		if err != nil {
			return found, false, err
		}
		for _, e := range entries {
			if e.ID == id {
				found, ok = e, true
			}
		}
	}
	return found, ok, nil
}

func (b *Book) entries(ctx context.Context, t wiki.Title, d store.Digest) ([]gadget.Entry, error) {
	if d == "" {
		return nil, nil
	}
	if isDefinition(t) {
		body, err := b.o.Store.Text(ctx, d)
		if err != nil {
			return nil, err
		}
		e, _ := gadget.ParseSiteJSON(strings.TrimSuffix(strings.TrimPrefix(t.Key, jsonFolder), ".json"), []byte(body))
		return []gadget.Entry{e}, nil
	}
	if all, ok := b.lines.GetIfPresent(d); ok {
		return all, nil
	}
	body, err := b.o.Store.Text(ctx, d)
	if err != nil {
		return nil, err
	}
	all, _ := gadget.ParseWikitext(body)
	b.lines.Set(d, all)
	return all, nil
}

// made is what of a definition decides about the bytes of its module.
func made(e *gadget.Entry) string {
	m := e.Definition.Module
	text, err := json.Marshal([]any{m.Pages, m.Messages, m.CodexIcons, e.Definition.EffectiveType(), e.Definition.IsPackage(), e.Legacy})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Gadgets are the names of the modules of all gadgets that the wiki defines now.
func (b *Book) Gadgets(ctx context.Context) ([]string, error) {
	pages, err := b.Look(ctx, []wiki.Title{{NS: wiki.NSMediaWiki, Key: definitions}})
	if err != nil {
		return nil, err
	}
	entries, err := b.entries(ctx, pages[0].Title, pages[0].Now)
	var names []string
	for _, e := range entries {
		names = append(names, e.Module())
	}
	return names, err
}

// Built is a module as load.php would serve it.
type Built struct {
	Combined []byte // the statement for mw.loader
	Scripts  []byte // only=scripts
	Styles   []byte // only=styles
}

// Build makes a pinned module of the texts that are served.
func (b *Book) Build(ctx context.Context, m *Module, v View) (*Built, error) {
	e := &m.entry
	in := bundle.Input{Module: m.Name, Debug: v.Debug, RTL: v.RTL, Package: e.Definition.IsPackage(), Icons: e.Definition.Module.CodexIcons,
		Styles: strings.HasPrefix(m.Name, gadget.ModulePrefix) && (e.Legacy || e.Definition.EffectiveType() == gadget.TypeStyles)}
	for _, p := range m.Pages {
		if strings.HasPrefix(p.Title.Key, fallback+".") && v.Skin != "fallback" { // looked at only in case the skin is not installed
			continue
		}
		f, err := b.file(ctx, m, p)
		if err != nil {
			return nil, err
		}
		if f != nil {
			in.Files = append(in.Files, *f)
		}
	}
	if keys := e.Definition.Module.Messages; len(keys) > 0 {
		var err error
		if in.Messages, err = b.o.Messages(ctx, keys, v.Lang); err != nil {
			return nil, fmt.Errorf("ask for messages: %w", err)
		}
	}
	built := bundle.Build(in)
	built.Version = m.Version()
	if v.Debug > 0 {
		built.Version = ""
	}
	out := &Built{Combined: built.Combined(), Scripts: built.Scripts(), Styles: built.StylesCSS()}
	if m.Name == "site" || m.Name == "user" { // their script is a text, which runs in the global scope
		var err error
		if out.Combined, err = global(m.Name+"@"+built.Version, out.Scripts); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// file is a page of a module with the text that is served; nil when nothing of it is.
func (b *Book) file(ctx context.Context, m *Module, p Page) (*bundle.File, error) {
	at, digest := p.Title, p.Serve
	if to, ok := m.targets[p.To]; ok {
		at, digest = to.Title, to.Serve
	}
	if digest == "" {
		return nil, nil
	}
	body, err := b.o.Store.Text(ctx, digest)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("the approved text of %q is not kept: %w", b.o.Site.PrefixedText(at), err)
	}
	if m.Name == "site.styles" && p.Title.Key == "Print.css" {
		body = "@media print{\n" + body + "\n}"
	}
	return &bundle.File{
		Name: strings.TrimPrefix(p.Title.Key, "Gadget-"), Title: b.o.Site.PrefixedText(p.Title), Text: body,
		URL: strings.TrimPrefix(b.o.Site.RawURL(at), b.o.Site.Server),
	}, err
}

// global is the statement for a module whose script is a text. It asks which form the client knows, as package bundle's does.
func global(key string, script []byte) ([]byte, error) {
	args, err := json.Marshal([]string{key, string(script)}) // "<" and the like escaped
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", key, err)
	}
	return fmt.Appendf(nil, "(function(D){mw.loader.impl?mw.loader.impl(D):mw.loader.implement.apply(null,D())})(function(){return%s});\n", args), nil
}

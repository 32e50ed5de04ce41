package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/gadget"
	"sallyport/internal/registry"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// gadgetPage is everything about one gadget.
type gadgetPage struct {
	Name, Title, Module string
	Description         string
	Facts               []template.HTML
	Summary             *summary   // what it can do; nil where that is not known
	Held                []heldText // pages whose newest text waits for reviewers
	Problem             string
	Stopped             *switches.Switch // what it is switched off by for everybody
	Off                 string           // address of the form that switches it off for everybody; empty for those who may not
	State               string           // of the reader's own choice; empty when it is off
	Was, Owner          string
	Lacks               []string
	Switches            []button
	Wanted              wanted  // servers outside the wiki
	Change              *change // since the reader accepted it
	Past                *past   // nil when there is nothing to compare
	Conditions          []template.HTML
	Files               []file
	Requires, Peers     []template.HTML
	Reach               reach
	Saved               time.Time
	History, Diff, Edit string
	Definition          string
	JSON                string
	KeptFrom            []keptRow // what a policy kept it from
}

type file struct {
	Title, Owner, Problem string
	Foreign               bool
	History, Diff         string
	About                 string // address of the page about it as a script; empty when there is none
	Saved                 time.Time
}

var gadgetAddress = regexp.MustCompile(`^p([1-9][0-9]{0,17})(\.json|/switch)?$`)

// gadget shows one gadget, by page id. An address with a title leads to the one with the id.
func (p *pages) gadget(v *visit) error {
	m := gadgetAddress.FindStringSubmatch(v.PathValue("which"))
	if m == nil {
		g, err := p.Registry.ByTitle(v.Context(), v.PathValue("which"))
		if err != nil {
			return err
		}
		return v.redirect(p.gadgetURL(g.Row.PageID))
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return errNoGadget
	}
	if m[2] == "/switch" { // the address bar after a refused form
		return v.redirect(p.gadgetURL(id))
	}
	g, err := p.Registry.Gadget(v.Context(), id)
	if err != nil {
		return err
	}
	if m[2] == ".json" {
		return p.gadgetJSON(v, g)
	}
	body, err := p.describe(v, g)
	if err != nil {
		return err
	}
	return p.show(v, "gadget", http.StatusOK, body)
}

func (p *pages) describe(v *visit, g *registry.Gadget) (*gadgetPage, error) {
	ctx := v.Context()
	users, err := p.Registry.Users(ctx, g.Row.PageID)
	if err != nil {
		return nil, err
	}
	r, err := p.reach(ctx, g)
	if err != nil {
		return nil, err
	}
	settings := g.Def.Settings
	body := &gadgetPage{
		Name: g.Row.Name, Title: g.Row.Title, Module: g.Module, Description: g.Def.Description, Owner: g.Row.Owner,
		Facts: p.facts(v.lang, g.Row.Owner, users, r), Problem: r.Problem, Stopped: g.Stopped, Off: p.switchAddress(v, switches.Gadget, g.Module, ""), Lacks: lacking(settings.Rights, v.me.Rights),
		Conditions: p.conditions(v.lang, settings), Reach: r, Saved: g.Row.Saved,
		JSON: p.gadgetURL(g.Row.PageID) + ".json", Definition: visible(string(g.Def.JSON())),
		History: p.historyURL(g.Row.Title), Diff: p.diffURL(g.Row.Title, g.Row.RevID),
		Edit: p.indexURL(g.Row.Title, url.Values{"action": {"edit"}}),
	}
	for _, f := range g.Files {
		body.Files = append(body.Files, p.file(g, f))
	}
	if body.KeptFrom, err = p.keptFrom(v, g.Row.Title, r.People); err != nil {
		return nil, err
	}
	if body.Summary, err = p.summary(ctx, v.lang, g); err != nil {
		return nil, err
	}
	if body.Held, err = p.heldBack(v, g); err != nil {
		return nil, err
	}
	body.Past = p.gadgetPast(v, g)
	body.Requires, body.Peers = p.modules(ctx, g.Requires), p.modules(ctx, g.Peers)
	return body, p.offer(v, g, body)
}

// offer adds what the reader can do: one switch, or two when the gadget has changed hands.
func (p *pages) offer(v *visit, g *registry.Gadget, body *gadgetPage) (err error) {
	if v.me.ID == 0 {
		body.Wanted, err = p.wanted(v, g, "")
		return err
	}
	list, err := p.Registry.Enabled(v.Context(), v.account(p.Site))
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Choice.Gadget != g.Row.PageID {
			continue
		}
		changes, err := p.changes(v, []registry.Enabled{e})
		if err != nil {
			return err
		}
		body.Change = changes[e.Choice.Gadget]
		e.Gadget = g
		if body.Wanted, err = p.wanted(v, g, e.State); err != nil {
			return err
		}
		body.State, body.Was, body.Switches = string(e.State), formerOwner(g, e.Choice), p.buttons(v, e, body.Wanted)
		return nil
	}
	if body.Wanted, err = p.wanted(v, g, ""); err != nil {
		return err
	}
	switch {
	case body.Problem != "" || len(body.Lacks) > 0:
		body.Wanted.Switches = nil
	case len(body.Wanted.Switches) == 0: // with servers to agree to, the switches stand with them
		body.Switches = p.button(v, deed{gadget: g.Row.PageID, owner: g.Row.OwnerID, to: "on"}, g.Row.Name)
	}
	return nil
}

func (p *pages) file(g *registry.Gadget, f registry.File) file {
	title := f.Title
	if f.Page.Title != "" {
		title = readable(f.Page.Title)
	}
	about := ""
	if p.Scripts != nil && f.Page.PageID != 0 {
		about = p.scriptURL(title)
	}
	return file{
		About: about, Title: title, Owner: f.Owner, Problem: f.Reason, Foreign: f.Owner != "" && f.Owner != g.Row.Owner,
		Saved: f.Page.Saved, History: p.historyURL(title), Diff: p.diffURL(title, f.Page.RevID),
	}
}

// modules names what a gadget depends on: other user gadgets by their own names.
func (p *pages) modules(ctx context.Context, names []string) []template.HTML {
	list := make([]template.HTML, 0, len(names))
	for _, name := range names {
		shown := code(name)
		if id, ok := registry.ID(name); ok {
			if g, err := p.Registry.Gadget(ctx, id); err == nil {
				shown = link(p.gadgetURL(id), readable(g.Row.Title))
			}
		}
		list = append(list, shown)
	}
	return list
}

func code(s string) template.HTML {
	return template.HTML(fmt.Sprintf(`<code dir="ltr">%s</code>`, template.HTMLEscapeString(visible(s)))) //nolint:gosec // escaped
}

// conditions says in words when a gadget runs.
func (p *pages) conditions(lang string, s gadget.Settings) []template.HTML {
	var list []template.HTML
	add := func(key string, values []string, write func(string) template.HTML) {
		if len(values) == 0 {
			return
		}
		var words []template.HTML
		for _, value := range values {
			words = append(words, write(value))
		}
		list = append(list, p.words.HTML(lang, "only-"+key, p.words.List(lang, words), len(values)))
	}
	var namespaces []string
	for _, ns := range s.Namespaces {
		namespaces = append(namespaces, p.namespace(lang, ns))
	}
	add("namespaces", namespaces, isolate)
	add("categories", s.Categories, isolate)
	add("actions", s.Actions, code)
	add("skins", s.Skins, code)
	add("models", s.ContentModels, code)
	add("rights", s.Rights, code)
	if list == nil {
		list = append(list, p.words.HTML(lang, "everywhere"))
	}
	return list
}

func (p *pages) namespace(lang string, ns int) string {
	known, ok := p.Site.Namespaces[ns]
	switch {
	case ns == wiki.NSMain:
		return p.words.Text(lang, "main-namespace") // isolate escapes it again
	case !ok:
		return strconv.Itoa(ns)
	default:
		return readable(known.Name)
	}
}

func (p *pages) historyURL(title string) string {
	return p.indexURL(stored(title), url.Values{"action": {"history"}})
}

// diffURL shows what one revision changed.
func (p *pages) diffURL(title string, rev int64) string {
	if rev == 0 {
		return ""
	}
	return p.indexURL(stored(title), url.Values{"diff": {"prev"}, "oldid": {digits(rev)}})
}

// stored is a title as addresses have it.
func stored(title string) string { return strings.ReplaceAll(title, " ", "_") }

func special(name string) wiki.Title { return wiki.Title{NS: wiki.NSSpecial, Key: name} }

type fileJSON struct {
	Title    string `json:"title"`
	Owner    string `json:"owner,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	Digest   string `json:"digest,omitempty"`
	Saved    string `json:"saved,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

func (p *pages) gadgetJSON(v *visit, g *registry.Gadget) error {
	users, err := p.Registry.Users(v.Context(), g.Row.PageID)
	if err != nil {
		return err
	}
	r, err := p.reach(v.Context(), g)
	if err != nil {
		return err
	}
	sum, err := p.summary(v.Context(), v.lang, g)
	if err != nil {
		return err
	}
	files := make([]fileJSON, len(g.Files))
	for i, f := range g.Files {
		files[i] = fileJSON{readable(f.Title), f.Owner, f.Page.RevID, string(f.Page.Digest), stamp(f.Page.Saved), f.Reason}
	}
	return v.json(map[string]any{
		"schema": "sallyport/gadget/1", "id": g.Row.PageID, "module": g.Module, "title": readable(g.Row.Title),
		"owner": g.Row.Owner, "revision": g.Row.RevID, "saved": stamp(g.Row.Saved), "users": users,
		"description": g.Def.Description, "problem": r.Problem, "files": files, "canChange": r.People, "risk": sum.data(),
		"requires": orEmpty(g.Requires), "peers": orEmpty(g.Peers), "definition": json.RawMessage(g.Def.JSON()),
	})
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

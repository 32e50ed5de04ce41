package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// Switching is what the page about switches asks and does.
type Switching struct {
	*switches.Keeper
	Crowd switches.Crowd // who has what on; a [store.Store] is one
}

var (
	errNoSwitcher = &fault{http.StatusForbidden, "noswitcher"}
	errOff        = &fault{http.StatusConflict, "switched-off"}
	errOn         = &fault{http.StatusConflict, "switched-on"}
	errNoSwitch   = &fault{http.StatusNotFound, "noswitch"}
	errNoTarget   = &fault{http.StatusUnprocessableEntity, "notarget"}
	errNoOffWhy   = &fault{http.StatusBadRequest, "nooffwhy"}
	errManyOff    = &fault{http.StatusConflict, "manyoff"}
)

// lastSwitches is how many are in the history.
const lastSwitches = 100

// switchesPage is what is off, what was, and a form for more.
type switchesPage struct {
	Off   []offRow
	Past  []offRow // those that are on again, newest first
	Kinds []switches.Kind
	Asked askedSwitch
	Token string // for switching on; empty where the reader may only look
	May   bool   // the reader holds the rights to switch
	JSON  string
}

// offRow is something that is off.
type offRow struct {
	switches.Switch
	switchWhom
	What string // in a person's words: a name, a title, a host
	URL  string // of the page about it; empty when there is none
}

// askedSwitch is what somebody may be about to switch off.
type askedSwitch struct {
	offRow
	Shown bool   // it is one thing, and whom it touches is shown
	Wrong string // message: why it cannot be
	Token string
}

// switchWhom is whom it touches.
type switchWhom struct {
	People    int
	Powerful  []string // names
	Unknown   bool     // who holds power is not known yet
	Everybody bool
	Owner     string
	Gadgets   []touchedGadget
	Spared    []sparedPage // of an author: pages of the site's own that stay on
}

// sparedPage is a page of the site's own whose text is by an author who is switched off. Off is where that text can be.
type sparedPage struct{ Name, URL, Off string }

// touchedGadget is a gadget that it stops.
type touchedGadget struct{ Name, Owner, URL string }

// maySeeSwitches says why somebody may not see the page about switches.
func (p *pages) maySeeSwitches(v *visit) error {
	switch {
	case v.down != nil:
		return errWikiDown
	case v.me.ID == 0:
		return errNobody
	case !switches.MaySee(v.me):
		return errNoRight
	default:
		return nil
	}
}

// switches shows what is off. With kind= and target= it shows whom it would touch to switch that off.
func (p *pages) switches(v *visit) error {
	if err := p.maySeeSwitches(v); err != nil {
		return err
	}
	ctx, keeper := v.Context(), p.Switches.Keeper
	if err := keeper.Sync(ctx); err != nil {
		p.Log.Warn("what is off may be older", "wiki", p.Site.ID, "err", err)
	}
	body := &switchesPage{Kinds: switches.Kinds, May: switches.May(v.me), JSON: p.Base + "/switches.json"}
	active := keeper.Active()
	ask, err := p.askedFor(v, body)
	if err != nil {
		return err
	}
	whom, err := p.touched(ctx, append(slices.Clone(active), ask...))
	if err != nil {
		return err
	}
	for i, s := range slices.Backward(active) {
		body.Off = append(body.Off, p.offRow(ctx, s, whom[i]))
	}
	if len(ask) > 0 {
		body.Asked.offRow, body.Asked.Shown = p.offRow(ctx, ask[0], whom[len(active)]), true
	}
	last, err := keeper.Last(ctx, lastSwitches)
	if err != nil {
		return err
	}
	for _, s := range last {
		if !s.Ended.IsZero() {
			body.Past = append(body.Past, p.offRow(ctx, s, switchWhom{}))
		}
	}
	if why, _ := p.mayNotSwitch(v); why == "" && body.May {
		body.Token = p.tokens.mint(deed{user: v.me.ID, to: "switch on again"}, v.Request)
		if body.Asked.Shown {
			body.Asked.Token = p.tokens.mint(switchingOff(v, ask[0]), v.Request)
		}
	}
	return p.show(v, "switches", http.StatusOK, body)
}

// switchingOff is the deed that a token for it allows: what the page showed and nothing else.
func switchingOff(v *visit, s switches.Switch) deed {
	return deed{user: v.me.ID, to: "switch off for all", set: string(s.Kind) + "\n" + s.Target + "\n" + s.Title}
}

// askedFor reads what the address asks about: one switch or none. Something that is off already is none.
func (p *pages) askedFor(v *visit, body *switchesPage) ([]switches.Switch, error) {
	q := v.URL.Query()
	a := &body.Asked
	a.Kind, a.Target, a.Title = switches.Kind(q.Get("kind")), q.Get("target"), q.Get("title")
	if !slices.Contains(switches.Kinds, a.Kind) || a.Target == "" && a.Kind != switches.All && a.Kind != switches.Revision {
		a.Kind = ""
		return nil, nil
	}
	s, err := p.readSwitch(v.Context(), a.Kind, a.Target, a.Title)
	switch {
	case errors.Is(err, switches.ErrTarget), errors.Is(err, store.ErrNotFound), errors.Is(err, registry.ErrNotFound), errors.Is(err, registry.ErrNoUser):
		a.Wrong = "switches-wrong-" + string(a.Kind)
		return nil, nil
	case err != nil:
		return nil, err
	}
	if p.Switches.Find(s.Kind, s.Target) != nil {
		a.Wrong = "switches-already"
		return nil, nil
	}
	return []switches.Switch{s}, nil
}

// readSwitch reads a target as people write it: of a revision the title of a page will do, which means its newest text; of a gadget
// the title of its definition.
func (p *pages) readSwitch(ctx context.Context, kind switches.Kind, target, title string) (switches.Switch, error) {
	s := switches.Switch{Kind: kind, Target: strings.TrimSpace(target)}
	if kind == switches.Revision {
		if t, err := p.Site.Parse(title); err == nil && title != "" {
			s.Title = p.Site.Prefixed(t)
		}
		if t, err := p.Site.Parse(s.Target); err == nil && strings.ContainsAny(s.Target, ":/.") {
			page, err := p.newestText(ctx, t)
			if err != nil {
				return s, err
			}
			s.Title, s.Target = p.Site.Prefixed(t), string(page)
		}
	}
	if kind == switches.Gadget && strings.ContainsAny(s.Target, "/:") {
		g, err := p.Registry.ByTitle(ctx, s.Target)
		if err != nil {
			return s, err
		}
		s.Target = g.Module
	}
	var err error
	if s.Target, err = switches.Read(p.Site, kind, s.Target); err != nil {
		return s, err
	}
	if kind == switches.Author {
		if _, err := p.Registry.User(ctx, s.Target); err != nil {
			return s, err
		}
	}
	return s, nil
}

// newestText names the newest text of a page.
func (p *pages) newestText(ctx context.Context, t wiki.Title) (store.Digest, error) {
	if p.Scripts == nil {
		return "", switches.ErrTarget
	}
	page, err := p.Scripts.Newest(ctx, t)
	if err != nil {
		return "", err
	}
	if !page.Exists() || page.Text == "" {
		return "", switches.ErrTarget
	}
	return store.DigestOf(page.Text), nil
}

// touched is whom each switch touches.
func (p *pages) touched(ctx context.Context, all []switches.Switch) ([]switchWhom, error) {
	if len(all) == 0 {
		return nil, nil
	}
	found, err := p.Switches.Touches(ctx, p.Switches.Crowd, all)
	if err != nil {
		return nil, err
	}
	power := map[int64]string{}
	known := false
	if p.People != nil {
		if r := p.People(); r != nil {
			known = true
			for i := range r.Accounts {
				power[r.Accounts[i].ID] = r.Accounts[i].Name
			}
		}
	}
	whom := make([]switchWhom, len(found))
	for i, t := range found {
		whom[i] = switchWhom{People: len(t.People), Unknown: !known, Everybody: t.Everybody, Owner: t.Owner}
		for _, g := range t.Gadgets {
			whom[i].Gadgets = append(whom[i].Gadgets, touchedGadget{g.Name, g.Owner, p.gadgetURL(g.PageID)})
		}
		for _, s := range t.Spared {
			whom[i].Spared = append(whom[i].Spared, sparedPage{s.Title, p.scriptURL(s.Title), p.switchURL(switches.Revision, string(s.Digest), s.Title)})
		}
		for _, id := range t.People {
			if name, powerful := power[id]; powerful {
				whom[i].Powerful = append(whom[i].Powerful, name)
			}
		}
	}
	return whom, nil
}

// offRow says in a person's words what is off.
func (p *pages) offRow(ctx context.Context, s switches.Switch, whom switchWhom) offRow {
	row := offRow{Switch: s, switchWhom: whom, What: s.Target}
	switch s.Kind {
	case switches.Revision:
		if s.Title != "" {
			row.What, row.URL = readable(s.Title), p.scriptURL(s.Title)
		}
	case switches.Gadget:
		if id, ours := s.GadgetID(); ours {
			row.URL = p.gadgetURL(id)
			if g, err := p.Registry.Gadget(ctx, id); err == nil {
				row.What = readable(g.Row.Title)
			}
		} else {
			row.What = strings.TrimPrefix(s.Target, gadget.ModulePrefix)
		}
	case switches.Author:
		row.URL = p.personURL(s.Target)
	}
	return row
}

// switchesJSON is the same for programs.
func (p *pages) switchesJSON(v *visit) error {
	if err := p.maySeeSwitches(v); err != nil {
		return err
	}
	last, err := p.Switches.Last(v.Context(), lastSwitches)
	if err != nil {
		return err
	}
	past := slices.DeleteFunc(last, func(s switches.Switch) bool { return s.Ended.IsZero() })
	return v.json(map[string]any{"schema": "sallyport/switches/1", "off": append([]switches.Switch{}, p.Switches.Active()...), "past": past})
}

// doSwitch switches something off or on again, for a person who pressed the button of our page.
func (p *pages) doSwitch(v *visit) error {
	if err := fromPerson(v); err != nil {
		return err
	}
	if !switches.May(v.me) {
		return errNoSwitcher
	}
	var err error
	if f := v.PostForm; f.Get("do") == "on" {
		err = p.switchOn(v, f.Get("id"), words(f.Get("why")))
	} else {
		err = p.switchOff(v, switches.Switch{Kind: switches.Kind(f.Get("kind")), Target: f.Get("target"), Title: f.Get("title"), Reason: words(f.Get("why")), By: v.me.Name})
	}
	if err != nil {
		return switchFault(err)
	}
	return v.redirect(p.Base + "/switches")
}

func (p *pages) switchOn(v *visit, id, why string) error {
	if err := p.permits(v, deed{user: v.me.ID, to: "switch on again"}); err != nil {
		return err
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return errForm
	}
	_, err = p.Switches.Undo(v.Context(), n, v.me.Name, why)
	return err
}

func (p *pages) switchOff(v *visit, s switches.Switch) error {
	if err := p.permits(v, switchingOff(v, s)); err != nil {
		return err
	}
	_, err := p.Switches.SwitchOff(v.Context(), s)
	return err
}

// switchFault is the page for an error about a switch.
func switchFault(err error) error {
	switch {
	case errors.Is(err, switches.ErrOff):
		return errOff
	case errors.Is(err, switches.ErrOn):
		return errOn
	case errors.Is(err, switches.ErrNoReason):
		return errNoOffWhy
	case errors.Is(err, switches.ErrTarget):
		return errNoTarget
	case errors.Is(err, switches.ErrTooMany):
		return errManyOff
	case errors.Is(err, store.ErrNotFound):
		return errNoSwitch
	}
	return err
}

// switchAddress is the form for something, for those who may switch it off; empty for others.
func (p *pages) switchAddress(v *visit, kind switches.Kind, target, title string) string {
	if p.Switches == nil || !switches.May(v.me) {
		return ""
	}
	return p.switchURL(kind, target, title)
}

// switchURL is the form for something.
func (p *pages) switchURL(kind switches.Kind, target, title string) string {
	q := url.Values{"kind": {string(kind)}, "target": {target}}
	if title != "" {
		q.Set("title", title)
	}
	return p.Base + "/switches?" + q.Encode() + "#off"
}

package web

import (
	"context"
	"html/template"
	"slices"

	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/switches"
)

// card is a gadget as a list shows it.
type card struct {
	ID          int64
	Name        string // empty when the page was deleted
	URL         string
	Description string
	Summary     *summary        // what it can do; nil where that is not known
	Facts       []template.HTML // by whom, how many people, whose pages, who can change it
	State       string          // a [registry.State], or empty
	Problem     string
	Stopped     *switches.Switch // what it is switched off by for everybody
	Lacks       []string         // rights the reader lacks
	Was         string           // Moved: whose it was when it was switched on; may be empty
	Now         string           // Moved: whose it is
	Switches    []button
	Wanted      wanted  // servers outside the wiki, when the reader has something to decide about them
	Change      *change // since the reader accepted it; nil when there is none, and on other people's lists
}

// button is a form with one button that does one deed.
type button struct {
	Action, To, Token, Back string
	Hosts, Set              string
	Owner                   int64
	Label                   template.HTML
	Name                    string // the gadget's, for people who hear the button alone
	Main                    bool
}

// reach is who can change what a gadget does: the owners of its pages and of everything it depends on.
type reach struct {
	People  []string // the gadget's owner first
	Site    bool     // pages of the MediaWiki namespace run too
	Problem string   // why the gadget or something it needs cannot run
}

func (p *pages) reach(ctx context.Context, g *registry.Gadget) (reach, error) {
	r := reach{People: []string{g.Row.Owner}, Problem: g.Problem}
	all, err := p.Registry.Closure(ctx, []*registry.Gadget{g})
	if err != nil {
		return r, err
	}
	for _, one := range all {
		for _, name := range append([]string{one.Row.Owner}, one.Foreign()...) {
			if name != "" && !slices.Contains(r.People, name) {
				r.People = append(r.People, name)
			}
		}
		for _, f := range one.Files {
			r.Site = r.Site || f.Owner == ""
		}
		if one.Row.PageID == g.Row.PageID {
			r.Problem = one.Problem
		}
	}
	return r, nil
}

// facts is the sentence under a gadget's name.
func (p *pages) facts(lang, owner string, users int, r reach) []template.HTML {
	facts := []template.HTML{
		p.words.HTML(lang, "by", p.personLink(owner)),
		p.words.HTML(lang, "users", users),
	}
	if others := r.People[1:]; len(others) > 0 {
		facts = append(facts, p.words.HTML(lang, "runs-pages-of", p.people(lang, others)))
	}
	return append(facts, p.words.HTML(lang, "can-change", len(r.People)))
}

// mostNamed is how many people a sentence names before it counts the rest.
const mostNamed = 3

// people lists names in a sentence.
func (p *pages) people(lang string, names []string) template.HTML {
	var shown []template.HTML
	for _, name := range names[:min(len(names), mostNamed)] {
		shown = append(shown, p.personLink(name))
	}
	list := p.words.List(lang, shown)
	if rest := len(names) - len(shown); rest > 0 {
		list = p.words.HTML(lang, "and-more", list, rest)
	}
	return list
}

// card makes the card of a gadget on somebody's list. Only the reader's own list has switches.
func (p *pages) card(v *visit, e registry.Enabled, rights []string) (card, error) {
	c := card{ID: e.Choice.Gadget, State: string(e.State)}
	if e.Gadget == nil {
		c.Switches = p.buttons(v, e, wanted{})
		return c, nil
	}
	g := e.Gadget
	r, err := p.reach(v.Context(), g)
	if err != nil {
		return c, err
	}
	users, err := p.Registry.Users(v.Context(), g.Row.PageID)
	if err != nil {
		return c, err
	}
	c.Stopped = g.Stopped
	if c.Problem = r.Problem; c.Problem != "" && e.State == registry.On {
		c.State = string(registry.Broken)
	}
	c.Name, c.URL, c.Description = g.Row.Name, p.gadgetURL(g.Row.PageID), g.Def.Description
	c.Facts = p.facts(v.lang, g.Row.Owner, users, r)
	if c.Summary, err = p.summary(v.Context(), v.lang, g); err != nil {
		return c, err
	}
	c.Lacks = lacking(g.Def.Settings.Rights, rights)
	c.Was, c.Now = formerOwner(g, e.Choice), g.Row.Owner
	if c.Wanted, err = p.wanted(v, g, e.State); err != nil {
		return c, err
	}
	c.Switches = p.buttons(v, e, c.Wanted)
	if c.Wanted.Intro == "wants-granted" || len(c.Wanted.Switches) == 0 {
		c.Wanted = wanted{} // there is nothing to decide
	}
	return c, nil
}

// buttons are what the reader can do about a gadget on their own list, besides what stands with the servers it asks for.
func (p *pages) buttons(v *visit, e registry.Enabled, w wanted) []button {
	name := ""
	if e.Gadget != nil {
		name = e.Gadget.Row.Name
	}
	off := p.button(v, deed{gadget: e.Choice.Gadget, owner: e.Choice.OwnerID, to: "off"}, name)
	if e.State == registry.Gone || e.State == registry.Moved {
		for i := range off {
			off[i].Label = p.words.HTML(v.lang, "remove")
		}
	}
	if e.State != registry.Moved || len(w.Switches) > 0 {
		return off
	}
	on := p.button(v, deed{gadget: e.Choice.Gadget, owner: e.Gadget.Row.OwnerID, to: "on"}, name)
	for i := range on {
		on[i].Label = p.words.HTML(v.lang, "switch-on-again", isolate(e.Gadget.Row.Owner))
	}
	return append(on, off...)
}

// button is the form for a deed, or nothing where forms must not be.
func (p *pages) button(v *visit, d deed, name string) []button {
	if why, _ := p.mayNotSwitch(v); why != "" {
		return nil
	}
	d.user = v.me.ID
	return []button{{
		Action: p.gadgetURL(d.gadget) + "/switch", To: d.to, Owner: d.owner, Back: v.here(),
		Hosts: d.hosts, Set: d.set, Token: p.tokens.mint(d, v.Request), Label: p.words.HTML(v.lang, "switch-"+d.to), Name: name, Main: d.to == "on" || d.to == "allow" || d.to == "accept",
	}}
}

func lacking(wanted, have []string) []string {
	var lacks []string
	for _, right := range wanted {
		if !slices.Contains(have, right) {
			lacks = append(lacks, right)
		}
	}
	return lacks
}

// formerOwner names whose gadget somebody switched on, where the definition still knows.
func formerOwner(g *registry.Gadget, c store.Choice) string {
	for name, id := range g.Row.Owners {
		if id == c.OwnerID && name != g.Row.Owner {
			return name
		}
	}
	return ""
}

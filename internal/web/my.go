package web

import (
	"net/http"
	"strconv"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/registry"
	"sallyport/internal/wiki"
)

// myPage is the reader's own list.
type myPage struct {
	Cards    []card
	Off      *card // a gadget just switched off
	Public   string
	Skeleton skeleton
	Imports  *importsPart // nil where scripts are not known
	Unused   []row        // gadgets the reader wrote and has not switched on
}

// skeleton is a first definition for somebody who has never written one.
type skeleton struct {
	Title, Create, Text string
}

// my shows what the reader has switched on.
func (p *pages) my(v *visit) error {
	if v.down != nil {
		return errUncertain
	}
	body := myPage{}
	if v.me.ID == 0 {
		return p.show(v, "my", http.StatusOK, body)
	}
	list, err := p.Registry.Enabled(v.Context(), v.account(p.Site))
	if err != nil {
		return err
	}
	changes, err := p.changes(v, list)
	if err != nil {
		return err
	}
	for _, e := range list {
		c, err := p.card(v, e, v.me.Rights)
		if err != nil {
			return err
		}
		c.Change = changes[c.ID]
		body.Cards = append(body.Cards, c)
	}
	body.Public = p.personURL(v.me.Name)
	body.Skeleton = p.skeleton(v.me.Name)
	body.Off = p.justOff(v, list)
	body.Imports = p.imports(v)
	if body.Unused, err = p.unused(v, body.Cards); err != nil {
		return err
	}
	return p.show(v, "my", http.StatusOK, body)
}

// justOff names the gadget of "?off=12" when it is indeed off. Anybody can make such an address, so it says no more than
// what is true and switches nothing.
func (p *pages) justOff(v *visit, list []registry.Enabled) *card {
	id, err := strconv.ParseInt(v.URL.Query().Get("off"), 10, 64)
	if err != nil {
		return nil
	}
	for _, e := range list {
		if e.Choice.Gadget == id {
			return nil
		}
	}
	g, err := p.Registry.Gadget(v.Context(), id)
	if err != nil {
		return nil
	}
	return &card{Name: g.Row.Name, URL: p.gadgetURL(id)}
}

// skeleton writes a definition whose pages are the person's own.
func (p *pages) skeleton(name string) skeleton {
	user := wiki.Title{NS: wiki.NSUser, Key: strings.ReplaceAll(name, " ", "_") + "/first"}
	title := p.Site.PrefixedText(user)
	d := gadget.Definition{
		Description: "One sentence for the people who choose",
		Module:      gadget.Module{Pages: []string{title + ".js"}, Dependencies: []string{"mediawiki.util"}},
	}
	return skeleton{
		Title: title + p.Suffix, Text: string(d.JSON()),
		Create: p.indexURL(p.Site.Prefixed(user)+p.Suffix, map[string][]string{"action": {"edit"}}),
	}
}

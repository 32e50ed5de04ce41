package delivery

import (
	"net/url"
	"slices"
	"strconv"

	"sallyport/internal/gadget"
)

// conditions are what a page has to be like for a gadget to run there. They travel to the browser as JSON, where boot.js
// holds them against mw.config; for style sheets, which must come before the page is drawn, they are evaluated here.
// The rules are those of the Gadgets extension (GadgetLoadConditions).
type conditions struct {
	Actions       []string `json:"actions,omitempty"`
	Namespaces    []int    `json:"namespaces,omitempty"`
	Categories    []string `json:"categories,omitempty"`
	ContentModels []string `json:"contentModels,omitempty"`
}

func conditionsOf(s gadget.Settings) *conditions {
	c := &conditions{Actions: s.Actions, Namespaces: s.Namespaces, Categories: s.Categories, ContentModels: s.ContentModels}
	if len(c.Actions)+len(c.Namespaces)+len(c.Categories)+len(c.ContentModels) == 0 {
		return nil
	}
	return c
}

func parsePage(q url.Values) page {
	ns, err := strconv.Atoi(q.Get("ns"))
	return page{Namespace: ns, Action: q.Get("action"), Model: q.Get("model"), Known: err == nil}
}

// skinAllows says whether a gadget is meant for a skin. Skins are settled here, not in the browser: the address names one.
func skinAllows(s gadget.Settings, skin string) bool {
	return len(s.Skins) == 0 || slices.Contains(s.Skins, skin)
}

// early says whether a style sheet's conditions can be judged before the page is drawn. Categories cannot: there may be
// too many of them for an address.
func early(s gadget.Settings) bool { return len(s.Categories) == 0 }

// allows evaluates conditions for a page; the browser's twin is matches() in boot.js.
func (p page) allows(s gadget.Settings) bool {
	action := p.Action
	if action == "submit" {
		action = "edit"
	}
	return p.Known &&
		(len(s.Actions) == 0 || slices.Contains(s.Actions, action)) &&
		(len(s.Namespaces) == 0 || slices.Contains(s.Namespaces, p.Namespace)) &&
		(len(s.ContentModels) == 0 || slices.Contains(s.ContentModels, p.Model))
}

package fakewiki

import (
	"slices"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/wiki"
)

const gadgetsDefinition = "Gadgets-definition"

// siteGadgets are the wiki's own gadgets, from MediaWiki:Gadgets-definition.
func (w *Wiki) siteGadgets() []gadget.Entry {
	p := w.db.byTitle[wiki.Title{NS: wiki.NSMediaWiki, Key: gadgetsDefinition}]
	if p == nil {
		return nil
	}
	entries, _ := gadget.ParseWikitext(p.current().Text)
	return entries
}

// gadgetPages are the existing pages of a gadget that end in a suffix, in the order of the definition.
func (w *Wiki) gadgetPages(e *gadget.Entry, suffix string) []*page {
	var pages []*page
	for _, name := range e.Definition.Module.Pages {
		t, err := w.site.Parse(name)
		if err != nil || !strings.HasSuffix(t.Key, suffix) {
			continue
		}
		if p := w.db.byTitle[t]; p != nil {
			pages = append(pages, p)
		}
	}
	return pages
}

// enabled says whether somebody has switched a gadget on, or left it as it is on by default.
func (w *Wiki) enabled(a *account, e *gadget.Entry) bool {
	if a != nil {
		if v, ok := a.Options["gadget-"+e.ID]; ok {
			return v != "" && v != "0"
		}
	}
	return e.Definition.Settings.Default
}

// applies says whether a gadget runs on this page for this person (GadgetLoadConditions).
func (w *Wiki) applies(v *visit, e *gadget.Entry, model string, categories []wiki.Title) bool {
	s := &e.Definition.Settings
	asked := slices.Contains(v.list("withgadget"), e.ID) && s.SupportsURLLoad
	action := v.action
	if action == "submit" {
		action = "edit"
	}
	for _, right := range s.Rights {
		if !v.user.Has(right) {
			return false
		}
	}
	return (asked || w.enabled(v.account, e)) && anyOf(s.Actions, action) && anyOf(s.Skins, skinName) && anyOf(s.Namespaces, v.title.NS) &&
		anyOf(s.ContentModels, model) && (len(s.Categories) == 0 || slices.ContainsFunc(categories, func(c wiki.Title) bool { return slices.Contains(s.Categories, c.Text()) }))
}

// anyOf is true for an empty list, which wants nothing.
func anyOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// gadgets is list=gadgets of the Gadgets extension.
func (q *query) gadgets() error {
	rows := []object{}
	for _, e := range q.w.siteGadgets() {
		if ids := q.list("gaids"); ids != nil && !slices.Contains(ids, e.ID) || q.has("gaenabledonly") && !q.w.enabled(q.account, &e) {
			continue
		}
		row := object{}
		if q.asks("gaprop", "id", "id", "metadata") {
			row["id"] = e.ID
		}
		if q.asks("gaprop", "metadata", "id", "metadata") {
			row["metadata"] = q.gadgetMetadata(&e)
		}
		if q.asks("gaprop", "desc") && q.has("gaprop") {
			row["desc"], _ = q.w.message("Gadget-" + e.ID)
		}
		rows = append(rows, row)
	}
	q.out["gadgets"] = rows
	return nil
}

func (q *query) gadgetMetadata(e *gadget.Entry) object {
	s, m := &e.Definition.Settings, &e.Definition.Module
	pages := func(suffix string) []string {
		names := []string{}
		for _, name := range m.Pages {
			if strings.HasSuffix(name, suffix) {
				names = append(names, name)
			}
		}
		return names
	}
	return object{
		"settings": object{"actions": list(s.Actions), "categories": list(s.Categories), "section": s.Section, "contentModels": list(s.ContentModels),
			"default": s.Default, "hidden": s.Hidden, "legacyscripts": e.Legacy, "namespaces": list(s.Namespaces), "package": s.Package,
			"requiresES6": s.RequiresES6, "rights": list(s.Rights), "shared": false, "skins": list(s.Skins), "supportsUrlLoad": s.SupportsURLLoad},
		"module": object{"datas": pages(".json"), "dependencies": list(m.Dependencies), "messages": list(m.Messages), "codexIcons": list(m.CodexIcons),
			"peers": list(m.Peers), "scripts": pages(".js"), "styles": pages(".css"), "vues": pages(".vue")},
	}
}

// list is never null in JSON.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

package writedoor

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// small is a wiki of a few pages, without a wiki.
type small struct {
	site  *Site
	pages []Known
	asked int
}

func newSmall() *small {
	words := &wiki.Site{
		ID: "w", Lang: "de", MainPage: "Hauptseite", ArticlePath: "/wiki/$1", ScriptPath: "/w", Server: "https://wiki.test",
		Namespaces: map[int]wiki.Namespace{
			-2: {ID: -2, Name: "Medium", Canonical: "Media"}, -1: {ID: -1, Name: "Spezial", Canonical: "Special"}, 0: {},
			1: {ID: 1, Name: "Diskussion", Canonical: "Talk"}, 2: {ID: 2, Name: "Benutzer", Canonical: "User", Subpages: true},
			3: {ID: 3, Name: "Benutzer Diskussion", Canonical: "User talk"}, 4: {ID: 4, Name: "Projekt", Canonical: "Project"},
			6: {ID: 6, Name: "Datei", Canonical: "File"}, 8: {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"},
			9: {ID: 9, Name: "MediaWiki Diskussion", Canonical: "MediaWiki talk"}, 2300: {ID: 2300, Name: "Gadget", Canonical: "Gadget"},
		},
		Aliases: map[string]int{"Benutzerin": 2}, LocalInterwiki: map[string]bool{"here": true}, Interwiki: map[string]bool{"en": true},
	}
	s := &small{site: &Site{Wiki: words, Script: "/w/index.php", Special: map[string]string{}}}
	for _, own := range slices.Sorted(maps.Keys(specialForms)) {
		s.site.Special[strings.ToUpper(own)] = own
	}
	for own := range specialReads {
		s.site.Special[strings.ToUpper(own)] = own
	}
	s.site.Special["VERSCHIEBEN"] = "Movepage"
	for i, page := range []struct{ title, model string }{
		{"MediaWiki:Common.js", "javascript"}, {"Sandkasten", "wikitext"}, {"User:Mara/common.js", "javascript"}, {"User:Mara/notes", "wikitext"},
		{"User:Ira/common.css", "css"}, {"User:Mara/app", "javascript"}, {"MediaWiki:Gadget-x.js", "javascript"}, {"MediaWiki:Sidebar", "wikitext"},
		{"User:Mara/x.gadget", "wikitext"}, {"MediaWiki:Copyright", "wikitext"}, {"Detour", "wikitext"}, {"User:Mara", "wikitext"},
	} {
		t, err := words.Parse(page.title)
		if err != nil {
			panic(err)
		}
		s.pages = append(s.pages, Known{Title: t, ID: int64(i + 1), Rev: int64(100 + i), Model: page.model})
	}
	return s
}

func (s *small) find(is func(Known) bool) (Known, error) {
	s.asked++
	for _, p := range s.pages {
		if is(p) {
			return p, nil
		}
	}
	return Known{}, nil
}

func (s *small) Site(context.Context) (*Site, error) { return s.site, nil }

func (s *small) Titles(_ context.Context, titles []wiki.Title, _ bool) ([]Known, error) {
	var list []Known
	for _, t := range titles {
		k, _ := s.find(func(k Known) bool { return k.Title == t })
		if k.ID == 0 {
			k = Known{Title: t, Model: wiki.DefaultModel(t)}
		}
		list = append(list, k)
	}
	return list, nil
}

func (s *small) PageID(_ context.Context, id int64) (Known, error) {
	return s.find(func(k Known) bool { return k.ID == id })
}

func (s *small) Revision(_ context.Context, rev int64) (Known, error) {
	return s.find(func(k Known) bool { return k.Rev == rev })
}

func (s *small) Redirect(_ context.Context, t wiki.Title) (wiki.Title, error) {
	if t.Key == "Detour" {
		return s.pages[0].Title, nil
	}
	return t, nil
}

func (s *small) Subpages(_ context.Context, t wiki.Title) ([]Known, error) {
	var list []Known
	for _, p := range s.pages {
		if p.Title.NS == t.NS && strings.HasPrefix(p.Title.Key, t.Key+"/") {
			list = append(list, p)
		}
	}
	return list, nil
}

func (s *small) Module(_ context.Context, action string) (Module, error) {
	switch action {
	case "newthing":
		return Module{true, true, true}, nil
	case "getwriter":
		return Module{true, true, false}, nil
	case "newlist":
		return Module{Exists: true}, nil
	}
	return Module{}, nil
}

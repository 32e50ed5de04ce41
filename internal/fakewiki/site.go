package fakewiki

import (
	"cmp"

	"sallyport/internal/wiki"
)

// Namespace numbers beyond those package wiki names (MediaWiki, includes/Defines.php).
const (
	nsMedia    = -2
	nsSpecial  = -1
	nsTalk     = 1
	nsUserTalk = 3
	nsTemplate = 10
	nsCategory = 14
)

func newSite(o Options) wiki.Site {
	name := cmp.Or(o.Name, "Pretend wiki")
	return wiki.Site{
		ID:             cmp.Or(o.ID, "pretendwiki"),
		Name:           name,
		MainPage:       "Main Page",
		Generator:      Generator,
		Lang:           cmp.Or(o.Lang, "en"),
		RTL:            o.RTL,
		Server:         o.Server,
		ArticlePath:    "/wiki/$1",
		ScriptPath:     "/w",
		Namespaces:     namespaces(name),
		Aliases:        map[string]int{"Image": 6, "Image talk": 7, "WP": wiki.NSProject},
		LocalInterwiki: map[string]bool{"pretend": true},
		Interwiki:      map[string]bool{"commons": true, "meta": true, "de": true, "fr": true},
	}
}

// namespaces lists what a fresh MediaWiki has. The project namespace is called after the wiki.
func namespaces(project string) map[int]wiki.Namespace {
	rows := []wiki.Namespace{
		{ID: nsMedia, Name: "Media"}, {ID: nsSpecial, Name: "Special"},
		{ID: wiki.NSMain}, {ID: nsTalk, Name: "Talk", Subpages: true},
		{ID: wiki.NSUser, Name: "User", Subpages: true}, {ID: nsUserTalk, Name: "User talk", Subpages: true},
		{ID: wiki.NSProject, Name: project, Canonical: "Project", Subpages: true},
		{ID: 5, Name: project + " talk", Canonical: "Project talk", Subpages: true},
		{ID: 6, Name: "File"}, {ID: 7, Name: "File talk", Subpages: true},
		{ID: wiki.NSMediaWiki, Name: "MediaWiki", Subpages: true}, {ID: 9, Name: "MediaWiki talk", Subpages: true},
		{ID: nsTemplate, Name: "Template", Subpages: true}, {ID: 11, Name: "Template talk", Subpages: true},
		{ID: 12, Name: "Help", Subpages: true}, {ID: 13, Name: "Help talk", Subpages: true},
		{ID: nsCategory, Name: "Category"}, {ID: 15, Name: "Category talk", Subpages: true},
	}
	byID := make(map[int]wiki.Namespace, len(rows))
	for _, ns := range rows {
		ns.Canonical = cmp.Or(ns.Canonical, ns.Name)
		byID[ns.ID] = ns
	}
	return byID
}

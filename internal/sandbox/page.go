package sandbox

import (
	"net/url"
	"strings"

	"sallyport/internal/decoy"
	"sallyport/internal/wiki"
)

// Page is a page of the decoy, in one of its views.
type Page struct {
	Name  string // as reports say it: "Harbour lights", "Harbour lights (edit)"
	Title string // with "$me" for the persona's own name
	Query string // further parameters of index.php; "" for the article path
}

// StandardPages are the pages on which scripts are run, the most telling first.
func StandardPages() []Page {
	return []Page{
		{"Harbour lights", "Harbour lights", ""},
		{"own talk page", "User talk:$me", ""},
		{"Harbour lights (edit)", "Harbour lights", "action=edit"},
		{"Harbour lights (history)", "Harbour lights", "action=history"},
		{"Recent changes", "Special:RecentChanges", ""},
		{"MediaWiki:Common.js", "MediaWiki:Common.js", ""},
		{"Watchlist", "Special:Watchlist", ""},
		{"own common.js", "User:$me/common.js", ""},
		{"Contributions", "Special:Contributions/Henk Visser", ""},
		{"Harbour lights (diff)", "Harbour lights", "diff=$rev"},
		{"Talk:Harbour lights", "Talk:Harbour lights", ""},
		{"Block", "Special:Block/Henk Visser", ""},
		{"Blank page", "Special:BlankPage", ""},
		{"Main Page", "Main Page", ""},
		{"Category:Lamps", "Category:Lamps", ""},
		{"User:Henk Visser", "User:Henk Visser", ""},
		{"Search", "Special:Search", ""},
		{"Wikipedia:Village pump", "Wikipedia:Village pump", ""},
	}
}

// Path is the page's address for somebody on a wiki, without the host.
func (p Page) Path(site *wiki.Site, who decoy.Persona) string { return p.path(site, who, "", "") }

func (p Page) path(site *wiki.Site, who decoy.Persona, rev, more string) string {
	name := who.Name
	if name == "" {
		name = "192.0.2.7"
	}
	title := strings.ReplaceAll(strings.ReplaceAll(p.Title, "$me", name), " ", "_")
	escaped := strings.NewReplacer("%3A", ":", "%2F", "/").Replace(url.QueryEscape(title))
	fragment := ""
	if strings.HasPrefix(more, "#") {
		fragment, more = more, ""
	}
	query := strings.ReplaceAll(p.Query, "$rev", rev)
	switch {
	case query == "" && more == "":
		return strings.Replace(site.ArticlePath, "$1", strings.ReplaceAll(escaped, "+", "%2B"), 1) + fragment
	case query != "" && more != "":
		more = "&" + more
	}
	return site.ScriptPath + "/index.php?title=" + escaped + "&" + query + more + fragment
}

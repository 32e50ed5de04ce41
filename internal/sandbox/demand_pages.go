package sandbox

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/gate"
)

// namespaceTitles is a page in each namespace.
var namespaceTitles = map[string]string{
	"-1": "Special:BlankPage", "0": "Harbour lights", "1": "Talk:Harbour lights", "2": "User:$me", "3": "User talk:$me", "4": "Wikipedia:Village pump", "5": "Wikipedia talk:Village pump",
	"6": "File:Lamp.png", "7": "File talk:Lamp.png", "8": "MediaWiki:Sidebar", "9": "MediaWiki talk:Sidebar", "10": "Template:Lamp", "11": "Template talk:Lamp", "12": "Help:Editing",
	"13": "Help talk:Editing", "14": "Category:Lamps", "15": "Category talk:Lamps",
}

var namespaceNames = map[string]string{
	"special": "-1", "talk": "1", "user": "2", "user_talk": "3", "project": "4", "project_talk": "5", "file": "6", "file_talk": "7", "mediawiki": "8", "mediawiki_talk": "9", "template": "10",
	"template_talk": "11", "help": "12", "help_talk": "13", "category": "14", "category_talk": "15",
}

// modelTitles are pages by their content model.
var modelTitles = map[string]string{"json": "User:$me/lamps.json", "javascript": "User:$me/common.js", "css": "User:$me/common.css", "sanitized-css": "Template:Lamp/styles.css", "Scribunto": "Module:Lamp"}

// signs are words of a script that only make sense on some page, where it compares the page's name with nothing.
var signs = []struct {
	says *regexp.Regexp
	page Page
}{
	{regexp.MustCompile(`wgIsMainPage`), Page{"Main Page", "Main Page", ""}},
	{regexp.MustCompile(`(?s)wgRelevantUserName.*(?:wgUserName|getName\(\))|(?:wgUserName|getName\(\)).*wgRelevantUserName`), Page{"own talk page", "User talk:$me", ""}},
	{regexp.MustCompile(`wgRelevantUserName|wgRelevantUserId`), Page{"User:Henk Visser", "User:Henk Visser", ""}},
	{regexp.MustCompile(`wgRelevantUserName|wgRelevantUserId`), Page{"User talk:Henk Visser", "User talk:Henk Visser", ""}},
	{regexp.MustCompile(`wgNamespaceNumber['"\x60]\s*\)\s*[%&]`), Page{"Talk:Harbour lights", "Talk:Harbour lights", ""}},
	{regexp.MustCompile(`wpTextbox1|#editform|wpSummary|wpSave|wikiEditor`), Page{"Harbour lights (edit)", "Harbour lights", "action=edit"}},
	{regexp.MustCompile(`wgDiff(?:New|Old)Id|#mw-diff|diff-[on]title|mw-diff-`), Page{"Harbour lights (diff)", "Harbour lights", "diff=$rev"}},
	{regexp.MustCompile(`#pagehistory|mw-history`), Page{"Harbour lights (history)", "Harbour lights", "action=history"}},
	{regexp.MustCompile(`(?s)(?:wgPageName|wgTitle).*['"\x60]User:(?:['"\x60]\s*\+|\$\{)|['"\x60]User:(?:['"\x60]\s*\+|\$\{).*(?:wgPageName|wgTitle)`), Page{"own user page", "User:$me", ""}},
	{regexp.MustCompile(`wgRestriction(?:Edit|Move)|inprop['"]?\s*:\s*['"\x60][^'"\x60]*protection`), Page{"Harbour rules", "Harbour rules", ""}},
	{regexp.MustCompile(`mw-upload-form|wpUploadFile|wpDestFile`), Page{"Upload", "Special:Upload", ""}},
	{regexp.MustCompile(`mw-logevent|mw-logline|mw-logid`), Page{"Log", "Special:Log", ""}},
	{regexp.MustCompile(`mw-changeslist|mw-enhanced-rc`), Page{"Recent changes", "Special:RecentChanges", ""}},
	{regexp.MustCompile(`mw-contributions`), Page{"Contributions", "Special:Contributions/Henk Visser", ""}},
	{regexp.MustCompile(`#mw-pages|mw-category|#mw-subcategories`), Page{"Category:Lamps", "Category:Lamps", ""}},
}

// pagesOf are the pages and views a script asks for.
func pagesOf(c gate.Constants, text string, others []string) []Page {
	var out []Page
	add := func(p Page) {
		if len(out) < 3*maxDemands && !slices.ContainsFunc(out, func(q Page) bool { return q.Title == p.Title && q.Query == p.Query }) {
			out = append(out, p)
		}
	}
	var views []string
	for _, a := range c.Of(gate.Actions) {
		if a != "view" && len(a) < 30 && a != "" {
			views = append(views, "action="+url.QueryEscape(a))
		}
	}
	var titles []string
	spaces := c.Of(gate.Namespaces)
	for _, k := range c.List {
		t := k.Value
		switch n, err := strconv.Atoi(t); {
		case k.Asks == gate.Config && k.Key == "wgPageContentModel" && modelTitles[t] != "":
			titles = append(titles, modelTitles[t])
		case k.Asks != gate.Pages || k.Op == "read" || k.Divisor() > 0 || strings.HasSuffix(k.Key, "ArticleId"):
		case err == nil && n > 20 && strings.HasPrefix(k.Op, ">"):
			titles = append(titles, longTitle(n+1))
		case err == nil: // of a title's namespace, or its length
			spaces = append(spaces, t)
		default:
			if t = titleIn(t); t != "" && !slices.Contains(titles, t) {
				titles = append(titles, t)
			}
		}
	}
	for _, s := range c.Of(gate.Specials) {
		if plausibleName(s) {
			titles = append(titles, specials(s, others)...)
		}
	}
	for _, name := range others {
		titles = append(titles, "User:"+name, "User talk:"+name)
	}
	titles = titles[:min(len(titles), 2*maxDemands)]
	for _, ns := range spaces {
		if n, ok := namespaceNames[strings.ToLower(strings.ReplaceAll(ns, " ", "_"))]; ok {
			ns = n
		}
		if t, ok := namespaceTitles[ns]; ok {
			titles = append(titles, t)
			if theirs := strings.Replace(t, "$me", "Henk Visser", 1); theirs != t {
				titles = append(titles, theirs)
			}
		}
	}
	for _, t := range titles {
		name := strings.ReplaceAll(t, "$me", "own")
		add(Page{name, t, ""})
		for _, v := range views {
			if !strings.HasPrefix(t, "Special:") {
				add(Page{name + " (" + strings.TrimPrefix(v, "action=") + ")", t, v})
			}
		}
	}
	for _, s := range signs {
		if s.says.MatchString(text) {
			add(s.page)
		}
	}
	for _, v := range views {
		add(Page{"Harbour lights (" + strings.TrimPrefix(v, "action=") + ")", "Harbour lights", v})
	}
	return out
}

var pathTitle = regexp.MustCompile(`(?:/wiki/|[?&]title=)([^&#?]+)`)

// titleIn is the title in what a script compares a page's name, path or address with.
func titleIn(s string) string {
	if m := pathTitle.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if t, err := url.PathUnescape(s); err == nil {
		s = t
	}
	within := strings.HasSuffix(s, "/") && strings.Trim(s, "/") != ""
	s = strings.ReplaceAll(strings.Trim(s, "/_ "), "_", " ")
	if within { // the beginning of subpages' names
		s += "/Harbour"
	}
	if s == "" || len(s) > 200 || strings.ContainsAny(s, "#<>[]|{}?&=\n") || strings.Contains(s, "://") {
		return ""
	}
	if strings.HasSuffix(s, ":") {
		s += "Harbour"
	}
	return s
}

// longTitle is a title of a length.
func longTitle(n int) string {
	title := "Harbour lights"
	for i := 0; len(title) < min(n, 200); i++ {
		title += []string{" of the north", " and of the south", " by the sea"}[i%3]
	}
	return title
}

// specials are a special page by its name, and with whom it is about: those whom the script names, the reader, somebody else.
func specials(name string, others []string) []string {
	title := "Special:" + name
	switch strings.ToLower(name) {
	case "userrights", "block", "unblock", "emailuser", "deletedcontributions", "centralauth":
		about := others
		if len(about) == 0 {
			about = []string{"Henk Visser"}
		}
		var out []string
		for _, who := range about {
			out = append(out, title+"/"+who)
		}
		return append(out, title)
	case "contributions":
		return []string{title + "/$me", title + "/Henk Visser", title}
	}
	return []string{title}
}

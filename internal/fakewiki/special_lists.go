package fakewiki

import (
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// listLength bounds the rows special pages show.
const listLength = 200

func (w *Wiki) specialAllPages(v *visit) *reply {
	ns, err := strconv.Atoi(v.or("namespace", "0"))
	if err != nil {
		ns = 0
	}
	var rows strings.Builder
	n := 0
	for _, p := range w.inNamespace(ns) {
		if strings.HasPrefix(p.Title.Key, strings.ReplaceAll(v.text("prefix"), " ", "_")) && n < listLength {
			rows.WriteString("<li>" + link(w.address(p.Title), p.Title.Text()) + "</li>\n")
			n++
		}
	}
	return w.html(v, body{heading: "All pages", content: `<div class="mw-allpages-body"><ul class="mw-allpages-chunk">` + rows.String() + "</ul></div>"})
}

// changeRows lists the newest changes of a kind.
func (w *Wiki) changeRows(v *visit, want func(*change) bool) string {
	var rows strings.Builder
	for i, n := len(w.db.Changes)-1, 0; i >= 0 && n < listLength; i-- {
		c := &w.db.Changes[i]
		if !want(c) {
			continue
		}
		n++
		rows.WriteString(`<li class="mw-changeslist-line mw-changeslist-` + c.Type + `" data-mw-revid="` + strconv.FormatInt(c.Rev, 10) + `" data-mw-ts="` + c.Time.UTC().Format("20060102150405") + `">`)
		if c.Type == "log" {
			rows.WriteString(escape(c.LogType) + " log: ")
		}
		rows.WriteString(`<span class="mw-title"><a class="mw-changeslist-title" href="` + escape(w.address(c.Title)) + `">` + escape(w.prefixed(c.Title)) + `</a></span>; <span class="mw-changeslist-date">` +
			escape(humanTime(c.Time)) + "</span> " + w.userLink(c.User) + " " + w.commentHTML(c.Comment) + w.rollbackOf(v, c) + "</li>\n")
	}
	return rows.String()
}

func (w *Wiki) specialRecentChanges(v *visit) *reply {
	rows := w.changeRows(v, func(c *change) bool { return c.LogType != "newusers" })
	return w.html(v, body{heading: "Recent changes", content: `<div class="mw-changeslist"><ul class="special">` + rows + "</ul></div>"})
}

func (w *Wiki) specialLog(v *visit) *reply {
	kind := v.or("type", v.param)
	rows := w.changeRows(v, func(c *change) bool { return c.Type == "log" && (kind == "" || c.LogType == kind) })
	return w.html(v, body{heading: "All public logs", content: `<ul class="mw-logevent-loglines">` + rows + "</ul>"})
}

func (w *Wiki) specialContributions(v *visit) *reply {
	name := v.or("target", v.param)
	rows := w.changeRows(v, func(c *change) bool { return c.User == name && c.Type != "log" })
	b := body{heading: "User contributions for " + name, content: `<ul class="mw-contributions-list">` + rows + "</ul>"}
	if w.accountNamed(name) != nil {
		b.vars = map[string]any{"wgRelevantUserName": name}
	}
	return w.html(v, b)
}

func (w *Wiki) specialSearch(v *visit) *reply {
	words := v.or("search", v.param)
	if t, err := w.site.ParseText(words); err == nil && w.db.byTitle[t] != nil && v.has("go") {
		return redirectTo(w.site.URL(t))
	}
	var rows strings.Builder
	if words != "" {
		for i, p := range w.matches(strings.Fields(strings.ToLower(words)), []string{"0"}) {
			if i < listLength {
				rows.WriteString(`<li class="mw-search-result"><div class="mw-search-result-heading">` + link(w.address(p.Title), w.prefixed(p.Title)) + "</div></li>\n")
			}
		}
	}
	return w.html(v, body{heading: "Search results", content: `<div class="searchresults"><ul class="mw-search-results">` + rows.String() + "</ul></div>"})
}

func (w *Wiki) specialLinks(v *visit) *reply {
	target := w.title(v.or("target", v.param))
	var rows strings.Builder
	for _, p := range w.matches(nil, []string{"*"}) {
		if p.current().Model == wiki.ModelWikitext && slices.Contains(w.renderBody(p.Title, p.current().Text, wiki.ModelWikitext).Links, target) {
			rows.WriteString("<li>" + link(w.address(p.Title), w.prefixed(p.Title)) + "</li>\n")
		}
	}
	return w.html(v, body{heading: "Pages that link to \"" + w.prefixed(target) + "\"", content: `<ul id="mw-whatlinkshere-list">` + rows.String() + "</ul>"})
}

func (w *Wiki) specialGadgets(v *visit) *reply {
	var rows strings.Builder
	for _, g := range w.siteGadgets() {
		rows.WriteString(`<li id="` + escape(g.ID) + `"><b>` + escape(g.ID) + "</b>: " + w.gadgetText(g.ID) + " Uses: ")
		for _, name := range g.Definition.Module.Pages {
			rows.WriteString(link(w.address(w.title(name)), name) + " ")
		}
		rows.WriteString("</li>\n")
	}
	return w.html(v, body{heading: "Gadgets", content: "<ul>" + rows.String() + "</ul>"})
}

// gadgetText is the description of a site gadget, as HTML.
func (w *Wiki) gadgetText(id string) string {
	text, ok := w.message("Gadget-" + id)
	if !ok {
		return escape("⧼gadget-" + id + "⧽")
	}
	html := w.render(w.title("MediaWiki:Gadget-"+id), text).HTML
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(html), "<p>"), "\n</p>")
}

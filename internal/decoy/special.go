package decoy

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nowhere is what a page says of which special page it is, when that is none of the wiki's.
var nowhere = []byte(`"wgCanonicalSpecialPageName":false`)

var canonicalName = regexp.MustCompile(`^[A-Z][A-Za-z]{1,60}$`)

// special puts something into special pages that the wiki has but for their contents, and has those that it does not know: extensions'.
// A script that goes through a list finds one. It says whether the page is there.
func (d *Decoy) special(a *ask, page []byte, status int) ([]byte, bool) {
	_, rest, ok := strings.Cut(titleIn(a.URL), ":")
	name, isSpecial := specialName(titleIn(a.URL))
	if !ok || !isSpecial || a.Method != http.MethodGet {
		return page, false
	}
	name, _, _ = strings.Cut(name, "/")
	rest, _, _ = strings.Cut(rest, "/")
	switch {
	case forms[name].safe:
		return page, false
	case status == http.StatusNotFound && canonicalName.MatchString(rest) && bytes.Contains(page, nowhere):
		page = bytes.Replace(page, nowhere, []byte(`"wgCanonicalSpecialPageName":"`+rest+`"`), 1)
		page, _ = within(page, d.table())
		return page, true
	case name == "log":
		const list = `<ul class="mw-logevent-loglines">`
		return bytes.Replace(page, []byte(list), []byte(list+d.logLines(a.URL)), 1), true
	}
	return bytes.Replace(page, []byte(`<p>There are no results.</p>`), []byte(d.table()), 1), false
}

// within puts HTML in the place of a page's content, and says whether it found that.
func within(page []byte, content string) ([]byte, bool) {
	from := bytes.Index(page, []byte(`id="mw-content-text"`))
	to := bytes.Index(page, []byte(`<div class="printfooter"`))
	if from < 0 || to < from {
		return page, false
	}
	at := bytes.IndexByte(page[from:to], '>')
	if at < 0 {
		return page, false
	}
	return slices.Concat(page[:from+at+1], []byte(content+"</div>\n"), page[to:]), true
}

// people are those whom lists tell of: the wiki's regulars, and whom the script names.
func (d *Decoy) people() []string {
	var out []string
	for _, page := range inhabitants[2] {
		out = append(out, strings.TrimPrefix(page, "User:"))
	}
	return append(out, d.v.Named...)
}

// table is a list as special pages show them.
func (d *Decoy) table() string {
	var b strings.Builder
	b.WriteString(`<table class="wikitable sortable mw-datatable"><thead><tr><th>Name</th><th>Number</th><th>User</th></tr></thead><tbody>`)
	people := d.people()
	for i, title := range inhabitants[0] {
		who := people[i%len(inhabitants[2])]
		fmt.Fprintf(&b, `<tr><td><a href="%s" title="%s">%s</a></td><td>%d</td><td>%s</td></tr>`, html.EscapeString(d.articlePath(title)), html.EscapeString(title), html.EscapeString(title), 40-3*i, d.personLink(who))
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// logLines are lines of the log (LogEventsList), one of each kind for everybody.
func (d *Decoy) logLines(at *url.URL) string {
	_, asked, _ := strings.Cut(titleIn(at), "/")
	asked = firstOf(at.Query().Get("type"), asked)
	var b strings.Builder
	id := 8100
	for _, who := range d.people() {
		for _, kind := range []string{"block", "delete", "move", "protect", "rights"} {
			if asked != "" && asked != kind {
				continue
			}
			id++
			when := d.now().Add(-time.Duration(id-8100) * time.Hour).UTC().Format("15:04, 2 January 2006")
			fmt.Fprintf(&b, `<li data-mw-logid="%d" data-mw-logaction="%s/%s" class="mw-logline-%s">%s %s %s <a href="%s" title="Foghorn">Foghorn</a> <span class="comment">(as agreed)</span></li>`+"\n",
				id, kind, kind, kind, when, d.personLink(who), kind, html.EscapeString(d.articlePath("Foghorn")))
		}
	}
	return b.String()
}

func (d *Decoy) personLink(name string) string {
	e := html.EscapeString
	return `<a href="` + e(d.articlePath("User:"+name)) + `" class="mw-userlink" title="User:` + e(name) + `"><bdi>` + e(name) + `</bdi></a>`
}

func (d *Decoy) articlePath(title string) string {
	escaped := strings.NewReplacer("%3A", ":", "%2F", "/", "+", "%2B").Replace(url.QueryEscape(strings.ReplaceAll(title, " ", "_")))
	return strings.Replace(d.site.ArticlePath, "$1", escaped, 1)
}

// numbered gives the page that is being looked at the number that the script is told it has.
func (d *Decoy) numbered(id string) string {
	n, ok := d.v.Config["wgArticleId"].(int)
	if !ok || id != strconv.Itoa(n) {
		return ""
	}
	d.mu.Lock()
	at := d.expected
	d.mu.Unlock()
	u, err := url.Parse(at)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(titleIn(u), "_", " ")
}

package fakewiki

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

// view shows a page, following one redirect inside the wiki as MediaWiki does.
func (w *Wiki) view(v *visit) *reply {
	if v.has("diff") && v.page != nil {
		return w.diff(v)
	}
	b := body{heading: w.prefixed(v.title), article: true}
	if v.rev == nil {
		if !w.isPersonsPage(v.title) {
			b.status = http.StatusNotFound
		}
		b.content = `<div class="noarticletext mw-content-` + w.direction() + `"><p>There is currently no text in this page.</p></div>`
		if text, ok := w.message(v.title.Key); ok && v.title.NS == wiki.NSMediaWiki {
			b.status, b.content = 0, "<pre>"+escape(text)+"</pre>"
		}
		return w.html(v, b)
	}
	if to, ok := w.redirectTarget(v.page); ok && v.rev.Model == wiki.ModelWikitext && !v.past && v.text("redirect") != "no" && w.db.byTitle[to] != nil {
		b.subtitle = `<span class="mw-redirectedfrom">(Redirected from ` + link(w.pageQuery(v.title, "redirect", "no"), w.prefixed(v.title)) + ")</span>"
		b.redirectedFrom = w.site.Prefixed(v.title)
		v.title, v.page = to, w.db.byTitle[to]
		v.rev = v.page.current()
		b.heading = w.prefixed(to)
	}
	if v.past {
		b.subtitle = `<div class="mw-revision warningbox"><div id="mw-revision-info">Revision as of ` + escape(humanTime(v.rev.Time)) + " by " + w.userLink(v.rev.User) + `</div></div>`
	}
	page := w.renderBody(v.title, v.rev.Text, v.rev.Model)
	b.content = w.parserOutput(page.HTML) + w.patrolLink(v)
	b.categories = page.Categories
	r := w.html(v, b)
	w.unmodified(v, r, v.page.Touched)
	return r
}

// isPersonsPage: the user page and talk page of somebody who exists are never "not found" (Article::showMissingArticle).
func (w *Wiki) isPersonsPage(t wiki.Title) bool {
	if t.NS != wiki.NSUser && t.NS != nsUserTalk || t.IsSubpage() {
		return false
	}
	_, err := netip.ParseAddr(t.Text())
	return err == nil || w.accountNamed(t.Text()) != nil
}

func (w *Wiki) parserOutput(html string) string {
	dir := w.direction()
	return `<div class="mw-content-` + dir + ` mw-parser-output" lang="` + w.site.Lang + `" dir="` + dir + `">` + html + "</div>"
}

// renderAction is action=render: the page's HTML and nothing around it.
func (w *Wiki) renderAction(v *visit) *reply {
	if v.rev == nil {
		return plainReply(http.StatusNotFound, "")
	}
	r := newReply("text/html; charset=utf-8")
	r.header.Set("Cache-Control", "private, must-revalidate, max-age=0")
	r.body.WriteString(w.parserOutput(w.renderBody(v.title, v.rev.Text, v.rev.Model).HTML))
	return r
}

// history lists a page's revisions.
func (w *Wiki) history(v *visit) *reply {
	if v.page == nil {
		v.action = "view"
		return w.view(v)
	}
	var rows strings.Builder
	for i := len(v.page.Revisions) - 1; i >= 0; i-- {
		r := &v.page.Revisions[i]
		id := strconv.FormatInt(r.ID, 10)
		rows.WriteString(`<li data-mw-revid="` + id + `"><span class="mw-history-histlinks">(` + link(w.pageQuery(v.title, "diff", id, "oldid", strconv.FormatInt(r.Parent, 10)), "prev") + `)</span> <a href="` +
			escape(w.pageQuery(v.title, "oldid", id)) + `" class="mw-changeslist-date">` + escape(humanTime(r.Time)) + `</a> <span class="history-user">` + w.userLink(r.User) +
			`</span> <span class="history-size mw-diff-bytes" data-mw-bytes="` + strconv.Itoa(len(r.Text)) + `">` + strconv.Itoa(len(r.Text)) + " bytes</span> " + w.commentHTML(r.Comment))
		if i == len(v.page.Revisions)-1 {
			rows.WriteString(w.rollbackLink(v, v.page))
		}
		rows.WriteString(w.thankLink(v, r) + "</li>\n")
	}
	b := body{heading: w.prefixed(v.title) + ": Revision history", content: `<section id="pagehistory" class="mw-pager-body"><ul class="mw-contributions-list">` + "\n" + rows.String() + "</ul></section>"}
	return w.html(v, b)
}

// pageInfo is action=info.
func (w *Wiki) pageInfo(v *visit) *reply {
	rows := `<tr id="mw-pageinfo-display-title"><td>Display title</td><td>` + escape(w.prefixed(v.title)) + "</td></tr>"
	if v.page != nil {
		rows += `<tr id="mw-pageinfo-article-id"><td>Page ID</td><td>` + strconv.FormatInt(v.page.ID, 10) + `</td></tr><tr id="mw-pageinfo-length"><td>Page length (in bytes)</td><td>` + strconv.Itoa(len(v.page.current().Text)) +
			`</td></tr><tr><td>Page content model</td><td>` + escape(v.page.current().Model) + "</td></tr>"
	}
	return w.html(v, body{heading: "Information for \"" + w.prefixed(v.title) + "\"", content: `<table class="wikitable mw-page-info"><tbody>` + rows + "</tbody></table>"})
}

func humanTime(t time.Time) string { return t.UTC().Format("15:04, 2 January 2006") }

// userLink shows a person as listings do: page, talk page, contributions.
func (w *Wiki) userLink(name string) string {
	t, err := w.site.ParseIn(name, wiki.NSUser)
	if err != nil || name == "" {
		return escape(name)
	}
	return `<a href="` + escape(w.address(t)) + `" class="mw-userlink" title="` + escape(w.prefixed(t)) + `"><bdi>` + escape(name) + `</bdi></a> <span class="mw-usertoollinks">(` +
		link(w.address(otherSide(t)), "talk") + " | " + link(w.address(w.title("Special:Contributions/"+name)), "contribs") + ")</span>"
}

func (w *Wiki) commentHTML(comment string) string {
	if comment == "" {
		return ""
	}
	return `<span class="comment">(` + escape(comment) + ")</span>"
}

package fakewiki

import (
	"strconv"

	"sallyport/internal/wiki"
)

// rollbackLink takes back the last edits of somebody with one click, for those who may (Linker::generateRollback); "" for others.
func (w *Wiki) rollbackLink(v *visit, p *page) string {
	if p == nil || len(p.Revisions) < 2 || !v.user.Has("rollback") {
		return ""
	}
	to := w.pageQuery(p.Title, "action", "rollback", "from", p.current().User, "token", w.token(v.request, "rollback"))
	return ` <span class="mw-rollback-link">[` + link(to, "rollback") + "]</span>"
}

// thankLink thanks somebody else for a revision, for those who are logged in (the extension Thanks).
func (w *Wiki) thankLink(v *visit, r *revision) string {
	if v.account == nil || r.User == v.user.Name {
		return ""
	}
	id := strconv.FormatInt(r.ID, 10)
	return ` <span class="mw-history-undo">(<a class="mw-thanks-thank-link" data-revision-id="` + id + `" href="` + escape(w.address(w.title("Special:Thanks/"+id))) + `">thank</a>)</span>`
}

// patrolLink marks a new page as looked at, for those who may (Article::showPatrolFooter).
func (w *Wiki) patrolLink(v *visit) string {
	if v.page == nil || v.past || len(v.page.Revisions) > 1 || !v.user.Has("patrol") || v.page.current().User == v.user.Name {
		return ""
	}
	return `<div class="patrollink" data-mw="interface">[` + link(w.pageQuery(v.title, "action", "markpatrolled", "rcid", strconv.FormatInt(v.page.ID, 10)), "Mark this page as patrolled") + "]</div>"
}

// watchTab puts a page on the list of somebody who is logged in.
func (w *Wiki) watchTab(v *visit, t wiki.Title) []menuItem {
	if v.account == nil {
		return nil
	}
	return []menuItem{{ID: "ca-watch", Label: "Watch", Href: w.pageQuery(t, "action", "watch"), Key: "w"}}
}

// rollbackOf is the link beside a change in a list, when nothing came after it.
func (w *Wiki) rollbackOf(v *visit, c *change) string {
	p := w.db.byTitle[c.Title]
	if c.Type == "log" || p == nil || p.current().ID != c.Rev {
		return ""
	}
	return w.rollbackLink(v, p)
}

// rollbackOn is the link on a difference that leads to a page's last revision.
func (w *Wiki) rollbackOn(v *visit, r *revision) string {
	if v.page.current().ID != r.ID {
		return ""
	}
	return w.rollbackLink(v, v.page)
}

package fakewiki

import (
	"fmt"

	"sallyport/internal/wiki"
)

// specialMove is Special:MovePage: the form under MediaWiki's names, and the move.
func (w *Wiki) specialMove(v *visit) *reply {
	from, err := w.pageTitle(v.or("wpOldTitle", v.or("target", v.param)))
	if err != nil || w.db.byTitle[from] == nil {
		return w.errorPage(v, 404, "No target page", "You have not specified a target page on which to perform this function.")
	}
	if d := w.mayMove(&v.user, from, from); d != nil {
		return w.permissionError(v, d)
	}
	problem := ""
	if v.posted() {
		to, err := w.newTitle(v)
		switch {
		case err != nil:
			problem = err.Error()
		case !w.checks(v.request, "", v.text("wpEditToken")):
			problem = "There seems to be a problem with your login session."
		default:
			if d := w.mayMove(&v.user, from, to); d != nil {
				return w.permissionError(v, d)
			}
			if err := w.move(from, to, v.user.Name, v.text("wpReason"), v.has("wpLeaveRedirect")); err == nil {
				return w.html(v, body{heading: "Move succeeded", content: "<p>" + link(w.address(from), w.prefixed(from)) + " has been moved to " + link(w.address(to), w.prefixed(to)) + "</p>"})
			}
			problem = moveError(err).Error()
		}
	}
	content := ""
	if problem != "" {
		content = `<div class="mw-message-box-error errorbox">` + escape(problem) + "</div>"
	}
	content += `<form id="movepage" method="post" action="` + escape(w.scriptQuery("title", "Special:MovePage", "action", "submit")) + `"><label for="wpNewTitle">New title</label> <input id="wpNewTitle" name="wpNewTitle" size="60" value="` + escape(w.prefixed(from)) +
		`"> <label for="wpReason">Reason</label> <input id="wpReason" name="wpReason"> <label><input type="checkbox" name="wpLeaveRedirect" value="1" checked> Leave a redirect behind</label>` +
		hiddenFields("wpOldTitle", w.site.Prefixed(from), "wpEditToken", w.token(v.request, "")) + `<button type="submit" name="wpMove" value="Move page">Move page</button></form>`
	return w.html(v, body{heading: "Move " + w.prefixed(from), content: content})
}

func (w *Wiki) newTitle(v *visit) (wiki.Title, error) {
	if v.has("wpNewTitle") {
		return w.pageTitle(v.text("wpNewTitle"))
	}
	t, err := w.site.ParseIn(v.text("wpNewTitleMain"), int(v.id("wpNewTitleNs")))
	if err != nil {
		return t, fmt.Errorf("%w: %w", ErrBadTitle, err)
	}
	return t, nil
}

package fakewiki

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sallyport/internal/wiki"
)

// visit is one request of a page: whose, which, and what to do with it.
type visit struct {
	*request
	title  wiki.Title
	page   *page     // nil when it does not exist
	rev    *revision // what oldid asks for, or the current one; nil when there is none
	action string
	past   bool // an old revision was asked for
	// special is the canonical name of a special page, "" for others.
	special string
	param   string // what follows a special page's name
}

// index answers index.php and the article path (MediaWiki's ActionEntryPoint::parseTitle): a title in the path beats
// curid, which beats title; and a revision beats them all unless a special page was asked for.
func (w *Wiki) index(q *request, pathTitle string) *reply {
	v, err := w.visit(q, pathTitle)
	if err != nil {
		return w.errorPage(v, http.StatusNotFound, "Bad title", "The requested page title contains invalid characters, or it is empty, or it is on another wiki. "+err.Error()+".")
	}
	if r := w.toCanonical(v, pathTitle); r != nil {
		return r
	}
	return w.dispatch(v)
}

func (w *Wiki) dispatch(v *visit) *reply {
	if v.title.NS == nsSpecial {
		return w.specialPage(v)
	}
	run, ok := pageActions()[v.action]
	if !ok {
		return w.errorPage(v, http.StatusNotFound, "No such action", "The action specified by the URL is invalid.")
	}
	if v.rev == nil && v.past {
		return w.errorPage(v, http.StatusOK, "Missing revision", "The revision #"+v.text("oldid")+" of the page named \""+w.prefixed(v.title)+"\" does not exist.")
	}
	return run(w, v)
}

func pageActions() map[string]func(*Wiki, *visit) *reply {
	return map[string]func(*Wiki, *visit) *reply{"view": (*Wiki).view, "edit": (*Wiki).edit, "submit": (*Wiki).edit, "raw": (*Wiki).raw,
		"history": (*Wiki).history, "delete": (*Wiki).deletePage, "render": (*Wiki).renderAction, "purge": (*Wiki).view, "info": (*Wiki).pageInfo}
}

func (w *Wiki) visit(q *request, pathTitle string) (*visit, error) {
	v := &visit{request: q, action: strings.ToLower(q.or("action", "view")), title: w.title(w.site.MainPage)}
	text := q.text("title")
	if pathTitle != "" {
		text = pathTitle
	}
	if text != "" {
		t, err := w.site.Parse(text)
		if err != nil {
			return v, errors.Unwrap(err)
		}
		v.title = t
	}
	if p := w.db.Pages[q.id("curid")]; p != nil && pathTitle == "" {
		v.title = p.Title
	}
	w.pickRevision(v)
	return v, nil
}

func (w *Wiki) pickRevision(v *visit) {
	if v.title.NS < 0 {
		return
	}
	wanted := v.id("oldid")
	if wanted == 0 {
		wanted = v.id("diff")
	}
	if p := w.db.byRev[wanted]; p != nil {
		v.title, v.page = p.Title, p
		v.rev = p.revision(wanted)
		v.past = v.rev != p.current()
		return
	}
	v.page = w.db.byTitle[v.title]
	v.past = v.id("oldid") != 0
	if v.page != nil && !v.past {
		v.rev = v.page.current()
	}
}

// toCanonical sends readers to the one address of a page, as MediaWiki does for plain views.
func (w *Wiki) toCanonical(v *visit, pathTitle string) *reply {
	plain := v.http.Method == http.MethodGet && v.action == "view" && len(v.get) == 0 && pathTitle != ""
	if !plain || pathTitle == w.site.Prefixed(v.title) || v.title.NS < 0 {
		return nil
	}
	r := redirectTo(w.site.URL(v.title))
	r.status = http.StatusMovedPermanently
	return r
}

// html makes a page inside the skin, with the headers MediaWiki sends on pages.
func (w *Wiki) html(v *visit, b body) *reply {
	r := newReply("text/html; charset=utf-8")
	r.header.Set("Content-Language", w.site.Lang)
	r.header.Set("Vary", "Accept-Encoding, Cookie")
	r.header.Set("Cache-Control", "private, must-revalidate, max-age=0")
	if b.noStore {
		r.header.Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	}
	r.header.Set("X-Frame-Options", "SAMEORIGIN")
	if b.status != 0 {
		r.status = b.status
	}
	w.skin(r, v, b)
	return r
}

func (w *Wiki) errorPage(v *visit, status int, heading, text string) *reply {
	return w.html(v, body{status: status, noStore: true, heading: heading, content: "<p>" + escape(text) + "</p>\n<p id=\"mw-returnto\">Return to " + link(w.address(w.title(w.site.MainPage)), w.site.MainPage) + ".</p>"})
}

func (w *Wiki) permissionError(v *visit, d *denial) *reply {
	return w.html(v, body{status: http.StatusForbidden, heading: "Permission error",
		content: `<p>You do not have permission to do this, for the following reason:</p><div class="permissions-errors"><p class="mw-permission-error" data-code="` + escape(d.code) + `">` + escape(d.info) + "</p></div>"})
}

// unmodified answers 304 when nothing changed on the wiki, and for this person, since the reader's copy. A change within
// the second of the answer could not be told from the copy, so such answers carry no Last-Modified.
func (w *Wiki) unmodified(v *visit, r *reply, changed time.Time) {
	if n := len(w.db.Changes); n > 0 && w.db.Changes[n-1].Time.After(changed) {
		changed = w.db.Changes[n-1].Time
	}
	if v.account != nil && v.account.Touched.After(changed) {
		changed = v.account.Touched
	}
	if out := w.loggedOut(v.request); out.After(changed) {
		changed = out
	}
	changed = changed.Truncate(time.Second)
	if !w.now().Truncate(time.Second).After(changed) {
		return
	}
	r.header.Set("Last-Modified", changed.UTC().Format(http.TimeFormat))
	if since, err := http.ParseTime(v.http.Header.Get("If-Modified-Since")); err == nil && !changed.After(since) && r.status == http.StatusOK {
		r.status = http.StatusNotModified
		r.body.Reset()
	}
}

// query builds an index.php address of the page visited.
func (w *Wiki) pageQuery(t wiki.Title, pairs ...string) string {
	return w.site.ScriptPath + "/index.php?title=" + readable.Replace(url.QueryEscape(w.site.Prefixed(t))) + "&" + queryString(pairs...)
}

package fakewiki

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"sallyport/internal/wiki"
)

// raw is action=raw (RawAction): the bare text of a page, as a script or a style sheet where that is allowed.
func (w *Wiki) raw(v *visit) *reply {
	ctype := rawType(v)
	owner, _ := w.site.Owner(v.title)
	code := ctype == "text/javascript" || ctype == "text/css" || ctype == "application/json"
	switch {
	case ctype == "text/javascript" && !w.mayServeScript(v):
		return w.rawError(v, "unprotected-js", "For security reasons, this page cannot be loaded as JavaScript: it is not protected.")
	case ctype != "text/x-wiki" && v.title.NS == wiki.NSUser && v.title.IsSubpage() && modelKind(w.modelOf(v.title)) != "" && w.accountNamed(owner) == nil:
		return w.rawError(v, "unregistered-user-config", "For security reasons, pages of an account that does not exist cannot be loaded.")
	}
	r := newReply(ctype + "; charset=UTF-8")
	text, found := w.rawText(v)
	if !found && !code {
		r.status = http.StatusNotFound
	}
	w.rawCaching(v, r, code)
	r.body.WriteString(text)
	if v.page != nil {
		w.rawUnmodified(v, r)
	}
	return r
}

func rawType(v *visit) string {
	ctype := v.text("ctype")
	if ctype == "" {
		switch v.text("gen") {
		case "js":
			ctype = "text/javascript"
		case "css":
			ctype = "text/css"
		}
	}
	allowed := []string{"text/x-wiki", "text/javascript", "text/css", "application/json", "application/x-zope-edit"}
	if !slices.Contains(allowed, ctype) {
		return "text/x-wiki"
	}
	return ctype
}

// mayServeScript: a user's script page, any page of the MediaWiki namespace, or one that only sysops edit.
func (w *Wiki) mayServeScript(v *visit) bool {
	switch {
	case v.title.NS == wiki.NSMediaWiki:
		return true
	case v.title.NS == wiki.NSUser && v.title.IsSubpage() && w.modelOf(v.title) == wiki.ModelJavaScript:
		return true
	}
	return v.page != nil && (v.page.Protected == "editprotected" || v.page.Protected == "sysop")
}

func (w *Wiki) rawError(v *visit, code, text string) *reply {
	r := newReply("text/html; charset=utf-8")
	r.status = http.StatusForbidden
	w.rawCaching(v, r, true)
	r.body.WriteString("<!DOCTYPE html>\n<html><head><title>Forbidden</title></head><body data-code=\"" + code + "\"><h1>Forbidden</h1><p>" + escape(text) + "</p></body></html>\n")
	return r
}

func (w *Wiki) rawText(v *visit) (string, bool) {
	if v.page == nil {
		if v.title.NS == wiki.NSMediaWiki {
			return w.message(v.title.Key)
		}
		return "", false
	}
	r := v.rev
	if r == nil {
		return "", false
	}
	switch v.text("direction") {
	case "prev":
		r = v.page.revision(r.Parent)
	case "next":
		i := slices.IndexFunc(v.page.Revisions, func(x revision) bool { return x.Parent == v.rev.ID })
		if i < 0 {
			return "", false
		}
		r = &v.page.Revisions[i]
	case "cur":
		r = v.page.current()
	}
	if r == nil {
		return "", false
	}
	if n, err := strconv.Atoi(v.text("section")); err == nil && v.has("section") {
		start, end, ok := sectionBounds(r.Text, n)
		return r.Text[start:end], ok
	}
	return r.Text, true
}

// Lifetimes of raw pages in seconds ($wgForcedRawSMaxage, $wgCdnMaxAge).
const (
	rawSharedAge = 300
	rawAge       = 18000
)

func (w *Wiki) rawCaching(v *visit, r *reply, code bool) {
	shared, age := 0, rawAge
	if code {
		shared = rawSharedAge
	}
	if v.has("smaxage") {
		shared = int(v.id("smaxage"))
	}
	if v.has("maxage") {
		age = int(v.id("maxage"))
	}
	mode := "public"
	if v.account != nil {
		mode = "private"
	}
	r.header.Set("Cache-Control", mode+", s-maxage="+strconv.Itoa(shared)+", max-age="+strconv.Itoa(age))
	r.header.Set("Vary", "Accept-Encoding, Cookie")
}

func (w *Wiki) rawUnmodified(v *visit, r *reply) {
	touched := v.page.Touched.Truncate(time.Second)
	r.header.Set("Last-Modified", touched.UTC().Format(http.TimeFormat))
	since, err := http.ParseTime(v.http.Header.Get("If-Modified-Since"))
	if err == nil && !touched.After(since) && w.now().Truncate(time.Second).After(touched.Add(time.Second)) {
		r.status = http.StatusNotModified
		r.body.Reset()
	}
}

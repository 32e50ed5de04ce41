package web

import (
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// maxForm bounds the body of a form, in bytes: ours are a few hundred.
const maxForm = 16 << 10

// visit is one request with what every page needs to know about it.
type visit struct {
	*http.Request
	w    http.ResponseWriter
	lang string
	door door
	me   wiki.User // ID 0: nobody is logged in
	down error     // why the wiki did not say who is asking
}

// visited makes a page out of what answers a visit. An error becomes a page too.
func (p *pages) visited(answer func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Purpose") != "" {
			// A browser that is refused a page ahead of time asks again when the person goes there.
			http.Error(w, "This page is not rendered ahead of time.", http.StatusServiceUnavailable)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		v := &visit{Request: r, w: w, lang: p.words.Choose(r.URL.Query().Get("uselang"), r.Header.Get("Accept-Language"), p.Site.Lang), door: knock(r.Header)}
		v.me, v.down = p.Who(r.Context(), r)
		if v.down != nil {
			v.me = wiki.User{}
			p.Log.Warn("the wiki did not say who is asking", "wiki", p.Site.ID, "err", v.down)
		}
		if err := answer(v); err != nil {
			p.oops(v, err)
		}
	}
}

// account is the reader as the registry knows people.
func (v *visit) account(site *wiki.Site) store.Account {
	return store.Account{Wiki: site.ID, UserID: v.me.ID, Name: v.me.Name, Groups: v.me.Groups, Rights: v.me.Rights}
}

// here is the address of this page, for the way back after a form. The language asked for stays, notes about the last
// switch do not.
func (v *visit) here() string {
	q := v.URL.Query()
	q.Del("off")
	return (&url.URL{Path: v.URL.Path, RawQuery: q.Encode()}).String()
}

// back reads where a form wants to return to. Only our own pages will do.
func (p *pages) back(to, otherwise string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.Contains(to, `\`) ||
		!strings.HasPrefix(u.Path, p.Base+"/") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/.") {
		return otherwise
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

package fakewiki

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Through is how one request is looked at by the sandbox: as whom, in which skin and language, under which name and time. It goes with the
// request's context, so that nothing of it can be seen in the page's address or cookies. Fields that are zero change nothing.
type Through struct {
	User   string    // who asks, without a log-in; "-" for nobody
	Skin   string    // one of [Skins]
	Lang   string    // of the interface: wgUserLanguage
	Server string    // for instance "https://wiki.test"
	ID     string    // wgDBname
	Name   string    // sitename
	Now    time.Time // the wiki's clock
}

type throughKey struct{}

// Ask returns the request as it is asked.
func (t Through) Ask(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), throughKey{}, t))
}

// Skins are the skins the wiki pretends to have. Their pages have the same elements; names and classes differ.
func Skins() []string { return []string{skinName, "vector-2022", "monobook", "minerva", "timeless"} }

// knownSkin is a skin that there is, or the usual one.
func knownSkin(name string) string {
	if slices.Contains(Skins(), name) {
		return name
	}
	return skinName
}

// look makes the wiki look as the request wants, and returns what puts it back. The wiki is locked meanwhile.
func (w *Wiki) look(t Through) (back func()) {
	site, now, skin, lang := w.site, w.now, w.dress, w.lang
	if t.Server != "" {
		w.site.Server = t.Server
	}
	if t.ID != "" {
		w.site.ID = t.ID
	}
	if t.Name != "" {
		w.site.Name = t.Name
	}
	if t.Skin != "" {
		w.dress = knownSkin(t.Skin)
	}
	if t.Lang != "" {
		w.lang = t.Lang
	}
	if !t.Now.IsZero() {
		w.now = func() time.Time { return t.Now }
	}
	return func() { w.site, w.now, w.dress, w.lang = site, now, skin, lang }
}

// recogniseThrough finds out who asks by the request's context. It says whether that decides.
func (w *Wiki) recogniseThrough(q *request) bool {
	t, _ := q.http.Context().Value(throughKey{}).(Through)
	if t.User == "" {
		return false
	}
	a := w.accountNamed(t.User)
	if a == nil {
		return true
	}
	id := "through " + a.Name
	if w.sessions[id] == nil {
		w.sessions[id] = &session{ID: id, Account: a.ID, Secret: w.bytes(32)}
	}
	q.session, q.account, q.user = w.sessions[id], a, a.word()
	return true
}

package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/wiki"
)

// policed is a wiki whose answers carry policies: Noor's pages may use noor.example.
func policed(t *testing.T, answer http.HandlerFunc) http.Handler {
	t.Helper()
	a, s := newAsked()
	s.learn(with("wiki_session=noor"))
	a.says(t, s, wiki.User{ID: 7, Name: "Noor"})
	p := &Policy{Readers: s, For: func(_ context.Context, u wiki.User, beside []string) Answer {
		if u.ID == 0 {
			return Answer{Enforced: []string{"default-src 'self'"}, Version: "1", Endpoints: `p="/r"`}
		}
		return Answer{Enforced: []string{"default-src 'self' https://noor.example"}, ReportOnly: []string{"default-src 'none'"}, Version: "2", Held: "12.ab"}
	}}
	return p.on(answer, "/sallyport")
}

func answered(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func says(kind string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		_, _ = fmt.Fprint(w, "x")
	}
}

func TestOnlyDocumentsCarryWhatTheirReaderGranted(t *testing.T) {
	for _, c := range []struct {
		kind, cookie string
		personal     bool
	}{
		{"text/html; charset=UTF-8", "wiki_session=noor", true},
		{"application/xhtml+xml", "wiki_session=noor", true},
		{"text/html", "", false},
		{"text/html", "wiki_session=stranger", false},
		{"text/html", "wiki_session=noor; wiki.session=evil", false},
		{"text/javascript", "wiki_session=noor", false},
		{"application/json", "wiki_session=noor", false},
		{"image/svg+xml", "wiki_session=noor", false},
		{"", "wiki_session=noor", false},
	} {
		r := with(c.cookie)
		if c.cookie == "wiki_session=stranger" {
			r.Header.Set("Accept", "*/*") // so that nobody asks
		}
		h := answered(policed(t, says(c.kind)), r).Header
		if got := strings.Contains(h.Get(enforcing), "noor.example"); got != c.personal {
			t.Errorf("%s for %q: %q", c.kind, c.cookie, h.Get(enforcing))
		}
		if got := h.Get(reportOnly) + h.Get("Server-Timing") + h.Get("ETag") + h.Get("Cache-Control"); got != map[bool]string{true: `default-src 'none'sallyport;desc="12.ab"W/"policy-2"private, must-revalidate, max-age=0`}[c.personal] {
			t.Errorf("%s for %q comes with %s", c.kind, c.cookie, got)
		}
		if (h.Get("Reporting-Endpoints") == "") != c.personal {
			t.Errorf("%s for %q: %q", c.kind, c.cookie, h)
		}
	}
}

func TestWhatTheWikiSaysStaysBesideThePolicy(t *testing.T) {
	h := answered(policed(t, says("text/html", enforcing, "img-src *", reportOnly, "img-src 'none'", "Cache-Control", "no-store, max-age=0", "ETag", `"theirs"`)), with("wiki_session=noor")).Header
	for name, want := range map[string]string{
		enforcing: "[img-src * default-src 'self' https://noor.example]", reportOnly: "[img-src 'none' default-src 'none']", "Cache-Control": "[no-store, max-age=0]", "Etag": `["theirs"]`,
	} {
		if got := fmt.Sprint(h.Values(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	own := with("wiki_session=noor")
	own.URL.Path = "/sallyport/"
	h = answered(policed(t, says("text/html", enforcing, "default-src 'none'")), own).Header
	if got := h.Values(enforcing); len(got) != 1 || h.Get("ETag") != "" {
		t.Errorf("a page of our own: %q", h)
	}
}

func TestOnlyPagesForLoggingInMayAskForAPasskey(t *testing.T) {
	policy := func(o *Options) {
		_, s := newAsked()
		o.Policy = &Policy{Readers: s, For: func(context.Context, wiki.User, []string) Answer { return Answer{} }}
	}
	for conf, want := range map[string]string{
		`{"wgCanonicalSpecialPageName":"Userlogin","wgTitle":"Anmelden"}`:                            "[geolocation=()]",
		`{"wgCanonicalSpecialPageName":false,"wgTitle":"Main Page"}`:                                 "[geolocation=() " + noPasskeys + "]",
		`{"wgCanonicalSpecialPageName":"Recentchanges"}`:                                             "[geolocation=() " + noPasskeys + "]",
		`{"wgTitle":"\"wgCanonicalSpecialPageName\":\"Userlogin\""}`:                                 "[geolocation=() " + noPasskeys + "]",
		`{"wgTitle":"x"};</script></head><body>{"wgCanonicalSpecialPageName":"Userlogin"}<script>{}`: "[geolocation=() " + noPasskeys + "]",
	} {
		at := front(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set(permissions, "geolocation=()")
			_, _ = fmt.Fprint(w, `<!DOCTYPE html><html><head><script>RLCONF=`+conf+`;</script>`+startTg+`</head><body></body></html>`)
		}, policy)
		r, _ := get(t, at+"/wiki/X", "Accept", "text/html")
		if got := fmt.Sprint(r.Header.Values(permissions)); got != want {
			t.Errorf("%s: %s", conf, got)
		}
	}
	at := front(t, says("application/json"), policy)
	if r, _ := get(t, at+"/w/api.php"); r.Header.Get(permissions) != noPasskeys {
		t.Errorf("an answer that is no page: %q", r.Header)
	}
}

// Browsers may leave a copy the policy it has when an answer says 304.
func TestABrowsersCopyIsGoodOnlyWithThePolicyOfNow(t *testing.T) {
	var got string
	h := policed(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("If-None-Match") + " " + r.Header.Get("If-Modified-Since")
		w.WriteHeader(http.StatusNotModified)
	})
	for _, c := range []struct{ cookie, tag, since, want string }{
		{"wiki_session=noor", `W/"policy-2"`, "then", " then"},
		{"wiki_session=noor", `W/"policy-1"`, "then", " "},
		{"wiki_session=noor", "", "then", " "},
		{"wiki_session=noor", `"theirs"`, "", " "},
		{"other=1", `"theirs"`, "then", `"theirs" then`},
		{"", `"theirs"`, "then", `"theirs" then`},
	} {
		r := with(c.cookie)
		for name, value := range map[string]string{"If-None-Match": c.tag, "If-Modified-Since": c.since} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		answer := answered(h, r)
		if got != c.want {
			t.Errorf("%+v: the wiki is asked with %q", c, got)
		}
		if r.Header.Get("If-Modified-Since") != c.since {
			t.Error("the request itself was changed")
		}
		if tag := answer.Header.Get("ETag"); (tag == `W/"policy-2"`) != (c.cookie == "wiki_session=noor") {
			t.Errorf("%+v: tag %s", c, tag)
		}
	}
}

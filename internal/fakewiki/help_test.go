package fakewiki

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// clock is a time that only moves when a test says so.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func newClock() *clock { return &clock{time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)} }

// newTestWiki serves a wiki with a few people.
func newTestWiki(t *testing.T) (*Wiki, *httptest.Server, *clock) {
	t.Helper()
	c := newClock()
	w := New(Options{Now: c.now})
	w.AddUser("Mara", "mara-password")
	w.AddUser("Ivo", "ivo-password")
	w.AddUser("Sysop", "sysop-password", "sysop")
	w.AddUser("Inta", "inta-password", "interface-admin")
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return w, server, c
}

// browser is a client with cookies.
type browser struct {
	t      *testing.T
	client *http.Client
	base   string
}

func newBrowser(t *testing.T, server *httptest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, server.URL}
}

type answer struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(text)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(r)
}

func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest("POST", b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// api calls api.php with formatversion=2; an action that is not "query" is posted.
func (b *browser) api(pairs ...string) map[string]any {
	b.t.Helper()
	pairs = append([]string{"format", "json", "formatversion", "2"}, pairs...)
	var out map[string]any
	a := b.post("/w/api.php", pairs...)
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		b.t.Fatalf("api %v: %v in %s", pairs, err, a.body)
	}
	return out
}

func (b *browser) login(name, password string) {
	b.t.Helper()
	token := dig(b.api("action", "query", "meta", "tokens", "type", "login"), "query", "tokens", "logintoken")
	out := b.api("action", "clientlogin", "username", name, "password", password, "logintoken", token, "loginreturnurl", b.base)
	if got := dig(out, "clientlogin", "status"); got != "PASS" {
		b.t.Fatalf("log in %s: %v", name, out)
	}
}

func (b *browser) token() string {
	b.t.Helper()
	return dig(b.api("action", "query", "meta", "tokens"), "query", "tokens", "csrftoken")
}

// edit saves a page through the API and returns the error code, "" for success.
func (b *browser) edit(title, text string, more ...string) string {
	b.t.Helper()
	return code(b.api(append([]string{"action", "edit", "title", title, "text", text, "token", b.token()}, more...)...))
}

func code(out map[string]any) string { return dig(out, "error", "code") }

// dig walks into objects and lists ("0", "1", …) and returns a text, "" when there is none.
func dig(v any, path ...string) string {
	for _, name := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			if len(name) != 1 || int(name[0]-'0') >= len(x) {
				return ""
			}
			v = x[name[0]-'0']
		default:
			return ""
		}
	}
	switch x := v.(type) {
	case string:
		return x
	case nil:
		return ""
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// serve asks the handler without a server between.
func serve(t *testing.T, w *Wiki, path string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path+"?"+values.Encode(), nil)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

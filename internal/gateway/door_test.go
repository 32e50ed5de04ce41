package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// guarded is the pretend wiki behind a gateway with a door, and Ira, who may change its code.
type guarded struct {
	testing.TB
	wiki    *fakewiki.Wiki
	client  *mediawiki.Client
	front   string
	cookies string
	token   string
	asked   atomic.Int32 // questions who somebody is
	seen    chan *http.Request
	down    atomic.Bool
	desk    *pending.Desk
}

func newGuarded(t testing.TB) *guarded { return newGuardedBy(t, nil) }

// newGuardedBy lets a test put more into the gateway before it is made.
func newGuardedBy(t testing.TB, more func(g *guarded, d *Door, o *Options)) *guarded {
	t.Helper()
	g := &guarded{TB: t, wiki: fakewiki.New(fakewiki.Options{Name: "W", Lang: "en", Now: time.Now}), seen: make(chan *http.Request, 1000)}
	g.wiki.AddUser("Ira", "ira's password", "sysop", "interface-admin")
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.down.Load() {
			panic(http.ErrAbortHandler)
		}
		select {
		case g.seen <- r.Clone(context.WithoutCancel(r.Context())):
		default:
		}
		g.wiki.ServeHTTP(w, r)
	}))
	t.Cleanup(upstream.Close)
	g.client = mediawiki.New(upstream.URL, "/w", nil, mediawiki.Options{})
	site, err := g.client.Site(t.Context())
	g.ok(err)
	db, err := sqlstore.Open(t.Context(), "")
	g.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	door := &writedoor.Door{Wiki: writedoor.NewAsking(func(ctx context.Context, p map[string]string) ([]byte, error) { return g.client.Raw(ctx, p, "") },
		func(context.Context) (*wiki.Site, error) { return site, nil }, time.Now)}
	g.desk, err = pending.New(pending.Options{Site: site, Store: db, Door: door, Secret: bytes.Repeat([]byte{7}, 32), Most: 100,
		Confirm: passkey.Site{Origin: "https://confirm.test", Host: "confirm.test"}})
	g.ok(err)
	who := NewWho(g.client.WhoAmI)
	d := &Door{
		Write: door, Desk: g.desk, Policies: pending.DefaultPolicies(), Base: "/sallyport", Ask: g.client.Raw, Log: slog.New(slog.DiscardHandler),
		Who: func(ctx context.Context, r *http.Request) (wiki.User, error) { g.asked.Add(1); return who.Sent(ctx, r) },
	}
	u, err := url.Parse(upstream.URL)
	g.ok(err)
	o := Options{Upstream: u, Base: "/sallyport", Own: d.Resume(), Door: d}
	if more != nil {
		more(g, d, &o)
	}
	front := httptest.NewServer(New(o))
	t.Cleanup(front.Close)
	g.front = front.URL
	session, err := g.client.Login(t.Context(), "Ira", "ira's password")
	g.ok(err)
	g.cookies = session.Cookies()
	body, err := g.client.Raw(t.Context(), map[string]string{"action": "query", "meta": "tokens"}, g.cookies)
	g.ok(err)
	var answer struct {
		Query struct{ Tokens map[string]string }
	}
	g.ok(json.Unmarshal(body, &answer))
	g.token = answer.Query.Tokens["csrftoken"]
	for len(g.seen) > 0 {
		<-g.seen
	}
	return g
}

func (g *guarded) ok(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

// send makes a request as Ira.
func (g *guarded) send(method, target, kind, body string, header ...string) (*http.Response, string) {
	g.Helper()
	req, err := http.NewRequestWithContext(g.Context(), method, g.front+target, strings.NewReader(body))
	g.ok(err)
	req.Header.Set("Cookie", g.cookies)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header[header[i]] = []string{header[i+1]}
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	g.ok(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	g.ok(err)
	return r, string(text)
}

const formKind = "application/x-www-form-urlencoded"

func (g *guarded) edit(title, text string, more ...string) string {
	v := url.Values{"action": {"edit"}, "format": {"json"}, "title": {title}, "text": {text}, "token": {g.token}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v.Encode()
}

func (g *guarded) text(title string) string {
	g.Helper()
	t, err := g.desk.Site().Parse(title)
	g.ok(err)
	pages, err := g.client.Pages(g.Context(), []wiki.Title{t})
	g.ok(err)
	return pages[0].Text
}

func TestAnOrdinaryEditGoesOnInOnePlainSpellingAndAsksNobody(t *testing.T) {
	g := newGuarded(t)
	r, body := g.send("POST", "/w/api.php?format=json&x[]=1&x[]=2", formKind+"; charset=UTF-8", g.edit("Sandbox", "a b+c é"), "X-Sallyport-Grant", "x", "X_sallyport-Grant", "y")
	if r.StatusCode != 200 || !strings.Contains(body, `"Success"`) {
		t.Fatalf("%s %s", r.Status, body)
	}
	if got := g.text("Sandbox"); got != "a b+c é" {
		t.Errorf("the wiki has %q", got)
	}
	seen := <-g.seen
	for seen.Method != http.MethodPost { // the door's own question about the site
		seen = <-g.seen
	}
	if seen.Header.Get("Content-Type") != formKind || len(seen.Header["X-Sallyport-Grant"])+len(seen.Header["X_sallyport-Grant"]) > 0 {
		t.Errorf("the wiki got %v", seen.Header)
	}
	if n := g.asked.Load(); n != 0 {
		t.Errorf("asked %d times who it is", n)
	}
}

func TestAChangeOfCodeWaitsWhateverWayItIsSent(t *testing.T) {
	g := newGuarded(t)
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	for key, value := range map[string]string{"action": "edit", "format": "json", "title": "MediaWiki:Common.js", "text": "evil", "token": g.token} {
		g.ok(m.WriteField(key, value))
	}
	g.ok(m.Close())
	for name, send := range map[string]func() (*http.Response, string){
		"api": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Common.js", "evil"))
		},
		"api, words in the address": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php?title=MediaWiki:Common.js&action=edit&format=json", formKind, url.Values{"text": {"evil"}, "token": {g.token}}.Encode())
		},
		"api, multipart": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", m.FormDataContentType(), form.String())
		},
		"api, name twice": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", formKind, "title=Sandbox&"+g.edit("MediaWiki:Common.js", "evil"))
		},
		"api, another spelling": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", formKind, g.edit("mediaWiki: common.js ", "evil", "format", "json"))
		},
		"gadget": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Gadget-x.js", "evil"))
		},
		"another's script": func() (*http.Response, string) {
			return g.send("POST", "/w/api.php", formKind, g.edit("User:Mara/common.js", "evil"))
		},
	} {
		r, body := send()
		var answer struct {
			Error struct {
				Code      string
				Sallyport waiting
			}
		}
		_ = json.Unmarshal([]byte(body), &answer)
		if r.StatusCode != 200 || answer.Error.Code != NeedsApproval || r.Header.Get("MediaWiki-API-Error") != NeedsApproval ||
			answer.Error.Sallyport.Address != "https://confirm.test/a/"+answer.Error.Sallyport.ID {
			t.Errorf("%s: %s %.300s", name, r.Status, body)
		}
	}
	if got := g.text("MediaWiki:Common.js"); strings.Contains(got, "evil") {
		t.Error("it was saved")
	}
}

func TestTheEditFormKeepsItsText(t *testing.T) {
	g := newGuarded(t)
	v := url.Values{"wpTextbox1": {"<b>my text</b>"}, "wpSave": {"Save"}, "wpEditToken": {g.token}, "wpSummary": {"s"}}
	target := "/w/index.php?title=MediaWiki:Common.js&action=submit"
	r, body := g.send("POST", target, formKind, v.Encode())
	if r.StatusCode != http.StatusAccepted || !strings.Contains(body, "&lt;b&gt;my text&lt;/b&gt;") || !strings.Contains(body, "https://confirm.test/a/") {
		t.Errorf("from an unknown browser: %s %s", r.Status, body)
	}
	script := []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "same-origin"}
	if r, _ = g.send("POST", target, formKind, v.Encode(), script...); r.StatusCode != http.StatusAccepted {
		t.Errorf("from a script's form: %s", r.Status)
	}
	v.Set("wpTextbox1", "another")
	person := append(script, "Sec-Fetch-User", "?1")
	r, _ = g.send("POST", target, formKind, v.Encode(), person...)
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "https://confirm.test/a/") {
		t.Errorf("from a person: %s to %s", r.Status, r.Header.Get("Location"))
	}
	v.Set("wpPreview", "1")
	if r, _ = g.send("POST", target, formKind, v.Encode(), person...); r.StatusCode != http.StatusOK {
		t.Errorf("a preview: %s", r.Status)
	}
}

func TestWhatNobodyUnderstandsIsRefused(t *testing.T) {
	g := newGuarded(t)
	for name, c := range map[string]struct {
		target, kind, body string
		header             []string
	}{
		"two content types":   {"/w/api.php", "", g.edit("Sandbox", "x"), []string{"Content-Type", formKind + ", multipart/form-data; boundary=x"}},
		"an encoded body":     {"/w/api.php", formKind, g.edit("Sandbox", "x"), []string{"Content-Encoding", "gzip"}},
		"a boundary too many": {"/w/api.php", "multipart/form-data", "--x", nil},
	} {
		r, body := g.send("POST", c.target, c.kind, c.body, c.header...)
		if !strings.Contains(body, "sallyport-unclear") {
			t.Errorf("%s: %s %s", name, r.Status, body)
		}
	}
	if r, body := g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Common.js", "x", "section", "new")); !strings.Contains(body, "sallyport-uncomputable") {
		t.Errorf("what cannot be computed: %s %s", r.Status, body)
	}
	if r, body := g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Common.js", "x"), "Authorization", "Bearer x"); !strings.Contains(body, "sallyport-refused") {
		t.Errorf("an authorization of its own: %s %s", r.Status, body)
	}
}

func TestWithoutTheWikisWordCodeStaysAndPagesAreStillRead(t *testing.T) {
	g := newGuarded(t)
	if r, _ := g.send("GET", "/w/index.php?title=Sandbox", "", ""); r.StatusCode >= 500 {
		t.Fatalf("while it is up: %s", r.Status)
	}
	g.send("POST", "/w/api.php", formKind, g.edit("Sandbox", "x"))
	g.down.Store(true)
	for target, want := range map[string]int{"/w/index.php?title=A": http.StatusBadGateway, "/w/index.php?title=A&action=roll%62ack": http.StatusServiceUnavailable} {
		fresh := newGuarded(t)
		fresh.down.Store(true)
		if r, _ := fresh.send("GET", target, "", ""); r.StatusCode != want {
			t.Errorf("%s: %s, want %d", target, r.Status, want)
		}
	}
	r, body := g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Common.js", "evil"))
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "sallyport-unavailable") {
		t.Errorf("%s %s", r.Status, body)
	}
}

func TestResumingIsForTheSenderAfterTheApproval(t *testing.T) {
	g := newGuarded(t)
	_, body := g.send("POST", "/w/api.php", formKind, g.edit("MediaWiki:Common.js", "new();"))
	var answer struct{ Error struct{ Sallyport waiting } }
	g.ok(json.Unmarshal([]byte(body), &answer))
	d := &Door{Desk: g.desk, Base: "/sallyport", Ask: g.client.Raw, Log: slog.New(slog.DiscardHandler), Who: NewWho(g.client.WhoAmI).Sent}
	resume := func(id, cookies string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/sallyport/resume/"+id, nil)
		r.SetPathValue("id", id)
		r.Header.Set("Cookie", cookies)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		d.Resume().ServeHTTP(w, r)
		return w
	}
	id := answer.Error.Sallyport.ID
	for name, c := range map[string]struct {
		got  *httptest.ResponseRecorder
		want int
	}{
		"not approved":     {resume(id, g.cookies), http.StatusSeeOther},
		"nobody":           {resume(id, ""), http.StatusForbidden},
		"another change":   {resume("x", g.cookies), http.StatusNotFound},
		"a script's fetch": {resume(id, g.cookies, "Sec-Fetch-Dest", "empty"), http.StatusForbidden},
		"ahead of time":    {resume(id, g.cookies, "Sec-Purpose", "prefetch"), http.StatusForbidden},
	} {
		if c.got.Code != c.want {
			t.Errorf("%s: %d, want %d", name, c.got.Code, c.want)
		}
	}
	if got := g.text("MediaWiki:Common.js"); strings.Contains(got, "new") {
		t.Error("it was saved")
	}
}

// What the door costs is measured against the bare proxy: go test -bench Door ./internal/gateway
func BenchmarkDoor(b *testing.B) {
	g := newGuarded(b)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	b.Cleanup(upstream.Close)
	u, err := url.Parse(upstream.URL)
	g.ok(err)
	site := g.desk.Site()
	write := &writedoor.Door{Wiki: writedoor.NewAsking(func(ctx context.Context, p map[string]string) ([]byte, error) { return g.client.Raw(ctx, p, "") },
		func(context.Context) (*wiki.Site, error) { return site, nil }, time.Now)}
	door := &Door{Write: write, Desk: g.desk, Policies: pending.DefaultPolicies(), Base: "/sallyport", Ask: g.client.Raw, Log: slog.New(slog.DiscardHandler)}
	for name, d := range map[string]*Door{"bare": nil, "door": door} {
		h := New(Options{Upstream: u, Base: "/sallyport", Own: http.NotFoundHandler(), Door: d})
		body := g.edit("Sandbox", strings.Repeat("ordinary text ", 700))
		for kind, request := range map[string]func() *http.Request{
			"view": func() *http.Request { return httptest.NewRequest("GET", "/w/index.php?title=Sandbox", nil) },
			"edit": func() *http.Request {
				r := httptest.NewRequest("POST", "/w/api.php", strings.NewReader(body))
				r.Header.Set("Content-Type", formKind)
				return r
			},
		} {
			b.Run(kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					h.ServeHTTP(httptest.NewRecorder(), request())
				}
			})
		}
	}
}

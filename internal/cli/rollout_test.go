package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/rollout"
	"sallyport/internal/store/sqlstore"
)

// pair is two gateways in front of one wiki, on one store.
type pair struct {
	*testing.T
	file    string       // settings
	own     atomic.Value // the policy that the wiki itself sends with pages; nil for none
	gates   [2]*joined
	readers []string // cookies
}

const readersOfPair = 400

func newPair(t *testing.T) *pair {
	t.Helper()
	w := fakewiki.New(fakewiki.Options{})
	p := &pair{T: t}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if own, some := p.own.Load().(string); some && strings.HasSuffix(r.URL.Path, "/index.php") {
			rw.Header().Set("Content-Security-Policy", own)
		}
		w.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	address := "sqlite:" + filepath.Join(t.TempDir(), "sallyport.db")
	p.file = filepath.Join(t.TempDir(), "sallyport.toml")
	settings := fmt.Sprintf("store = %q\n[wiki]\nurl = %q\nscript_path = \"/w\"\n[policy]\nmode = \"enforce\"\nraw_scripts = false\n[policy.allow]\n\"connect-src\" = [\"https://old.test\"]\n", address, server.URL)
	p.ok(os.WriteFile(p.file, []byte(settings), 0o600))
	for i := range p.gates {
		db, err := sqlstore.Open(t.Context(), address)
		p.ok(err)
		t.Cleanup(func() { _ = db.Close() })
		p.gates[i], err = join(t.Context(), parts{
			wikiURL: server.URL, scriptPath: "/w", store: db, suffixes: []string{".gadget"}, log: slog.New(slog.DiscardHandler),
			policy: config.Policy{Mode: "enforce", Allow: map[string][]string{"connect-src": {"https://old.test"}}},
		})
		p.ok(err)
	}
	for i := range readersOfPair {
		name := fmt.Sprintf("Reader %d", i)
		w.AddUser(name, "a password of a reader")
		p.readers = append(p.readers, p.login(server.URL, name))
	}
	for _, gate := range p.gates {
		p.makeKnown(gate)
	}
	return p
}

func (p *pair) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// login returns somebody's cookies.
func (p *pair) login(server, name string) string {
	p.Helper()
	jar, err := cookiejar.New(nil)
	p.ok(err)
	client := &http.Client{Jar: jar}
	post := func(values url.Values) (answer struct {
		Login struct{ Token, Result string }
	}) {
		values.Set("action", "login")
		values.Set("format", "json")
		r, err := client.PostForm(server+"/w/api.php", values)
		p.ok(err)
		defer r.Body.Close()
		p.ok(json.NewDecoder(r.Body).Decode(&answer))
		return answer
	}
	ask, err := client.Get(server + "/w/api.php?action=query&meta=tokens&type=login&format=json")
	p.ok(err)
	defer ask.Body.Close()
	var tokens struct {
		Query struct{ Tokens struct{ Logintoken string } }
	}
	p.ok(json.NewDecoder(ask.Body).Decode(&tokens))
	if got := post(url.Values{"lgname": {name}, "lgpassword": {"a password of a reader"}, "lgtoken": {tokens.Query.Tokens.Logintoken}}); got.Login.Result != "Success" {
		p.Fatalf("%s cannot log in: %+v", name, got)
	}
	at, err := url.Parse(server)
	p.ok(err)
	var cookies []string
	for _, c := range jar.Cookies(at) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return strings.Join(cookies, "; ")
}

// get opens a page with somebody's cookies, or with none.
func (p *pair) get(gate *joined, path, cookies string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Accept", "text/html")
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	w := httptest.NewRecorder()
	gate.handler.ServeHTTP(w, r)
	return w
}

// makeKnown opens pages until the gateway has learnt whose sessions these are.
func (p *pair) makeKnown(gate *joined) {
	p.Helper()
	deadline := time.Now().Add(time.Minute)
	for _, cookies := range p.readers {
		r := httptest.NewRequest(http.MethodGet, "http://wiki.example/", nil)
		r.Header.Set("Cookie", cookies)
		for {
			if u, ok := gate.policy.readers.Known(r); ok && u.ID != 0 {
				break
			}
			if time.Now().After(deadline) {
				p.Fatal("the gateway does not learn whose sessions these are")
			}
			p.get(gate, "/wiki/Main_Page", cookies)
		}
	}
}

// enforced says for whom a gateway sends the candidate, which lacks a host. Everybody must have both, one way or the other.
func (p *pair) enforced(gate *joined) (list string) {
	p.Helper()
	n := 0
	for _, cookies := range p.readers {
		h := p.get(gate, "/wiki/Main_Page", cookies).Header()
		hard, soft := h.Values("Content-Security-Policy"), strings.Join(h.Values("Content-Security-Policy-Report-Only"), ", ")
		switch {
		case len(hard) != 1:
			p.Fatalf("%d policies are enforced: %q", len(hard), hard)
		case !strings.Contains(hard[0], "https://old.test"):
			list += "x"
			n++
		case gate.policy.rollout.State().Rollout != nil && !strings.Contains(soft, "default-src 'self'"):
			p.Fatalf("somebody whose turn it is not does not report either: %q", soft)
		default:
			list += "."
		}
		if !strings.Contains(hard[0], "report-uri /sallyport/csp-report?v=") {
			p.Fatalf("nobody learns what is blocked: %q", hard[0])
		}
	}
	p.Logf("enforced for %d of %d", n, len(p.readers))
	return list
}

func TestARollOutReachesTheSameReadersAtTwoGatewaysAndARevertTheNextAnswer(t *testing.T) {
	p := newPair(t)
	one, other := p.gates[0], p.gates[1]
	ctx := t.Context()
	act := rollout.Act{By: "Ira", Why: "nobody needs old.test", Seen: -1}
	draft := strings.ReplaceAll(one.policy.rollout.Settings.Policy.String(), " https://old.test", "")
	p.ok(one.policy.rollout.SetDraft(ctx, act, draft))
	p.ok(one.policy.rollout.Start(ctx, act))
	for range 3 {
		p.ok(one.policy.rollout.Step(ctx, act))
	}
	p.ok(other.policy.rollout.Sync(ctx))
	first := p.enforced(one)
	if n := strings.Count(first, "x"); n < readersOfPair*25/100-50 || n > readersOfPair*25/100+50 {
		t.Errorf("enforced for %d of %d, at 25 %%", n, readersOfPair)
	}
	if again, there := p.enforced(one), p.enforced(other); again != first || there != first {
		t.Errorf("it is not the same readers:\n%s\n%s\n%s", first, again, there)
	}
	for _, path := range []string{"/wiki/Main_Page", "/w/load.php?modules=startup&only=scripts"} {
		h := p.get(one, path, "").Header()
		if !strings.Contains(h.Get("Content-Security-Policy"), "https://old.test") || len(h.Values("Content-Security-Policy-Report-Only")) != 1 {
			t.Errorf("%s for nobody's account: %q", path, h)
		}
	}
	said := p.status()
	if said.Rollout == nil || said.Rollout.Share != 25 || said.InForce.At.IsZero() != true || len(said.Falls) != 1 || said.Schema != "sallyport.csp.status/1" || said.Headers.Reader <= said.Headers.Turn {
		t.Errorf("%+v", said)
	}

	running, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- other.policy.rollout.Run(running) }()
	p.ok(one.policy.rollout.Revert(ctx, act))
	if n := strings.Count(p.enforced(one), "x"); n != 0 {
		t.Errorf("reverted, and enforced for %d here", n)
	}
	for began := time.Now(); other.policy.rollout.State().Rollout != nil; time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("the other gateway does not hear of it")
		}
	}
	if n := strings.Count(p.enforced(other), "x"); n != 0 {
		t.Errorf("reverted, and enforced for %d there", n)
	}
	stop()
	p.ok(<-done)
	if said := p.status(); said.Rollout != nil {
		t.Errorf("%+v", said.Rollout)
	}
	if got := p.run("--format", "text"); !strings.Contains(got, "in force  enforced, whose code runs D") || !strings.Contains(got, "roll-out  none") || !strings.Contains(got, "connect-src https://old.test, never used") {
		t.Errorf("as text:\n%s", got)
	}
	p.own.Store("default-src *; connect-src 'self'")
	if got := p.run("--format", "text"); !strings.Contains(got, "barred    connect-src https://old.test, granted by the policy in force: the wiki sends a policy of its own that blocks it") {
		t.Errorf("beside a policy of the wiki's own:\n%s", got)
	}
}

// run is "sallyport csp status".
func (p *pair) run(args ...string) string {
	p.Helper()
	var out, errs bytes.Buffer
	if code := Run(p.Context(), append([]string{"csp", "status", "--config", p.file}, args...), &out, &errs); code != exitOK {
		p.Fatalf("%d: %s", code, errs.String())
	}
	return out.String()
}

func (p *pair) status() (s struct {
	Schema string
	standing
}) {
	p.Helper()
	p.ok(json.Unmarshal([]byte(p.run("--format", "json")), &s))
	return s
}

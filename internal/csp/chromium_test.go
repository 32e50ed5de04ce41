package csp

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

//go:embed testdata/drive.js
var drive string

// attempt is a request as the driving script takes it.
type attempt struct {
	Kind      string `json:"kind"`
	URL       string `json:"url"`
	Nonce     string `json:"nonce,omitempty"`
	Integrity string `json:"integrity,omitempty"`
	Text      string `json:"text,omitempty"`
	leads     string // where URL redirects to
}

type work struct {
	Address  string    `json:"address"`
	Requests []attempt `json:"requests"`
	policy   string
	parsed   Request // of the page's own script, which the parser inserts
}

type outcome struct {
	Framed  bool       `json:"framed"`
	Ran     []string   `json:"ran"`
	Refused [][]string `json:"refused"`
}

// lab is a site whose pages carry whatever policy their address names.
type lab struct {
	port, other string // of two servers
	page        string // origin of the pages
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{}
	mux := http.NewServeMux()
	mux.HandleFunc("/drive", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!doctype html><link rel=icon href=data:,><body><script>%s</script>", drive)
	})
	mux.HandleFunc("/page", servePage)
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, r.FormValue("u"), http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html")
		if strings.Contains(r.URL.Path, "js") {
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, script)
		}
		if strings.Contains(r.URL.Path, "css") {
			w.Header().Set("Content-Type", "text/css")
		}
	})
	for _, port := range []*string{&l.port, &l.other} {
		s := httptest.NewServer(mux)
		t.Cleanup(s.Close)
		_, *port, _ = net.SplitHostPort(s.Listener.Addr().String())
	}
	l.page = "http://wiki.test:" + l.port
	return l
}

// script is what every script address answers: it works in pages and in workers.
const script = "(self.ran = self.ran || []).push('outside'); if (!self.document) postMessage(1);"

// servePage answers with a page that has the policy, and a script by the parser that the address describes.
func servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	if r.FormValue("p") != "" {
		w.Header()["Content-Security-Policy"] = r.Form["p"]
	}
	w.Header().Set("Content-Security-Policy-Report-Only", "require-trusted-types-for 'script'")
	var b strings.Builder
	b.WriteString("<!doctype html><link rel=icon href=data:,><body><p id=here>\n<script")
	for _, name := range []string{"src", "nonce", "integrity"} {
		if v := r.FormValue(name); v != "" {
			fmt.Fprintf(&b, " %s=\"%s\"", name, html.EscapeString(v))
		}
	}
	if r.FormValue("integrity") != "" {
		b.WriteString(" crossorigin")
	}
	b.WriteString(">" + r.FormValue("text") + "</script>")
	io.WriteString(w, b.String())
}

// generator makes up policies and requests from few words, so that they meet.
type generator struct {
	*lab
	*rand.Rand
}

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

// texts that the page itself may hold, and their digests.
const (
	ownScript = "(window.ran = window.ran || []).push('inside')"
	ownStyle  = "i { color: red }"
	jsURL     = "javascript:void (went = 1)"
)

func (g *generator) source() string {
	host := pick(g, "wiki.test", "other.test", "a.other.test", "*.other.test", "*.test", "127.0.0.1", "localhost", "*", "OTHER.test", "b.test")
	port := pick(g, "", "", ":"+g.port, ":"+g.port, ":"+g.port, ":"+g.other, ":*", ":*", ":80", ":443", ":8080")
	scheme := pick(g, "", "", "", "http://", "http://", "https://", "ws://", "wss://", "HTTP://")
	path := pick(g, "", "", "", "", "/", "/lib/", "/lib", "/lib/a.js", "/lib%2Fa.js", "/lib/?x", "/LIB/", "/to")
	return pick(g, scheme+host+port+path, scheme+host+port+path, scheme+host+port+path, "'self'", "*", "http:", "https:", "ws:", "wss:",
		"data:", "blob:", "'none'", "mediastream:", "other.test.", "[::1]", "self", "'unsafe-inlin'", "exa_mple.test", "127.0.0.1:"+g.port)
}

func (g *generator) scriptSource() string {
	return pick(g, g.source(), g.source(), g.source(), "'unsafe-inline'", "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "'strict-dynamic'",
		"'strict-dynamic'", "'unsafe-hashes'", "'nonce-abc'", "'nonce-abc'", "'NONCE-abc'", "'nonce-other'", HashOf("sha256", ownScript).String(),
		HashOf("sha384", script).String(), HashOf("sha512", jsURL).String(), HashOf("sha256", ownStyle).String(), "'inline-speculation-rules'", "'report-sample'",
		strings.NewReplacer("+", "-", "/", "_").Replace(HashOf("sha256", script).String()), "'UNSAFE-INLINE'", "'sha256-abc'", "'nonce-'")
}

func (g *generator) policy() string {
	names := []string{"default-src", "default-src", "script-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr",
		"img-src", "connect-src", "connect-src", "font-src", "media-src", "object-src", "frame-src", "child-src", "worker-src", "form-action", "base-uri", "Img-Src"}
	var parts []string
	for range 1 + g.IntN(6) {
		name := pick(g, names...)
		part := name
		for range g.IntN(5) {
			if strings.HasPrefix(name, "script") || strings.HasPrefix(name, "style") || name == "default-src" || name == "worker-src" {
				part += " " + g.scriptSource()
			} else {
				part += " " + g.source()
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func (g *generator) address() string {
	host := pick(g, "wiki.test", "other.test", "a.other.test", "x.a.other.test", "127.0.0.1", "localhost", "b.test")
	port := pick(g, ":"+g.port, ":"+g.port, ":"+g.port, ":"+g.other, "", ":8080", ":443", ":80")
	scheme := pick(g, "http://", "http://", "http://", "https://")
	return scheme + host + port + pick(g, "/lib/a.js", "/lib/a.js", "/lib", "/lib/", "/x.js?lib", "/lib%2Fa.js", "/lib/../x.js", "/a.css", "/")
}

var tried = []Kind{Script, Script, Script, Style, Image, Image, Font, Media, Object, Frame, Connect, Connect, Worker, Worker, Base,
	InlineScript, InlineScript, Handler, JavaScriptURL, InlineStyle, StyleAttribute, Speculation, Eval, WasmEval}

func (g *generator) attempt(k Kind) attempt {
	a := attempt{Kind: k.String()}
	switch k {
	case InlineScript:
		a.Text, a.Nonce = ownScript, pick(g, "", "", "abc", "ABC")
	case Handler:
		a.Text = ownScript
	case JavaScriptURL:
		a.Text = jsURL
	case InlineStyle:
		a.Text, a.Nonce = ownStyle, pick(g, "", "abc")
	case StyleAttribute:
		a.Text = "color: red"
	case Speculation:
		a.Text, a.Nonce = "{}", pick(g, "", "abc")
	case Worker:
		a.URL = pick(g, g.page+"/lib/a.js", g.page+"/x.js", "data:text/javascript,postMessage(1)", "blob:")
	case Connect:
		a.URL = pick(g, g.address(), g.address(), "data:,x", strings.Replace(g.address(), "http", "ws", 1))
	case Frame:
		a.URL = pick(g, g.address(), "about:blank", "data:text/html,x")
	case Base:
		a.URL = pick(g, g.address(), "https://b.test/")
	case Image, Font, Media, Object:
		a.URL = pick(g, g.address(), g.address(), "data:,x")
	case Script:
		a.URL, a.Nonce = g.address(), pick(g, "", "", "", "abc")
		a.Integrity = pick(g, "", "", "", strings.Trim(HashOf("sha256", script).String(), "'"), strings.Trim(HashOf("sha384", script).String(), "'")+" sha999-x")
	default:
		a.URL = g.address()
	}
	if g.IntN(5) == 0 && strings.HasPrefix(a.URL, "http") && k != Base && k != Worker && k != Object {
		a.leads = a.URL
		a.URL = "http://" + pick(g, "wiki.test", "other.test") + ":" + g.port + "/to?u=" + url.QueryEscape(a.leads)
	}
	return a
}

// request is what our evaluator is asked.
func (l *lab) request(a attempt) Request {
	r := Request{URL: ParseAddress(a.URL), Page: ParseAddress(l.page), Nonce: a.Nonce, Integrity: a.Integrity, Text: a.Text}
	for k := range kinds {
		if k.String() == a.Kind {
			r.Kind = k
		}
	}
	return r
}

// allows asks about a request and, when it is redirected, about where that leads.
func (l *lab) allows(set Set, a attempt) Verdict {
	r := l.request(a)
	v := set.Allows(r)
	if v.Allowed && a.leads != "" {
		r.URL, r.Redirected = ParseAddress(a.leads), true
		v = set.Allows(r)
	}
	return v
}

func (g *generator) work(policies []string, requests int) work {
	w := work{policy: strings.Join(policies, ", "), parsed: Request{Page: ParseAddress(g.page), ParserInserted: true}}
	q := url.Values{"p": policies}
	if g.IntN(2) == 0 {
		src := "http://" + pick(g, "wiki.test:", "other.test:", "a.other.test:", "127.0.0.1:") + pick(g, g.port, g.other) + pick(g, "/lib/a.js", "/x.js")
		q.Set("src", src)
		w.parsed.Kind, w.parsed.URL = Script, ParseAddress(src)
		if g.IntN(4) == 0 {
			w.parsed.Integrity = strings.Trim(HashOf("sha256", script).String(), "'")
			q.Set("integrity", w.parsed.Integrity)
		}
	} else {
		q.Set("text", ownScript)
		w.parsed.Kind, w.parsed.Text = InlineScript, ownScript
	}
	w.parsed.Nonce = pick(g, "", "", "abc")
	q.Set("nonce", w.parsed.Nonce)
	w.Address = g.page + "/page?" + q.Encode()
	for range requests - 1 {
		w.Requests = append(w.Requests, g.attempt(pick(g, tried...)))
	}
	w.Requests = append(w.Requests, g.attempt(Form))
	return w
}

// work is a page with an inline script of its own.
func (l *lab) work(policy string, requests []attempt) work {
	q := url.Values{"p": {policy}, "text": {ownScript}}
	return work{Address: l.page + "/page?" + q.Encode(), Requests: requests, policy: policy,
		parsed: Request{Kind: InlineScript, Text: ownScript, Page: ParseAddress(l.page), ParserInserted: true}}
}

func TestChromiumDecidesAsWeDo(t *testing.T) {
	pages, seed := 40, uint64(7)
	if n, err := strconv.Atoi(os.Getenv("SALLYPORT_CSP_PAGES")); err == nil {
		pages = n
	}
	if n, err := strconv.ParseUint(os.Getenv("SALLYPORT_CSP_SEED"), 10, 64); err == nil {
		seed = n
	}
	p := browsertest.Start(t).NewPage(t)
	g := &generator{newLab(t), rand.New(rand.NewPCG(seed, 1))}
	var works []work
	for range pages {
		policies := []string{g.policy()}
		if g.IntN(5) == 0 {
			policies = append(policies, g.policy())
		}
		works = append(works, g.work(policies, 12))
	}
	p.Goto(g.page + "/drive")
	pairs, refused := 0, 0
	for chunk := range slices.Chunk(works, 30) {
		n, no := g.compareAll(t, p, chunk)
		pairs, refused = pairs+n, refused+no
	}
	t.Logf("%d pairs of a policy and a request, %d refused", pairs, refused)
	if refused < pairs/5 || refused > pairs*4/5 {
		t.Errorf("%d of %d refused: the generator is lopsided", refused, pairs)
	}
}

func run(t *testing.T, p *browsertest.Page, works []work) []outcome {
	t.Helper()
	text, err := json.Marshal(works)
	if err != nil {
		t.Fatal(err)
	}
	browsertest.Eval[bool](p, fmt.Sprintf("(window.answer = '', all(%s).then(a => { window.answer = JSON.stringify(a); }), true)", text))
	p.WaitFor("window.answer")
	var outcomes []outcome
	if err := json.Unmarshal([]byte(browsertest.Eval[string](p, "window.answer")), &outcomes); err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// compareAll runs works, and reports every difference between what Chromium did and what we say. Chromium tells some refusals
// from another process, some time later; when that is after the next request began, it looks like a refusal of that one. So
// a page that differs is tried again with no other beside it, and only what differs then too counts.
func (l *lab) compareAll(t *testing.T, p *browsertest.Page, works []work) (pairs, refused int) {
	t.Helper()
	outcomes := run(t, p, works)
	for i, w := range works {
		n, no, differences := l.compare(t, w, outcomes[i])
		if len(differences) > 0 {
			t.Logf("tried again alone: %s", strings.Join(differences, "\n"))
			_, _, differences = l.compare(t, w, run(t, p, []work{w})[0])
		}
		for _, d := range differences {
			t.Error(d)
		}
		pairs, refused = pairs+n, refused+no
	}
	return pairs, refused
}

func (l *lab) compare(t *testing.T, w work, o outcome) (pairs, refused int, differences []string) {
	t.Helper()
	differ := func(format string, args ...any) {
		differences = append(differences, fmt.Sprintf(format, args...))
	}
	set, _ := ParseHeader(w.policy)
	if !o.Framed {
		t.Fatalf("the page with %q did not load", w.policy)
	}
	own := set.Allows(w.parsed)
	if own.Allowed != (len(o.Ran) > 0) {
		differ("parser's %s %s (nonce %q, integrity %q): Chromium runs %v, we say %v by %q %s\n  %s", w.parsed.Kind, w.parsed.URL.Origin()+w.parsed.URL.Path, w.parsed.Nonce, w.parsed.Integrity, o.Ran, own.Allowed, own.By, own.Directive, w.policy)
	}
	for i, a := range w.Requests {
		if a.Kind == Object.String() { // when the answer is a page, frame-src is asked too
			o.Refused[i] = slices.DeleteFunc(o.Refused[i], func(s string) bool { return s == "frame-src" })
		}
		v := l.allows(set, a)
		if !v.Allowed {
			refused++
		}
		if v.Allowed != (len(o.Refused[i]) == 0) {
			differ("%s %s → %s (nonce %q, integrity %q): Chromium refuses %v, we say %v by %q %s\n  %s", a.Kind, a.URL, a.leads, a.Nonce, a.Integrity, o.Refused[i], v.Allowed, v.By, v.Directive, w.policy)
			continue
		}
		if want := l.request(a).Kind.Directive(); !v.Allowed && !slices.Contains(o.Refused[i], want) {
			differ("%s %s: Chromium names %v, we %s", a.Kind, a.URL, o.Refused[i], want)
		}
	}
	return 1 + len(w.Requests), refused, differences
}

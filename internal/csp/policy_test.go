package csp

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func published(t *testing.T) map[string]*Policy {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/published.txtar")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]*Policy{}
	for _, f := range archive.Files {
		p, problems := Parse(string(f.Data))
		list[f.Name] = p
		for _, x := range problems {
			if x.Code != "unknown-directive" {
				t.Errorf("%s: %s", f.Name, x)
			}
		}
	}
	if len(list) < 10 {
		t.Fatalf("%d policies", len(list))
	}
	return list
}

// near makes up a request close to something a policy says: the hosts, ports and paths it names, and their neighbours.
func near(r *rand.Rand, policies ...*Policy) Request {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	req := Request{Kind: Kind(r.IntN(int(kinds))), Page: ParseAddress(one("https://wiki.example/w/", "http://wiki.example:8080/", "https://forge.example/")),
		Redirected: r.IntN(6) == 0, ParserInserted: r.IntN(2) == 0}
	var s Source
	if p := policies[r.IntN(len(policies))]; len(p.Directives) > 0 {
		if d := p.Directives[r.IntN(len(p.Directives))]; len(d.Sources) > 0 {
			s = d.Sources[r.IntN(len(d.Sources))]
		}
	}
	if s.Kind == Nonce {
		req.Nonce = s.Value
	}
	host := s.Host
	if s.Wild || host == "" {
		host = strings.TrimPrefix(one("a.", "a.b.", "", "x")+host, ".")
	}
	port := ""
	if s.Port > 0 && r.IntN(3) > 0 {
		port = fmt.Sprint(":", s.Port)
	} else if r.IntN(4) == 0 {
		port = one(":8080", ":443", ":80")
	}
	scheme := one(s.Scheme, "https", "http", "wss", "ws")
	switch {
	case s.Kind == Scheme && r.IntN(2) == 0, r.IntN(12) == 0:
		req.URL = ParseAddress(one(s.Scheme, "data", "blob", "about") + ":x")
	case s == Word(Self):
		req.URL = req.Page
	default:
		req.URL = ParseAddress(scheme + "://" + host + port + one(s.Path, s.Path+"x", "/", "/other"))
	}
	req.Text = one("", "alert(1)")
	return req
}

// sameDecisions compares what two policies say about requests near both.
func sameDecisions(t *testing.T, name string, a, b *Policy, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		req := near(r, a, b)
		if x, y := a.Allows(req), b.Allows(req); x.Allowed != y.Allowed {
			t.Fatalf("%s: %+v is %v by %s, then %v by %s\n%s\n%s", name, req, x.Allowed, x.By, y.Allowed, y.By, a, b)
		}
	}
}

func TestPublishedPoliciesAreReadAndPrintedBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, p := range published(t) {
		again, problems := Parse(p.String())
		if again.String() != p.String() {
			t.Errorf("%s: %s\nis printed %s", name, p, again)
		}
		for _, x := range problems {
			if x.Code != "unknown-directive" {
				t.Errorf("%s: %s", name, x)
			}
		}
		sameDecisions(t, name, p, again, 3000)
		small := p.Minimise()
		sameDecisions(t, name, p, small, 3000)
		t.Logf("%-24s %5d bytes, %5d when minimised", name, len(p.String()), len(small.String()))
		allowed := 0
		for range 1000 {
			if p.Allows(near(r, p)).Allowed {
				allowed++
			}
		}
		if allowed < 30 || allowed > 980 {
			t.Errorf("%s: %d of 1000 allowed: the requests prove nothing", name, allowed)
		}
	}
}

func TestMinimisedPoliciesDecideAlike(t *testing.T) {
	g := &generator{&lab{port: "8080", other: "8443"}, rand.New(rand.NewPCG(5, 6))}
	before, after := 0, 0
	for range 400 {
		p, _ := Parse(g.policy())
		m := p.Minimise()
		before, after = before+len(p.String()), after+len(m.String())
		sameDecisions(t, "generated", p, m, 150)
	}
	t.Logf("%d bytes became %d", before, after)
	if after >= before {
		t.Error("nothing became shorter")
	}
}

func TestAUnionAllowsWhatAnyAllows(t *testing.T) {
	g := &generator{&lab{port: "8080", other: "8443"}, rand.New(rand.NewPCG(7, 8))}
	exact, lossy := 0, 0
	for range 400 {
		a, _ := Parse(g.policy())
		b, _ := Parse(g.policy())
		u, problems := Union(a, b)
		if len(problems) > 0 {
			lossy++
			continue
		}
		exact++
		for range 150 {
			req := near(g.Rand, a, b)
			if want, got := a.Allows(req).Allowed || b.Allows(req).Allowed, u.Allows(req); got.Allowed != want {
				t.Fatalf("%+v: one allows %v, both %v by %s\n%s\n%s\n%s", req, want, got.Allowed, got.By, a, b, u)
			}
		}
	}
	t.Logf("%d unions say all, %d had to say what they cannot", exact, lossy)
	if exact < 100 || lossy < 20 {
		t.Error("the generator is lopsided")
	}
}

func TestASetAllowsWhatAllAllow(t *testing.T) {
	set, _ := ParseHeader("img-src a.test b.test, img-src b.test c.test", "default-src *")
	if len(set) != 3 {
		t.Fatalf("%d policies", len(set))
	}
	for host, want := range map[string]bool{"a": false, "b": true, "c": false} {
		req := Request{Kind: Image, URL: ParseAddress("http://" + host + ".test/"), Page: ParseAddress("http://wiki.test/")}
		if v := set.Allows(req); v.Allowed != want {
			t.Errorf("%s is %v", host, v)
		}
	}
	set[0].ReportOnly = true
	req := Request{Kind: Image, URL: ParseAddress("http://c.test/"), Page: ParseAddress("http://wiki.test/")}
	if !set.Allows(req).Allowed || len(set.Reports(req)) != 1 || len(set.Values(true)) != 1 || len(set.Values(false)) != 2 {
		t.Error("a report-only policy blocks, or says nothing")
	}
}

func TestAGrantStartsFromWhatHeld(t *testing.T) {
	list := func(words ...string) (s []Source) {
		for _, w := range words {
			one, why := ParseSource(w)
			if why != "" {
				t.Fatal(w, why)
			}
			s = append(s, one)
		}
		return s
	}
	for _, c := range []struct{ policy, name, grant, want string }{
		{"default-src 'self'", "img-src", "a.test", "default-src 'self'; img-src 'self' a.test"},
		{"img-src *.a.test", "img-src", "b.a.test c.test", "img-src *.a.test c.test"},
		{"script-src 'self'", "img-src", "a.test", "script-src 'self'"},
		{"script-src x.test; script-src-elem 'self'", "script-src", "a.test", "script-src x.test a.test; script-src-elem 'self' a.test"},
		{"child-src x.test; default-src *", "worker-src", "a.test", "child-src x.test; default-src *; worker-src x.test a.test"},
		{"default-src 'none'", "connect-src", "https://a.test:8443/x/", "default-src 'none'; connect-src https://a.test:8443/x/"},
		{"form-action 'none'", "form-action", "a.test", "form-action a.test"},
		{"default-src 'none'", "sandbox", "a.test", "default-src 'none'"},
	} {
		p, _ := Parse(c.policy)
		if got := p.Grant(c.name, list(strings.Fields(c.grant)...)...).String(); got != c.want {
			t.Errorf("%q and %s %s: %q, want %q", c.policy, c.name, c.grant, got, c.want)
		}
		if p.String() != c.policy {
			t.Errorf("%q became %q", c.policy, p)
		}
	}
}

// TestNothingInASourceEndsThePolicy puts what an attacker would like to write into every field.
func TestNothingInASourceEndsThePolicy(t *testing.T) {
	evil := []string{"a.test; script-src *", "a.test,script-src *", "a.test\r\nX-Evil: 1", "a.test script", "*", "a.test/;x", "a test", "'unsafe-inline'",
		"ü.test", "a.test\x00", "", "https://a.test", "a.test:80", "x'; img-src *", "a\u2028b", "%3B", "'none'", "a.test?x", "/p;q", "/p q", "/p,q", "/p\nq", "/ok"}
	for _, e := range evil {
		for _, s := range []Source{{Kind: Host, Host: e}, {Kind: Host, Host: "a.test", Path: e}, {Kind: Host, Host: "a.test", Scheme: e}, {Kind: Scheme, Scheme: e},
			{Kind: Nonce, Value: e}, {Kind: Hash, Digest: "sha256", Value: e}, {Kind: Hash, Digest: e, Value: "abcd"}, {Kind: Keyword, Value: e},
			{Kind: Host, Host: e, Wild: true}, {Kind: Host, Host: "a.test", Port: -7}, {Kind: Host, Host: "a.test", Port: 99999}} {
			p := &Policy{Directives: []Directive{{Name: "img-src", Sources: []Source{s}}, {Name: e, Sources: []Source{s}}, {Name: "report-uri", Tokens: []string{e, "/ok"}}}}
			text := p.String()
			set, _ := ParseHeader(text)
			if len(set) != 1 || strings.ContainsAny(text, "\r\n\x00,") || strings.Count(text, ";") > 1+strings.Count(p.Directives[1].String(), "-src") {
				t.Errorf("%q in %+v prints %q", e, s, text)
			}
			for _, d := range set[0].Directives {
				if d.Name != "img-src" && d.Name != "report-uri" && d.Name != strings.ToLower(e) {
					t.Errorf("%q begins a directive %s: %q", e, d.Name, text)
				}
			}
			if d := set[0].Find("img-src"); d == nil || len(d.Sources) > 1 || len(d.Sources) == 1 && d.Sources[0] != s {
				t.Errorf("%q in %+v reads back as %+v", e, s, set[0])
			}
		}
	}
}

func TestWhatBrowsersIgnoreIsListed(t *testing.T) {
	for text, want := range map[string]string{
		"img-src a.test; IMG-SRC b.test":                     "duplicate-directive",
		"img-src 'none' a.test":                              "none-with-others",
		"img-src 'unsafe-inlin'":                             "bad-source",
		"img-src a_b.test":                                   "bad-source",
		"img-src a.test:99999":                               "bad-source",
		"img-src 'nonce-'":                                   "bad-source",
		"img-src http://a.test/x?y":                          "query-in-path",
		"img-src self":                                       "missing-quotes",
		"img-src ü.test":                                     "not-ascii",
		"navigate-to 'self'":                                 "unknown-directive",
		"image-src 'self'":                                   "unknown-directive",
		"sandbox allow-everything":                           "unknown-flag",
		"upgrade-insecure-requests 1":                        "no-value",
		"frame-ancestors 'unsafe-inline'":                    "not-a-place",
		"report-to a b":                                      "bad-value",
		"require-trusted-types-for 'style'":                  "bad-value",
		"default-src " + strings.Repeat("a.test ", 40_000):   "too-long",
		"img-src" + strings.Repeat(" 'bad'", 1000):           "too-many",
		"script-src 'nonce-abc' 'unsafe-inline'; img-src 'x": "bad-source",
	} {
		_, problems := Parse(text)
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == want }) {
			t.Errorf("%.60q: %v, want %s", text, problems, want)
		}
		if len(problems) > maxProblems+1 {
			t.Errorf("%.60q: %d problems", text, len(problems))
		}
	}
}

func FuzzParse(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/published.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data))
	}
	for _, c := range corners {
		f.Add(c.policy)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, _ := Parse(text)
		printed := p.String()
		if strings.ContainsAny(printed, "\r\n,") {
			t.Fatalf("%q prints %q", text, printed)
		}
		again, _ := Parse(printed)
		if again.String() != printed {
			t.Fatalf("%q prints %q, then %q", text, printed, again)
		}
		r := rand.New(rand.NewPCG(1, 1))
		m := p.Minimise()
		for range 5 {
			req := near(r, p)
			if a, b, c := p.Allows(req), again.Allows(req), m.Allows(req); a.Allowed != b.Allowed || a.Allowed != c.Allowed {
				t.Fatalf("%q: %+v is %v, %v printed, %v minimised", text, req, a, b, c)
			}
		}
		ParseAddress(text)
		ParseHeader(text, text)
	})
}

func BenchmarkAllows(b *testing.B) {
	text, _ := os.ReadFile("testdata/published.txtar")
	p, _ := Parse(string(txtar.Parse(text).Files[2].Data))
	req := Request{Kind: Image, URL: ParseAddress("https://elsewhere.example/x.png"), Page: ParseAddress("https://forge.example/")}
	for b.Loop() {
		p.Allows(req)
	}
}

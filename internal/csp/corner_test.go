package csp

import (
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// corners are policies at the places where implementations differ. PORT is the port of the pages.
var corners = []struct {
	policy   string
	requests []attempt
}{
	{"connect-src http:", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/")},
	{"connect-src https:", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/")},
	{"connect-src ws:", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/")},
	{"connect-src wss:", connects("ws://b.test/", "wss://b.test/")},
	{"connect-src http://b.test", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/")},
	{"connect-src https://b.test", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/")},
	{"connect-src ws://b.test", connects("ws://b.test/", "wss://b.test/", "https://b.test/")},
	{"connect-src b.test", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/", "http://b.test:81/")},
	{"connect-src b.test:8080", connects("ws://b.test:8080/", "wss://b.test:8080/", "https://b.test:8080/", "http://b.test:8080/")},
	{"connect-src b.test:80", connects("ws://b.test/", "wss://b.test/", "https://b.test/", "http://b.test/", "https://b.test:80/")},
	{"connect-src b.test:443", connects("https://b.test/", "http://b.test:443/", "wss://b.test/", "ws://b.test:443/")},
	{"connect-src https://b.test:80", connects("https://b.test/", "https://b.test:80/")},
	{"connect-src http://b.test:8080", connects("https://b.test:8080/", "http://b.test:8080/", "ws://b.test:8080/")},
	{"connect-src http://b.test:*", connects("https://b.test:8080/", "https://b.test/", "ws://b.test:8080/", "wss://b.test:1234/")},
	{"connect-src *:8080", connects("https://b.test:8080/", "http://b.test:8080/", "http://b.test/", "ws://b.test:8080/")},
	{"connect-src *", connects("https://b.test:8080/", "ws://b.test/", "wss://b.test/", "data:,x")},
	{"connect-src 'self'", connects("ws://wiki.test:PORT/", "wss://wiki.test:PORT/", "https://wiki.test:PORT/", "http://wiki.test:PORT/", "http://wiki.test/", "https://wiki.test/", "wss://wiki.test/")},
	{"connect-src wiki.test:PORT", connects("ws://wiki.test:PORT/", "wss://wiki.test:PORT/", "https://wiki.test:PORT/")},
	{"img-src http://b.test/lib/", images("http://b.test/lib/a", "http://b.test/lib", "http://b.test/lib/", "http://b.test/LIB/a", "http://b.test/x/../lib/a", "http://b.test/lib/../x", "http://b.test/%6Cib/a", "http://b.test/lib%2Fa")},
	{"img-src http://b.test/lib/a", images("http://b.test/lib/a", "http://b.test/lib/a/", "http://b.test/lib/a?x", "http://b.test/lib%2Fa", "http://b.test/lib/%61", "http://b.test/lib/%2e/a")},
	{"img-src http://b.test/lib%2Fa/", images("http://b.test/lib/a/x", "http://b.test/lib%2fa/x")},
	{"img-src http://b.test/a;b http://b.test/a%3Bb/ http://b.test/c%2Cd", images("http://b.test/a", "http://b.test/a;b", "http://b.test/a;b/x", "http://b.test/c,d")},
	{"img-src http://b.test?x http://other.test#x http://b.test/p?y", images("http://b.test/", "http://other.test/", "http://b.test/p", "http://b.test/q")},
	{"img-src b.test. *.b.test", images("http://b.test./", "http://b.test/", "http://a.b.test./", "http://a.b.test/")},
	{"img-src 127.0.0.2 127.0.0.1:PORT [::1]", images("http://127.0.0.2/", "http://127.0.0.1:PORT/", "http://[::1]/")},
	{"img-src *.0.0.1:PORT", images("http://127.0.0.1:PORT/")},
	{"img-src b.test:0 b.test:65536 b.test:080 other.test:", images("http://b.test/", "http://other.test/")},
	{"img-src b.test:00080", images("http://b.test/", "http://b.test:81/")},
	{"img-src *", images("data:,x", "blob:http://wiki.test:PORT/x", "http://b.test/", "https://b.test:1234/")},
	{"img-src http://*", images("data:,x", "http://b.test/", "https://b.test/", "https://b.test:1234/")},
	{"img-src 'self'", images("blob:http://wiki.test:PORT/x", "data:,x", "http://WIKI.test:PORT/", "http://wiki.test:81/", "https://wiki.test/")},
	{"img-src data:", images("data:,x", "DATA:,x", "http://b.test/")},
	{"img-src 'none' http://b.test", images("http://b.test/")},
	{"img-src 'NONE'", images("http://b.test/")},
	{"img-src ;img-src *", images("http://b.test/")},
	{"IMG-SRC HTTP://B.TEST/Lib", images("http://b.test/Lib", "http://b.test/lib")},
	{"img-src b.test\tother.test\f", images("http://b.test/", "http://other.test/")},
	{"img-src b\u00fc.test; default-src b.test", images("http://b.test/", "http://other.test/")},
	{"default-src 'none'; img-src b\u00fc.test b.test", images("http://b.test/")},
	{"img-src b.test http://:80 //b.test b.test/../x", images("http://b.test/lib", "http://b.test/x")},
	{"img-src b_.test *b.test b*.test *.*.test -b.test", images("http://b.test/", "http://a.b.test/", "http://-b.test/")},
	{"img-src localhost:PORT", images("http://localhost:PORT/", "http://a.localhost:PORT/", "http://127.0.0.1:PORT/")},
	{"frame-src 'none'", []attempt{{Kind: "frame", URL: "about:blank"}, {Kind: "frame", URL: "about:srcdoc"}, {Kind: "frame", URL: "http://b.test/"}, {Kind: "frame", URL: "data:text/html,x"}}},
	{"upgrade-insecure-requests; img-src https:", images("http://b.test/", "http://127.0.0.1:PORT/", "https://b.test/")},
	{"upgrade-insecure-requests; img-src http://b.test:80", images("http://b.test/", "http://b.test:81/")},
	{"base-uri https:", attemptsOf("base", []string{"https://b.test/", "https://b.test/", "http://b.test/", "https://b.test/", "https://a.test/"})},
	{"base-uri *.other.test:*/", attemptsOf("base", []string{"http://a.other.test/", "http://a.other.test/x", "https://a.other.test:8443/", "http://other.test/"})},
	{"base-uri 'self'", attemptsOf("base", []string{"http://wiki.test:PORT/x", "http://b.test/", "https://wiki.test:PORT/"})},
	{"worker-src 'strict-dynamic'", workers()},
	{"default-src 'strict-dynamic'", workers()},
	{"script-src 'strict-dynamic' 'nonce-abc'", workers()},
	{"child-src 'strict-dynamic' blob:", workers()},
	{"script-src 'self'", workers()},
	{"default-src 'self' blob:; script-src 'none'", workers()},
	{"child-src 'none'; default-src * data: blob:", workers()},
	{"sandbox allow-same-origin; script-src *", []attempt{{Kind: "image", URL: "http://b.test/"}}},
	{"default-src 'nonce-abc'", []attempt{{Kind: "style", URL: "http://b.test/a.css", Nonce: "abc"}, {Kind: "script", URL: "http://wiki.test:PORT/x.js", Nonce: "abc"}, {Kind: "script", URL: "http://wiki.test:PORT/x.js", Nonce: "ab"}}},
	{"script-src-elem 'unsafe-eval'; script-src 'none'", []attempt{{Kind: "eval"}, {Kind: "wasm-eval"}}},
	{"script-src-elem 'none'", []attempt{{Kind: "eval"}, {Kind: "handler", Text: ownScript}, {Kind: "javascript-url", Text: jsURL}}},
	{"script-src-attr 'none'", []attempt{{Kind: "eval"}, {Kind: "handler", Text: ownScript}, {Kind: "javascript-url", Text: jsURL}}},
	{"script-src 'wasm-unsafe-eval'", []attempt{{Kind: "eval"}, {Kind: "wasm-eval"}}},
	{"script-src 'unsafe-hashes' " + HashOf("sha512", jsURL).String() + " " + HashOf("sha256", "void 0").String(), []attempt{{Kind: "javascript-url", Text: jsURL}, {Kind: "javascript-url", Text: "javascript:void (went = 2)"}, {Kind: "handler", Text: "void 0"}}},
}

func connects(urls ...string) []attempt { return attemptsOf("connect", urls) }
func images(urls ...string) []attempt   { return attemptsOf("image", urls) }
func workers() []attempt {
	return attemptsOf("worker", []string{"http://wiki.test:PORT/x.js", "blob:", "data:text/javascript,postMessage(1)"})
}

func attemptsOf(kind string, urls []string) []attempt {
	var list []attempt
	for _, u := range urls {
		list = append(list, attempt{Kind: kind, URL: u})
	}
	return list
}

func TestChromiumAgreesAtTheCorners(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	l := newLab(t)
	p.Goto(l.page + "/drive")
	var works []work
	for _, c := range corners {
		requests := make([]attempt, len(c.requests))
		for i, a := range c.requests {
			a.URL = strings.ReplaceAll(a.URL, "PORT", l.port)
			requests[i] = a
		}
		works = append(works, l.work(strings.ReplaceAll(c.policy, "PORT", l.port), requests))
	}
	pairs, _ := l.compareAll(t, p, works)
	t.Logf("%d pairs", pairs)
}

func TestChromiumAgreesWhoMayFrame(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	l := newLab(t)
	p.Goto(l.page + "/drive")
	var works []work
	for _, list := range []string{"'none'", "'self'", "*", "http:", "https:", "wiki.test:" + l.port, "wiki.test", "http://wiki.test:*", "*.test:*", "b.test",
		"wiki.test:" + l.port + "/elsewhere", "'unsafe-inline'", "", "b.test 'self'"} {
		works = append(works, l.work("default-src 'none'; script-src 'unsafe-inline'; frame-ancestors "+list, []attempt{}))
	}
	for i, o := range run(t, p, works) {
		set, _ := ParseHeader(works[i].policy)
		page := ParseAddress(l.page)
		if v := set.Allows(Request{Kind: Ancestor, URL: page, Page: page}); v.Allowed != o.Framed {
			t.Errorf("%q: Chromium shows the frame: %v, we say %v by %q", works[i].policy, o.Framed, v.Allowed, v.By)
		}
	}
}

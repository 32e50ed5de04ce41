package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/approved"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

const triedText = "window.tried = 'yes';"

// tried is a wiki where Ira tries a text of Common.js and one of a gadget that wait.
func tried(t *testing.T) *reviewed {
	t.Helper()
	s := newReviewed(t)
	s.save("MediaWiki:Common.js", triedText)
	s.save("MediaWiki:Gadget-one.js", triedText)
	for _, m := range []string{"site", "ext.gadget.one"} {
		s.get("/w/load.php?skin=vector&modules=" + m)
	}
	s.try("MediaWiki:Common.js", "MediaWiki:Gadget-one.js")
	return s
}

func (s *reviewed) title(name string) wiki.Title {
	s.Helper()
	t, err := s.book.Site().Parse(name)
	s.ok(err)
	return t
}

func (s *reviewed) try(names ...string) {
	s.Helper()
	for _, name := range names {
		s.ok(s.book.Try(s.Context(), s.title(name), store.DigestOf(triedText), s.ira(), time.Hour))
	}
}

func (s *reviewed) ira() wiki.User {
	s.Helper()
	u, err := s.client.WhoAmI(s.Context(), s.cookies)
	s.ok(err)
	return u
}

// page is a page of the wiki as a browser asks for one.
func (s *reviewed) page(header ...string) (*http.Response, string) {
	s.Helper()
	return s.get("/w/index.php?title=Main_Page", append([]string{"Accept", "text/html", "Sec-Fetch-Dest", "document"}, header...)...)
}

func TestOnlyTheTestersPagesHaveTheWaitingTextAndABarThatSaysSo(t *testing.T) {
	s := tried(t)
	r, page := s.page()
	for _, want := range []string{`src="/sallyport/trial/load.php?`, `<aside id="sallyport-trial" lang="en" dir="ltr"`, "<bdi>MediaWiki:Common.js</bdi>", "<bdi>MediaWiki:Gadget-one.js</bdi>", `<a href="/sallyport/trial"`, "Stop testing"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page[:min(len(page), 3000)])
		}
	}
	if strings.Contains(page, `"/w/load.php?`) || r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("ETag") != "" {
		t.Errorf("the page can be kept, or loads from the wiki: %v\n%.3000s", r.Header, page)
	}
	if body, bar := strings.Index(page, "<body"), strings.Index(page, "<aside id=\"sallyport-trial\""); bar < body || strings.Count(page, "sallyport-trial") != 1 {
		t.Errorf("the bar is at %d, the body begins at %d", bar, body)
	}
	r, got := s.get("/sallyport/trial/load.php?modules=site%7Cext.gadget.one,two&skin=vector")
	if strings.Count(got, "tried") != 2 || r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("the tester gets %v\n%s", r.Header, got)
	}
	for name, cookie := range map[string]string{"nobody": "", "a forged session": "w_session=x", "two sessions": s.cookies + "; " + s.book.Site().ID + "_session=x"} {
		for _, q := range []string{"/w/load.php?modules=site%7Cext.gadget.one&skin=vector", "/sallyport/trial/load.php?modules=site%7Cext.gadget.one&skin=vector", "/w/index.php?title=MediaWiki:Common.js&action=raw&ctype=text/javascript"} {
			if r, got := s.get(q, "Cookie", cookie); strings.Contains(got, "tried") || r.StatusCode != http.StatusOK {
				t.Errorf("%s gets of %s: %s %s", name, q, r.Status, got)
			}
		}
		if _, page := s.page("Cookie", cookie); strings.Contains(page, "sallyport-trial") || strings.Contains(page, "trial/load.php") {
			t.Errorf("the page of %s: %s", name, page)
		}
	}
	if _, got := s.get("/w/load.php?modules=site%7Cext.gadget.one&skin=vector"); strings.Contains(got, "tried") {
		t.Errorf("an address that everybody shares serves it: %s", got)
	}
}

func TestTheTestersRegistryLoadsFromTheTestersAddressInVersionsOfItsOwn(t *testing.T) {
	s := tried(t)
	const query = "modules=startup&only=scripts&raw=1&skin=vector"
	version := func(body, module string) string {
		m := regexp.MustCompile(`\["` + regexp.QuoteMeta(module) + `","([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("no row of %s in %.2000s", module, body)
		}
		return m[1]
	}
	r, mine := s.get("/sallyport/trial/load.php?" + query)
	_, theirs := s.get("/w/load.php?" + query)
	if !strings.Contains(mine, `mw.loader.addSource({"local":"/sallyport/trial/load.php"})`) || strings.Contains(theirs, "trial") || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the tester's source is not theirs alone: %v", r.Header)
	}
	if a, b := version(mine, "ext.gadget.one"), version(theirs, "ext.gadget.one"); a == b || !strings.HasPrefix(b, "kept") || a != version(s.direct("/w/load.php?"+query), "ext.gadget.one") {
		t.Errorf("the current text has the version %s for the tester, %s for everybody", a, b)
	}
	s.save("MediaWiki:Gadget-one.js", "window.newer = 1;")
	_, mine = s.get("/sallyport/trial/load.php?" + query)
	_, theirs = s.get("/w/load.php?" + query)
	_, module := s.get("/sallyport/trial/load.php?modules=ext.gadget.one&skin=vector")
	if a, b := version(mine, "ext.gadget.one"), version(theirs, "ext.gadget.one"); a == b || !strings.HasPrefix(a, "kept") || !strings.Contains(module, `"ext.gadget.one@`+a+`"`) || !strings.Contains(module, "tried") {
		t.Errorf("an older text has the version %s for the tester, %s for everybody; served %s", a, b, module)
	}
	if version(mine, "jquery") != version(theirs, "jquery") {
		t.Error("other modules have another version")
	}
	if _, body := s.get("/sallyport/trial/load.php?" + query + "&debug=2"); !strings.Contains(body, `"/sallyport/trial/load.php"`) {
		t.Error("in debug mode modules come from the wiki")
	}
}

func TestATrialThatEndsLeavesNothing(t *testing.T) {
	s := tried(t)
	s.page()
	for _, name := range []string{"MediaWiki:Common.js", "MediaWiki:Gadget-one.js"} {
		s.ok(s.book.StopTrying(t.Context(), s.title(name), s.ira()))
	}
	if _, page := s.page(); strings.Contains(page, "sallyport-trial") || strings.Contains(page, "trial/load.php") || !strings.Contains(page, `"/w/load.php?`) {
		t.Errorf("the page after it: %.2000s", page)
	}
	for _, q := range []string{"modules=site&skin=vector", "modules=ext.gadget.one&skin=vector", "modules=startup&only=scripts&raw=1&skin=vector", "modules=mediawiki.util&skin=vector"} {
		r, got := s.get("/sallyport/trial/load.php?" + q) // a page that is still open asks
		_, want := s.get("/w/load.php?" + q)
		if diff := cmp.Diff(want, got); diff != "" || r.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %v %s", q, r.Header, diff)
		}
	}
	s.try("MediaWiki:Common.js")
	s.ok(s.book.Decide(t.Context(), s.title("MediaWiki:Common.js"), store.DigestOf(triedText), wiki.User{ID: 99, Name: "Rita", Rights: []string{"editinterface", "editsitejs"}}, store.ReviewRejected, "no"))
	if _, page := s.page(); strings.Contains(page, "sallyport-trial") || strings.Contains(page, "trial/load.php") {
		t.Errorf("a text that was rejected is tried: %.2000s", page)
	}
}

func TestARawPageIsTheTriedTextForTheTesterAlone(t *testing.T) {
	s := tried(t)
	const raw = "/w/index.php?title=MediaWiki:Common.js&action=raw&ctype=text/javascript"
	r, got := s.get(raw)
	if got != triedText || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the tester gets %q, %s", got, r.Header.Get("Cache-Control"))
	}
	s.save("MediaWiki:Common.js", "window.newer = 1;")
	if _, got := s.get(raw); got != triedText {
		t.Errorf("after another edit: %q", got)
	}
	if _, got := s.get(raw, "Cookie", ""); got != "window.common = 'good';" {
		t.Errorf("everybody gets %q", got)
	}
	if _, got := s.get(strings.Replace(raw, "Common.js", "Gadget-two.js", 1)); got != "window.two = 'good';" {
		t.Errorf("another page: %q", got)
	}
}

func TestOtherModulesMayBeKeptByTheTestersBrowser(t *testing.T) {
	s := tried(t)
	r, got := s.get("/sallyport/trial/load.php?modules=mediawiki.util&skin=vector")
	want, wanted := s.get("/w/load.php?modules=mediawiki.util&skin=vector")
	if got != wanted || r.Header.Get("Cache-Control") != strings.Replace(want.Header.Get("Cache-Control"), "public", "private", 1) {
		t.Errorf("%s, the wiki's %s", r.Header.Get("Cache-Control"), want.Header.Get("Cache-Control"))
	}
	if r, _ := s.send("POST", "/sallyport/trial/load.php?modules=site", "text/plain", "x"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", r.Status)
	}
}

func TestAPageInSafeModeLoadsNothingOfTheTester(t *testing.T) {
	s := tried(t)
	_, page := s.get("/w/index.php?title=Main_Page&safemode=1", "Accept", "text/html", "Sec-Fetch-Dest", "document")
	if strings.Contains(page, "trial/load.php") || !strings.Contains(page, "sallyport-trial") {
		t.Errorf("%.3000s", page)
	}
}

func TestAddressesOfTheWikiBecomeOursWhereverTheyStand(t *testing.T) {
	site := &wiki.Site{Server: "https://w.example", ScriptPath: "/w"}
	for head, want := range map[string]string{
		`<script src="/w/load.php?a=1&amp;b">`:             `<script src="/t?a=1&amp;b">`,
		`<link href="https://w.example/w/load.php?a">`:     `<link href="/t?a">`,
		`<link href="//w.example/w/load.php?a">`:           `<link href="/t?a">`,
		`mw.loader.load("/w/load.php?a=1\u0026modules=b")`: `mw.loader.load("/t?a=1\u0026modules=b")`,
		`{"wgTitle":"\"/w/load.php?a"}`:                    `{"wgTitle":"\"/w/load.php?a"}`,
		`{"wgLoadScript":"/w/load.php"}`:                   `{"wgLoadScript":"/w/load.php"}`,
		`<link href="https://other.example/w/load.php?a">`: `<link href="https://other.example/w/load.php?a">`,
		`<a href="/w/load_php?a">`:                         `<a href="/w/load_php?a">`,
	} {
		if got := string(ownLoads([]byte(head), site, "/t")); got != want {
			t.Errorf("%s becomes %s", head, got)
		}
	}
}

func TestTheBarSpeaksTheLanguageOfThePageAndTrustsNoName(t *testing.T) {
	mine := &trial{book: newReviewed(t).book, list: []approved.Trial{{Page: wiki.Title{NS: wiki.NSMediaWiki, Key: `Gadget-<b>"x.js`}, Revision: 7}}}
	he, err := mine.bar("he", "/sallyport")
	if err != nil || !strings.Contains(string(he), `lang="he" dir="rtl"`) || !strings.Contains(string(he), "הפסקת הניסוי") || strings.Contains(string(he), "<b>") || !strings.Contains(string(he), "&lt;b&gt;") {
		t.Errorf("%v %s", err, he)
	}
	if xx, err := mine.bar("xx", "/sallyport"); err != nil || !strings.Contains(string(xx), `lang="en" dir="ltr"`) {
		t.Errorf("%v %s", err, xx)
	}
}

func TestAPageIsEverybodysWhileTheWikiDoesNotSayWhoseItIs(t *testing.T) {
	answers := 0
	s := NewReaders("wiki_session", func(context.Context, *http.Request) (wiki.User, error) {
		if answers++; answers == 1 {
			return wiki.User{}, errors.New("down")
		}
		return wiki.User{ID: 5, Name: "Mara"}, nil
	}, time.Now, slog.New(slog.DiscardHandler))
	for i, want := range []bool{false, true, true} {
		if u, ok := s.sent(with("wiki_session=a")); ok != want || ok != (u.ID == 5) {
			t.Errorf("asked %d times: %+v %v", i+1, u, ok)
		}
	}
	if u, ok := s.sent(with("wiki_session=a", "wiki_session=b")); ok || u.ID != 0 {
		t.Errorf("of two sessions: %+v %v", u, ok)
	}
	if u, ok := s.sent(with("theme=dark")); !ok || u.ID != 0 || answers != 2 {
		t.Errorf("nobody's: %+v %v, asked %d times", u, ok, answers)
	}
}

func FuzzNothingOfAPageIsLost(f *testing.F) {
	for _, page := range []string{"", "<html><head></head><body class=\"a\">x", "<body", strings.Repeat("<", maxHead) + "<body>", "<BODY>"} {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		r := iotest.OneByteReader(strings.NewReader(page))
		head, end, err := untilBody(r)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(r)
		if err != nil || string(head)+string(rest) != page {
			t.Fatalf("%q became %q and %q: %v", page, head, rest, err)
		}
		if end > len(head) || end > 0 && head[end-1] != '>' || end < -1 {
			t.Fatalf("%q begins at %d of %d", page, end, len(head))
		}
	})
}

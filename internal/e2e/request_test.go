package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// shot keeps a picture to be looked at, when SCREENSHOTS names a folder.
func shot(p *browsertest.Page, name string) {
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, name+".png"))
	}
}

// A reader's script is kept from a server; the page says so, the reader asks, an operator grants it to the gadget, and the
// reader is told and has it, while nobody else does.
func TestAReaderWhoseScriptBrokeAsksAndIsAnswered(t *testing.T) {
	browser := browsertest.Start(t)
	words, reached := outside(t, "words")
	g := guard(t, realWiki, "[policy]\nmode = \"enforce\"\n")
	g.people("Mara", "Noor", "Olaf")
	g.edit("Mara", "User:Mara/words.js", fmt.Sprintf("fetch( %q ).then( ( r ) => r.text() ).then( ( t ) => { window.said = t; }, () => { window.said = 'kept from it'; } );", words+"/x?token=secret"))
	g.edit("Mara", "User:Mara/words.gadget", `{"module":{"pages":["User:Mara/words.js"]}}`)
	module := ""
	g.eventually("the gadget is known", func() bool {
		r, err := local.Get(g.front + "/sallyport/gadget/User:Mara/words")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		module = path.Base(r.Header.Get("Location"))
		return r.StatusCode == http.StatusSeeOther
	})

	noor, olaf := trusting(t, browser), trusting(t, browser)
	for p, name := range map[*browsertest.Page]string{noor: "Noor", olaf: "Olaf"} {
		g.login(p, name)
		g.tick(p, module)
	}
	noor.Goto(g.page("Main_Page"))
	noor.WaitFor("document.querySelector( '.mw-notification a[href*=\"/sallyport/blocked\"]' )")
	if text := noor.Text(".mw-notification"); !strings.Contains(text, "words was kept from contacting "+words+".") {
		t.Errorf("the notice says %q", text)
	}
	if n := browsertest.Eval[int](noor, "document.querySelectorAll( '.mw-notification' ).length"); n != 1 {
		t.Errorf("%d notices", n)
	}
	if href := browsertest.Eval[string](noor, "document.querySelector( '.mw-notification a' ).getAttribute( 'href' )"); strings.Contains(href, "secret") || strings.Contains(href, "Main") {
		t.Errorf("the link says more than the notice: %s", href)
	}
	noor.WaitFor("getComputedStyle( document.querySelector( '.mw-notification' ) ).opacity === '1'")
	shot(noor, "notice")
	noor.Viewport(320, 700)
	shot(noor, "notice-320")
	noor.Viewport(1100, 800)
	noor.ClickTo(".mw-notification a")
	g.eventually("a report is kept", func() bool {
		noor.Reload()
		return browsertest.Eval[bool](noor, "!!document.querySelector( 'form.ask' )")
	})
	if text := noor.Text("main"); !strings.Contains(text, "It was User:Mara/words.gadget.") || !strings.Contains(text, "Fewer than five people met this") {
		t.Errorf("the page says %s", text)
	}
	shot(noor, "blocked")
	noor.Type("#why", "It explains words to me.")
	noor.WaitFor("getComputedStyle( document.querySelector( 'form.ask button' ) ).pointerEvents !== 'none'")
	noor.ClickTo("form.ask button")
	noor.WaitFor("document.querySelector( 'main' ).textContent.includes( 'You have asked for this.' )")

	admin := browser.NewPage(t)
	g.login(admin, "Admin")
	admin.Goto(g.front + "/sallyport/requests")
	shot(admin, "requests")
	admin.WaitFor("document.querySelector( 'main' ).textContent.includes( 'It explains words to me.' )")
	admin.Type("section.request input[name=reason]", "Fine.")
	admin.WaitFor("getComputedStyle( document.querySelector( 'button[value=gadget]' ) ).pointerEvents !== 'none'")
	admin.ClickTo("button[value=gadget]")
	admin.WaitFor("document.querySelector( '.chip-on' )")

	noor.Goto(g.front + "/sallyport/blocked")
	if text := noor.Text("main"); !strings.Contains(text, "Granted to the gadget") || !strings.Contains(text, "by Admin") {
		t.Errorf("Noor is told %s", text)
	}
	g.told(t, words, "Noor", "Mara")
	g.sally("audit", "verify", "--config", g.file)
	if reached.Load() != 0 {
		t.Error("it was reached before")
	}
	g.eventually("Noor's page reaches it", func() bool { return g.said(noor) == "a word" })
	if said := g.said(olaf); said != "kept from it" {
		t.Errorf("Olaf, who was not asked: %s", said)
	}
}

// wikiID is the wiki's name in the store.
func (g *guarded) wikiID() string {
	g.Helper()
	site, err := mediawiki.New(g.back, g.script, nil, mediawiki.Options{}).Site(g.Context())
	if err != nil {
		g.Fatal(err)
	}
	return site.ID
}

// said is what the gadget got in a page opened now.
func (g *guarded) said(p *browsertest.Page) string {
	g.Helper()
	p.Goto(g.page("Main_Page"))
	p.WaitFor("window.said")
	return browsertest.Eval[string](p, "window.said")
}

// told waits until people have a notice that a server was granted.
func (g *guarded) told(t *testing.T, host string, names ...string) {
	t.Helper()
	wiki := g.wikiID()
	db, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(filepath.Dir(g.file), "sallyport.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	requests, err := db.Requests(t.Context(), wiki, store.RequestGranted, 10)
	if err != nil || len(requests) != 1 || requests[0].Script != "User:Mara/words.gadget" || requests[0].Host != host {
		t.Fatalf("kept: %+v %v", requests, err)
	}
	for _, name := range names {
		account, err := db.Account(t.Context(), wiki, name)
		if err != nil {
			t.Fatal(err)
		}
		g.eventually(name+" is told", func() bool {
			list, err := db.NoticesOf(t.Context(), wiki, account.UserID, 10)
			return err == nil && len(list) > 0 && list[0].Kind == "host-granted"
		})
	}
}

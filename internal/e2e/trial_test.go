package e2e

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/browsertest"
)

// toolScript is in a gadget of Mara's that people have switched on.
const toolScript = "User:Mara/tool.js"

func toolText(word string) string {
	return "window.tool = '" + word + "'; if ( typeof module !== 'undefined' ) { module.exports = window.tool; }"
}

// toolWaits has people switch Mara's gadget on, and Mara change it.
func (g *guarded) toolWaits(people ...*browsertest.Page) {
	g.Helper()
	module := ""
	g.eventually("the gadget is known", func() bool {
		r, err := local.Get(g.front + "/sallyport/gadget/User:Mara/tool")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		module = path.Base(r.Header.Get("Location"))
		return r.StatusCode == http.StatusSeeOther
	})
	for _, p := range people {
		g.tick(p, module)
		g.open(p)
		p.WaitFor("window.tool === 'good'")
	}
	g.edit("Mara", toolScript, toolText("waits"))
	g.eventually("reviewers see that it waits", func() bool { return strings.Contains(g.sally("review", "list", "--config", g.file), toolScript) })
}

// toolIs wants Mara's script to be a text in somebody's page: in her gadget, imported, and as its page.
func (g *guarded) toolIs(p *browsertest.Page, word string) {
	g.Helper()
	g.open(p)
	p.WaitFor("window.tool === '" + word + "'")
	browsertest.Eval[string](p, `sallyport.import( '`+toolScript+`' ).then( function ( kit ) { window.imported = kit; }, function ( e ) { window.imported = String( e ); } ), ''`)
	p.WaitFor("window.imported")
	browsertest.Eval[string](p, `window.tool = '', importScript( '`+toolScript+`' ), ''`)
	p.WaitFor("window.tool")
	if got := browsertest.Eval[string](p, "window.imported + ' ' + window.tool"); got != word+" "+word {
		g.Errorf("imported, and by importScript, it is %s; want %s", got, word)
	}
}

// try lets Rita run what waits in her own pages, with clicks alone, while others read on, and stop.
func (g *guarded) try(browser *browsertest.Browser) {
	g.Helper()
	rita, other := browser.NewPage(g.T), browser.NewPage(g.T)
	g.login(rita, "Rita")
	g.login(other, "Admin")
	g.toolWaits(rita, other)
	for _, title := range []string{"MediaWiki:Common.js", "MediaWiki:Gadget-one.js", toolScript} {
		rita.Goto(g.front + "/sallyport/review")
		rita.ClickTo(`a[href$="title=` + url.QueryEscape(title) + `"]`)
		g.picture(rita, "text")
		g.send(rita, `button[value=try]`)
		if !strings.Contains(rita.Text("main"), "It runs in your pages") {
			g.Fatalf("after the click the page says %s", rita.Text("main"))
		}
	}
	g.open(rita)
	rita.WaitFor("window.taken === 'evil' && mw.loader.getState( 'ext.gadget.two' ) === 'ready'")
	got := browsertest.Eval[string](rita, `[ window.common, window.one, window.two, document.querySelectorAll( '#sallyport-trial' ).length ].join()`)
	if got != ",,good,1" {
		g.Errorf("the tester's page has %s", got)
	}
	if bar := rita.Text("#sallyport-trial"); !strings.Contains(bar, "MediaWiki:Common.js") || !strings.Contains(bar, "MediaWiki:Gadget-one.js") || !strings.Contains(bar, toolScript) || !strings.Contains(bar, "Stop testing") {
		g.Errorf("the bar says %s", bar)
	}
	g.picture(rita, "bar")
	g.rightToLeft(rita)
	g.toolIs(rita, "waits")
	g.toolIs(other, "good")
	for _, p := range []*browsertest.Page{other, browser.NewPage(g.T)} { // with an account and without
		g.visit(p)
		if n := browsertest.Eval[int](p, `document.querySelectorAll( '#sallyport-trial' ).length`); n != 0 {
			g.Error("somebody else has a bar")
		}
	}
	if g.kind == "mediawiki" { // mw.loader.store writes when it is idle
		rita.WaitFor(`JSON.stringify( localStorage ).includes( 'evil' )`)
	}
	g.stopTrying(rita)
	g.toolIs(rita, "good")
	g.open(rita)
	rita.WaitFor("window.common === 'good' && window.one === 'good'")
	if got := browsertest.Eval[string](rita, `[ window.taken, document.querySelectorAll( '#sallyport-trial' ).length, document.documentElement.outerHTML.includes( 'trial/load.php' ) ].join()`); got != ",0,false" {
		g.Errorf("after she stopped her page has %s", got)
	}
	rita.WaitFor(`!JSON.stringify( localStorage ).includes( 'evil' )`)
}

// stopTrying follows the bar to where trials end, and ends them all.
func (g *guarded) stopTrying(p *browsertest.Page) {
	g.Helper()
	p.ClickTo(`#sallyport-trial a`)
	g.picture(p, "trials")
	for range 3 {
		g.send(p, `form[action$="/trial"] button`)
	}
	if text := p.Text("main"); !strings.Contains(text, "You test nothing now.") {
		g.Errorf("after she stopped: %s", text)
	}
}

// open looks at the main page anew.
func (g *guarded) open(p *browsertest.Page) {
	p.Goto(g.front + g.script + "/index.php?title=Main_Page&v=" + strconv.FormatInt(time.Now().UnixNano(), 36))
}

// send presses a button of one of our forms, which take no hasty clicks.
func (g *guarded) send(p *browsertest.Page, button string) {
	g.Helper()
	p.WaitFor("getComputedStyle( document.querySelector( `" + button + "` ) ).pointerEvents !== 'none'")
	p.ClickTo(button)
}

// rightToLeft wants the bar in the language of the page.
func (g *guarded) rightToLeft(p *browsertest.Page) {
	g.Helper()
	p.Goto(g.front + g.script + "/index.php?title=Main_Page&uselang=he&v=" + strconv.FormatInt(time.Now().UnixNano(), 36))
	p.WaitFor("window.taken === 'evil'")
	if got := browsertest.Eval[string](p, `[ document.querySelector( '#sallyport-trial' ) ].map( ( e ) => e.dir + ' ' + e.lang + ' ' + e.querySelector( 'a' ).textContent )[ 0 ]`); g.kind == "mediawiki" && got != "rtl he הפסקת הניסוי" {
		g.Errorf("in Hebrew the bar is %s", got)
	}
	g.picture(p, "bar-he")
}

// picture leaves a picture to be looked at where SCREENSHOTS says.
func (g *guarded) picture(p *browsertest.Page, name string) {
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, "trial-"+g.kind+"-"+name+".png"))
	}
}

package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/browsertest"
)

// try lets Rita run what waits in her own pages, with clicks alone, while others read on, and stop.
func (g *guarded) try(browser *browsertest.Browser) {
	g.Helper()
	rita, other := browser.NewPage(g.T), browser.NewPage(g.T)
	g.login(rita, "Rita")
	g.login(other, "Admin")
	for _, title := range []string{"MediaWiki:Common.js", "MediaWiki:Gadget-one.js"} {
		rita.Goto(g.front + "/sallyport/review")
		rita.ClickTo(`a[href$="title=` + strings.ReplaceAll(title, ":", "%3A") + `"]`)
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
	if bar := rita.Text("#sallyport-trial"); !strings.Contains(bar, "MediaWiki:Common.js") || !strings.Contains(bar, "MediaWiki:Gadget-one.js") || !strings.Contains(bar, "Stop testing") {
		g.Errorf("the bar says %s", bar)
	}
	g.picture(rita, "bar")
	g.rightToLeft(rita)
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
	for range 2 {
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

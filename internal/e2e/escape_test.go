package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"sallyport/internal/browsertest"
)

// TestEveryWayOutOfAPageIsClosedOrNamed tries each way out in a page without a policy, and in one with it. The table in
// docs/csp.md says what came of it: when Chromium, MediaWiki or the policy changes, so does the table. UPDATE=1 writes it.
func TestEveryWayOutOfAPageIsClosedOrNamed(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "escapes.js"))
	if err != nil {
		t.Fatal(err)
	}
	g := guard(t, realWiki, "[policy]\nmode = \"off\"\n")
	g.edit("Admin", "Sandbox", "text")
	for _, page := range []string{"MediaWiki:Common.js", "MediaWiki:Worker.js"} {
		g.edit("Admin", page, workerScript)
	}
	e := &escapes{guarded: g, browser: browsertest.Start(t), script: string(script)}
	known := readEscapes(t)
	free := e.try(func(way *escape, a attempt) bool { return a.free() == known[way.Does].free })
	g.settle("mode = \"off\"", "mode = \"enforce\"")
	under := e.try(func(way *escape, a attempt) bool { return a.under(free[way.Name]) == known[way.Does].under })
	e.check(free, under)
}

// workerScript fetches what it is told to, in every kind of worker, and does nothing in a page.
const workerScript = `if ( self.WorkerGlobalScope ) {
	self.answer = function ( port, address ) {
		addEventListener( 'securitypolicyviolation', function ( e ) { port.postMessage( e.effectiveDirective + ' ' + e.blockedURI ); } );
		fetch( address, { mode: 'no-cors' } ).catch( function () {} );
	};
	self.onmessage = function ( e ) { answer( self, e.data ); };
	self.onconnect = function ( e ) { e.ports[ 0 ].onmessage = function ( m ) { answer( e.ports[ 0 ], m.data ); }; };
}`

// settle changes the settings, as an operator does with an editor, and starts serve again.
func (g *guarded) settle(before, after string) {
	g.Helper()
	text, err := os.ReadFile(g.file)
	if err == nil {
		err = os.WriteFile(g.file, []byte(strings.ReplaceAll(string(text), before, after)), 0o600)
	}
	if err != nil {
		g.Fatal(err)
	}
	g.restart()
}

// escape is a way out of a page, as testdata/escapes.js describes it.
type escape struct {
	Name string `json:"name"`
	Does string `json:"does"`
	Why  string `json:"why"`  // no policy stops it
	Sign string `json:"sign"` // part of what the page is told, when that does not name the host
	Page string `json:"page"` // which of the pages it is tried in
}

// directives are those that stopped this escape, of all that its page was told.
func (w *escape) directives(told []string) (list []string) {
	sign := cmp.Or(w.Sign, "//"+w.Name+".")
	for _, line := range told {
		if directive, _, _ := strings.Cut(line, " "); strings.Contains(line, sign) && !slices.Contains(list, directive) {
			list = append(list, directive)
		}
	}
	slices.Sort(list)
	return list
}

// attempt is what became of an escape.
type attempt struct {
	reach reach
	told  []string // the directives that stopped it, as far as the page was told
}

// free is a cell of the table, about a page without a policy.
func (a attempt) free() string { return [...]string{"–", "connects", "sends"}[a.reach] }

const connectsThen = "**connects**, then "

// under is a cell about a page with one.
func (a attempt) under(free attempt) string {
	stopped := ""
	if len(a.told) > 0 {
		stopped = "`" + strings.Join(a.told, "`, `") + "`"
	}
	switch {
	case a.reach == sends:
		return "**sends**"
	case a.reach == connects && stopped == "":
		return "**connects**"
	case a.reach == connects:
		return connectsThen + stopped
	case stopped == "" && free.reach == nothing:
		return "–"
	case stopped == "":
		return "stopped"
	}
	return stopped
}

type escapes struct {
	*guarded
	browser *browsertest.Browser
	script  string
	list    []escape
}

// patience is how long an escape has to become what it was when the table was written.
func patience() time.Duration {
	if os.Getenv("UPDATE") == "1" {
		return 10 * time.Second
	}
	return time.Minute
}

// try tries all of them, each with a host of its own, and waits until each has become what is known of it.
func (e *escapes) try(asKnown func(way *escape, a attempt) bool) map[string]attempt {
	e.Helper()
	w := newWitness(e.T)
	pages := map[string]*browsertest.Page{"": e.open()}
	for _, way := range e.list {
		if pages[way.Page] == nil {
			pages[way.Page] = e.open()
		}
		start(e.T, pages[way.Page], fmt.Sprintf("escapes[ %q ].run( %q )", way.Name, w.host(way.Name)))
	}
	tried := map[string]attempt{}
	look := func() bool {
		told, all := map[string][]string{}, true
		for name, p := range pages {
			told[name] = toldIn(p)
		}
		for i := range e.list {
			way := &e.list[i]
			tried[way.Name] = attempt{w.reached(way.Name), way.directives(told[way.Page])}
			all = all && asKnown(way, tried[way.Name])
		}
		return all
	}
	for end := time.Now().Add(patience()); !look() && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	// What nobody expects to get out has a little longer. That is no measurement: a slow machine may miss what is new, and
	// never fails for what is not.
	time.Sleep(2 * time.Second)
	look()
	return tried
}

// open shows a page of the wiki, ready to try something.
func (e *escapes) open() *browsertest.Page {
	e.Helper()
	p := e.browser.NewPage(e.T)
	p.Goto(e.page("Sandbox"))
	e.quiet(p)
	browsertest.Eval[any](p, "mw.loader.using( 'mediawiki.util' ).then( () => null )")
	browsertest.Eval[any](p, e.script+"; null")
	if e.list == nil {
		e.list = browsertest.Eval[[]escape](p, "Object.entries( escapes ).map( ( [ name, e ] ) => ( { name, ...e } ) )")
	}
	return p
}

// start runs a script as if a person had just pressed something, and does not wait for what it does. What it throws is one
// way of being stopped.
func start(t *testing.T, p *browsertest.Page, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 20*time.Second)
	defer cancel()
	gesture := func(p *runtime.EvaluateParams) { yes := true; p.UserGesture = &yes }
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("void "+script, gesture)); err != nil {
		t.Logf("%s: %v", script, err)
	}
}

// toldIn lists the violations a page was told of; nothing when it has gone elsewhere.
func toldIn(p *browsertest.Page) []string {
	ctx, cancel := context.WithTimeout(p.Context(), 20*time.Second)
	defer cancel()
	told, _ := chromedp.Run(ctx, chromedp.Evaluate[[]string]("window.told || []")) // an error: it is on its way
	return told
}

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sallyport/internal/browsertest"
	"sallyport/internal/wiki"
)

// street is a village with a browser in it: the pages, and beside them on the same origin a wiki page whose script is
// hostile. The browser is logged in as Ira.
type street struct {
	*setting
	*httptest.Server
	*browsertest.Page

	mu     sync.Mutex
	script string   // of the hostile page
	worker string   // of the service worker at /worker.js
	heard  []string // what hostile scripts sent home
	posts  []int    // how forms were answered
	log    []string // method, path and Sec-Fetch-Dest of every request to our pages
}

func newStreet(t *testing.T, change ...func(*Options)) *street {
	t.Helper()
	s := &street{Page: browsertest.Start(t).NewPage(t)}
	s.setting = newSetting(t, append(change, func(o *Options) { o.Who = byCookie })...)
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	s.SetCookie(s.Server.URL, "village_session", "ira")
	return s
}

// byCookie knows Ira by her session.
func byCookie(_ context.Context, r *http.Request) (wiki.User, error) {
	if c, err := r.Cookie("village_session"); err == nil && c.Value == "ira" {
		return ira(), nil
	} else if err == nil && c.Value == "guard" {
		return guardian(), nil
	} else if err == nil && c.Value == "review" {
		return reviewer(), nil
	} else if err == nil && c.Value == "decide" {
		return decider(), nil
	}
	return wiki.User{}, nil
}

func (s *street) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	script, worker := s.script, s.worker
	s.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/sallyport/"):
		rec := &recorder{ResponseWriter: w}
		s.ServeHTTP(rec, r)
		s.mu.Lock()
		s.log = append(s.log, r.Method+" "+r.URL.Path+" "+r.Header.Get("Sec-Fetch-Dest"))
		if r.Method == http.MethodPost {
			s.posts = append(s.posts, rec.status)
		}
		s.mu.Unlock()
	case r.URL.Path == "/worker.js":
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, worker)
	case r.URL.Path == "/home":
		s.mu.Lock()
		s.heard = append(s.heard, r.URL.Query().Get("said"))
		s.mu.Unlock()
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>A wiki page</title><body><button id="lure">Read on</button>
<script>function home( said ) { return fetch( '/home?said=' + encodeURIComponent( said ) ); }
%s
home( 'loaded' );</script>`, script)
	}
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// hears waits until a hostile script has sent home something that begins like this, and returns it.
func (s *street) hears(t *testing.T, prefix string) string {
	t.Helper()
	var found string
	s.until(t, "the hostile page to say "+prefix, func() bool {
		at := slices.IndexFunc(s.heard, func(h string) bool { return strings.HasPrefix(h, prefix) })
		if at >= 0 {
			found = s.heard[at]
		}
		return at >= 0
	})
	return found
}

// until waits for something that other goroutines bring about.
func (s *street) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		ok := done()
		s.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s; heard %.300q", what, s.heard)
		}
	}
}

// hostile opens the hostile page with a script.
func (s *street) hostile(t *testing.T, script string) {
	t.Helper()
	s.mu.Lock()
	s.script, s.heard, s.posts, s.log = script, nil, nil, nil
	s.mu.Unlock()
	s.Goto(s.Server.URL + "/wiki/Hostile")
}

// attack opens the hostile page, has the person click on it when the script wants a click, and returns what the script
// reports as "result …".
func (s *street) attack(t *testing.T, script string) string {
	t.Helper()
	s.hostile(t, script)
	if strings.Contains(script, "lure.onclick") {
		s.Click("#lure")
	}
	return s.hears(t, "result")
}

const target2 = "/sallyport/gadget/p2"

// Every way a script of the same origin has to read a page of ours: none sees a token or a form.
func TestBrowserScriptsCannotReadAToken(t *testing.T) {
	s := newStreet(t)
	// First the person looks at the page, so that there would be something to find in caches.
	s.Goto(s.Server.URL + target2)
	page := s.source()
	if !strings.Contains(page, "token") {
		t.Fatalf("the person sees no switch:\n%s", page)
	}
	for name, script := range map[string]string{
		"fetch":             `fetch( '` + target2 + `' ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"fetch same-origin": `fetch( '` + target2 + `', { mode: 'same-origin', credentials: 'include' } ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"fetch from cache":  `fetch( '` + target2 + `', { mode: 'same-origin', cache: 'only-if-cached' } ).then( r => r.text() ).then( t => home( 'result ' + t ), e => home( 'result ' + e ) );`,
		"fetch cached":      `fetch( '` + target2 + `', { cache: 'force-cache' } ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"xhr":               `var x = new XMLHttpRequest(); x.open( 'GET', '` + target2 + `' ); x.onloadend = () => home( 'result ' + x.responseText ); x.send();`,
		"iframe": `var f = document.createElement( 'iframe' ); f.src = '` + target2 + `';
			f.onload = () => { var t; try { t = f.contentDocument.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result ' + t ); }; document.body.append( f );`,
		"object": `var f = document.createElement( 'object' ); f.data = '` + target2 + `';
			f.onload = f.onerror = () => { var t; try { t = f.contentDocument.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result ' + t ); }; document.body.append( f );`,
		"popup": `lure.onclick = () => { var w = window.open( '` + target2 + `' ); setTimeout( () => {
			var t; try { t = w.document.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result closed=' + w.closed + ' ' + t ); }, 1500 ); };`,
		"named popup": `lure.onclick = () => { window.open( '` + target2 + `', 'victim' ); setTimeout( () => {
			var w = window.open( '', 'victim' ), t; try { t = w.location + w.document.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`,
		"popup that begins as ours": `lure.onclick = () => { var w = window.open( 'about:blank' ); w.location = '` + target2 + `'; setTimeout( () => {
			var t; try { t = w.document.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`,
		"form in a frame": `var f = document.createElement( 'iframe' ); f.name = 'f'; document.body.append( f );
			var form = document.createElement( 'form' ); form.action = '` + target2 + `'; form.target = 'f'; document.body.append( form ); form.submit();
			setTimeout( () => { var t; try { t = f.contentDocument.documentElement.outerHTML; } catch ( e ) { t = e; } home( 'result ' + t ); }, 1000 );`,
	} {
		t.Run(name, func(t *testing.T) {
			got := s.attack(t, script)
			if strings.Contains(got, `name="token"`) || strings.Contains(got, "<form class=\"switch\"") {
				t.Errorf("the script read a token: %.400s", got)
			}
			t.Logf("read: %.120q", strings.Join(strings.Fields(got), " "))
		})
	}
}

// Every way a script of the same origin has to send a form, with a person's click to help it: none switches anything.
func TestBrowserScriptsCannotSwitch(t *testing.T) {
	s := newStreet(t)
	form := `var form = document.createElement( 'form' ); form.method = 'post'; form.action = '` + target2 + `/switch';
		for ( const [ k, v ] of Object.entries( { to: 'on', owner: '2', token: 'x', back: '/sallyport/' } ) ) {
			const i = document.createElement( 'input' ); i.name = k; i.value = v; form.append( i ); }
		document.body.append( form );`
	body := `'to=on&owner=2&token=x'`
	head := `{ 'Content-Type': 'application/x-www-form-urlencoded' }`
	for name, script := range map[string]string{
		"fetch":             `fetch( '` + target2 + `/switch', { method: 'POST', headers: ` + head + `, body: ` + body + ` } ).then( r => home( 'result ' + r.status ) );`,
		"fetch in a click":  `lure.onclick = () => fetch( '` + target2 + `/switch', { method: 'POST', headers: ` + head + `, body: ` + body + ` } ).then( r => home( 'result ' + r.status ) );`,
		"fetch no-cors":     `fetch( '` + target2 + `/switch', { method: 'POST', mode: 'no-cors', headers: ` + head + `, body: ` + body + ` } ).then( r => home( 'result ' + r.status ) );`,
		"beacon":            `navigator.sendBeacon( '` + target2 + `/switch', new URLSearchParams( ` + body + ` ) ); setTimeout( () => home( 'result' ), 500 );`,
		"form":              form + `home( 'result' ).then( () => form.submit() );`,
		"form in a click":   form + `lure.onclick = () => { home( 'result' ); form.submit(); };`,
		"form in a window":  form + `form.target = '_blank'; lure.onclick = () => { form.submit(); home( 'result' ); };`,
		"form in a frame":   form + `var f = document.createElement( 'iframe' ); f.name = 'f'; document.body.append( f ); form.target = 'f'; lure.onclick = () => { form.submit(); home( 'result' ); };`,
		"click in a popup":  `lure.onclick = () => { var w = window.open( '` + target2 + `' ); setTimeout( () => { var t; try { w.document.querySelector( '.switch button' ).click(); } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`,
		"submit in a popup": `lure.onclick = () => { var w = window.open( '` + target2 + `' ); setTimeout( () => { var t; try { w.document.forms[ 1 ].submit(); } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`,
		"script in a popup": `lure.onclick = () => { var w = window.open( '` + target2 + `' ); setTimeout( () => { var t; try { w.location = 'javascript:document.forms[1].submit()'; } catch ( e ) { t = e; } home( 'result ' + t ); }, 1500 ); };`,
	} {
		t.Run(name, func(t *testing.T) {
			got := s.attack(t, script)
			if !strings.Contains(name, "popup") {
				s.answered(t)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, status := range s.posts {
				if status != http.StatusForbidden {
					t.Errorf("answered %d", status)
				}
			}
			if s.has(2, 2) {
				t.Error("the gadget is on")
			}
			t.Logf("%.60q, posts answered %v", got, s.posts)
		})
	}
}

// answered waits until the server has answered a form.
func (s *street) answered(t *testing.T) {
	t.Helper()
	s.until(t, "a form", func() bool { return len(s.posts) > 0 })
}

func (s *street) source() string {
	return browsertest.Eval[string](s.Page, "document.documentElement.outerHTML")
}

// armed waits until the buttons answer the pointer.
func (s *street) armed() {
	s.WaitFor(`getComputedStyle( document.querySelector( '.switch button' ) ).pointerEvents === 'auto'`)
}

func (s *street) clickAt(t *testing.T, x, y float64) {
	t.Helper()
	if err := chromedp.Do(s.Context(), chromedp.MouseClickXY(x, y)); err != nil {
		t.Fatal(err)
	}
}

func TestBrowserAPersonSwitches(t *testing.T) {
	s := newStreet(t)
	s.Goto(s.Server.URL + target2)
	s.armed()
	s.Click(".switch button")
	s.WaitFor(`document.querySelector( '.chip-on' )`)
	if !s.has(2, 2) {
		t.Fatal("a click did not switch it on")
	}
	s.Goto(s.Server.URL + "/sallyport/")
	browsertest.Eval[bool](s.Page, `document.querySelector( 'form[action="/sallyport/gadget/p2/switch"] button' ).focus(), true`)
	s.Press("\r")
	s.WaitFor(`document.querySelector( '.cdx-message--success' )`)
	if s.has(2, 2) {
		t.Fatal("the Enter key did not switch it off")
	}
	if problems := s.Problems(); len(problems) > 0 {
		t.Errorf("the console says %v", problems)
	}
}

// A script that moves the person to our page under the pointer, between two clicks, gains nothing.
func TestBrowserTheSecondClickOfTwoDoesNotSwitch(t *testing.T) {
	s := newStreet(t)
	s.Goto(s.Server.URL + target2)
	const centre = `( r => [ r.x + r.width / 2, r.y + r.height / 2 ] )( document.querySelector( '.switch button' ).getBoundingClientRect() )`
	at := browsertest.Eval[[]float64](s.Page, centre)
	s.hostile(t, `onmousedown = () => { location = '`+target2+`'; };`)
	s.clickAt(t, at[0], at[1])
	s.WaitFor(`document.querySelector( '.switch button' )`)
	early := browsertest.Eval[string](s.Page, `getComputedStyle( document.querySelector( '.switch button' ) ).pointerEvents`)
	s.clickAt(t, at[0], at[1])
	s.WaitFor(`performance.now() > 1500`) // a form would have been answered by now
	s.armed()
	if s.has(2, 2) || len(s.posts) > 0 {
		t.Errorf("the second click switched the gadget on: %v", s.posts)
	}
	t.Logf("pointer events on the button when the second click came: %s", early)
	s.clickAt(t, at[0], at[1])
	s.WaitFor(`document.querySelector( '.chip-on' )`)
}

// An address must not put the keyboard on a switch.
func TestBrowserAnAddressCannotFocusASwitch(t *testing.T) {
	s := newStreet(t)
	for _, fragment := range []string{"content", "switch", "to", "token", ":~:text=Switch%20on"} {
		s.Goto("about:blank")
		s.Goto(s.Server.URL + target2 + "#" + fragment)
		if got := browsertest.Eval[string](s.Page, `document.activeElement.tagName`); got != "BODY" {
			t.Errorf("#%s puts the focus on %s", fragment, got)
		}
	}
}

// A service worker sees every request of its scope. Even one over the whole origin learns no token from passing a
// person's navigation on, or from having the browser preload it. (A worker can do worse, for it can forge pages with our
// own opener policy: package gateway refuses the scripts of service workers.)
func TestBrowserAServiceWorkerLearnsNoToken(t *testing.T) {
	s := newStreet(t)
	s.worker = `addEventListener( 'install', () => skipWaiting() );
addEventListener( 'activate', e => e.waitUntil( ( async () => { await registration.navigationPreload.enable(); await clients.claim(); } )() ) );
addEventListener( 'fetch', e => { if ( !e.request.url.includes( '/sallyport/gadget/' ) ) { return; }
	e.respondWith( ( async () => {
		const preloaded = await e.preloadResponse, passed = await fetch( e.request ), page = await passed.clone().text();
		const first = preloaded ? await preloaded.text() : '';
		await fetch( '/home?said=' + encodeURIComponent( 'worker preload=' + first.length + ':' + first.includes( 'name="token"' ) + ' fetch=' + page.length + ':' + page.includes( 'name="token"' ) ) );
		return passed; } )() ); } );`
	got := s.attack(t, `navigator.serviceWorker.register( '/worker.js' ).then( () => navigator.serviceWorker.ready ).then( r => new Promise( done => {
		const w = r.active; if ( w.state === 'activated' ) { done(); } w.onstatechange = () => w.state === 'activated' && done(); } ) ).then( () => home( 'result ready' ), e => home( 'result ' + e ) );`)
	if got != "result ready" {
		t.Fatal(got)
	}
	s.Goto(s.Server.URL + target2)
	got = s.hears(t, "worker")
	if strings.Contains(got, "true") || strings.Contains(got, "=0:") {
		t.Errorf("the worker saw: %s", got)
	}
	t.Logf("%s; requests %v", got, s.log)
}

// Speculation rules let a script have our page rendered before the person goes there. It is not; the person gets the
// page when they do.
func TestBrowserNothingIsRenderedAhead(t *testing.T) {
	s := newStreet(t)
	s.hostile(t, `var r = document.createElement( 'script' ); r.type = 'speculationrules';
		r.textContent = JSON.stringify( { prerender: [ { urls: [ '`+target2+`' ], eagerness: 'immediate' } ] } ); document.head.append( r );`)
	s.until(t, "a page fetched ahead", func() bool { return len(s.log) > 0 })
	browsertest.Eval[bool](s.Page, `setTimeout( () => { location = '`+target2+`'; } ), true`)
	s.WaitFor(`document.querySelector( '.switch button' )`)
	if n := strings.Count(strings.Join(s.log, "\n"), target2+" document"); n != 2 {
		t.Errorf("the page was asked for %d times: %v", n, s.log)
	}
}

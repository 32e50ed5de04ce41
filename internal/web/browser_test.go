package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"sallyport/internal/wiki"
)

// street is a village with a browser in it: the pages, and beside them on the same origin a wiki page whose script is
// hostile. The browser is logged in as Ira.
type street struct {
	*setting
	*httptest.Server
	tab context.Context //nolint:containedctx // chromedp keeps a tab in a context

	mu     sync.Mutex
	script string            // of the hostile page
	worker string            // of the service worker at /worker.js
	heard  []string          // what hostile scripts sent home
	posts  []int             // how forms were answered
	log    []string          // method and path of every request to our pages
	extra  map[string]string // further headers of the hostile page
}

func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{setting: newSetting(t), extra: map[string]string{}}
	s.setting.Handler = s.setting.as(t, s)
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	s.tab = openTab(t)
	s.run(t, chromedp.Navigate(s.URL+"/login"))
	return s
}

// as rebuilds the pages so that the session cookie says who asks.
func (s *setting) as(t *testing.T, _ *street) http.Handler {
	t.Helper()
	return newSetting(t, func(o *Options) {
		o.Registry = s.village
		o.Who = func(_ context.Context, r *http.Request) (wiki.User, error) {
			if c, err := r.Cookie("village_session"); err == nil && c.Value == "ira" {
				return ira(), nil
			}
			return wiki.User{}, nil
		}
	}).Handler
}

func openTab(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, p := range []string{"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/chromium-headless-shell"} {
		if _, err := os.Stat(p); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("SALLYPORT_TEST_ALL") == "1" {
			t.Fatal("Chromium is not installed")
		}
		t.Skip("Chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-popup-blocking", true), chromedp.WindowSize(1100, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	tab, cancel := context.WithTimeout(tab, 90*time.Second)
	t.Cleanup(cancel)
	if err := chromedp.Run(tab); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return tab
}

func (s *street) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(s.tab, actions...); err != nil {
		t.Fatal(err)
	}
}

func (s *street) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	script, worker, extra := s.script, s.worker, s.extra
	s.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/sallyport/"):
		rec := &recorder{ResponseWriter: w}
		s.setting.ServeHTTP(rec, r)
		s.mu.Lock()
		s.log = append(s.log, r.Method+" "+r.URL.Path+" "+r.Header.Get("Sec-Fetch-Dest"))
		if r.Method == http.MethodPost {
			s.posts = append(s.posts, rec.status)
		}
		s.mu.Unlock()
	case r.URL.Path == "/login":
		http.SetCookie(w, &http.Cookie{Name: "village_session", Value: "ira", Path: "/", HttpOnly: true})
		fmt.Fprint(w, "hello Ira")
	case r.URL.Path == "/worker.js":
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, worker)
	case r.URL.Path == "/home":
		s.mu.Lock()
		s.heard = append(s.heard, r.URL.Query().Get("said"))
		s.mu.Unlock()
	default:
		for k, v := range extra {
			w.Header().Set(k, v)
		}
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
	for s.tab.Err() == nil {
		s.mu.Lock()
		heard := s.heard
		s.mu.Unlock()
		for _, h := range heard {
			if strings.HasPrefix(h, prefix) {
				return h
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the hostile page never said %q, only %q", prefix, s.heard)
	return ""
}

// attack opens the hostile page with a script, has the person click on it when the script wants a click, and returns
// what the script reports as "result …".
func (s *street) attack(t *testing.T, script string) string {
	t.Helper()
	s.mu.Lock()
	s.script, s.heard, s.posts = script, nil, nil
	s.mu.Unlock()
	s.run(t, chromedp.Navigate(s.URL+"/wiki/Hostile"))
	s.hears(t, "loaded")
	if strings.Contains(script, "lure.onclick") {
		s.run(t, chromedp.Click("#lure", chromedp.ByQuery))
	}
	return s.hears(t, "result")
}

const target2 = "/sallyport/gadget/p2"

// Every way a script of the same origin has to read a page of ours: none sees a token or a form.
func TestBrowserScriptsCannotReadATokenInRealChromium(t *testing.T) {
	s := newStreet(t)
	// First the person looks at the page, so that there would be something to find in caches.
	var page string
	s.run(t, chromedp.Navigate(s.URL+target2), chromedp.OuterHTML("html", &page))
	if !strings.Contains(page, "token") {
		t.Fatalf("the person sees no switch:\n%s", page)
	}
	for name, script := range map[string]string{
		"fetch":             `fetch( '` + target2 + `' ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"fetch same-origin": `fetch( '` + target2 + `', { mode: 'same-origin', credentials: 'include' } ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"fetch from cache": `fetch( '` + target2 + `', { mode: 'same-origin', cache: 'only-if-cached' } ).then( r => r.text() ).then( t => home( 'result ' + t ), e => home( 'result ' + e ) );`,
		"fetch cached": `fetch( '` + target2 + `', { cache: 'force-cache' } ).then( r => r.text() ).then( t => home( 'result ' + t ) );`,
		"xhr":          `var x = new XMLHttpRequest(); x.open( 'GET', '` + target2 + `' ); x.onloadend = () => home( 'result ' + x.responseText ); x.send();`,
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
func TestBrowserScriptsCannotSwitchInRealChromium(t *testing.T) {
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

// answered waits until the server has seen the form.
func (s *street) answered(t *testing.T) {
	t.Helper()
	for s.tab.Err() == nil {
		s.mu.Lock()
		n := len(s.posts)
		s.mu.Unlock()
		if n > 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no form arrived")
}

func TestBrowserAPersonSwitchesInRealChromium(t *testing.T) {
	s := newStreet(t)
	s.run(t, chromedp.Navigate(s.URL+target2), armed(), chromedp.Click(".switch button", chromedp.ByQuery), chromedp.WaitVisible(".chip-on", chromedp.ByQuery))
	if !s.has(2, 2) {
		t.Fatal("a click did not switch it on")
	}
	s.run(t, chromedp.Navigate(s.URL+"/sallyport/"), chromedp.Focus(`form[action="/sallyport/gadget/p2/switch"] button`, chromedp.ByQuery),
		chromedp.KeyEvent("\r"), chromedp.WaitVisible(".cdx-message--success", chromedp.ByQuery))
	if s.has(2, 2) {
		t.Fatal("the Enter key did not switch it off")
	}
	t.Log(s.posts)
}

// armed waits until the buttons answer the pointer.
func armed() chromedp.Action {
	return chromedp.Poll(`getComputedStyle( document.querySelector( '.switch button' ) ).pointerEvents === 'auto'`, nil)
}

// A script that moves the person to our page under the pointer, between two clicks, gains nothing.
func TestBrowserTheSecondClickOfTwoDoesNotSwitch(t *testing.T) {
	s := newStreet(t)
	var box struct{ X, Y float64 }
	s.run(t, chromedp.Navigate(s.URL+target2),
		chromedp.Evaluate(`( r => ( { x: r.x + r.width / 2, y: r.y + r.height / 2 } ) )( document.querySelector( '.switch button' ).getBoundingClientRect() )`, &box))
	s.mu.Lock()
	s.script = `onmousedown = () => { location = '` + target2 + `'; };`
	s.mu.Unlock()
	s.run(t, chromedp.Navigate(s.URL+"/wiki/Hostile"), chromedp.MouseClickXY(box.X, box.Y), chromedp.WaitReady(".switch button", chromedp.ByQuery),
		chromedp.MouseClickXY(box.X, box.Y), armed())
	if s.has(2, 2) || len(s.posts) > 0 {
		t.Errorf("the second click switched the gadget on: %v", s.posts)
	}
	s.run(t, chromedp.MouseClickXY(box.X, box.Y), chromedp.WaitVisible(".chip-on", chromedp.ByQuery))
	if !s.has(2, 2) {
		t.Error("a later click does not")
	}
}

// A fragment in the address must not put the keyboard on a switch.
func TestBrowserAnAddressCannotFocusASwitch(t *testing.T) {
	s := newStreet(t)
	for _, fragment := range []string{"content", "switch", "to", "token", ":~:text=Switch%20on"} {
		var focused string
		s.run(t, chromedp.Navigate("about:blank"), chromedp.Navigate(s.URL+target2+"#"+fragment), chromedp.Evaluate(`document.activeElement.tagName`, &focused))
		if focused != "BODY" {
			t.Errorf("#%s puts the focus on %s", fragment, focused)
		}
	}
}

// A service worker sees every request of its scope. Even one over the whole origin learns no token from passing a
// person's navigation on, or from having the browser preload it. (A worker can do worse: forge pages with our own opener
// policy. The gateway has to refuse service worker scripts.)
func TestBrowserAServiceWorkerLearnsNoToken(t *testing.T) {
	s := newStreet(t)
	s.worker = `addEventListener( 'install', () => skipWaiting() );
addEventListener( 'activate', e => e.waitUntil( ( async () => { await registration.navigationPreload.enable(); await clients.claim(); } )() ) );
addEventListener( 'fetch', e => { if ( !e.request.url.includes( '/sallyport/gadget/' ) ) { return; }
	e.respondWith( ( async () => {
		const preloaded = await e.preloadResponse, passed = await fetch( e.request.clone() ), page = await passed.clone().text();
		const first = preloaded ? await preloaded.clone().text() : '';
		await fetch( '/home?said=' + encodeURIComponent( 'worker preload=' + first.length + ':' + first.includes( 'name="token"' ) + ' fetch=' + page.length + ':' + page.includes( 'name="token"' ) ) );
		return passed; } )() ); } );`
	if got := s.attack(t, `navigator.serviceWorker.register( '/worker.js' ).then( () => navigator.serviceWorker.ready ).then( () => home( 'result ready' ) );`); got != "result ready" {
		t.Fatal(got)
	}
	s.run(t, chromedp.Navigate(s.URL+target2))
	got := s.hears(t, "worker")
	if strings.Contains(got, "true") || strings.Contains(got, "=0:") {
		t.Errorf("the worker saw: %s", got)
	}
	t.Log(got)
}

// Speculation rules let a script have our page rendered before the person goes there.
func TestBrowserAPrerenderedPageHasNoSwitch(t *testing.T) {
	s := newStreet(t)
	s.mu.Lock()
	s.script = `var r = document.createElement( 'script' ); r.type = 'speculationrules';
		r.textContent = JSON.stringify( { prerender: [ { urls: [ '` + target2 + `' ], eagerness: 'immediate' } ] } ); document.head.append( r );`
	s.mu.Unlock()
	s.run(t, chromedp.Navigate(s.URL+"/wiki/Hostile"), chromedp.Sleep(time.Second), chromedp.Evaluate(`location = '`+target2+`'; 0`, nil), chromedp.WaitVisible("h1", chromedp.ByQuery))
	var page string
	s.run(t, chromedp.OuterHTML("html", &page))
	t.Logf("requests: %v, a switch: %v", s.log, strings.Contains(page, "token"))
	if s.has(2, 2) {
		t.Error("the gadget is on")
	}
}

var _ = target.ID("")

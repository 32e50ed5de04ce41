package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/browser"
)

// TestMain lets the test become the sealed browser's own processes.
func TestMain(m *testing.M) {
	browser.Helper()
	os.Exit(m.Run())
}

// sealedWindow is a private window of the sealed browser. Scripts that we did not write run in it: the kernel lets it reach nothing, and
// of the requests that come to us only the wiki's are passed on.
type sealedWindow struct {
	*testing.T
	page *browser.Context
	wiki *url.URL // as the browser knows it

	mu      sync.Mutex
	parsed  []browser.Event // scripts compiled since the last page was opened
	errors  []string        // uncaught since then
	outside []string        // hosts that were asked for
}

// sealedBrowser starts one. As for other browsers, the test is skipped where there is none.
func sealedBrowser(t *testing.T) *browser.Browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := browser.Start(ctx, browser.Options{Limits: browser.Limits{Wall: 5 * time.Minute, Served: 2 << 30, Events: 50_000, Targets: 2000}})
	if (errors.Is(err, browser.ErrNotFound) || errors.Is(err, browser.ErrRefused)) && os.Getenv("SALLYPORT_TEST_ALL") != "1" {
		t.Skip("scripts that we did not write run in the sealed browser only: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// window opens a private window in which the wiki is at the gateway, or at an address past it, for somebody; nobody when word is empty.
func (g *guarded) window(t *testing.T, b *browser.Browser, at, name, word string) *sealedWindow {
	t.Helper()
	front, err := url.Parse(g.front)
	if err != nil {
		t.Fatal(err)
	}
	w := &sealedWindow{T: t, wiki: front}
	w.page, err = b.NewContext(t.Context(), browser.ContextOptions{Handler: w.passing(at), Events: w.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.page.Close() })
	if word != "" {
		w.logIn(g, name, word)
	}
	return w
}

// passing passes requests for the wiki on, and refuses all others.
func (w *sealedWindow) passing(at string) http.Handler {
	to := &httputil.ReverseProxy{
		Transport: local.Transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", strings.TrimPrefix(at, "http://"), w.wiki.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Host != w.wiki.Host {
			w.mu.Lock()
			w.outside = append(w.outside, r.URL.Hostname())
			w.mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		to.ServeHTTP(rw, r)
	})
}

// picture writes what is in view to a file.
func (w *sealedWindow) picture(file string) {
	w.Helper()
	png, err := w.page.Screenshot(w.Context())
	if err == nil {
		err = os.WriteFile(file, png, 0o600)
	}
	if err != nil {
		w.Error(err)
	}
}

// note keeps what matters of what happens.
func (w *sealedWindow) note(e browser.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Kind {
	case browser.Parsed:
		w.parsed = append(w.parsed, e)
	case browser.Exception:
		line, _, _ := strings.Cut(e.Text, "\n")
		w.errors = append(w.errors, line)
	}
}

// open opens a page, and waits until MediaWiki's own modules are there.
func (w *sealedWindow) open(address string) {
	w.Helper()
	w.mu.Lock()
	w.parsed, w.errors = nil, nil
	w.mu.Unlock()
	if err := w.page.Navigate(w.Context(), address); err != nil {
		w.Fatal(err)
	}
	ask[bool](w, `new Promise( ( done ) => { const look = () => window.mw && mw.loader && mw.loader.using && window.$ && window.importScript ? mw.loader.using( 'mediawiki.util' ).then( () => done( true ) ) : setTimeout( look, 5 ); look(); } )`)
}

// ask evaluates an expression in the page.
func ask[V any](w *sealedWindow, js string) (v V) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	if err := w.page.Evaluate(ctx, js, &v); err != nil {
		w.Fatal(err)
	}
	return v
}

// logIn uses the wiki's own form.
func (w *sealedWindow) logIn(g *guarded, name, word string) {
	w.Helper()
	if err := w.page.Navigate(w.Context(), g.page("Special:UserLogin")); err != nil {
		w.Fatal(err)
	}
	fill := fmt.Sprintf(`{ document.querySelector( '#wpName1' ).value = %q; document.querySelector( '#wpPassword1' ).value = %q; document.querySelector( '#wpLoginAttempt' ).click(); }`, name, word)
	if err := w.page.Evaluate(w.Context(), fill, nil); err != nil {
		w.Fatal(err)
	}
	g.eventually(name+" is logged in", func() bool {
		var who string
		return w.page.Evaluate(w.Context(), "window.mw && mw.config && mw.config.get( 'wgUserName' ) || ''", &who) == nil && who == name
	})
}

// compiled is a script that the page, or a worker of it, compiled. Of workers that have ended no text is left.
type compiled struct {
	url, text string
	length    int
}

// scripts are those compiled since the page was opened.
func (w *sealedWindow) scripts() (all []compiled) {
	w.Helper()
	w.mu.Lock()
	parsed := slices.Clone(w.parsed)
	w.mu.Unlock()
	for _, e := range parsed {
		address, _ := url.QueryUnescape(e.URL)
		text, _ := w.page.Source(w.Context(), e.ID)
		all = append(all, compiled{address, text, e.Length})
	}
	return all
}

// uncaught are the errors since the page was opened, each once, without those that say that a script was refused.
func (w *sealedWindow) uncaught() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(w.errors), func(line string) bool { return strings.Contains(line, "SallyportRefused") })
	slices.Sort(all)
	return slices.Compact(all)
}

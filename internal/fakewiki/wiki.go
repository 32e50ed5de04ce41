// Package fakewiki is a pretend MediaWiki: pages, people, rights, index.php, api.php and load.php behind one
// [http.Handler], with a client `mw` of our own. It holds everything in memory, asks nothing of the outside, and answers
// the way MediaWiki 1.43 does wherever Sallyport looks.
//
//	browser ── /wiki/Title, /w/index.php ──► pages: view, edit, raw, history, special
//	        ── /w/api.php ─────────────────► api_*.go: one file a module
//	        ── /w/load.php ────────────────► the startup module and packages from mw/
//
// Tests, `sallyport dev` and the sandbox stand on it. Where it falls short of the real thing it says so with an error;
// it never invents an answer. A whole wiki can be written to and read from one JSON document (see [Wiki.Dump]).
package fakewiki

import (
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/wiki"
)

// Generator is what the pretend wiki calls itself in siteinfo: it answers like MediaWiki 1.43 and does not claim to be it.
const Generator = "MediaWiki 1.43.0-sallyport-fakewiki"

// Options say what kind of wiki to pretend. The zero value is a small English wiki on the host of each request.
type Options struct {
	ID     string // wiki id (wgDBname); "pretendwiki" by default
	Name   string // sitename; "Pretend wiki" by default
	Lang   string // content and interface language; "en" by default
	RTL    bool   // the language is written from right to left
	Server string // for instance "http://wiki.example"; by default the Host of each request

	Now    func() time.Time // the clock; time.Now by default
	Rand   io.Reader        // for tokens and session ids; crypto/rand by default
	Logger *slog.Logger     // nil discards
}

// Wiki is a pretend MediaWiki. Its methods may be called at any time from any goroutine.
type Wiki struct {
	now    func() time.Time
	random io.Reader
	log    *slog.Logger

	mu       sync.Mutex // guards everything below
	site     wiki.Site
	byHost   bool // no server was named: take the Host of each request
	db       database
	sessions map[string]*session

	kept        map[string]*loadModule // built-in modules that are the same for every request
	aliases     []*loadModule
	dress, lang string // skin and language of the request that is being answered: see [Through]
}

// New makes a wiki that holds a main page and nobody.
func New(o Options) *Wiki {
	w := &Wiki{now: o.Now, random: o.Rand, log: o.Logger, site: newSite(o), byHost: o.Server == "",
		db: newDatabase(), sessions: map[string]*session{}, dress: skinName, kept: map[string]*loadModule{}}
	w.lang = w.site.Lang
	if w.now == nil {
		w.now = time.Now
	}
	if w.random == nil {
		w.random = rand.Reader
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	w.store(w.title(w.site.MainPage), edit{text: "Welcome to '''" + w.site.Name + "'''.", author: "MediaWiki default"})
	return w
}

// Site describes the wiki as siteinfo does. The result is a copy.
func (w *Wiki) Site() *wiki.Site {
	w.mu.Lock()
	defer w.mu.Unlock()
	site := w.site
	return &site
}

// SetServer says where the wiki is reached, for instance "http://127.0.0.1:8080", once a listener knows.
func (w *Wiki) SetServer(server string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.site.Server, w.byHost = server, false
}

// Package decoy is all there is outside the sealed browser: whatever a page asks for, of whatever host, is answered here.
//
//	browser ── its own wiki ──► reads: a pretend wiki or a recorded one, as the persona of the run
//	        │                   writes: our own answer; they never reach a wiki
//	        │                   scripts: the one under test, its imports from files at hand, else an inert placeholder
//	        ├─ other wikis ───► the same, under their names
//	        ├─ other hosts ───► something plausible of the kind asked for, and nothing in it
//	        └─ leaving ───────► 204, so that the page stays
//
// Everything is told as an event of package trace: what was asked, how it was answered, what a write would have changed, and which
// of the run's secrets went out with it. The decoy opens no connection and reads no file.
package decoy

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// Source answers what only reads the wiki: a pretend wiki, or a recorded one. It is asked as a persona, without cookies.
type Source interface {
	// Serve answers a GET, or a POST of a module that changes nothing.
	Serve(w http.ResponseWriter, r *http.Request, as Look)
	// Site says how titles are read.
	Site() *wiki.Site
}

// Look is how one request sees the wiki.
type Look struct {
	Persona string // the user name, "" for nobody
	Key     string // which persona that is, for sources that only have some
	Server  string // "https://wiki.test"
	Skin    string
	Lang    string
	ID      string // wgDBname; "" for the source's own
	Now     time.Time
}

// Answer says how writes, and other hosts, are answered.
type Answer string

// Answers.
const (
	Success  Answer = "success"
	Denied   Answer = "denied"   // permissiondenied for every write
	Broken   Answer = "error"    // internal errors for writes, and nothing but errors from other hosts
	Generous Answer = "generous" // other hosts answer with the words that the script asks for: see Visit.Words
)

// Visit is one run, as far as the outside is concerned. Source, Host and Record are mandatory.
type Visit struct {
	Source   Source
	Library  *Library
	Script   *Script // the script under test; nil in a baseline
	Persona  Persona
	Host     string // the wiki's host name; "wiki.test"
	Skin     string
	Lang     string
	ID       string
	Now      time.Time
	Answer   Answer
	Secrets  *Secrets
	Self     *trace.Self
	Words    map[string]any // what other hosts answer when they are generous
	Extra    []Element      // put into the page's content: what the script looks for
	RunsText bool           // the script runs text as code: other hosts answer with a text that can be run
	Config   map[string]any // further values of mw.config
	Options  map[string]any // preferences
	Cookies  map[string]string
	Named    []string // names in the script: people whom lists tell of
	Prefixes []string // what the script takes for prefixes of other wikis
	// Companions are loaded before the script, and without it too: a baseline has them.
	Companions []Companion
	// Modules are loaded before the script and its companions are: what a gadget's definition would name.
	Modules []string
	Shim    string // JavaScript that gives an older wiki what newer ones have, before the script is loaded

	FormWord string   // marks a form that we send ourselves; "" for none
	Witness  *Witness // our own requests through the page; nil for none

	// Record hears of everything, in several goroutines. Run, T, Persona, Page, Stage and Script are left to it.
	Record func(trace.Event)
}

// Element is something a script looks for. It is put into pages that have no element of that id.
type Element struct{ ID, HTML string }

// Decoy is the outside of one run. It is an http.Handler for absolute requests of any host.
type Decoy struct {
	v    Visit
	site *wiki.Site

	mu       sync.Mutex
	expected string            // the navigation that is ours
	shown    int               // how often it was answered
	greeted  map[string]bool   // hosts that have been given cookies
	served   map[string]string // analysed scripts by URL: their text
	bodies   []Body
	kept     int
	safe     bool           // the page is one on which no user code runs
	filled   map[string]int // how often lists were filled
	options  map[string]any // preferences of scripts' own that were saved in this run
	wrote    map[string]written
}

// Body is an answer that a script could read, and run.
type Body struct{ URL, Text string }

// New makes the outside of one run.
func New(v Visit) *Decoy {
	if v.Library == nil {
		v.Library = &Library{}
	}
	return &Decoy{v: v, site: v.Source.Site(), greeted: map[string]bool{}, served: map[string]string{}, filled: map[string]int{}, wrote: map[string]written{}, options: maps.Clone(v.Options)}
}

// Expect says which navigation comes next; any other leaves the page where it is.
func (d *Decoy) Expect(url string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expected, d.shown = strings.SplitN(url, "#", 2)[0], 0
}

// maxReloads is how often a page may load itself again before it has to stay: a script that does so on every load would never be seen to
// its end.
const maxReloads = 3

func (d *Decoy) expects(url string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.expected != url {
		return false
	}
	d.shown++
	return d.shown <= 1+maxReloads
}

// Scripts are the texts of the analysed scripts that were served, by their address.
func (d *Decoy) Scripts() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make(map[string]string, len(d.served))
	for k, v := range d.served {
		out[k] = v
	}
	return out
}

// Bodies are answers that the page's scripts got, the longest-kept first; they are bounded.
func (d *Decoy) Bodies() []Body {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.bodies)
}

// Safe says whether the wiki keeps users' code off the page (OutputPage::disallowUserJs): log-in, preferences.
func (d *Decoy) Safe() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.safe
}

// maxKept bounds the answers kept, in bytes.
const maxKept = 1 << 20

func (d *Decoy) keep(url, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept+len(text) <= maxKept {
		d.kept += len(text)
		d.bodies = append(d.bodies, Body{url, text})
	}
}

func (d *Decoy) analysed(url, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.served) < 200 {
		d.served[url] = text
	}
}

// server is the wiki's own address.
func (d *Decoy) server() string { return "https://" + d.v.Host }

// look is how a request to a host sees the wiki.
func (d *Decoy) look(server string) Look {
	return Look{Persona: d.v.Persona.Name, Key: d.v.Persona.Key, Server: server, Skin: d.v.Skin, Lang: d.v.Lang, ID: d.v.ID, Now: d.v.Now}
}

// background is for requests that we make of the source ourselves.
func background(path string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	if err != nil {
		return &http.Request{}
	}
	return r
}

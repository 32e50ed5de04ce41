// Package browser is a sealed browser: it runs pages that nobody trusts, answers every request they make itself, and tells
// what they did.
//
//	              ┌─ kernel: a network namespace with nothing but lo (A), or Landlock and seccomp (B) ─┐
//	Handler ◄──── proxy ◄──┼── 127.a.b.c, one address a context ── context ── pages, frames, workers       │
//	Events  ◄──── pipe  ◄──┼── DevTools protocol, file descriptors 3 and 4 ── Chromium, its own sandbox on │
//	              └────────────────────────────────────────────────────────────────────────────────────┘
//
// A [Browser] is one Chromium process with a profile of its own, killed with all its processes. A [Context] in it is a
// private window: cookies, storage, cache, clock and proxy of its own. Whatever its pages ask for, by whatever means, over
// http, https or WebSocket, comes to its Handler, for any host name; there is nothing else it could reach. The proxy is the
// truth about what was asked for; the protocol's events say by which script.
//
// Before anything else runs in a document, frame or worker, our instrumentation runs there and says hello. A realm that was
// not heard of is an error ([ErrSilent]), never a clean run.
//
// At level B one thing is left open: Landlock knows ports and no addresses, so that the browser could reach the proxy's port, a number
// that the kernel picks anew for each browser, on any machine. What no page can turn off stands before it (no name is resolved, and a
// proxy is set for every address); level A has no such gap.
//
// [Start] tries every way out it knows of with an inert page, and refuses to go on when one is open. What a page does to the
// browser itself (loops, floods, crashes, memory) is bounded by [Limits], and ends its context, not its neighbours.
package browser

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// Level says what keeps the browser from the network.
type Level string

// Levels, strongest first.
const (
	LevelA Level = "A" // the kernel: a network namespace without any interface but lo
	LevelB Level = "B" // the kernel: Landlock lets TCP connect to the proxy's port only, seccomp refuses other sockets
	LevelC Level = "C" // the browser's own switches and the proxy; nothing enforces them
)

// Errors of this package.
var (
	ErrNotFound = errors.New("no Chromium is installed; on Debian: apt-get install chromium-headless-shell")
	ErrLeak     = errors.New("the sealed browser leaks")                 // the self-test found an open channel: nothing may be run
	ErrRefused  = errors.New("the system refuses this isolation level")  // of A: no user namespaces; of B: no Landlock
	ErrSilent   = errors.New("the page came up without instrumentation") // the run is invalid
	ErrEnded    = errors.New("the context has ended")                    // wraps the reason: closed, a limit, a crash
	ErrCrashed  = errors.New("the page crashed")
)

// Options are what [Start] needs. The zero value is fine.
type Options struct {
	Path   string       // of the browser; empty: what Find finds
	Level  Level        // empty: A, or else B. C only when asked for
	Proof  *Proof       // of self-tests passed, shared by several Starts; nil: this Start makes its own
	Log    *slog.Logger // nil: nothing is logged
	Limits Limits

	// Unsandboxed allows Chromium without its own sandbox where the kernel refuses it one. Root is served without asking, as
	// an unprivileged user at level B: there it is a container that refuses, and that contains.
	Unsandboxed bool
}

// Limits bound what pages may use. Fields that are zero have the default in brackets.
type Limits struct {
	Wall    time.Duration // a context's whole life, by our clock [2 min]
	Loop    time.Duration // how long a page or worker may compute without yielding [5 s]
	Memory  int64         // bytes of all of the browser's processes; beyond it the largest page is killed [1.5 GB]
	Served  int64         // bytes of answers a context is given [256 MB]
	Events  int           // events of one kind a context delivers; the rest is counted [2,000]
	Text    int           // bytes of Event.Text [64 KiB]
	Windows int           // pages a context may have open at a time, the first included [8]
	Targets int           // frames of other sites, workers and windows a context may ever start [200]
}

// or fills what is zero from other.
func (l Limits) or(other Limits) Limits {
	return Limits{
		Wall: cmp.Or(l.Wall, other.Wall), Loop: cmp.Or(l.Loop, other.Loop), Memory: cmp.Or(l.Memory, other.Memory),
		Served: cmp.Or(l.Served, other.Served), Events: cmp.Or(l.Events, other.Events), Text: cmp.Or(l.Text, other.Text),
		Windows: cmp.Or(l.Windows, other.Windows), Targets: cmp.Or(l.Targets, other.Targets),
	}
}

// usual are the limits' defaults.
func usual() Limits {
	return Limits{
		Wall: 2 * time.Minute, Loop: 5 * time.Second, Memory: 1500 << 20, Served: 256 << 20, Events: 2000, Text: 64 << 10,
		Windows: 8, Targets: 200,
	}
}

// ContextOptions are one private window. Handler is mandatory.
type ContextOptions struct {
	// Handler answers every request, whatever its host. r.URL is absolute, with scheme and host as the browser meant to dial
	// them (default ports left out). A panic with http.ErrAbortHandler refuses it: the page sees a network error.
	// It runs in several goroutines.
	Handler http.Handler

	// Socket is asked about each WebSocket the pages open, with the handshake as an absolute wss: or ws: URL. Nil accepts all and
	// never sends anything. What pages send comes as [Frame] events in any case.
	Socket func(r *http.Request, s *Socket)

	// Scripts run in every new document, frame and worker before anything of the page does, in this order. Each is a JavaScript
	// function expression, called with emit: emit(text) delivers a Hook event, and nothing else in the page can make one. It may
	// look at typeof document to know a worker. A script that throws ends up as an Exception event named "instrumentation".
	Scripts []string

	// Dialog answers alert, confirm, prompt and beforeunload. Nil accepts everything, with the default text.
	Dialog func(kind, message, text string) (accept bool, answer string)

	// Events gets what happens, one call at a time. It must not call the Context's methods. When one of those returns,
	// everything that happened before has been delivered.
	Events func(Event)

	Clock     time.Time // the pages' time at the beginning; zero: the real time, and no virtual time until Advance
	Locale    string    // "de-DE"; empty: "en-US"
	Timezone  string    // "Europe/Berlin"; empty: "UTC"
	UserAgent string    // empty: that of a desktop Chromium of this version
	Width     int       // of the viewport in CSS pixels [1280]
	Height    int       // [900]
	Referrer  string    // of Navigate
	Offline   bool      // navigator.onLine is false
	Coverage  bool      // count which functions ran; costs about 7 % of a run
	Limits    *Limits   // instead of the browser's; Memory is the browser's in any case
}

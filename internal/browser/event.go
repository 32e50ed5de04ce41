package browser

import "time"

// Kind says what an event is about.
type Kind string

// Kinds, and the fields of [Event] they use beside At, Target and Document.
const (
	Hello        Kind = "hello"        // instrumentation is in place in a new document or worker. URL
	Hook         Kind = "hook"         // emit was called. Text
	Request      Kind = "request"      // the browser says who asked. URL, Method, How, ID, Text (post data), Stack, Name: parser, script, preload, other
	Failed       Kind = "failed"       // a request was not answered. ID, Text
	SocketOpened Kind = "socket"       // a WebSocket is asked for. URL, ID, Stack
	Frame        Kind = "frame"        // a WebSocket message to us, seen by the proxy. URL, Text, Name: text or binary
	Dialled      Kind = "dialled"      // a connection that did not speak HTTP, seen by the proxy and closed: TURN over TCP. URL: host:port; Name: tcp or tls
	WebTransport Kind = "webtransport" // asked for, never answered. URL, Stack
	Parsed       Kind = "parsed"       // a script was compiled. ID, URL (empty for eval), SHA256, Length, Stack (who, for eval), Name: eval or empty, Text for eval, blob: and data:. Text that was to become code and did not parse counts too
	Console      Kind = "console"      // Name: log, warning, error…; Text, Stack
	Exception    Kind = "exception"    // nobody caught it. Text, Stack; Name: instrumentation when it is ours
	Navigated    Kind = "navigated"    // a frame has a new document. URL, Frame
	Navigating   Kind = "navigating"   // a script asks for another document. URL, Name: the reason
	Opened       Kind = "opened"       // a target came up: a popup, a frame of another site, a worker. Target, URL
	Closed       Kind = "closed"       // it went
	Dialog       Kind = "dialog"       // it has been answered. Name: alert, confirm, prompt, beforeunload; Text
	Download     Kind = "download"     // refused. URL, Name: the file's
	Crash        Kind = "crash"        // a renderer died
	Limit        Kind = "limit"        // Name: wall, loop, memory, served, events, windows, targets; Text says more; Of: kind, for events
)

// Event is one thing that happened in a context. It says what the browser says; what that means is for others.
type Event struct {
	Kind     Kind
	At       time.Duration // since the context was made, by our clock
	Target   Target
	Document string // URL of the document or worker, where known
	Frame    string // the browser's name for the frame

	URL    string
	Method string
	How    string // the browser's word: Document, Stylesheet, Image, Media, Font, Script, XHR, Fetch, EventSource, Ping, Preflight, Other…
	ID     string // of the request or the script, unique within the context
	Name   string
	Text   string // cut at Limits.Text
	SHA256 string
	Length int // of a script, in UTF-16 units
	Count  int // of a Limit for events: how many there were in all
	Stack  []Place
}

// Target is a page, a frame in a process of its own, or a worker.
type Target struct {
	ID   string
	Type string // page, popup, frame, worker, shared worker, service worker, other
}

// Place is a line of a stack, innermost first. Asynchronous parents follow their children.
type Place struct {
	Function string
	Script   string // ID of the Parsed event
	URL      string
	Line     int // from 1
	Column   int // from 1, in UTF-16 units
}

// Script is what ran of one script of one target.
type Script struct {
	ID        string // of the Parsed event
	URL       string
	Functions []Function // those that V8 compiled; what it never compiled never ran
}

// Function is a function's place and how often it ran.
type Function struct {
	Name       string
	Start, End int // UTF-16 units into the script
	Count      int // 0: did not run. Without counting: 1
}

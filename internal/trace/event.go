// Package trace is what a sealed run of a script did, event by event, and the verdict on it.
//
// A run writes one JSON object a line. The rules read nothing else, so that an old log can be judged again by new rules.
package trace

// Version of the event log. A reader refuses versions it does not know. Within a version fields may be added, which older logs lack and
// older programs pass over.
const Version = 1

// Kind says what happened.
type Kind string

// Kinds. A run begins with Begin. One without Hello never ran its script's page, and one without End was cut off: both are invalid, never clean.
const (
	Begin        Kind = "begin"        // a run begins: Setup says what kind of run it is
	Hello        Kind = "hello"        // a document, frame or worker came up with our hooks in place
	Request      Kind = "request"      // something asked for a URL; seen by the proxy unless Data.Seen says otherwise
	Socket       Kind = "ws"           // a frame sent over a WebSocket: Data.URL, Data.Text
	ScriptLoad   Kind = "script.load"  // a script was served and compiled
	ScriptEval   Kind = "script.eval"  // text became code: eval, Function, string timers, blob:, data:, attributes
	APIRead      Kind = "api.read"     // an Action API or REST request that changes nothing
	APIWrite     Kind = "api.write"    // one that would change something; page writes have PageWrite too
	PageWrite    Kind = "page.write"   // a page would be changed: Data.Action, Title, Class, Text
	RightsWrite  Kind = "rights"       // user rights would be changed
	TokenRead    Kind = "token.read"   // an edit token was read
	CookieRead   Kind = "cookie.read"  // document.cookie was read
	Storage      Kind = "storage"      // local or session storage, indexedDB or caches were used: Data.Action, Name
	Listen       Kind = "listen"       // an event listener was registered: Data.Name is the event
	Dialog       Kind = "dialog"       // alert, confirm, prompt, beforeunload
	Press        Kind = "press"        // the explorer pressed something: Data.Name is the selector, Text its label, How the event, URL where a link said that it leads
	Navigate     Kind = "nav"          // the document would be left: Data.URL
	Peer         Kind = "rtc"          // a WebRTC connection was made
	WebTransport Kind = "webtransport" // a WebTransport session was asked for
	Worker       Kind = "worker"       // a worker of some kind was started
	Persist      Kind = "persist"      // a service worker, the module store, a built-in replaced: Data.Name
	Conceal      Kind = "conceal"      // part of the wiki's own page was hidden or removed: Data.Name is the selector
	Error        Kind = "error"        // an exception nobody caught: Data.Text, and Data.URL when it was thrown in code that is not analysed
	Limit        Kind = "limit"        // a limit ended or thinned out the run: Data.Name
	Gate         Kind = "gate"         // a condition was forced: Data.Text is its source, Count its number, Name what it was turned to, Class what it asks about, Script its place
	End          Kind = "end"          // the run came to its end: Data.Count is the functions that ran, Total all there are, Ran which
)

// Stage says what brought something about. Natural weighs more than explored, and that more than forced.
type Stage string

// Stages.
const (
	Natural  Stage = "natural"  // by loading the page
	Explored Stage = "explored" // by pressing what the script itself put there
	Clock    Stage = "clock"    // by letting time pass
	Forced   Stage = "forced"   // by turning a condition of the script round: possible, not seen
)

// HowHint is how a host was named to the browser, which may look it up or connect to it, of Request.
const HowHint = "hint"

// Names of what was hidden, of Conceal, that is no part of a page.
const (
	AlteredEdit   = "altered edit"          // what another script saves came to the wiki otherwise: Data.Text says in which parts
	AlteredAnswer = "altered answer"        // what the wiki says to another script came there without a part: Data.Text says which
	AlteredCode   = "altered code"          // code that another script saves came to the wiki otherwise: Data.Text is what came
	OneGone       = "changes by one person" // of a list that shows a stranger's: Data.Text is the name
)

// How code came to a page together with the script under test, of ScriptLoad: as another page of the same gadget.
const (
	HowGadget  = "gadget"  // loaded before it
	HowRequire = "require" // named by require
)

// Place is where in a script something came from.
type Place struct {
	URL    string `json:"url,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Line   int    `json:"line,omitempty"`   // from 1
	Column int    `json:"column,omitempty"` // from 1, in UTF-16 units
}

// Event is one line of the log.
type Event struct {
	V       int      `json:"v"`
	Run     int      `json:"run"`          // number of the run within the log, from 1
	T       float64  `json:"t"`            // milliseconds since the run began, by our clock
	VT      float64  `json:"vt,omitempty"` // the page's own clock, milliseconds since 1970, where known
	Kind    Kind     `json:"kind"`
	Target  string   `json:"target,omitempty"` // page, frame, popup, worker, shared worker, service worker
	Frame   string   `json:"frame,omitempty"`  // URL of the document or worker it happened in
	Script  *Place   `json:"script,omitempty"` // innermost place in analysed code; nil when not known
	Persona string   `json:"persona,omitempty"`
	Page    string   `json:"page,omitempty"` // title and view of the page of the run
	Stage   Stage    `json:"stage,omitempty"`
	Setup   *Setup   `json:"setup,omitempty"` // of Begin
	Data    Data     `json:"data,omitzero"`
	Canary  []string `json:"canary,omitempty"` // names of the canaries found in what left: token, cookie, email, name, draft, storage, …
	Self    []string `json:"self,omitempty"`   // how a write holds the script itself: see [Self]
}

// Setup is what a run was made of, besides its persona, page and stage.
type Setup struct {
	Path      string  `json:"path,omitempty"`   // of the script under test, as the caller named it; empty in a baseline
	SHA256    string  `json:"sha256,omitempty"` // of its bytes
	Title     string  `json:"title,omitempty"`  // the page it is kept on, as "User:Mara/x.js"; older logs leave it out
	Base      bool    `json:"base,omitempty"`   // a baseline: the same persona and page without the script
	Tier      string  `json:"tier,omitempty"`
	Isolation string  `json:"isolation,omitempty"` // level that kept the run in: A, B or C; older logs leave it out
	Host      string  `json:"host,omitempty"`      // the decoy's name
	Skin      string  `json:"skin,omitempty"`
	Language  string  `json:"language,omitempty"`
	Referrer  string  `json:"referrer,omitempty"`
	Answer    string  `json:"answer,omitempty"`  // how writes were answered: success, denied, error
	Clock     float64 `json:"clock,omitempty"`   // the page's clock at the start, milliseconds since 1970; 0 for the day of the run
	Forward   float64 `json:"forward,omitempty"` // milliseconds of virtual time that were let pass
	Visit     int     `json:"visit,omitempty"`   // from 1; 0 when not counted
	Gates     []int   `json:"gates,omitempty"`   // numbers of the conditions to force
}

// Data is what a kind has to say; fields that a kind does not use stay empty.
type Data struct {
	URL    string `json:"url,omitempty"`
	Method string `json:"method,omitempty"`
	How    string `json:"how,omitempty"`    // script, style, fetch, xhr, beacon, socket, image, frame, form, font, worker, media, ping, link, other
	Seen   string `json:"seen,omitempty"`   // who saw it: proxy, browser (CDP) or hook; proxy is the truth
	Answer string `json:"answer,omitempty"` // how it was answered: decoy, script, companion, placeholder, refused
	SHA256 string `json:"sha256,omitempty"` // of a script served or evaluated
	Action string `json:"action,omitempty"` // edit, delete, block, …: the API's word
	Title  string `json:"title,omitempty"`  // normalised, with namespace
	Class  string `json:"class,omitempty"`  // site-js, gadget, other-user-js, own-js, page
	Name   string `json:"name,omitempty"`
	On     string `json:"on,omitempty"`   // what a listener sits on: window, document, body, or a selector
	From   string `json:"from,omitempty"` // where text that became code came from: literal, fetched (from URL), decoded, stored, page, address
	Text   string `json:"text,omitempty"` // cut at 4 KiB
	Cut    int    `json:"cut,omitempty"`  // bytes that were left out of the longer fields
	Count  int    `json:"count,omitempty"`
	Total  int    `json:"total,omitempty"`
	Ran    []byte `json:"ran,omitempty"` // which functions ran: see [Bits]
}

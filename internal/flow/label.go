package flow

import "sallyport/internal/js"

// Source says where data comes from.
type Source uint8

// Sources.
const (
	NoSource         Source = iota
	FromURL                 // address, query string, fragment, referrer, window name, fields that an address fills in
	FromPage                // text, attributes and data of the page: whoever edits it
	FromTitle               // page and user names: quotes pass, angle brackets do not
	FromAPI                 // free text in an answer of the wiki's API
	FromUserJSON            // wiki pages read as data
	FromInterface           // interface messages: whoever may edit those
	FromStorage             // local storage, cookies set by mw.cookie, user options
	FromPostMessage         // messages from other windows
	FromThirdParty          // answers of other hosts
	FromUnknown             // parameters of functions that only others call
	FromInput               // what the person types: dialogs and form fields
	FromGlobalConfig        // variables other scripts may set; not told apart yet
	FromToken               // edit tokens
	FromCookie              // document.cookie
	FromPassword            // password fields
	FromKeys                // key strokes
	FromPersonal            // e-mail address, watch list, preferences
	FromClipboard           // what the person copied, anywhere
	FromUser                // the person's own name, groups, rights, IP address
	FromRandom
	sources
)

var sourceNames = [sources]string{
	"", "url", "page-text", "page-title", "api-text", "user-json", "interface-message", "storage", "postmessage",
	"third-party", "unknown-caller", "input", "global-config", "token", "cookie", "password", "keys", "personal", "clipboard", "user",
	"random",
}

func (s Source) String() string {
	if s < sources {
		return sourceNames[s]
	}
	return "?"
}

// Secret says whether data of this source must not leave the wiki.
func (s Source) Secret() bool { return s >= FromToken && s <= FromUser }

// Contexts is a set of places in which a value is not safe as it is.
type Contexts uint16

// Contexts.
const (
	InHTML     Contexts = 1 << iota // as HTML: it can make elements
	InAttr                          // inside a quoted attribute: it can end it
	InURL                           // as a whole URL: it can be javascript:
	InParam                         // as part of a URL: it can add parameters
	InJS                            // as code
	InCSS                           // as a style
	InSelector                      // as a selector
	InWikitext                      // as wikitext
	InRegexp                        // as a regular expression

	// Data says that the value still is, or tells, what came from the source: no encoding takes that away.
	Data
	// Markup says that it was put next to literal markup on the way: somebody means the whole as HTML. InURL then says that
	// it is the target of a link or image there; InHTML that it breaks out, or runs in an event attribute.
	Markup
	// Param says that it passed through as the parameter of an interface message.
	Param
	// InHost is as a whole URL: it can lead to any host. A check of the scheme alone takes away InURL and leaves this.
	InHost
)

// Anywhere are all contexts, for a value nobody has touched.
const Anywhere = InHTML | InAttr | InURL | InParam | InJS | InCSS | InSelector | InWikitext | InRegexp | InHost | Data

// Flow is one kind of data reaching a node.
type Flow struct {
	Source Source
	Unsafe Contexts // where it would do harm; flags such as Markup among them
	Origin js.Node  // where it enters the script

	entry uint32
	g     *Graph
}

// Step is one station on the way, from source to sink.
type Step struct {
	Node    js.Node
	Message string
}

// Package writedoor knows which requests to a wiki change code, and other things a session must not be able to do alone.
//
//	request ──► reading ──────────► index.php ─► action or special page ─┐
//	            PHP's parameters,   api.php ───► module                  ├─► pages ─► tiers ─► Operation
//	            path over body      rest.php ──► route                   │   asked of
//	            over address        anything else ───────────────────────┘   the wiki
//
// [Door.Classify] reads a request as MediaWiki 1.39 to 1.43 would, names every page it may change, says how sensitive that is,
// and writes the request again in one plain way. Only that is meant to be forwarded, so the spelling its sender chose never
// reaches MediaWiki: a mistake here is a page named wrongly in front of a person, not a page changed behind their back.
//
// What is not understood is not assumed to be harmless: an unknown write by an account that holds power is [Unknown], and
// a request that can be read in two ways is refused ([ErrUnclear]). Whether something waits, and who decides, is the
// business of others; here requests are only understood.
package writedoor

import (
	"errors"

	"sallyport/internal/phpform"
	"sallyport/internal/wiki"
)

// ErrUnclear refuses a request of which nobody could say what MediaWiki would make of it, or which MediaWiki would refuse.
// Other errors of [Door.Classify] mean that the wiki could not be asked.
var ErrUnclear = errors.New("the request is not clear")

// Request is what the gateway got.
type Request struct {
	Method      string
	Target      string   // path and query as they came, for instance "/w/index.php?title=A"
	ContentType []string // every Content-Type header
	Body        []byte
	Actor       wiki.User // whose session the wiki says the cookies are
	// Apart says that something else than the cookies may decide who acts, for instance an Authorization header.
	Apart bool
}

// Operation is what a request does.
type Operation struct {
	Kind   Kind
	Via    string // "index.php", "api.php", "rest.php", or the path of something else
	Action string // MediaWiki's word: an action, a module, "Special:Movepage", "PUT /v1/page"
	Pages  []Page // every page it may change, the one it is about first
	Open   bool   // it may change pages that are not listed
	Tiers  []Tier // what it touches, worst first; empty when nothing is sensitive
	Result Result
	Apart  bool // it is not certain that the session's account is who acts

	// Params are the parameters as MediaWiki sees them ($_POST over $_GET, the path over both), with canonical titles.
	Params *phpform.Values
	Files  []phpform.File
	// Forward is the request written again. It is nil for requests that write nothing and may go on as they came.
	Forward *Forward
}

// Tier is the most sensitive thing the operation touches; [None] when there is none.
func (o *Operation) Tier() Tier {
	if len(o.Tiers) == 0 {
		return None
	}
	return o.Tiers[0]
}

// Forward is a request in its one plain spelling. Headers that are not named here stay as they came.
type Forward struct {
	Method      string
	Target      string
	ContentType string // empty: no body
	Body        []byte
}

// Page is a page an operation may change.
type Page struct {
	Title  wiki.Title
	ID     int64 // 0 when there is no page of this title now
	Rev    int64 // the current revision, 0 when there is none
	Before string
	After  string // content models; Before is empty when there is no page now, After when there will be none
	Role   Role
}

// Role says what happens to a page.
type Role string

// Roles of pages.
const (
	Edited    Role = "edited"
	MovedFrom Role = "moved from"
	MovedTo   Role = "moved to"
	Deleted   Role = "deleted"
	Restored  Role = "restored"
	Protected Role = "protected"
	Merged    Role = "merged"
)

// Result says whether the text the pages will have is known before the change.
type Result string

// Results.
const (
	NoText       Result = ""        // no text changes
	Given        Result = "given"   // the request holds the whole text
	FromWiki     Result = "ask"     // it follows from what the wiki holds: a section, an undo, a move
	Uncomputable Result = "unknown" // it cannot be known: an import, an extension's own way
)

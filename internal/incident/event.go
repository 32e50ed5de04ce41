package incident

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"sallyport/internal/writedoor"
)

// Session stands for one browser that is logged in. It is a hash: what identifies a session is never kept.
type Session [16]byte

// SessionOf hashes what identifies a session, for instance the value of the wiki's session cookie.
func SessionOf(secret string) (s Session) {
	sum := sha256.Sum256([]byte("sallyport session\n" + secret))
	copy(s[:], sum[:])
	return s
}

// Site is the victim of a write that everybody runs.
const Site = "the site"

// MarshalText implements [encoding.TextMarshaler].
func (s Session) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(s[:])), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Session) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(s) {
		return fmt.Errorf("%q is no session", text)
	}
	copy(s[:], raw)
	return nil
}

// Event is a write as it arrives: before it is made, and whether or not it will be.
type Event struct {
	Time     time.Time
	User     int64
	Name     string
	Session  Session
	Kind     writedoor.Kind
	Tier     writedoor.Tier // [writedoor.None] when it changes nothing sensitive
	Page     string         // full title; of several pages each has an event of its own
	Victim   string         // who runs the page: a name, or [Site]; empty when nobody does
	Added    Sketch         // what is new in the text
	Approved bool           // somebody approved exactly this text where no script could reach them
	Waits    bool           // it will wait for an approval
	Pressed  bool           // a person pressed a form's button: the browser says so (Sec-Fetch-User), and scripts cannot
	Bot      bool           // the account has the right "bot"
}

// own says whether the account alone runs the page.
func (e *Event) own() bool {
	return e.Victim == e.Name && (e.Tier == writedoor.OwnCode || e.Tier == writedoor.PopularGadget)
}

// Serving is code on its way to a session.
type Serving struct {
	Time    time.Time
	User    int64
	Session Session
	Page    string    // full title, when the address tells
	Form    string    // empty for the page's own text; otherwise what it came wrapped in, for instance "module"
	Owner   string    // whose page it is; empty for the site's
	Saved   time.Time // when the page's text was saved; zero when unknown
	Code    Sketch
}

// key is what the code is remembered under. A page's text and the module made of it are two scripts of one page: else each
// would look like a new text of the other.
func (s *Serving) key() string {
	switch {
	case s.Page == "":
		return string(s.Code.ID[:])
	case s.Form != "":
		return fold(s.Page) + "\n" + s.Form
	default:
		return fold(s.Page)
	}
}

// Decision is what a breaker says to an event.
type Decision struct {
	Hold bool   // do not make the change
	Why  string // for the person who sent it; empty unless held
	Trip *Trip  // this very event tripped the breaker; also in a dry run
}

// Rule names what tripped.
type Rule string

// Rules.
const (
	Descent  Rule = "descent" // X was written where it had come from, one reader further
	Reach    Rule = "reach"   // one session put what it runs into several people's pages
	Reflex   Rule = "reflex"  // sessions write as soon as they are served the same script
	Star     Rule = "star"    // whoever is served a script takes it in
	Copies   Rule = "copies"  // the same text in several people's code pages
	Burst    Rule = "burst"   // an account does at once what it never did
	ByPerson Rule = "by hand" // somebody pulled it
	NotMe    Rule = "not me"  // somebody says that a change sent by their account is not theirs
)

// Rules are all of them.
func Rules() []Rule { return []Rule{Descent, Reach, Reflex, Star, Copies, Burst, ByPerson, NotMe} }

// Trip is why a breaker tripped, in words, and whom it concerns.
type Trip struct {
	Rule       Rule      `json:"rule"`
	At         time.Time `json:"at"`
	Reasons    []string  `json:"reasons"`
	Everywhere bool      `json:"everywhere"`         // all code writes are held, not only those of the sessions
	Sessions   []Session `json:"sessions,omitempty"` // user code is off for them
	Accounts   []string  `json:"accounts,omitempty"`
	Pages      []string  `json:"pages,omitempty"` // that carry the text, or would
	DryRun     bool      `json:"dry_run,omitempty"`
	Sources    []string  `json:"sources,omitempty"` // keys of the scripts it came from
}

// Package switches turns user code off: one text, one gadget, one author, one outside host, or all of it.
//
//	person, or a watcher ──► Keeper.SwitchOff ──► store: a row, and a line of the log
//	                              │                        │ looked at twice a second, and whenever somebody says so on the bus
//	                              ▼                        ▼
//	whoever serves scripts ◄── Keeper.Stops, from memory, at every gateway
//
// Nothing is deleted and nobody's choice is forgotten: what is switched on again comes back to everybody who had it. A store that
// does not answer changes nothing: what is off stays off. The clock, the store and the bus are handed in.
package switches

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Kind says what a switch turns off.
type Kind string

// Kinds, from the smallest to everything.
const (
	Revision Kind = "revision" // one text; the target is its SHA-256 in hex, and Title the page it was seen on
	Gadget   Kind = "gadget"   // the target is a module: "ext.usergadget.p12" (12 is the definition's page id) or "ext.gadget.Name"
	Author   Kind = "author"   // gadgets and scripts of one account; the target is its name, with spaces
	Host     Kind = "host"     // scripts that need a server, or one below it; the target is its name in lower case, without a port
	All      Kind = "all"      // every user gadget and every user script; no target. The site's own code goes on
)

// Kinds are all of them, in that order.
var Kinds = []Kind{Revision, Gadget, Author, Host, All}

// Beginnings of module names.
const (
	userGadget = "ext.usergadget.p"
	siteGadget = "ext.gadget."
)

// Why something is not done.
var (
	ErrTarget   = errors.New("that cannot be switched off")
	ErrNoReason = errors.New("say why: the people affected read it")
	ErrNobody   = errors.New("nobody to answer for it")
	ErrOff      = errors.New("it is off already")
	ErrOn       = errors.New("it was switched on again already")
	ErrTooMany  = errors.New("too much is switched off at once; switch it all off, or switch something on again first")
)

// Bounds.
const (
	maxReason = 1000 // bytes; the log, pages and scripts carry it
	maxActive = 1000 // switches at once on a wiki
)

// Switch is something that is off, or was. Its JSON is that of pages, commands and the log.
type Switch struct {
	ID       int64     `json:"id"` // 1, 2, 3, … on each wiki
	Wiki     string    `json:"wiki"`
	Kind     Kind      `json:"kind"`
	Target   string    `json:"target"`          // what exactly: see the kinds
	Title    string    `json:"title,omitempty"` // of a Revision: the page, prefixed database key
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Ended    time.Time `json:"ended,omitzero"` // zero while it is off
	EndedBy  string    `json:"ended_by,omitempty"`
	EndedWhy string    `json:"ended_why,omitempty"`
}

// May says whether an account may switch things off and on.
func May(u wiki.User) bool { return u.ID != 0 && u.Has("editinterface") && u.Has("editsitejs") }

// MaySee says whether an account may see what is off.
func MaySee(u wiki.User) bool { return u.ID != 0 && (u.Has("editsitejs") || u.Has("block")) }

// Read brings what a person wrote as a kind and a target into the spelling that is kept. Of a gadget "12", "p12" and a module's
// name will do; of a host a whole address. Errors are [ErrTarget].
func Read(site *wiki.Site, kind Kind, target string) (string, error) {
	target = strings.TrimSpace(target)
	switch kind {
	case Revision:
		return readDigest(target)
	case Gadget:
		return readGadget(target)
	case Author:
		t, err := site.ParseIn(target, wiki.NSUser)
		if err != nil || t.NS != wiki.NSUser || t.IsSubpage() {
			return "", fmt.Errorf("%w: %q is not the name of an account", ErrTarget, target)
		}
		return t.Text(), nil
	case Host:
		return readHost(site, target)
	case All:
		if target != "" {
			return "", fmt.Errorf("%w: all user code has no target, so what is %q?", ErrTarget, target)
		}
		return "", nil
	}
	return "", fmt.Errorf("%w: %q is no kind; they are revision, gadget, author, host and all", ErrTarget, kind)
}

func readDigest(target string) (string, error) {
	d := strings.ToLower(target)
	if len(d) != 64 || strings.Trim(d, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%w: %.80q is not the SHA-256 of a text, 64 hexadecimal digits", ErrTarget, target)
	}
	return d, nil
}

func readGadget(target string) (string, error) {
	if name, ok := strings.CutPrefix(target, siteGadget); ok && name != "" {
		return target, nil
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(target, "ext.usergadget."), "p")
	if id, err := strconv.ParseInt(digits, 10, 64); err == nil && id > 0 {
		return userGadget + strconv.FormatInt(id, 10), nil
	}
	return "", fmt.Errorf("%w: %q is no gadget; write the page id of its definition, or ext.gadget. and a name for one of the site's", ErrTarget, target)
}

func readHost(site *wiki.Site, target string) (string, error) {
	host := strings.ToLower(hostOf(target))
	if !strings.Contains(host, ":") { // no IPv6 address
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || !strings.Contains(ascii, ".") {
			return "", fmt.Errorf("%w: %q is no host; write for instance evil.example", ErrTarget, target)
		}
		host = ascii
	}
	if own := hostOf(site.Server); below(own, host) {
		return "", fmt.Errorf("%w: %s is this wiki; to stop its scripts, switch all of them off", ErrTarget, host)
	}
	return host, nil
}

// hostOf is the host of an address, or what is written instead of one.
func hostOf(text string) string {
	if _, rest, ok := strings.Cut(text, "//"); ok {
		text = rest
	}
	u, err := url.Parse("//" + text)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Hostname(), ".")
}

// below says whether a host is another one, or below it.
func below(host, of string) bool { return host == of || strings.HasSuffix(host, "."+of) }

// GadgetID is the page id of the user gadget that a Gadget switch is about; ours is false for any other.
func (s *Switch) GadgetID() (id int64, ours bool) {
	digits, ok := strings.CutPrefix(s.Target, userGadget)
	if !ok || s.Kind != Gadget {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}

func fromRow(r store.Switch) Switch {
	return Switch{r.ID, r.Wiki, Kind(r.Kind), r.Target, r.Title, r.Reason, r.By, r.At, r.Ended, r.EndedBy, r.EndedWhy}
}

func (s *Switch) row() store.Switch {
	return store.Switch{Wiki: s.Wiki, ID: s.ID, Kind: string(s.Kind), Target: s.Target, Title: s.Title, Reason: s.Reason, By: s.By, At: s.At,
		Ended: s.Ended, EndedBy: s.EndedBy, EndedWhy: s.EndedWhy}
}

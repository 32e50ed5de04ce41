// Package notice tells people what happens to changes of code, to their keys, and to the wiki.
//
// Nothing here is told by whoever does something: an [Office] reads the log, which only grows and which every step is
// written to in the same transaction as the step itself, and keeps a notice for each person concerned, once. So whatever
// ends the program, nobody is forgotten. From the notices kept, mail is sent: each try is counted before it is made, what a
// server does not take now is tried again for three days, and what no server will ever take is set aside and said in the
// log. A notice that was sent when the program ended is sent once more, under the same message id.
package notice

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sallyport/internal/notice/mail"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// Kind says what a notice is about.
type Kind string

// Kinds.
const (
	Waits          Kind = "waits"           // a change sent by the account waits for its approval
	Second         Kind = "second"          // somebody else's change waits for a second person
	Approved       Kind = "approved"        // somebody else approved the account's change
	Made           Kind = "made"            // the account's change was made
	Rejected       Kind = "rejected"        // the account's change was rejected
	Said           Kind = "said"            // somebody has said something about the account's change
	Failed         Kind = "failed"          // the account's change was approved, and not made
	NotMe          Kind = "not-me"          // somebody says that a change sent by their account is not theirs
	KeyAdded       Kind = "key-added"       // a key was added to the account
	KeyRevoked     Kind = "key-revoked"     // a key of the account was revoked
	Recovery       Kind = "recovery"        // somebody asks for a new key of the account, and others are asked to vouch
	Vouched        Kind = "vouched"         // somebody has vouched for such a key
	Stopped        Kind = "stopped"         // somebody has stopped it
	PastDoor       Kind = "past-door"       // code changed that nobody approved
	Breaker        Kind = "breaker"         // the outbreak breaker tripped
	BreakerReset   Kind = "breaker-reset"   // somebody let changes of code through again
	AddressChanged Kind = "address-changed" // mail goes elsewhere from now on
	HostAsked      Kind = "host-asked"      // somebody asks for a server that a policy keeps a script from
	HostGranted    Kind = "host-granted"    // such a server was granted
	HostRefused    Kind = "host-refused"    // or refused, or taken back
	SwitchedOff    Kind = "switched-off"    // code that people run was switched off
)

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{Waits, Second, Approved, Made, Rejected, Said, Failed, NotMe, KeyAdded, KeyRevoked, Recovery, Vouched, Stopped, PastDoor, Breaker, BreakerReset, AddressChanged, HostAsked, HostGranted, HostRefused, SwitchedOff}
}

// routine says whether a notice is about what goes as it should. It is mailed to those alone who ask for everything.
func (k Kind) routine() bool { return k == Waits || k == Approved || k == Made }

// always says whether a notice is mailed however many there were: it is about the keys of whoever is told.
func (k Kind) always(own bool) bool {
	switch k {
	case KeyAdded, KeyRevoked, AddressChanged:
		return true
	case Recovery, Vouched, Stopped:
		return own
	}
	return false
}

// Details are what a notice says beyond its kind. No text of a change is among them.
type Details struct {
	Change   string    `json:"change,omitempty"`   // its id
	Wish     string    `json:"wish,omitempty"`     // id of a wish for a key
	Undone   bool      `json:"undone,omitempty"`   // the page was put back
	Page     string    `json:"page,omitempty"`     // the first page it concerns
	More     int       `json:"more,omitempty"`     // further pages
	By       string    `json:"by,omitempty"`       // who did it
	For      string    `json:"for,omitempty"`      // whose key it is about
	What     string    `json:"what,omitempty"`     // in words, where the log has some
	Reason   string    `json:"reason,omitempty"`   // why it was rejected, or not made
	Revision int64     `json:"revision,omitempty"` // that it became
	Counts   time.Time `json:"counts,omitzero"`    // when a key begins to count
	Entry    int64     `json:"entry,omitempty"`    // of the log
	Hash     string    `json:"hash,omitempty"`     // of that entry
	Last     bool      `json:"last,omitempty"`     // more of this kind are not mailed for an hour
}

// Notice is what somebody is told.
type Notice struct {
	store.Notice
	Details
}

// Path is where more is to be seen, on the origin of approvals; empty when there is nothing.
func (n *Notice) Path() string {
	switch {
	case n.Change != "":
		return "/a/" + n.Change
	case n.Wish != "":
		return "/recovery/" + n.Wish
	case n.Kind() == KeyAdded, n.Kind() == KeyRevoked:
		return "/keys"
	}
	return ""
}

// Kind is what it is about.
func (n *Notice) Kind() Kind { return Kind(n.Notice.Kind) }

func open(n store.Notice) (Notice, error) {
	var d Details
	if err := json.Unmarshal([]byte(n.Body), &d); err != nil {
		return Notice{}, fmt.Errorf("read notice %q: %w", n.ID, err)
	}
	return Notice{n, d}, nil
}

// Post takes letters; [mail.Server] does.
type Post interface {
	Send(ctx context.Context, l mail.Letter) error
}

// Store is what an office needs of a store.
type Store interface {
	store.Approvals
	store.Notices
	store.Requests
	Cursor(ctx context.Context, wiki, name string) (string, error)
	SetCursor(ctx context.Context, wiki, name, value string) error
}

// Options are what [New] needs. Site, Store and Confirm are required.
type Options struct {
	Site      *wiki.Site
	Store     Store
	Confirm   string        // the origin where approvals are given; the only one that mail links to
	Operators []string      // addresses that are told of alarms
	Post      Post          // nil: no mail is sent, and notices are read on the confirm origin alone
	Pause     time.Duration // between two looks at the log; 5 s by default
	Now       func() time.Time
	Log       *slog.Logger
}

// Office is where notices are made, kept and sent. It is safe for concurrent use; several processes may share a store.
type Office struct {
	o     Options
	rate  rate
	quiet time.Time // no server was there; none is looked for before
}

// New makes an office.
func New(o Options) (*Office, error) {
	if o.Site == nil || o.Store == nil || o.Confirm == "" {
		return nil, errors.New("nobody can be told anything without a site, a store and the origin of approvals")
	}
	for i, address := range o.Operators {
		if err := mail.Address(address); err != nil {
			return nil, fmt.Errorf("address %d of the operators: %w", i+1, err)
		}
	}
	if o.Pause <= 0 {
		o.Pause = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Office{o: o, rate: rate{}}, nil
}

// maxShown is how many notices a person is shown.
const maxShown = 100

// Of lists an account's notices, newest first.
func (o *Office) Of(ctx context.Context, userID int64) ([]Notice, error) {
	list, err := o.o.Store.NoticesOf(ctx, o.o.Site.ID, userID, maxShown)
	if err != nil {
		return nil, err
	}
	all := make([]Notice, len(list))
	for i, n := range list {
		if all[i], err = open(n); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// id names a notice after what it is about and whom it is for.
func id(wiki string, about string, kind Kind, userID int64, to string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "sallyport notice 1\n%q %q %q %d %q", wiki, about, kind, userID, to))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

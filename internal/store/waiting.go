package store

import (
	"context"
	"errors"
	"time"
)

// ErrTooMany refuses to park a change while as many as allowed wait already.
var ErrTooMany = errors.New("too many changes wait already")

// State is how far a parked change has come.
type State string

// States. A change is open in the first three.
const (
	Parked   State = "parked"   // waits for approvals
	Approved State = "approved" // has them; waits to be made
	Sending  State = "sending"  // was handed to the wiki; what came of it is not known yet
	Done     State = "done"
	Rejected State = "rejected"
	Reported State = "reported" // "this was not me"
	Failed   State = "failed"   // the wiki refused it, or made something else of it
	Unclear  State = "unclear"  // the program ended while it was sent, and the wiki cannot be asked about it
)

// Open says whether something may still become of the change.
func (s State) Open() bool { return s == Parked || s == Approved || s == Sending }

// Waiting is a change that people must agree to. It is kept before anybody is asked, so that nothing typed is lost.
type Waiting struct {
	Wiki    string
	ID      string // random; stands in addresses
	UserID  int64  // who sent it
	User    string
	Digest  Digest // of the request, so that the same one is not parked twice
	State   State
	Version int64  // counts the changes of this row
	Sealed  []byte // the request and the texts, encrypted; lists leave it out
	Notes   string // JSON: approvals, outcome
	Created time.Time
	Changed time.Time
	Expires time.Time // open changes die then
}

// Key is a public key whose owner may approve.
type Key struct {
	Wiki    string
	ID      string // of the credential in unpadded URL-safe base64, or an SSH key's fingerprint
	Kind    string // "passkey", "ssh", or "code": a shared secret for one-time codes, sealed in Public
	UserID  int64
	User    string
	Label   string
	Public  []byte // COSE, or SSH wire form
	Added   time.Time
	Counts  time.Time // approvals before that moment are refused
	Revoked time.Time // zero: it is good
}

// Good says whether the key may approve at a moment.
func (k *Key) Good(at time.Time) bool { return k.Revoked.IsZero() && !at.Before(k.Counts) }

// Invite is a one-time permission to add a key to an account. The token itself is not kept.
type Invite struct {
	Wiki    string
	Token   Digest
	UserID  int64
	User    string
	From    string // who gave it: "operator", or the id of an existing key
	Expires time.Time
}

// Approvals is the part of a [Store] that remembers what waits for people, whose word counts, and what was decided.
// Methods that take entries append them to the wiki's log in the same transaction.
type Approvals interface {
	// Park keeps a new change, unless the account has as many open ones as given already: then it returns [ErrTooMany].
	Park(ctx context.Context, w Waiting, most int, entries ...Entry) error
	// Waiting returns a change.
	Waiting(ctx context.Context, wiki, id string) (Waiting, error)
	// WaitingOf lists an account's changes that changed since a moment, oldest first, without Sealed.
	WaitingOf(ctx context.Context, wiki string, userID int64, since time.Time) ([]Waiting, error)
	// Queue lists a wiki's open changes that expire after a moment, oldest first, without Sealed.
	Queue(ctx context.Context, wiki string, at time.Time, limit int) ([]Waiting, error)
	// Advance replaces State, Sealed, Notes, Changed and Expires of a change whose row has this Version still, and counts
	// Version up. first is false when somebody else was faster: then nothing changes.
	Advance(ctx context.Context, w Waiting, entries ...Entry) (first bool, err error)
	// AdvanceAll is Advance for several changes of one wiki, all of them or none.
	AdvanceAll(ctx context.Context, all []Waiting, entries ...Entry) (first bool, err error)
	// Stuck lists changes that have been on their way to the wiki since before a moment, without Sealed.
	Stuck(ctx context.Context, wiki string, before time.Time, limit int) ([]Waiting, error)
	// ForgetWaiting removes changes that nothing can become of any more and that changed before a moment.
	ForgetWaiting(ctx context.Context, wiki string, before time.Time) error

	// SaveKey inserts or replaces a key.
	SaveKey(ctx context.Context, k Key, entries ...Entry) error
	Key(ctx context.Context, wiki, id string) (Key, error)
	// Keys lists the keys of an account, or of everybody for user id 0, oldest first, revoked ones included.
	Keys(ctx context.Context, wiki string, userID int64) ([]Key, error)
	// SaveInvite keeps a permission; Invite returns it.
	SaveInvite(ctx context.Context, i Invite, entries ...Entry) error
	Invite(ctx context.Context, wiki string, token Digest) (Invite, error)
	// UseInvite removes a permission and saves the key it was for. It returns [ErrNotFound] when the permission is gone.
	UseInvite(ctx context.Context, wiki string, token Digest, k Key, entries ...Entry) error

	People

	// Append adds to the wiki's log. Seq, Prev and Hash are filled in.
	Append(ctx context.Context, wiki string, entries ...Entry) error
	// Entries reads the log after a sequence number, in order.
	Entries(ctx context.Context, wiki string, after int64, limit int) ([]Entry, error)
}

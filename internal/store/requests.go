package store

import (
	"context"
	"time"

	"sallyport/internal/violation"
)

// RequestState is what became of a [Request].
type RequestState string

// States of a request.
const (
	RequestOpen      RequestState = "open"
	RequestGranted   RequestState = "granted"   // to whoever has the gadget switched on
	RequestForAll    RequestState = "for-all"   // to everybody, which is written into the settings
	RequestRefused   RequestState = "refused"   // with a reason
	RequestWithdrawn RequestState = "withdrawn" // it was granted, and is no more
)

// Request is people's wish that their pages may contact a server.
type Request struct {
	Wiki      string
	ID        string // random; stands in addresses
	UserID    int64  // who asked first
	User      string
	Directive string // in which it is granted, for instance "script-src"
	Host      string // a source of a policy: "https://translate.example"
	Script    string // what wanted it, as in [violation.Key]; may be empty
	Gadget    int64  // page id of the gadget that is; 0 for another script
	Why       string // in the words of who asked first
	State     RequestState
	People    int    // accounts that ask for it; filled in by the store
	By        string // who decided
	Reason    string
	Asked     time.Time
	Decided   time.Time // zero while it is open
}

// Asker is an account that asks.
type Asker struct {
	UserID int64
	User   string
}

// Limits bound what may be asked for at once.
type Limits struct {
	Account int // open requests an account has a part in
	Wiki    int // open requests of a wiki
}

// About picks rows of what browsers reported: those about one address, or those that one script caused.
type About struct {
	Blocked string // as in [violation.Key]; empty: any
	Source  string // likewise
}

// Requests is the part of a [Store] that remembers what people ask operators for, because a policy kept a script from it.
type Requests interface {
	// Ask keeps a request, or lets the account join the open one about the same directive, host and script. It returns the
	// one that is kept then, and whether it was there before. It returns [ErrTooMany] at a limit. Entries are appended to the
	// log unless the account was part of it already.
	Ask(ctx context.Context, r Request, most Limits, entries ...Entry) (kept Request, joined bool, err error)
	// Request returns one.
	Request(ctx context.Context, wiki, id string) (Request, error)
	// Requests lists those in a state: open ones by how many ask for them, others newest first.
	Requests(ctx context.Context, wiki string, state RequestState, limit int) ([]Request, error)
	// RequestsOf lists those an account has a part in, newest first.
	RequestsOf(ctx context.Context, wiki string, userID int64, limit int) ([]Request, error)
	// Askers lists who asks for one, the first first.
	Askers(ctx context.Context, wiki, id string) ([]Asker, error)
	// Decide replaces State, By, Reason and Decided of a request that is in a state still. first is false when somebody else
	// was faster: then nothing changes.
	Decide(ctx context.Context, r Request, from RequestState, entries ...Entry) (first bool, err error)
	// ForgetRequests removes what was refused or withdrawn before a moment.
	ForgetRequests(ctx context.Context, wiki string, before time.Time) error
	// Reported returns some of the rows kept since a day, ordered by key.
	Reported(ctx context.Context, wiki string, which About, since violation.Day) ([]violation.Row, error)
}

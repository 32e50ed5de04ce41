package store

import (
	"context"
	"time"
)

// RecoveryState is how far a wish for a key has come.
type RecoveryState string

// States of a [Recovery]. It is open in the first.
const (
	Asked   RecoveryState = "asked"   // waits for people who vouch
	Vouched RecoveryState = "vouched" // enough have; the key is kept, and counts after a delay
	Stopped RecoveryState = "stopped"
)

// Recovery is the wish of somebody who has no key of an account any more, with the key they made. Nothing is proved by it:
// people who hold keys say whether it is theirs.
type Recovery struct {
	Wiki    string
	ID      string // random; stands in addresses
	UserID  int64
	User    string
	State   RecoveryState
	Version int64  // counts the changes of this row
	KeyID   string // of the key they made
	Label   string
	Public  []byte // COSE
	Notes   string // JSON: who vouched
	Created time.Time
	Changed time.Time
	Expires time.Time // it is open until then
}

// Tries is how often something was tried that may be guessed.
type Tries struct {
	Count int64     // since it last succeeded, or was forgotten
	Last  time.Time // zero: never
}

// People is the part of [Approvals] that is about how somebody becomes an approver, and about guesses.
type People interface {
	// AskRecovery keeps a new wish, unless as many as given are open for the account, or on the wiki: then it returns
	// [ErrTooMany].
	AskRecovery(ctx context.Context, r Recovery, most, mostOfAll int, entries ...Entry) error
	Recovery(ctx context.Context, wiki, id string) (Recovery, error)
	// Recoveries lists the wishes that are open at a moment, oldest first.
	Recoveries(ctx context.Context, wiki string, at time.Time, limit int) ([]Recovery, error)
	// AdvanceRecovery replaces State, Notes and Changed of a wish whose row has this Version still, counts Version up, and
	// keeps a key in the same transaction when there is one. first is false when somebody else was faster.
	AdvanceRecovery(ctx context.Context, r Recovery, k *Key, entries ...Entry) (first bool, err error)
	// ForgetPeople removes wishes that ended, and tries that were last made, before a moment.
	ForgetPeople(ctx context.Context, wiki string, before time.Time) error

	// Tries returns how often something was tried; nothing kept is zero.
	Tries(ctx context.Context, wiki, name string) (Tries, error)
	// SaveTries replaces was by now. first is false when somebody else has tried meanwhile.
	SaveTries(ctx context.Context, wiki, name string, was, now Tries) (first bool, err error)
	// UseStep remembers that a number was used with a key. fresh is false unless it is larger than all used before.
	UseStep(ctx context.Context, wiki, key string, step int64) (fresh bool, err error)
}

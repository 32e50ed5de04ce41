// Package pending keeps changes that people must agree to, from the moment they arrive until the wiki has made them.
//
//	arrives ──► parked ──► approved ──► sending ──► done
//	               │           │           └──► failed, unclear
//	               └──► rejected, reported, or forgotten when its time is over
//
// A change is parked, encrypted, before anybody is asked, with the whole text that will result. What an approval signs is a
// [Record] of exactly that. Every step is one compare-and-swap in the store, with its line in the log in the same
// transaction, and the step to "sending" is taken before the wiki hears of the change: so whatever ends the program, a
// change is sent at most once, and afterwards the wiki itself is asked whether it was made.
package pending

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// Errors that callers tell people about, each in its own words.
var (
	ErrNobody = errors.New("nobody is logged in")
	ErrApart  = errors.New("a request with an Authorization header (OAuth, a bearer token) is signed for one sending, so it cannot be kept and sent after an approval; " +
		"log in with the account's cookies (action=clientlogin), or publish with a registered key (sallyport deploy)")
	ErrStale     = errors.New("the page has changed meanwhile")
	ErrHeld      = errors.New("changes by this account are held, because one was reported as not its owner's")
	ErrTooMany   = store.ErrTooMany
	ErrTooLarge  = errors.New("the change is too large")
	ErrGone      = errors.New("there is no such change, or its time is over")
	ErrNotYours  = errors.New("the change was sent by another account")
	ErrNotNow    = errors.New("the change is not in a state that allows this")
	ErrKey       = errors.New("this key may not approve this change")
	ErrLate      = errors.New("the approval came too late")
	ErrSignature = passkey.ErrRefused
)

// Store is what the desk needs of a store.
type Store = store.Approvals

// Computer says what an operation leads to; [writedoor.Door] does.
type Computer interface {
	Changes(ctx context.Context, op *writedoor.Operation, ask writedoor.Ask) ([]writedoor.Change, error)
}

// Options are what [New] needs. Site, Store, Door, Confirm and Secret are required.
type Options struct {
	Site    *wiki.Site
	Store   Store
	Door    Computer
	Confirm passkey.Site
	Secret  []byte             // 32 bytes; encrypts what is parked and makes nonces
	Seal    ed25519.PrivateKey // signs grants for a sealed wiki; nil: none are sent
	Broker  *Broker            // makes changes of code with an account of the gateway's own; nil: their senders do
	Most    int                // open changes an account may have; 3 by default
	Keep    time.Duration      // how long a change waits; a day by default
	Fresh   time.Duration      // from showing a change until it must be made; 10 minutes by default
	Hold    time.Duration      // how long an account is held after "this was not me"; an hour by default
	Ask     writedoor.Ask      // asks the wiki as nobody, what came of a change that is stuck; nil: its sender has to come back
	// Password asks the wiki whether a password is an account's. Nil: no approvals by password and code are taken.
	Password func(ctx context.Context, user, password string) error
	// Reported is told of an account whose owner says that a change sent in their name is not theirs; may be nil.
	Reported func(userID int64, user string)
	Now      func() time.Time
	Random   io.Reader
	Log      *slog.Logger
}

// Desk is where changes wait. It is safe for concurrent use; several processes may share a store.
type Desk struct {
	o Options
}

// New makes a desk.
func New(o Options) (*Desk, error) {
	if o.Site == nil || o.Store == nil || o.Door == nil || o.Confirm.Host == "" || len(o.Secret) < 32 {
		return nil, errors.New("changes cannot wait without a site, a store, a door, an origin for approvals and a secret of 32 bytes")
	}
	defaults(&o.Most, 3)
	defaults(&o.Keep, 24*time.Hour)
	defaults(&o.Fresh, 10*time.Minute)
	defaults(&o.Hold, time.Hour)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{o}, nil
}

func defaults[T int | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Site is the wiki whose changes wait here.
func (d *Desk) Site() *wiki.Site { return d.o.Site }

// Confirm is the origin where approvals are given.
func (d *Desk) Confirm() passkey.Site { return d.o.Confirm }

// Address is where a change is shown and approved.
func (d *Desk) Address(id string) string { return d.o.Confirm.Origin + "/a/" + id }

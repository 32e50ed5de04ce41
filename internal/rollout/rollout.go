// Package rollout is how a wiki's Content Security Policy changes without breaking anybody's day: a draft is watched, then
// enforced for one reader in a hundred, then for more, and everything stops by itself when somebody loses what nobody foresaw.
//
//	draft ──Start──► watched by all, enforced for none ──Step──► 1 % ──► 5 % ──► 25 % ──► 100 % ──Finish──► in force
//	                        ▲                            │ surprise, or a person
//	                        └────────── halted ◄─────────┘                    any change ──Undo──► as it was
//
// What holds is one row of the store, a [State]. A [Keeper] in every process follows it twice a second, so that a revert is
// in the next answer of all of them within a second; [Keeper.For] is what the gateway asks, from memory. Who changed what,
// and why, is in the wiki's log, written with the row.
//
// A policy that allows a host hides who uses it: browsers report only what is blocked. So each day one reader in ten, other
// ones every day, also gets the wiki's own policy without any outside host, which only reports: that is how a host that
// nobody uses any more is found out ([Keeper.Sources]), and why a simulation knows what a narrower draft would break.
package rollout

import (
	"errors"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/narrow"
)

// What can be wrong with a change. Each comes wrapped with what was wrong.
var (
	ErrChanged = errors.New("somebody else changed the policy meanwhile")
	ErrState   = errors.New("that is not possible now")
	ErrDraft   = errors.New("this cannot be the policy of the wiki")
	ErrTooLong = errors.New("the policy is too long")
)

// Bounds.
const (
	MaxPolicy = 6 << 10 // bytes of a policy; it is sent twice with each answer while it is rolled out
	maxText   = 500     // bytes of a reason, an owner
	maxPast   = 20      // changes that can be undone
	maxKept   = 500     // losses, and things reported before, that a roll-out remembers
	maxMarks  = 1000    // sources and hosts that somebody said something about
)

// Policy is a policy that somebody wrote.
type Policy struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// State is how things stand with the policy of a wiki. The zero value is a wiki on which the settings say everything.
type State struct {
	InForce *Policy         `json:"in_force,omitempty"` // enforced for everybody; nil: what the settings say
	Draft   *Policy         `json:"draft,omitempty"`
	Rollout *Rollout        `json:"rollout,omitempty"`
	Marks   []Mark          `json:"marks,omitempty"`
	Noise   map[string]bool `json:"noise,omitempty"` // by blocked origin: whether somebody called it noise, or said that it is none
	Past    []Change        `json:"past,omitempty"`  // newest last
	Version int64           `json:"version"`         // of the row; 0: nothing was ever changed
}

// Rollout is a policy on its way.
type Rollout struct {
	narrow.Rollout
	By      string    `json:"by"`
	Why     string    `json:"why"`
	Started time.Time `json:"started"`
	// Known is what browsers already blocked before it began: "directive origin".
	Known []string `json:"known,omitempty"`
	// Before is what counted as lost when the share was set, on that day.
	Before []narrow.Loss `json:"before,omitempty"`
}

// Mark is what somebody said about an outside source.
type Mark struct {
	Directive string    `json:"directive"`
	Source    string    `json:"source"`
	Owner     string    `json:"owner"`
	Reason    string    `json:"reason"`
	Expires   time.Time `json:"expires,omitzero"` // zero: never
}

// Change is something that was done, with how things stood before.
type Change struct {
	What   string    `json:"what"` // a word of [Deeds]
	Note   string    `json:"note,omitempty"`
	By     string    `json:"by"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
	Was    int64     `json:"was"`    // the version before
	Before *State    `json:"before"` // without its past
}

// Deeds are the words for changes.
func Deeds() []string {
	return []string{"draft", "start", "step", "halt", "resume", "revert", "finish", "undo", "mark", "noise"}
}

// Served is a policy as an answer carries it.
type Served struct {
	Name       string // "in force", "candidate" or "probe"
	Policy     *csp.Policy
	ReportOnly bool
}

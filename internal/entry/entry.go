// Package entry decides what may run, for whom: the rules at the load door.
//
//	what is known of a script (capabilities, score, author, pin, review)  ┐
//	who is about to run it (rights, own script, what they agreed to)      ┘──► rules, from the top ──► allow, warn, confirm, refuse
//
// Rules are the operator's, a table each, read from the top: the first that fits decides, and [Rules.Explain] shows why those
// before it did not. What is not known fits nothing but a rule that asks for it, so that a rule set ends with what happens to
// scripts nobody has read. No network, no files, no clock: the same facts give the same answer, which may be cached.
package entry

import (
	"sallyport/internal/capability"
	"sallyport/internal/risk"
)

// Action is what becomes of a script somebody is about to run.
type Action string

// Actions, from the mildest.
const (
	Allow   Action = "allow"
	Warn    Action = "warn"    // it runs, and the reader is told why it may be worth a look
	Confirm Action = "confirm" // it runs once the reader has said so for this revision
	Refuse  Action = "refuse"
)

// strictness orders actions; -1 for a word that is none.
func strictness(a Action) int {
	for i, known := range []Action{Allow, Warn, Confirm, Refuse} {
		if a == known {
			return i
		}
	}
	return -1
}

// Stricter says whether an action lets less run than another.
func (a Action) Stricter(b Action) bool { return strictness(a) > strictness(b) }

// Kind is what sort of code it is.
type Kind string

// Kinds of code.
const (
	UserScript Kind = "user-script" // a page in somebody's user space, a common.js included
	Gadget     Kind = "gadget"      // a user gadget
	SiteCode   Kind = "site-code"   // MediaWiki:Common.js, site gadgets
	OtherPage  Kind = "other-page"  // served with action=raw from anywhere else
	Farm       Kind = "farm"        // a page of another wiki of the farm
)

// Author is what the wiki says of the account whose script it is.
type Author string

// Tiers of authors.
const (
	Unknown     Author = "unknown"     // the account is gone, or the wiki was not asked
	Unconfirmed Author = "unconfirmed" // not autoconfirmed
	Confirmed   Author = "confirmed"
	Trusted     Author = "trusted" // may edit code of the site
	Blocked     Author = "blocked"
)

// Review is what reviewers said of exactly this revision.
type Review string

// States of a review.
const (
	Unreviewed Review = "none"
	Waiting    Review = "waiting"
	Approved   Review = "approved"
	Rejected   Review = "rejected"
)

// Runner is what matters of whoever runs it.
type Runner string

// Tiers of runners.
const (
	AnonymousReader Runner = "anonymous"
	Reader          Runner = "reader"
	Powerful        Runner = "powerful" // [risk.PowerOf] their rights is at least [risk.Deletes]
)

// Script is what is known of the code.
type Script struct {
	Title        string // as people read it
	Kind         Kind
	Read         bool // somebody's analysis has read it; a script that could not be read has the capability opaque
	Capabilities capability.Set
	Score        int // 0–100; of a script that was not read: 0
	Author       Author
	Review       Review
	People       int // who run it
}

// Use is somebody's running it.
type Use struct {
	Rights    []string
	Anonymous bool
	Own       bool // the script is the reader's own
	Pinned    bool // they named this revision, or its hash
	Agreed    bool // they have confirmed this revision
	// Gained is what it can do now and could not when the reader switched it on.
	Gained capability.Set
}

// Tier is what a use's rights make of its reader.
func (u *Use) Tier() Runner {
	if u.Anonymous {
		return AnonymousReader
	}
	if risk.PowerOf(u.Rights) >= risk.Deletes {
		return Powerful
	}
	return Reader
}

// Decision is what becomes of one use.
type Decision struct {
	Action Action `json:"action"`
	Rule   string `json:"rule"`    // the name of the rule that decided; empty when none fits
	Says   string `json:"because"` // a sentence for the reader
	// Asked is set when a rule says confirm and the reader has: the action is allow then.
	Asked bool `json:"confirmed,omitempty"`
}

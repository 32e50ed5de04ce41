package store

import (
	"context"
	"time"
)

// Switch is something that was switched off on a wiki. Package switches knows what kinds and targets mean.
type Switch struct {
	Wiki     string
	ID       int64 // 1, 2, 3, … on each wiki
	Kind     string
	Target   string // may be empty
	Title    string // the page it was about, prefixed database key; may be empty
	Reason   string
	By       string
	At       time.Time
	Ended    time.Time // when it was switched on again; zero while it is off
	EndedBy  string
	EndedWhy string // may be empty
}

// Switches is the part of a [Store] that remembers what is switched off.
type Switches interface {
	// AddSwitch keeps a new one, chooses its id, and adds the entries to the wiki's log in the same transaction. first is false
	// when the same target of the same kind is off already: then nothing changes, and id is that of the one in force.
	AddSwitch(ctx context.Context, s Switch, entries ...Entry) (id int64, first bool, err error)
	// EndSwitch sets Ended, EndedBy and EndedWhy of one that is in force, and writes the log lines with it. first is false when it
	// was ended before, or is not there: then nothing changes.
	EndSwitch(ctx context.Context, s Switch, entries ...Entry) (first bool, err error)
	// Switch returns one by its id.
	Switch(ctx context.Context, wiki string, id int64) (Switch, error)
	// SwitchedOff lists what is off, oldest first.
	SwitchedOff(ctx context.Context, wiki string) ([]Switch, error)
	// LastSwitches lists what was switched off last, whether it still is or not, newest first.
	LastSwitches(ctx context.Context, wiki string, limit int) ([]Switch, error)
}

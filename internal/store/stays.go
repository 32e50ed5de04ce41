package store

import (
	"context"
	"time"
)

// Acceptance is the set of texts of a gadget that somebody accepted: when they switched it on, or when they looked at a change.
// There is one for each account and gadget: the newest.
type Acceptance struct {
	Wiki   string
	UserID int64
	Gadget int64  // page id of the definition
	Set    Digest // of a text, kept with [Analyses.SaveText], that lists the definition and every file by digest
	At     time.Time
	// Stays is since when their pages run this set, whatever the gadget became; zero: they run the newest.
	Stays time.Time
}

// Acceptances is the part of a [Store] that remembers them.
type Acceptances interface {
	// Accept keeps an acceptance in place of an earlier one of the same gadget.
	Accept(ctx context.Context, a Acceptance) error
	// Unaccept forgets it. What is not there is no error.
	Unaccept(ctx context.Context, wiki string, userID, gadget int64) error
	// Acceptances lists those of an account, by gadget.
	Acceptances(ctx context.Context, wiki string, userID int64) ([]Acceptance, error)
	// Stays says whether anybody stays on a set of a gadget.
	Stays(ctx context.Context, wiki string, gadget int64, set Digest) (bool, error)
}

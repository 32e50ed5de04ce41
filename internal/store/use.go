package store

import (
	"context"
	"time"
)

// Use is when an account last used a right, or was last served a script.
type Use struct {
	Wiki   string
	UserID int64
	Name   string // a right, or a page's prefixed database key
	Page   bool   // it is a page
	At     time.Time
}

// Uses is the part of a [Store] that remembers what power is used for.
type Uses interface {
	// SaveUses keeps uses. What was used later already stays as it is.
	SaveUses(ctx context.Context, uses ...Use) error
	// Uses lists everything that is remembered of a wiki, by account and name.
	Uses(ctx context.Context, wiki string) ([]Use, error)
	// ForgetUses removes pages that were last served before a moment. When rights were used is kept.
	ForgetUses(ctx context.Context, wiki string, before time.Time) error
}

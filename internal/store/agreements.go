package store

import (
	"context"
	"time"
)

// Agreement is what somebody was shown of a script when they agreed to run it, or switched it on. There is one for each account and
// page: the newest.
type Agreement struct {
	Wiki   string
	UserID int64
	Title  string // prefixed database key
	Digest Digest // of the text that was shown
	// Confirmed says that they were asked about exactly this text, and said yes. Otherwise it is only what they know of it.
	Confirmed    bool
	Capabilities string // JSON: what it could do then
	At           time.Time
}

// Agreements is the part of a [Store] that remembers them.
type Agreements interface {
	// Agree keeps an agreement in place of an earlier one about the same page.
	Agree(ctx context.Context, a Agreement) error
	// Agreements lists those of an account, by title.
	Agreements(ctx context.Context, wiki string, userID int64) ([]Agreement, error)
}

package store

import (
	"context"
	"time"
)

// Trial is somebody's wish to run a text that waits for reviewers in their own pages. There is one for each account and page.
type Trial struct {
	Wiki   string
	UserID int64
	Title  string // prefixed database key
	Digest Digest
	Since  time.Time
	Until  time.Time // from then on it is over
}

// Trials is the part of a [Store] that remembers them. What is over may be forgotten at any time.
type Trials interface {
	// StartTrial keeps a trial in place of an earlier one of the same account and page, and writes the log lines with it.
	StartTrial(ctx context.Context, t Trial, entries ...Entry) error
	// StopTrial ends one and writes the log lines with it. Ending what is not there is no error and writes nothing.
	StopTrial(ctx context.Context, wiki string, userID int64, title string, entries ...Entry) error
	// Trials lists those that are not over at a moment, by account and title.
	Trials(ctx context.Context, wiki string, now time.Time) ([]Trial, error)
}

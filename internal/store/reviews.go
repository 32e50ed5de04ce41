package store

import (
	"context"
	"time"
)

// ReviewState is what reviewers said of a text.
type ReviewState string

// States of a review.
const (
	ReviewWaiting  ReviewState = "waiting"
	ReviewApproved ReviewState = "approved"
	ReviewRejected ReviewState = "rejected"
)

// Review is what reviewers said of one text of one page. The same text saved again is the same review.
type Review struct {
	Wiki    string
	Title   string // prefixed database key
	Digest  Digest
	State   ReviewState
	RevID   int64     // the revision in which the text was seen first; 0 when nobody looked
	Author  string    // who saved that; empty when the wiki hides it
	Saved   time.Time // when that was saved
	By      string    // who decided; empty for a text that waits, and for one taken as it was found
	Reason  string
	Decided time.Time // zero while it waits
}

// Reviews is the part of a [Store] that remembers which texts may be served. Their texts are kept with [Analyses.SaveText].
type Reviews interface {
	// SeeText keeps the first sight of a text, with a state. One that is there stays as it is. fresh says that there was none.
	SeeText(ctx context.Context, r Review) (fresh bool, err error)
	// DecideText changes State, By, Reason and Decided of a text that is in a state, and writes the log lines with it. Of two who
	// decide at once the second is told that it was not in that state (first is false).
	DecideText(ctx context.Context, r Review, from ReviewState, entries ...Entry) (first bool, err error)
	// Review returns what was said of one text.
	Review(ctx context.Context, wiki, title string, d Digest) (Review, error)
	// Approved returns the text of each page that was approved last, by title. Pages without one are absent.
	Approved(ctx context.Context, wiki string, titles []string) (map[string]Review, error)
	// ApprovedTexts lists the texts of a page that were approved, the last one first.
	ApprovedTexts(ctx context.Context, wiki, title string, limit int) ([]Review, error)
	// WaitingTexts lists what waits for reviewers, newest first.
	WaitingTexts(ctx context.Context, wiki string, limit int) ([]Review, error)
}

package store

import (
	"context"
	"time"
)

// People in an [Exposure] who are no account.
const (
	Nobody  int64 = 0  // somebody who was not logged in
	Unknown int64 = -1 // somebody of whom the wiki did not say who it was
)

// Exposure is who was served one text of one page within one minute, as one process saw it.
type Exposure struct {
	Wiki   string
	Title  string // as people read it; empty where it is not known
	Digest Digest // of the text; empty: of all that found no room to be told apart
	Minute time.Time
	// Part tells sets of the same text and minute apart that were gathered apart, in two processes or before and after a restart. It
	// is chosen at random; the same Part again is the same set, grown.
	Part   int64
	People []int64 // accounts, [Nobody] or [Unknown]: each once, in rising order
	Missed int     // times that it was served to somebody who found no room in People
}

// ExposureQuery asks who was served something. Title or Digest may be empty, not both. What found no room is part of every answer.
type ExposureQuery struct {
	Title    string
	Digest   Digest
	From, To time.Time // the first minute and the last
}

// Exposures is the part of a [Store] that remembers who was served which text.
type Exposures interface {
	// SaveExposures keeps sets of people, all or none; a set that is there already is replaced by what it has grown to.
	SaveExposures(ctx context.Context, all ...Exposure) error
	// EachExposure calls do with what matches, by minute, and ends with its error.
	EachExposure(ctx context.Context, wiki string, q ExposureQuery, do func(Exposure) error) error
	// ForgetExposures removes what was served before a moment.
	ForgetExposures(ctx context.Context, wiki string, before time.Time) error
}

package store

import (
	"context"
	"time"
)

// Job names one analysis of one text. All of it together is the identity of the result: two jobs that differ in nothing are
// the same work, and it is done once.
type Job struct {
	Kind    string `json:"kind"`           // "scan" or "detonate"
	SHA256  Digest `json:"sha256"`         // of the text
	Wiki    string `json:"wiki,omitempty"` // whose page it is; empty when the analysis does not depend on that
	Path    string `json:"path,omitempty"` // the page's title as people read it; empty when the analysis does not depend on it
	Tier    string `json:"tier,omitempty"` // how thorough; empty when there is one way only
	Version string `json:"version"`        // of the analyser
}

// Result is what an analysis said.
type Result struct {
	Job
	Body string // JSON whose form the kind knows
	Made time.Time
}

// Failure is a job that was set aside: nobody tries it again unless somebody asks for that.
type Failure struct {
	Job
	Reason string // a sentence
	Tries  int
	Failed time.Time
}

// Analyses is the part of a [Store] that remembers what analyses said.
type Analyses interface {
	// SaveText keeps a text under its digest.
	SaveText(ctx context.Context, text string) (Digest, error)
	// Settled says whether there is a result of exactly this job, or it was set aside.
	Settled(ctx context.Context, j Job) (bool, error)
	// Begin counts how often a job was begun, and returns the number with this time. A result, setting the job aside and
	// taking it back end the count.
	Begin(ctx context.Context, j Job) (int, error)
	// SaveResult keeps a result. When there is one of that job already it stays as it is, and first is false.
	SaveResult(ctx context.Context, r Result) (first bool, err error)
	// Results returns what is known about a text of a wiki, from whatever page and analyser, newest first; results that
	// do not depend on a wiki included.
	Results(ctx context.Context, wiki string, d Digest) ([]Result, error)
	// SetAside keeps a job that cannot be done, with the reason. A job that has a result is left alone.
	SetAside(ctx context.Context, f Failure) error
	// Failures lists what was set aside, newest first, at most limit of them.
	Failures(ctx context.Context, limit int) ([]Failure, error)
	// FailuresOf lists what was set aside that concerns a text of a wiki, newest first.
	FailuresOf(ctx context.Context, wiki string, d Digest) ([]Failure, error)
	// TakeBack forgets that a job was set aside, so that it can be tried again. A job that was not is no error.
	TakeBack(ctx context.Context, j Job) error
}

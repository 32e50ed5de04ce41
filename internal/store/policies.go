package store

import (
	"context"
	"time"
)

// Policy is how things stand with the Content Security Policy of a wiki: one row, written anew whenever that changes.
type Policy struct {
	Wiki    string
	Version int64  // counts the changes of the row; 0: nothing was kept yet
	Body    string // JSON whose form package rollout knows
	Changed time.Time
}

// Policies is the part of a [Store] that remembers which policy is in force and which is on its way, for every process that
// serves the wiki.
type Policies interface {
	// Policy returns what was kept last; a row with Version 0 when nothing was. When its version is the known one, the body is
	// left out: every process asks twice a second.
	Policy(ctx context.Context, wiki string, known int64) (Policy, error)
	// SavePolicy replaces it when the row has this Version still, counts Version up, and adds the entry to the wiki's log in
	// the same transaction. first is false when somebody else was faster: then nothing changes.
	SavePolicy(ctx context.Context, p Policy, e Entry) (first bool, err error)
}

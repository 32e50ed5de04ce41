package store

import (
	"context"
	"time"
)

// Incident is what an outbreak breaker has stopped on a wiki: one row, written anew whenever that changes.
type Incident struct {
	Wiki    string
	Version int64  // counts the changes of the row; 0: nothing was kept yet
	Body    string // JSON whose form the breaker knows
	Changed time.Time
}

// Incidents is the part of a [Store] that remembers what was stopped, so that it stays so after a restart, and for every
// process that serves the wiki.
type Incidents interface {
	// Incident returns what was kept last; one with Version 0 when nothing was.
	Incident(ctx context.Context, wiki string) (Incident, error)
	// SaveIncident replaces it when the row has this Version still, and counts Version up. first is false when somebody else
	// was faster: then nothing changes.
	SaveIncident(ctx context.Context, i Incident) (first bool, err error)
}

package store

import (
	"context"

	"sallyport/internal/violation"
)

// Violations keeps what browsers reported about content security policies.
type Violations interface {
	// Keep adds the rows of a batch to those there are: all or none, and once for every ID.
	Keep(ctx context.Context, b violation.Batch) error
	// Rows returns what is kept of a wiki since a day, ordered by key.
	Rows(ctx context.Context, wiki string, since violation.Day) ([]violation.Row, error)
	// Forget drops what is older than a day, and the IDs of batches kept before it.
	Forget(ctx context.Context, wiki string, before violation.Day) error
}

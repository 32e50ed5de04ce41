package pending

import (
	"context"
	"time"
)

// keptAfter is how long a change that is over stays readable, so that its text can still be fetched.
const keptAfter = 7 * 24 * time.Hour

// tendPause is between two looks at what lies around.
const tendPause = time.Minute

// Lacks is how many approvals a change still needs.
func (d *Desk) Lacks(c *Change) int { return max(0, c.Policy.needs()-len(c.Told.Approvals)) }

// Tend settles changes that are stuck, and forgets those that have been over for a week, every minute until ctx ends.
func (d *Desk) Tend(ctx context.Context) error {
	for {
		d.tend(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tendPause):
		}
	}
}

func (d *Desk) tend(ctx context.Context) {
	before := d.o.Now().Add(-keptAfter)
	for what, do := range map[string]func() error{
		"changes that are stuck not settled":       func() error { _, err := d.Sweep(ctx); return err },
		"changes that are over not forgotten":      func() error { return d.o.Store.ForgetWaiting(ctx, d.o.Site.ID, before) },
		"wishes and tries of a week not forgotten": func() error { return d.o.Store.ForgetPeople(ctx, d.o.Site.ID, before) },
	} {
		if err := do(); err != nil && ctx.Err() == nil {
			d.o.Log.Warn(what, "err", err) //nolint:sloglint // what is a constant, above
		}
	}
}

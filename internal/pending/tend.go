package pending

import (
	"context"
	"time"
)

// keptAfter is how long a change that is over stays readable, so that its text can still be fetched.
const keptAfter = 7 * 24 * time.Hour

// Lacks is how many approvals a change still needs.
func (d *Desk) Lacks(c *Change) int { return max(0, c.Policy.needs()-len(c.Told.Approvals)) }

// Tend forgets changes that have been over for a week, now and every hour until ctx ends.
func (d *Desk) Tend(ctx context.Context) error {
	for {
		if err := d.o.Store.ForgetWaiting(ctx, d.o.Site.ID, d.o.Now().Add(-keptAfter)); err != nil && ctx.Err() == nil {
			d.o.Log.Warn("changes that are over not forgotten", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Hour):
		}
	}
}

package pending

import (
	"context"
	"errors"
	"time"
)

// Bounds of looking after changes whose sender does not come back. They are looked at long after the gateway has given up
// waiting for the wiki, so that none is still on its way.
const (
	stuckAfter = 10 * time.Minute
	maxSweep   = 100
)

// Sweep finds out what became of changes that were being sent when the program ended, or when the wiki did not answer. It
// returns how many are settled now.
func (d *Desk) Sweep(ctx context.Context) (settled int, err error) {
	if d.o.Ask == nil {
		return 0, nil
	}
	list, err := d.o.Store.Stuck(ctx, d.o.Site.ID, d.o.Now().Add(-stuckAfter), maxSweep)
	if err != nil {
		return 0, err
	}
	var troubles []error
	for _, w := range list {
		c, err := d.Change(ctx, w.ID)
		if err == nil && d.ByBroker(c) {
			err = d.resolve(ctx, c, d.o.Broker.Account.Ask)
		} else if err == nil {
			err = d.resolve(ctx, c, d.o.Ask)
		}
		switch {
		case err == nil:
			settled++
			d.o.Log.Warn("a change that was stuck on its way is settled", "change", c.ID, "user", c.User, "state", string(c.State), "revision", c.Told.Revision)
		case !errors.Is(err, ErrNotNow): // its sender came back, and was faster
			troubles = append(troubles, err)
		}
	}
	return settled, errors.Join(troubles...)
}

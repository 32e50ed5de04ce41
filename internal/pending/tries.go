package pending

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/store"
)

// ErrTooOften refuses a try after too many that went wrong.
var ErrTooOften = errors.New("this was tried too often")

// Bounds of guesses. After the free ones each has to wait twice as long as the one before.
const (
	freeTries    = 3
	freeByPrefix = 20 // a prefix may be a whole office
	firstPause   = 30 * time.Second
	longestPause = 2 * time.Hour
	triesLast    = 24 * time.Hour // without a try, all is forgotten
)

// pause is how long the next try has to wait after so many.
func pause(count, free int64) time.Duration {
	if count < free {
		return 0
	}
	p := firstPause
	for range min(count-free, 20) {
		p = min(2*p, longestPause)
	}
	return p
}

// try counts a guess before it is looked at, so that those who guess all at once are counted as well.
func (d *Desk) try(ctx context.Context, name string, free int64) error {
	for range 8 {
		was, err := d.o.Store.Tries(ctx, d.o.Site.ID, name)
		if err != nil {
			return err
		}
		now, count := d.o.Now().UTC().Truncate(time.Microsecond), was.Count
		if now.Sub(was.Last) > triesLast {
			count = 0
		}
		if wait := was.Last.Add(pause(count, free)).Sub(now); wait > 0 {
			return fmt.Errorf("%w: try again in %s", ErrTooOften, wait.Round(time.Second))
		}
		first, err := d.o.Store.SaveTries(ctx, d.o.Site.ID, name, was, store.Tries{Count: count + 1, Last: now})
		if err != nil || first {
			return err
		}
	}
	return fmt.Errorf("%w: by many at once", ErrTooOften)
}

// worked takes back tries after one that was right: all of an account's, and that one of where it came from. Of two that
// were right at once one may stay counted.
func (d *Desk) worked(ctx context.Context, name string, all bool) error {
	was, err := d.o.Store.Tries(ctx, d.o.Site.ID, name)
	if err != nil || was.Count == 0 {
		return err
	}
	count := was.Count - 1
	if all {
		count = 0
	}
	_, err = d.o.Store.SaveTries(ctx, d.o.Site.ID, name, was, store.Tries{Count: count, Last: was.Last})
	return err
}

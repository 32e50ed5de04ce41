package notice

import (
	"context"
	"strconv"
	"time"

	"sallyport/internal/store"
)

const (
	cursorName = "notices"
	logBatch   = 200
	// keep is how long notices stay readable.
	keep = 90 * 24 * time.Hour
	// tended is how often old notices are looked for.
	tended = time.Hour
)

// Run follows the log and sends what is due until ctx ends.
func (o *Office) Run(ctx context.Context) error {
	var cleaned time.Time
	for {
		if err := o.Look(ctx); err != nil && ctx.Err() == nil {
			o.o.Log.Warn("nobody told what is new in the log; again soon", "err", err)
		}
		if err := o.Deliver(ctx); err != nil && ctx.Err() == nil {
			o.o.Log.Warn("mail not sent; again soon", "err", err)
		}
		if now := o.o.Now(); now.Sub(cleaned) >= tended {
			cleaned = now
			if err := o.o.Store.ForgetNotices(ctx, o.o.Site.ID, now.Add(-keep)); err != nil && ctx.Err() == nil {
				o.o.Log.Warn("old notices not forgotten", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.o.Pause):
		}
	}
}

// Look makes notices of what is new in the log. They are kept before the place in the log is, and each is kept once: who
// reads the same part again, after a crash or at the same time, adds nothing.
func (o *Office) Look(ctx context.Context) error {
	text, err := o.o.Store.Cursor(ctx, o.o.Site.ID, cursorName)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		seq = 0
	}
	for {
		entries, err := o.o.Store.Entries(ctx, o.o.Site.ID, seq, logBatch)
		if err != nil || len(entries) == 0 {
			return err
		}
		var list []store.Notice
		for i := range entries {
			told, err := o.tell(ctx, &entries[i])
			if err != nil {
				return err
			}
			list, seq = append(list, told...), entries[i].Seq
		}
		if err := o.o.Store.AddNotices(ctx, list...); err != nil {
			return err
		}
		if err := o.o.Store.SetCursor(ctx, o.o.Site.ID, cursorName, strconv.FormatInt(seq, 10)); err != nil {
			return err
		}
		if len(entries) < logBatch {
			return nil
		}
	}
}

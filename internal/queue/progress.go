package queue

import (
	"context"
	"time"

	"sallyport/internal/bus"
)

// lookAfter logs progress while there is some, and sees to it that there is.
func (w *worker) lookAfter(ctx context.Context) error {
	var told int64
	var last bus.Depth
	moved := w.q.Now()
	for sleep(ctx, w.q.look) {
		d, err := w.q.Depth(ctx, w.Kind)
		if err != nil {
			continue // whoever takes jobs says so
		}
		if now := w.done.Load() + w.asides.Load(); now != told {
			told = now
			w.q.Log.Info("jobs", "kind", w.Kind, "done", w.done.Load(), "set_aside", w.asides.Load(), "waiting", d.Waiting, "under_way", d.Taken)
		}
		if d != last || d.Waiting > 0 {
			last, moved = d, w.q.Now()
		}
		if w.q.Now().Sub(moved) > w.stuck() {
			w.revive(ctx)
			moved = w.q.Now()
		}
	}
	w.q.Log.Info("no more jobs taken", "kind", w.Kind, "done", w.done.Load(), "set_aside", w.asides.Load())
	return nil
}

// stuck is longer than a job may take from one move in the queue to the next.
func (w *worker) stuck() time.Duration { return w.Limit + mercy + 2*w.q.Silence }

// revive gives out again what the server keeps and does not give out. What is settled by now ends there.
func (w *worker) revive(ctx context.Context) {
	n, err := w.work.Revive(ctx, w.Kind)
	if n > 0 || err != nil && ctx.Err() == nil {
		w.q.Log.Warn("jobs that nobody was given", "kind", w.Kind, "jobs", n, "err", err)
	}
}

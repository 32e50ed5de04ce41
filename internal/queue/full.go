package queue

import (
	"context"
	"errors"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/wiki"
)

// patient is how long a full queue may stand still before further jobs are left out.
const patient = 5 * time.Minute

// add waits while the queue is full: what is not in it yet is kept by the wiki. Where nobody works on jobs of the kind, this one
// is left out, so that the others go on.
func (w *Watch) add(ctx context.Context, j Job, r Rank) error {
	for {
		added, err := w.Queue.Add(ctx, j, r)
		if !errors.Is(err, bus.ErrFull) {
			if added {
				w.Log.Debug("job queued", "kind", j.Kind, "wiki", j.Wiki, "page", j.Path, "digest", j.SHA256)
			}
			return err
		}
		if w.abandoned(ctx, j.Kind) {
			w.Log.Warn("job left out: too many wait and nobody does any", "kind", j.Kind, "wiki", j.Wiki, "page", j.Path)
			return nil
		}
		if !sleep(ctx, w.Queue.pause) {
			return ctx.Err()
		}
	}
}

// room waits until what is new would find room behind what was there: a tenth of the queue is for it.
func (w *Watch) room(ctx context.Context) error {
	for _, j := range w.Jobs(wiki.SiteJS) {
		for {
			d, err := w.Queue.Depth(ctx, j.Kind)
			if err != nil {
				return err
			}
			if d.Waiting <= w.Queue.Most*9/10 || w.abandoned(ctx, j.Kind) {
				break
			}
			if !sleep(ctx, w.Queue.pause) {
				return ctx.Err()
			}
		}
	}
	return nil
}

// movement is when somebody last worked on jobs of a kind.
type movement struct {
	moves uint64
	seen  time.Time
}

// abandoned says whether nobody has worked on jobs of a kind for some time.
func (w *Watch) abandoned(ctx context.Context, kind string) bool {
	d, err := w.Queue.Depth(ctx, kind)
	if err != nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	last, known := w.moved[kind]
	if !known || d.Moves != last.moves || d.Taken > 0 {
		if w.moved == nil {
			w.moved = map[string]movement{}
		}
		w.moved[kind] = movement{d.Moves, w.Now()}
		return false
	}
	return w.Now().Sub(last.seen) > patient
}

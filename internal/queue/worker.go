package queue

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"sallyport/internal/bus"
)

// ErrStuck means that as many analyses hang as may run, so that the process has to be started again to go on. They cannot be
// stopped from outside.
var ErrStuck = errors.New("all analyses hang and do not stop when told to: start the worker again; the jobs are set aside")

// Analyser does the jobs of one kind.
type Analyser struct {
	Kind string
	// Version is under which results are kept. A job that was added for another version is done all the same, as what it
	// is: a result of this one.
	Version string
	Slots   int           // jobs at once
	Limit   time.Duration // how long one may take; the queue's when 0
	// Analyse returns JSON. It should end when ctx does; several goroutines call it at once.
	Analyse func(ctx context.Context, j Job, text string) ([]byte, error)
}

// tally counts what a worker has done.
type tally struct{ done, asides, hanging atomic.Int64 }

// Work does jobs until ctx ends, and then finishes those under way. It returns [ErrStuck] when it cannot go on.
func (q *Queue) Work(ctx context.Context, analysers ...Analyser) error {
	all, ctx := errgroup.WithContext(ctx)
	patient, give := context.WithCancel(context.WithoutCancel(ctx))
	defer give()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(q.Grace, give) })()
	for _, a := range analysers {
		a.Limit = cmp.Or(a.Limit, q.Limit)
		work, err := q.work(ctx, a.Kind)
		if err != nil {
			all.Go(func() error { return err })
			break
		}
		w := &worker{q: q, work: work, Analyser: a, jobs: patient}
		for range a.Slots {
			all.Go(func() error { return w.run(ctx) })
		}
		all.Go(func() error { return w.lookAfter(ctx) })
	}
	return all.Wait()
}

// worker is an analyser at work.
type worker struct {
	q    *Queue
	work *bus.Work
	Analyser
	tally
	jobs context.Context // for jobs under way: it ends some time after we are to stop
}

func (w *worker) run(ctx context.Context) error {
	told := false
	for ctx.Err() == nil {
		item, err := w.work.Take(ctx, w.Kind)
		switch {
		case err == nil:
			told = false
			w.do(item)
		case ctx.Err() == nil:
			if !told {
				w.q.Log.Warn("no jobs to be had", "kind", w.Kind, "err", err)
			}
			told = true
			sleep(ctx, w.q.pause)
		}
		if int(w.hanging.Load()) >= w.Slots {
			return ErrStuck
		}
	}
	return nil
}

// sleep waits, and says whether ctx goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

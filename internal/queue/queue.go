// Package queue has texts analysed once each, by whichever process is free.
//
//	recent changes ──► Watch ──► Add ──► bus ──► Work ──► store: results, jobs set aside
//
// A job is one analysis of one text, named by the text's hash. It is added when nothing is known about it and it does not
// wait already, and worked on by one worker at a time. A worker that dies or falls silent loses its job to another. A job that
// cannot be done is tried a few times and then set aside with the reason. The store keeps the first result of a job and
// ignores others, so that every job ends with exactly one result or one reason whatever dies, and when.
package queue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store"
)

// Job is one analysis of one text.
type Job = store.Job

// Store is where texts come from and results go; every [store.Store] is one.
type Store interface {
	Text(ctx context.Context, d store.Digest) (string, error)
	Settled(ctx context.Context, j Job) (bool, error)
	Begin(ctx context.Context, j Job) (int, error)
	SaveResult(ctx context.Context, r store.Result) (first bool, err error)
	SetAside(ctx context.Context, f store.Failure) error
	Failures(ctx context.Context, limit int) ([]store.Failure, error)
	TakeBack(ctx context.Context, j Job) error
}

// Options are what a queue needs. Bus and Store are required; numbers that are 0 take the default. All processes of a queue
// give the same ones.
type Options struct {
	Bus   *bus.Bus
	Store Store
	Log   *slog.Logger
	Now   func() time.Time

	Silence time.Duration // how long a worker may be silent before its job is another's; 30 s
	Limit   time.Duration // how long one analysis may take; 2 minutes
	Grace   time.Duration // how long jobs under way may go on when the worker is to stop; 20 s
	Tries   int           // how often a job is begun before it is set aside; 3
	Most    int           // jobs that may wait; 200,000
}

// Queue is a queue of jobs that all processes on one bus share.
type Queue struct {
	Options
	work  *bus.Work
	pause time.Duration // before something that did not work is tried again
	look  time.Duration // how often a worker looks at the whole
	alone sync.RWMutex  // held by jobs under way: see enter
}

// Open joins the queue, making it when it is not there.
func Open(ctx context.Context, o Options) (*Queue, error) {
	o.Silence, o.Limit = cmp.Or(o.Silence, 30*time.Second), cmp.Or(o.Limit, 2*time.Minute)
	o.Grace, o.Tries, o.Most = cmp.Or(o.Grace, 20*time.Second), cmp.Or(o.Tries, 3), cmp.Or(o.Most, 200_000)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	work, err := o.Bus.Work(ctx, bus.WorkOptions{Name: "jobs", AckWait: o.Silence, Most: o.Most})
	if err != nil {
		return nil, err
	}
	return &Queue{Options: o, work: work, pause: 500 * time.Millisecond, look: 10 * time.Second}, nil
}

// Add has a job done whose text is in the store. added is false when it waits already, is done or was set aside. When too
// many wait the error is [bus.ErrFull].
func (q *Queue) Add(ctx context.Context, j Job) (added bool, err error) {
	settled, err := q.Store.Settled(ctx, j)
	if err != nil || settled {
		return false, err
	}
	data, err := json.Marshal(j)
	if err != nil {
		return false, fmt.Errorf("write job: %w", err)
	}
	sum := sha256.Sum256(data)
	return q.work.Add(ctx, j.Kind, hex.EncodeToString(sum[:]), data)
}

// Depth says how things stand with the jobs of a kind.
func (q *Queue) Depth(ctx context.Context, kind string) (bus.Depth, error) {
	return q.work.Depth(ctx, kind)
}

// Retry takes the jobs back that were set aside, and returns how many wait again.
func (q *Queue) Retry(ctx context.Context) (n int, err error) {
	const atOnce = 1000
	for {
		failures, err := q.Store.Failures(ctx, atOnce)
		if err != nil {
			return n, err
		}
		for _, f := range failures {
			if err := q.Store.TakeBack(ctx, f.Job); err != nil {
				return n, err
			}
			added, err := q.Add(ctx, f.Job)
			if err != nil { // it goes back to where it was
				return n, errors.Join(err, q.Store.SetAside(ctx, f))
			}
			if added {
				n++
			}
		}
		if len(failures) < atOnce {
			return n, nil
		}
	}
}

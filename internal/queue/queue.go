// Package queue has texts analysed once each, by whichever process is free.
//
//	recent changes ──► Watch ──► Add ──► bus ──► Work ──► store: results, jobs set aside
//
// A job is one analysis of one text, named by the text's hash. It is added when nothing is known about it and it does not
// wait already, and worked on by one worker at a time, the most urgent first ([Rank]). A worker that dies or falls silent
// loses its job to another. A job that cannot be done is tried a few times and then set aside with the reason. The store keeps
// the first result of a job and ignores others, so that every job ends with exactly one result or one reason whatever dies,
// and when.
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
	Kinds []string // of jobs that are known beforehand; others are made room for when they come

	Silence time.Duration // how long a worker may be silent before its job is another's; 30 s
	Limit   time.Duration // how long one analysis may take where its [Analyser] does not say; 2 minutes
	Grace   time.Duration // how long jobs under way may go on when the worker is to stop; 20 s
	Tries   int           // how often a job is begun before it is set aside; 3
	Most    int           // jobs of a kind that may wait; 200,000
}

// Queue is a queue of jobs that all processes on one bus share.
type Queue struct {
	Options
	pause time.Duration // before something that did not work is tried again
	look  time.Duration // how often a worker looks at the whole
	alone sync.RWMutex  // held by jobs under way: see enter

	mu    sync.Mutex
	works map[string]*bus.Work // by kind
}

// Open joins the queue of a bus, making it when it is not there.
func Open(ctx context.Context, o Options) (*Queue, error) {
	o.Silence, o.Limit = cmp.Or(o.Silence, 30*time.Second), cmp.Or(o.Limit, 2*time.Minute)
	o.Grace, o.Tries, o.Most = cmp.Or(o.Grace, 20*time.Second), cmp.Or(o.Tries, 3), cmp.Or(o.Most, 200_000)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	q := &Queue{Options: o, pause: 500 * time.Millisecond, look: 10 * time.Second, works: map[string]*bus.Work{}}
	for _, kind := range o.Kinds {
		if _, err := q.work(ctx, kind); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// work is where the jobs of a kind are. Each kind has a place of its own, so that those that nobody does keep no others out.
func (q *Queue) work(ctx context.Context, kind string) (*bus.Work, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w := q.works[kind]; w != nil {
		return w, nil
	}
	w, err := q.Bus.Work(ctx, bus.WorkOptions{Name: "jobs-" + kind, AckWait: q.Silence, Most: q.Most, Ranks: ranks})
	if err != nil {
		return nil, err
	}
	q.works[kind] = w
	return w, nil
}

// Add has a job done whose text is in the store. added is false when it waits already, is done or was set aside; one that waits
// becomes as urgent as is said here, if it was not. When too many wait the error is [bus.ErrFull].
func (q *Queue) Add(ctx context.Context, j Job, r Rank) (added bool, err error) {
	settled, err := q.Store.Settled(ctx, j)
	if err != nil || settled {
		return false, err
	}
	data, err := json.Marshal(j)
	if err != nil {
		return false, fmt.Errorf("write job: %w", err)
	}
	work, err := q.work(ctx, j.Kind)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256(data)
	return work.Add(ctx, j.Kind, int(r), hex.EncodeToString(sum[:]), data)
}

// Depth says how things stand with the jobs of a kind.
func (q *Queue) Depth(ctx context.Context, kind string) (bus.Depth, error) {
	work, err := q.work(ctx, kind)
	if err != nil {
		return bus.Depth{}, err
	}
	return work.Depth(ctx, kind)
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
			added, err := q.Add(ctx, f.Job, Script)
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

package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store"
)

// do carries one item to its end: a result, a reason, or back into the queue.
func (w *worker) do(item *bus.Item) {
	defer w.renew(item)()
	var j Job
	if err := json.Unmarshal(item.Data, &j); err != nil {
		w.q.Log.Error("what is no job is dropped", "kind", w.Kind, "err", err)
		w.finish(item)
		return
	}
	j.Version = w.Version
	begun := w.q.Now()
	err := w.job(j, item.Try)
	var back *again
	switch {
	case errors.As(err, &back):
		w.q.Log.Debug("job given back", "kind", j.Kind, "digest", j.SHA256, "err", back)
		_ = item.Again(back.after) // or it is ours until we have been silent for long enough
		return
	case err != nil:
		w.asides.Add(1)
		w.q.Log.Warn("job set aside", "kind", j.Kind, "wiki", j.Wiki, "page", j.Path, "digest", j.SHA256, "err", err)
	default:
		w.done.Add(1)
		w.q.Log.Debug("job done", "kind", j.Kind, "wiki", j.Wiki, "page", j.Path, "digest", j.SHA256, "took", w.q.Now().Sub(begun))
	}
	w.finish(item)
}

// again says that a job is to be tried again.
type again struct {
	error
	after time.Duration
}

// soon is when a job that is given back for no fault of its own may be taken.
const soon = time.Millisecond

// job does a job and keeps what comes of it. The error is why it was set aside, or an *again.
func (w *worker) job(j Job, delivery int) error {
	settled, err := persist(w, func(ctx context.Context) (bool, error) { return w.q.Store.Settled(ctx, j) })
	if err != nil || settled {
		return err
	}
	text, err := persist(w, func(ctx context.Context) (string, error) { return w.q.Store.Text(ctx, j.SHA256) })
	if errors.Is(err, store.ErrNotFound) {
		return w.aside(j, delivery, errors.New("its text is not kept"))
	}
	if err != nil {
		return err
	}
	defer w.q.enter(delivery)()
	try, err := w.begin(j, delivery)
	if err != nil {
		return err
	}
	if try > w.q.Tries {
		return w.aside(j, w.q.Tries, fmt.Errorf("%d workers began it and none came back with an answer: it may end the process that works on it", w.q.Tries))
	}
	body, err := w.analyse(j, text)
	switch {
	case w.jobs.Err() != nil:
		return &again{w.jobs.Err(), soon}
	case errors.Is(err, errCut):
		return w.aside(j, try, err)
	case err != nil && try < w.q.Tries:
		return &again{err, time.Duration(2*try) * w.q.pause}
	case err != nil:
		return w.aside(j, try, err)
	}
	return w.keep(j, try, body)
}

// enter waits for a place to work in. A job that was given to somebody before gets this process to itself: if it ends it, it
// ends no other job's try.
func (q *Queue) enter(delivery int) (leave func()) {
	if delivery == 1 {
		q.alone.RLock()
		return q.alone.RUnlock
	}
	q.alone.Lock()
	return q.alone.Unlock
}

// begin says which try this is. Most jobs end with their first, which is not worth a row; later ones are counted where they
// are begun and not where they are given out, because a process that dies takes jobs along that only waited in it.
func (w *worker) begin(j Job, delivery int) (try int, err error) {
	if delivery == 1 {
		return 1, nil
	}
	n, err := persist(w, func(ctx context.Context) (int, error) { return w.q.Store.Begin(ctx, j) })
	return n + 1, err
}

func (w *worker) keep(j Job, try int, body []byte) error {
	_, err := persist(w, func(ctx context.Context) (bool, error) {
		return w.q.Store.SaveResult(ctx, store.Result{Job: j, Body: string(body), Made: w.q.Now()})
	})
	if errors.Is(err, store.ErrRefused) {
		return w.aside(j, try, err)
	}
	return err
}

// aside sets a job aside and returns why.
func (w *worker) aside(j Job, tries int, why error) error {
	_, err := persist(w, func(ctx context.Context) (bool, error) {
		return true, w.q.Store.SetAside(ctx, store.Failure{Job: j, Reason: clip(why.Error()), Tries: tries, Failed: w.q.Now()})
	})
	if errors.Is(err, store.ErrRefused) { // a job that cannot be named cannot be kept either
		return fmt.Errorf("%w; nor can that be kept: %w", why, err)
	}
	if err != nil {
		return err
	}
	return why
}

// longestReason bounds what is kept of an error, in bytes.
const longestReason = 4 << 10

func clip(reason string) string {
	if len(reason) > longestReason {
		return reason[:longestReason] + "…"
	}
	return reason
}

// persist asks the store for as long as it takes: that it does not answer is not the job's fault, and the job is ours
// meanwhile. What the store says of the question itself is an answer.
func persist[T any](w *worker, ask func(ctx context.Context) (T, error)) (T, error) {
	told := false
	for {
		v, err := ask(w.jobs)
		if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrRefused) {
			return v, err
		}
		if w.jobs.Err() == nil && !told {
			w.q.Log.Error("the store does not answer; the job waits", "kind", w.Kind, "err", err)
			told = true
		}
		if !sleep(w.jobs, w.q.pause) {
			return v, &again{err, soon}
		}
	}
}

// finish takes an item out of the queue. Where that fails it comes again, and is found settled.
func (w *worker) finish(item *bus.Item) {
	ctx, cancel := context.WithTimeout(w.jobs, 5*time.Second)
	defer cancel()
	if err := item.Done(ctx); err != nil {
		w.q.Log.Debug("job not signed off", "kind", w.Kind, "err", err)
	}
}

// renew says that we work on an item until stop is called.
func (w *worker) renew(item *bus.Item) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for sleep(ctx, w.q.Silence/3) {
			_ = item.Renew() // the next one may arrive
		}
	}()
	return cancel
}

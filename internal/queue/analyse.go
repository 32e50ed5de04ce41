package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// errCut: the analysis took too long.
var errCut = errors.New("cut")

// mercy is how long an analysis that is told to stop may take to do so.
const mercy = 2 * time.Second

type answer struct {
	body []byte
	err  error
}

// analyse runs the analysis, but no longer than it may. One that does not stop when it is told to is left behind and counted.
func (w *worker) analyse(j Job, text string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(w.jobs, w.Limit)
	defer cancel()
	answers := make(chan answer, 1)
	go func() {
		body, err := w.guarded(ctx, j, text)
		answers <- answer{body, err}
	}()
	select {
	case a := <-answers:
		return w.checked(ctx, a)
	case <-ctx.Done():
	}
	select {
	case a := <-answers:
		return w.checked(ctx, a)
	case <-time.After(mercy):
	}
	w.hanging.Add(1)
	go func() {
		<-answers
		w.hanging.Add(-1)
	}()
	return nil, fmt.Errorf("it took longer than %v, did not stop when told to, and was %w off", w.Limit, errCut)
}

func (w *worker) checked(ctx context.Context, a answer) ([]byte, error) {
	switch {
	case a.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("it took longer than %v and was %w off: %w", w.Limit, errCut, a.err)
	case a.err == nil && !json.Valid(a.body):
		return nil, fmt.Errorf("the analysis answered with %d bytes that are no JSON", len(a.body))
	}
	return a.body, a.err
}

// guarded keeps a mistake in an analysis from ending the worker.
func (w *worker) guarded(ctx context.Context, j Job, text string) (body []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.q.Log.Error("analysis broke", "kind", j.Kind, "digest", j.SHA256, "err", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("the analysis broke: %v", r)
		}
	}()
	return w.Analyse(ctx, j, text)
}

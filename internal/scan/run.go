package scan

import (
	"bytes"
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"sallyport/internal/finding"
)

const (
	maxSize  = 8 << 20     // longest script read, in bytes; MediaWiki keeps no page over 2 MiB
	inFlight = 2 * maxSize // bytes of scripts held at once

	maxBuffer = 1 << 20 // longest buffer a worker keeps for the next script
)

// task is one script on its way through the scan.
type task struct {
	Input
	done           chan struct{} // closed when script or line is there
	script         *finding.Script
	line           []byte // from the cache, in place of the script
	tally          tally
	broken, cached bool
}

// remembered takes what the cache has of a script, as a line if that will do, and says whether it has anything.
func (t *task) remembered(e *entry, asLine bool) bool {
	switch {
	case e == nil:
		return false
	case asLine:
		t.line, t.tally = e.line, e.tally
	default:
		t.script = e.script()
	}
	t.cached = t.line != nil || t.script != nil
	return t.cached
}

func (t *task) weight() int64 { return max(1, min(t.Size, maxSize)) }

// run is one scan.
type run struct {
	Options
	out    finding.Handler
	liner  finding.Liner // the same, when lines from the cache may go there as they are
	todo   chan *task    // for the workers
	order  chan *task    // for the writer: the same tasks, in the order of the sources
	budget *semaphore.Weighted
	sum    Summary
}

// Run scans the sources and closes out. The error is the output's or the context's; what went wrong with single scripts is
// in the summary and in the output.
func Run(ctx context.Context, o Options, sources []Source, out finding.Handler) (Summary, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &run{
		Options: o, out: out, todo: make(chan *task), order: make(chan *task, 4*o.Jobs),
		budget: semaphore.NewWeighted(inFlight),
	}
	if o.Baseline == nil && o.Suppressions == nil { // which change scripts
		r.liner, _ = out.(finding.Liner)
	}
	for _, s := range sources {
		r.sum.Expected += s.Known
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return r.feed(ctx, sources) })
	for range o.Jobs {
		work.Go(func() error { return r.analyseAll(ctx) })
	}
	work.Go(func() error { return r.writeAll(ctx) })
	if err := work.Wait(); err != nil {
		return r.sum, err
	}
	return r.sum, out.Close()
}

// feed makes a task of each input. It waits for room in the order of the sources, so that the writer never waits for a
// script that waits for room behind it.
func (r *run) feed(ctx context.Context, sources []Source) error {
	defer close(r.todo)
	defer close(r.order)
	for _, s := range sources {
		err := s.Each(ctx, func(in Input) error {
			t := &task{Input: in, done: make(chan struct{})}
			if err := r.budget.Acquire(ctx, t.weight()); err != nil {
				return err
			}
			for _, c := range []chan *task{r.order, r.todo} {
				select {
				case c <- t:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *run) analyseAll(ctx context.Context) error {
	var buffer bytes.Buffer
	for t := range r.todo {
		r.analyse(ctx, t, &buffer)
		close(t.done)
		if buffer.Cap() > maxBuffer {
			buffer = bytes.Buffer{}
		}
	}
	return nil
}

func (r *run) writeAll(ctx context.Context) error {
	for t := range r.order {
		select {
		case <-t.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := r.write(t); err != nil {
			return err
		}
		r.sum.add(t)
		r.budget.Release(t.weight())
		if r.Progress != nil {
			r.Progress(r.sum)
		}
	}
	return nil
}

// write hands a script on, as it stands against the baseline and the suppressions.
func (r *run) write(t *task) error {
	if t.line != nil {
		return r.liner.Line(t.line)
	}
	r.Baseline.apply(t.script)
	r.Suppressions.apply(t.script)
	t.tally = tallyOf(t.script)
	return r.out.Script(t.script)
}

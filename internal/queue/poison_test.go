package queue

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAJobThatFailsIsTriedThreeTimesAndThenSetAsideWithTheReason(t *testing.T) {
	w := newWorld(t)
	bad, good := w.job("bad"), w.job("good")
	w.add(bad, true)
	w.add(good, true)
	var tries atomic.Int32
	var fixed atomic.Bool
	w.start(w.q, 1, func(_ context.Context, _ Job, text string) ([]byte, error) {
		if text == "bad" && !fixed.Load() {
			tries.Add(1)
			return nil, errors.New("the moon is full")
		}
		return []byte("{}"), nil
	})
	w.settled(bad, good)
	if f := w.failure(); f.Job != bad || f.Reason != "the moon is full" || f.Tries != 3 || tries.Load() != 3 {
		t.Errorf("set aside: %+v after %d tries", f, tries.Load())
	}
	w.add(bad, false)

	fixed.Store(true)
	if n, err := w.q.Retry(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d jobs taken back (%v)", n, err)
	}
	w.until("it is done", func() bool { return len(w.results(bad)) == 1 })
	if n, err := w.q.Retry(t.Context()); n != 0 || err != nil {
		t.Errorf("%d more jobs taken back (%v)", n, err)
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		analyse func(context.Context, Job, string) ([]byte, error)
		want    string
	}{
		"a panic": {func(context.Context, Job, string) ([]byte, error) { panic("at the disco") }, "the analysis broke: at the disco"},
		"no JSON": {func(context.Context, Job, string) ([]byte, error) { return []byte("{"), nil }, "1 bytes that are no JSON"},
		"a result too long": {func(context.Context, Job, string) ([]byte, error) {
			return []byte(`"` + strings.Repeat("x", 17<<20) + `"`), nil
		}, "refused: result has"},
		"a hang": {func(ctx context.Context, _ Job, _ string) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, "it took longer than 300ms and was cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *Options) { o.Limit = 300 * time.Millisecond })
			j := w.job("x")
			w.add(j, true)
			w.start(w.q, 1, c.analyse)
			w.settled(j)
			if f := w.failure(); !strings.Contains(f.Reason, c.want) {
				t.Errorf("set aside because %q, want %q", f.Reason, c.want)
			}
			w.until("it left the queue", func() bool {
				d, err := w.q.Depth(t.Context(), "scan")
				w.must(err)
				return d.Waiting+d.Taken == 0
			})
		})
	}
}

func TestAJobWithoutATextIsSetAsideAtOnce(t *testing.T) {
	w := newWorld(t)
	j := w.job("x")
	j.SHA256 = "0" + j.SHA256[1:]
	w.add(j, true)
	w.start(w.q, 1, (&record{}).analyse)
	w.settled(j)
	if f := w.failure(); f.Reason != "its text is not kept" || f.Tries != 1 {
		t.Errorf("set aside: %+v", f)
	}
}

func TestAnalysesThatDoNotStopEndTheWorkerNotTheQueue(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limit = 50 * time.Millisecond })
	j, next := w.job("hangs"), w.job("waits")
	w.add(j, true)
	free := make(chan bool)
	defer close(free)
	ended := make(chan error)
	go func() {
		ended <- w.q.Work(t.Context(), Analyser{Kind: "scan", Version: "1", Slots: 1, Analyse: func(context.Context, Job, string) ([]byte, error) {
			<-free
			return nil, nil
		}})
	}()
	if err := <-ended; !errors.Is(err, ErrStuck) {
		t.Errorf("error %v, want ErrStuck", err)
	}
	if f := w.failure(); !strings.Contains(f.Reason, "did not stop when told to") {
		t.Errorf("set aside: %+v", f)
	}
	w.add(next, true)
	var r record
	w.start(w.open(), 1, r.analyse)
	w.settled(next)
}

func TestWhatIsNoJobIsDropped(t *testing.T) {
	w := newWorld(t)
	work, err := w.q.work(t.Context(), "scan")
	w.must(err)
	_, err = work.Add(t.Context(), "scan", 0, "x", []byte("hello"))
	w.must(err)
	var r record
	w.start(w.q, 1, r.analyse)
	w.until("it is gone", func() bool {
		d, err := w.q.Depth(t.Context(), "scan")
		w.must(err)
		return d.Waiting+d.Taken == 0
	})
}

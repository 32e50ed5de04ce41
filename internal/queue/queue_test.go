package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store"
)

func TestAJobIsDoneOnceAndItsResultKept(t *testing.T) {
	w := newWorld(t)
	j := w.job("alert( 1 );")
	w.add(j, true)
	w.add(j, false)
	var r record
	w.start(w.q, 2, r.analyse)
	w.settled(j)
	w.add(j, false)
	if got := w.results(j); len(got) != 1 || got[0].Body != `{"length":11}` || got[0].Job != j {
		t.Errorf("results %v", got)
	}
	again := j
	again.Path = "User:Ada/a.js" // somebody else's copy is another job
	w.add(again, true)
	w.settled(again)
	if n := r.times("alert( 1 );"); n != 2 {
		t.Errorf("analysed %d times, want 2", n)
	}
}

func TestAJobForAnotherVersionIsDoneAsOurs(t *testing.T) {
	w := newWorld(t)
	j := w.job("x")
	old := j
	old.Version = "0"
	w.add(old, true)
	var r record
	w.start(w.q, 1, r.analyse)
	w.settled(j)
	w.add(j, false)
}

func TestWorkersShareTheJobs(t *testing.T) {
	w := newWorld(t)
	var jobs []Job
	for i := range 200 {
		jobs = append(jobs, w.job(fmt.Sprint("text ", i)))
		w.add(jobs[i], true)
	}
	records := make([]record, 2)
	for i := range records {
		w.start(w.open(), 1, func(ctx context.Context, j Job, text string) ([]byte, error) {
			time.Sleep(time.Millisecond)
			return records[i].analyse(ctx, j, text)
		})
	}
	w.settled(jobs...)
	for i := range jobs {
		text := fmt.Sprint("text ", i)
		if n := records[0].times(text) + records[1].times(text); n != 1 {
			t.Errorf("%s was analysed %d times", text, n)
		}
	}
	if a, b := len(records[0].texts), len(records[1].texts); a < 20 || b < 20 {
		t.Errorf("they did %d and %d", a, b)
	}
}

func TestTheQueueSurvivesARestart(t *testing.T) {
	dir, err := os.MkdirTemp("", "queue")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w := &world{T: t, db: openStore(t, ""), bus: openBus(t, bus.Options{Address: "embedded:" + filepath.Join(dir, "bus")})}
	w.q = w.open()
	var jobs []Job
	for i := range 50 {
		jobs = append(jobs, w.job(fmt.Sprint("text ", i)))
		w.add(jobs[i], true)
	}
	w.must(w.bus.Close())

	w.bus = openBus(t, bus.Options{Address: "embedded:" + filepath.Join(dir, "bus")})
	w.q = w.open()
	w.add(jobs[7], false)
	if d, err := w.q.Depth(t.Context(), "scan"); err != nil || d.Waiting != 50 {
		t.Errorf("%+v (%v), want 50 that wait", d, err)
	}
	var r record
	w.start(w.q, 2, r.analyse)
	w.settled(jobs...)
}

func TestAStopFinishesTheJobUnderWayAndTakesNoOther(t *testing.T) {
	w := newWorld(t)
	first, second := w.job("first"), w.job("second")
	w.add(first, true)
	w.add(second, true)
	var r record
	begun, free := make(chan bool, 2), make(chan bool)
	stop := w.start(w.q, 1, func(ctx context.Context, j Job, text string) ([]byte, error) {
		begun <- true
		<-free
		return r.analyse(ctx, j, text)
	})
	<-begun
	stopped := make(chan error)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("it stopped in the middle of a job: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(free)
	w.must(<-stopped)
	if len(w.results(first)) != 1 || len(w.results(second)) != 0 {
		t.Error("the job under way was not finished, or another one begun")
	}
	if d, err := w.q.Depth(t.Context(), "scan"); err != nil || d.Waiting != 1 || d.Taken != 0 {
		t.Errorf("%+v (%v), want one that waits", d, err)
	}
}

func TestAJobThatOutlastsTheGraceIsGivenBack(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Grace = 20 * time.Millisecond })
	j := w.job("x")
	w.add(j, true)
	begun := make(chan bool, 1)
	stop := w.start(w.q, 1, func(ctx context.Context, _ Job, _ string) ([]byte, error) {
		begun <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	<-begun
	w.must(stop())
	var r record
	w.start(w.open(), 1, r.analyse)
	w.settled(j)
	if len(w.results(j)) != 1 {
		t.Error("it has no result")
	}
}

// flaky is a store that does not answer for a while.
type flaky struct {
	Store
	down func() bool
}

var errDown = errors.New("connection refused")

func (f flaky) Text(ctx context.Context, d store.Digest) (string, error) {
	if f.down() {
		return "", errDown
	}
	return f.Store.Text(ctx, d)
}

func (f flaky) SaveResult(ctx context.Context, r store.Result) (bool, error) {
	if f.down() {
		return false, errDown
	}
	return f.Store.SaveResult(ctx, r)
}

func TestAStoreThatDoesNotAnswerIsNoJobsFault(t *testing.T) {
	w := newWorld(t)
	j := w.job("x")
	w.add(j, true)
	asked := 0
	q := w.open(func(o *Options) {
		o.Store = flaky{w.db, func() bool { asked++; return asked%12 != 0 }} // one goroutine asks
		o.Tries = 1
	})
	var r record
	w.start(q, 1, r.analyse)
	w.settled(j)
	if len(w.results(j)) != 1 || r.times("x") != 1 || asked < 20 {
		t.Errorf("%d results, analysed %d times, after %d questions", len(w.results(j)), r.times("x"), asked)
	}
}

package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

// patience is how long a test waits for what is bound to happen.
const patience = 30 * time.Second

// world is a queue in memory with a store.
type world struct {
	*testing.T
	bus *bus.Bus
	db  *sqlstore.Store
	q   *Queue
}

// busOptions are those of a bus that keeps nothing.
var busOptions bus.Options

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{T: t, bus: openBus(t, busOptions), db: openStore(t, "")}
	w.q = w.open(change...)
	return w
}

// open opens the world's queue as another process would.
func (w *world) open(change ...func(*Options)) *Queue {
	w.Helper()
	o := Options{Bus: w.bus, Store: w.db, Silence: time.Second}
	for _, c := range change {
		c(&o)
	}
	q, err := Open(w.Context(), o)
	w.must(err)
	q.pause = 10 * time.Millisecond
	return q
}

func openBus(t testing.TB, o bus.Options) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func openStore(t testing.TB, address string) *sqlstore.Store {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// job keeps a text and names its scan.
func (w *world) job(text string) Job {
	w.Helper()
	d, err := w.db.SaveText(w.Context(), text)
	w.must(err)
	return Job{Kind: "scan", SHA256: d, Wiki: "w", Path: "User:Mara/a.js", Version: "1"}
}

// read reads what stands in the queue.
func (w *world) read(data []byte) (j Job) {
	w.Helper()
	w.must(json.Unmarshal(data, &j))
	return j
}

func (w *world) add(j Job, want bool) {
	w.Helper()
	added, err := w.q.Add(w.Context(), j, Script)
	if err != nil || added != want {
		w.Fatalf("add: %t (%v), want %t", added, err, want)
	}
}

// start begins to work and returns what stops it, which gives the error of Work.
func (w *world) start(q *Queue, slots int, analyse func(context.Context, Job, string) ([]byte, error)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- q.Work(ctx, Analyser{Kind: "scan", Version: "1", Slots: slots, Analyse: analyse}) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	w.Cleanup(func() { _ = stop() })
	return stop
}

// take takes a scan out of the queue.
func (w *world) take() (*bus.Item, error) {
	work, err := w.q.work(w.Context(), "scan")
	if err != nil {
		return nil, err
	}
	return work.Take(w.Context(), "scan")
}

// settled waits until nothing is known to be left of a job but what the store says.
func (w *world) settled(jobs ...Job) {
	w.Helper()
	w.until("the jobs are settled", func() bool {
		for _, j := range jobs {
			ok, err := w.db.Settled(w.Context(), j)
			w.must(err)
			if !ok {
				return false
			}
		}
		return true
	})
}

func (w *world) until(what string, is func() bool) {
	w.Helper()
	until(w, what, is)
}

func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("not so: %s", what)
}

func (w *world) results(j Job) []store.Result {
	w.Helper()
	all, err := w.db.Results(w.Context(), j.Wiki, j.SHA256)
	w.must(err)
	return all
}

// failure is the one job that was set aside.
func (w *world) failure() store.Failure {
	w.Helper()
	all, err := w.db.Failures(w.Context(), 10)
	w.must(err)
	if len(all) != 1 {
		w.Fatalf("%d jobs set aside, want one", len(all))
	}
	return all[0]
}

// record counts what is analysed.
type record struct {
	mu    sync.Mutex
	texts map[string]int
}

func (r *record) analyse(_ context.Context, _ Job, text string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil {
		r.texts = map[string]int{}
	}
	r.texts[text]++
	return fmt.Appendf(nil, `{"length":%d}`, len(text)), nil
}

func (r *record) times(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.texts[text]
}

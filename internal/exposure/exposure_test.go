package exposure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// world is a store that can break, and a clock.
type world struct {
	*testing.T
	*sqlstore.Store
	now   time.Time
	fails error // what saving says
	keeps bool  // although it was saved
	saves int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &world{T: t, Store: db, now: noon}
}

func (w *world) SaveExposures(ctx context.Context, all ...store.Exposure) error {
	w.saves += len(all)
	if w.fails != nil && !w.keeps {
		return w.fails
	}
	if err := w.Store.SaveExposures(ctx, all...); err != nil {
		return err
	}
	return w.fails
}

// begin is a process that begins to serve.
func (w *world) begin() *Log {
	return New(Options{Wiki: "w", Store: w, Days: 30, Part: rand.Int64, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler)})
}

func (w *world) read(q store.ExposureQuery) *List {
	w.Helper()
	if q.To.IsZero() {
		q.To = at(1000)
	}
	l, err := Read(w.Context(), w, "w", q)
	w.ok(err)
	return l
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) equal(what string, got, want any) {
	w.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const page = "User:Mara/x.js"

func TestWhoWasServedWhatIsKnownToThePersonAndTheMinute(t *testing.T) {
	w := newWorld(t)
	one, two := store.DigestOf("one"), store.DigestOf("two")
	here, there := w.begin(), w.begin()
	here.Served(at(0).Add(59*time.Second), page, one, 7)
	here.Served(at(0), page, one, 7)
	there.Served(at(0), page, one, 7) // the same person at another gateway
	here.Served(at(3), page, two, 7)
	there.Served(at(1), page, one, 9)
	there.Served(at(2), page, one, store.Nobody)
	here.Served(at(2), page, two, store.Unknown)
	here.Served(at(1), "User:Ira/y.js", one, 5)
	here.Served(at(1), page, "", 6)
	w.ok(here.Flush(t.Context()))
	w.ok(there.Flush(t.Context()))
	got := w.read(store.ExposureQuery{Title: page})
	w.equal("by page", got, &List{
		People:  []Person{{7, Times{at(0), at(3), 2}}, {9, Times{at(1), at(1), 1}}},
		Nobody:  Times{at(2), at(2), 1},
		Unknown: Times{at(2), at(2), 1},
		Texts:   []Text{{page, two, 1, Times{at(2), at(3), 2}}, {page, one, 2, Times{at(0), at(2), 3}}},
	})
	w.equal("by text", len(w.read(store.ExposureQuery{Digest: one}).People), 3)
	w.equal("by both", w.read(store.ExposureQuery{Title: page, Digest: two}).People, []Person{{7, Times{at(3), at(3), 1}}})
	w.equal("for a minute", w.read(store.ExposureQuery{Title: page, From: at(1), To: at(1)}).People, []Person{{9, Times{at(1), at(1), 1}}})
	for most, want := range map[int]int{10: 2, 1: 1} {
		n, err := Popular(t.Context(), w, "w", page, at(0), at(9), most)
		w.ok(err)
		w.equal("people", n, want)
	}
}

// A process dies at any moment, stores fail before and after they have kept something, people are found out late: what was flushed is
// there, once, and nothing that never was.
func TestWhatWasFlushedIsNeitherLostNorDoubledWhoeverDies(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(7, 7))
	kept, waits := map[string]bool{}, map[string]bool{}
	l := w.begin()
	deaths := 0
	for step := range 3000 {
		switch random.IntN(20) {
		case 0:
			l, waits = w.begin(), map[string]bool{} // killed, and started again
			deaths++
		case 1, 2:
			w.fails, w.keeps = nil, false
			if random.IntN(2) == 0 {
				w.fails, w.keeps = errors.New("the connection broke"), random.IntN(2) == 0
			}
			err := l.Flush(t.Context())
			if (err == nil) != (w.fails == nil) {
				t.Fatalf("step %d: %v", step, err)
			}
			if err == nil || w.keeps {
				for k := range waits {
					kept[k] = true
				}
			}
			if err == nil {
				clear(waits)
			}
		case 3:
			w.now = w.now.Add(20 * time.Second)
		default:
			ago := time.Duration(random.IntN(90)) * time.Second // somebody who was found out late
			served, person := w.now.Add(-ago), random.Int64N(40)-1
			l.Served(served, page, store.DigestOf("one"), person)
			waits[fmt.Sprint(minuteOf(served), " ", person)] = true
		}
	}
	got := map[string]bool{}
	w.ok(w.EachExposure(t.Context(), "w", store.ExposureQuery{Title: page, To: at(1000)}, func(e store.Exposure) error {
		for _, p := range e.People {
			got[fmt.Sprint(minuteOf(e.Minute), " ", p)] = true
		}
		return nil
	}))
	w.equal("kept", got, kept)
	t.Logf("%d persons' minutes kept over %d deaths, none lost, none made up", len(got), deaths)
}

func TestWhatFindsNoRoomIsCounted(t *testing.T) {
	w := newWorld(t)
	l := w.begin()
	l.room, l.most = 2, 50
	for person := range int64(5) {
		l.Served(at(0), page, store.DigestOf("one"), person+1)
	}
	l.Served(at(0), page, store.DigestOf("one"), 1) // who is there already takes none
	for i := range l.most {
		l.Served(at(0), fmt.Sprint("User:Mara/", i, ".js"), store.DigestOf("one"), 1)
	}
	l.Missed(at(0))
	w.ok(l.Flush(t.Context()))
	got := w.read(store.ExposureQuery{Title: page})
	w.equal("people", len(got.People), 2)
	w.equal("missed", got.Missed, 3+1+1) // of the page; the page for which there was no set; and the last one
	if got := w.read(store.ExposureQuery{Title: "User:Mara/5.js"}); got.Missed != 1+1+1 || len(got.People) != 0 {
		t.Errorf("of another page: %+v", got)
	}
	w.now = at(1)
	w.ok(l.Flush(t.Context()))
	w.equal("room", l.room, 2)
	w.equal("sets", len(l.sets), 0)
}

func TestOnlyWhatChangedIsWrittenAgain(t *testing.T) {
	w := newWorld(t)
	l := w.begin()
	l.Served(at(0), page, store.DigestOf("one"), 1)
	l.Served(at(0), page, store.DigestOf("two"), 1)
	w.ok(l.Flush(t.Context()))
	l.Served(at(0), page, store.DigestOf("one"), 1)
	l.Served(at(0), page, store.DigestOf("two"), 2)
	w.ok(l.Flush(t.Context()))
	w.ok(l.Flush(t.Context()))
	w.equal("sets written", w.saves, 3)
}

func TestALogRunsFlushesAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := &memory{}
		l := New(Options{Wiki: "w", Store: kept, Days: 30, Part: func() int64 { return 1 }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		l.Served(time.Now(), page, store.DigestOf("one"), 1)
		time.Sleep(flushEvery + time.Millisecond)
		synctest.Wait()
		if saved, before := kept.did(); saved != 1 || !before.Equal(began.AddDate(0, 0, -30)) {
			t.Errorf("%d kept; forgotten what was before %s", saved, before)
		}
		time.Sleep(purgeEvery)
		synctest.Wait()
		if _, before := kept.did(); !before.After(began.AddDate(0, 0, -30)) {
			t.Errorf("an hour later only what was before %s is forgotten", before)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// memory is a store without a database.
type memory struct {
	store.Exposures
	mu     sync.Mutex
	saved  int
	before time.Time
}

func (m *memory) did() (saved int, before time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.saved, m.before
}

func (m *memory) SaveExposures(_ context.Context, all ...store.Exposure) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saved += len(all)
	return nil
}

func (m *memory) ForgetExposures(_ context.Context, _ string, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = before
	return nil
}

func TestNothingIsNotedWhereNothingIsKept(t *testing.T) {
	w := newWorld(t)
	l := w.begin()
	l.o.Days = 0
	var none *Log
	for _, l := range []*Log{l, none} {
		l.Served(at(0), page, store.DigestOf("one"), 1)
		l.Missed(at(0))
		w.ok(l.Flush(t.Context()))
	}
	w.equal("sets written", w.saves, 0)
}

func BenchmarkServed(b *testing.B) {
	l := New(Options{Wiki: "w", Days: 30, Part: rand.Int64, Now: time.Now})
	d := store.DigestOf("one")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Served(noon, page, d, int64(i%1000))
	}
}

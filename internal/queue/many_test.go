package queue

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/store"
)

// nothing is a store that knows nothing, so that a test of the queue's own memory measures that.
type nothing struct{ Store }

func (nothing) Settled(context.Context, Job) (bool, error) { return false, nil }

// many is how many jobs wait in the test of memory: SALLYPORT_TEST_JOBS=100000 for what a large wiki brings.
func many(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("SALLYPORT_TEST_JOBS"))
	if err != nil && os.Getenv("SALLYPORT_TEST_JOBS") != "" {
		t.Fatal(err)
	}
	return max(n, 10_000)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestWaitingJobsTakeLittleMemoryAndNoMoreThanAllowed(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "queue")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	n := many(t)
	q, err := Open(t.Context(), Options{
		Bus: openBus(t, bus.Options{Address: "embedded:" + filepath.Join(dir, "bus")}), Store: nothing{}, Most: n,
	})
	if err != nil {
		t.Fatal(err)
	}
	before, began := heap(), time.Now()
	for i := range n {
		j := Job{Kind: "scan", SHA256: store.DigestOf(strconv.Itoa(i)), Wiki: "w", Path: "User:Somebody or other/common.js", Version: "1.0"}
		if added, err := q.Add(t.Context(), j, Backlog); err != nil || !added {
			t.Fatalf("job %d: %t (%v)", i, added, err)
		}
	}
	took := time.Since(began)
	each := (int64(heap()) - int64(before)) / int64(n)
	t.Logf("%d jobs wait: %d bytes of memory each; added %.0f a second, each synced to disk", n, each, float64(n)/took.Seconds())
	if each > 1500 {
		t.Errorf("a waiting job takes %d bytes of memory", each)
	}
	more := Job{Kind: "scan", SHA256: store.DigestOf("more"), Version: "1.0"}
	if _, err := q.Add(t.Context(), more, Backlog); !errors.Is(err, bus.ErrFull) {
		t.Errorf("error %v, want bus.ErrFull", err)
	}
}

package bus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/bus/bustest"
)

// silence is how long a worker may be silent in these tests.
const silence = time.Second

func work(t *testing.T, b *bus.Bus, most int) *bus.Work {
	t.Helper()
	w, err := b.Work(t.Context(), bus.WorkOptions{Name: "jobs", AckWait: silence, Most: most, Ranks: 1})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func add(t *testing.T, w *bus.Work, kind, id string, want bool) {
	t.Helper()
	added, err := w.Add(t.Context(), kind, 0, id, []byte(id+" data"))
	if err != nil || added != want {
		t.Fatalf("add %s: %t (%v), want %t", id, added, err, want)
	}
}

func take(t *testing.T, w *bus.Work, kind, id string, try int) *bus.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	item, err := w.Take(ctx, kind)
	if err != nil {
		t.Fatal(err)
	}
	if string(item.Data) != id+" data" || item.Try != try {
		t.Fatalf("took %q, try %d; want %s, try %d", item.Data, item.Try, id, try)
	}
	return item
}

func done(t *testing.T, item *bus.Item) {
	t.Helper()
	if err := item.Done(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// depth compares, and waits for what the server does a moment later.
func depth(t *testing.T, w *bus.Work, kind string, waiting, taken int) {
	t.Helper()
	var d bus.Depth
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var err error
		if d, err = w.Depth(t.Context(), kind); err != nil {
			t.Fatal(err)
		}
		if d.Waiting == waiting && d.Taken == taken {
			return
		}
	}
	t.Fatalf("%+v, want %d that wait and %d that are taken", d, waiting, taken)
}

func TestAnItemIsThereOnceUntilItIsDone(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 10), work(t, other, 10)
		add(t, w, "scan", "a", true)
		add(t, v, "scan", "a", false)
		depth(t, v, "scan", 1, 0)
		item := take(t, v, "scan", "a", 1)
		add(t, w, "scan", "a", false) // it is worked on
		depth(t, w, "scan", 0, 1)
		done(t, item)
		depth(t, w, "scan", 0, 0)
		add(t, w, "scan", "a", true)
	})
}

func TestEachKindHasAQueueOfItsOwn(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 10), work(t, other, 10)
		add(t, w, "detonate", "a", true)
		add(t, w, "scan", "a", true)
		add(t, w, "scan", "b", true)
		done(t, take(t, v, "scan", "a", 1))
		done(t, take(t, v, "scan", "b", 1))
		depth(t, v, "scan", 0, 0)
		depth(t, v, "detonate", 1, 0)
		done(t, take(t, v, "detonate", "a", 1))
	})
}

func TestASilentWorkersItemIsGivenToAnotherAndABusyOnesIsNot(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 10), work(t, other, 10)
		add(t, w, "scan", "busy", true)
		add(t, w, "scan", "silent", true)
		busy := take(t, w, "scan", "busy", 1)
		take(t, w, "scan", "silent", 1)
		renewing, stop := context.WithCancel(t.Context())
		go func() {
			for renewing.Err() == nil {
				_ = busy.Renew()
				time.Sleep(silence / 10)
			}
		}()
		silent := take(t, v, "scan", "silent", 2)
		depth(t, v, "scan", 0, 2)
		done(t, silent)
		stop()
		done(t, busy)
		depth(t, v, "scan", 0, 0)
	})
}

func TestAnItemGivenBackComesAgain(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 10), work(t, other, 10)
		add(t, w, "scan", "a", true)
		for try := 1; try <= 3; try++ {
			if err := take(t, v, "scan", "a", try).Again(10 * time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		done(t, take(t, v, "scan", "a", 4))
	})
}

func TestARevivedQueueGivesOutWhatItHasAndLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 10), work(t, other, 10)
		revive := func(want int) {
			t.Helper()
			if n, err := w.Revive(t.Context(), "scan"); err != nil || n != want {
				t.Fatalf("%d items revived (%v), want %d", n, err, want)
			}
		}
		revive(0)
		add(t, w, "scan", "a", true)
		depth(t, w, "scan", 1, 0)
		revive(0) // it waits
		old := take(t, v, "scan", "a", 1)
		revive(1)
		done(t, take(t, v, "scan", "a", 1))
		_ = old.Done(t.Context()) // somebody else was quicker
		depth(t, w, "scan", 0, 0)
		add(t, w, "scan", "b", true)
		done(t, take(t, v, "scan", "b", 1))
		patiently(t, "nothing is left", func() error { // the server removes what is done a moment later
			if n, err := w.Revive(t.Context(), "scan"); err != nil || n != 0 {
				return fmt.Errorf("%d items (%w)", n, err)
			}
			return nil
		})
	})
}

func TestAFullQueueSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := work(t, one, 3), work(t, other, 3)
		for i := range 3 {
			add(t, w, "scan", fmt.Sprint(i), true)
		}
		if _, err := w.Add(t.Context(), "scan", 0, "more", nil); !errors.Is(err, bus.ErrFull) {
			t.Errorf("error %v, want bus.ErrFull", err)
		}
		done(t, take(t, v, "scan", "0", 1))
		add(t, w, "scan", "more", true)
	})
}

func TestWorkSurvivesTheServer(t *testing.T) {
	dir := folder(t)
	first := open(t, bus.Options{Address: "embedded:" + dir})
	guest := open(t, bus.Options{Address: "embedded:" + dir, Guest: true})
	w, v := work(t, first, 10), work(t, guest, 10)
	add(t, w, "scan", "done", true)
	add(t, w, "scan", "taken", true)
	add(t, w, "scan", "waits", true)
	done(t, take(t, w, "scan", "done", 1))
	taken := take(t, v, "scan", "taken", 1)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(t.Context(), "scan", 0, "late", nil); err == nil {
		t.Error("a closed bus took work")
	}
	if _, err := w.Take(t.Context(), "scan"); err == nil {
		t.Error("a closed bus gave work")
	}

	again := work(t, open(t, bus.Options{Address: "embedded:" + dir}), 10)
	add(t, again, "scan", "taken", false)
	add(t, again, "scan", "waits", false)
	take(t, again, "scan", "waits", 1)
	patiently(t, "the guest's old item is done", func() error { return taken.Done(t.Context()) })
	depth(t, again, "scan", 0, 1)
}

func TestAQueueThatTheServerLostIsMadeAgain(t *testing.T) {
	s := bustest.Start(t)
	w := work(t, open(t, bus.Options{Address: s.Address}), 10)
	add(t, w, "scan", "a", true)
	take(t, w, "scan", "a", 1)
	s.Kill()
	s.Forget()
	s.Run()
	patiently(t, "work is taken again", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), soon/2)
		defer cancel()
		_, _ = w.Add(ctx, "scan", 0, "b", []byte("b data"))
		item, err := w.Take(ctx, "scan")
		if err != nil {
			return err
		}
		return item.Done(ctx)
	})
}

func patiently(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("not so: %s: %v", what, err)
}

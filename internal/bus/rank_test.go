package bus_test

import (
	"testing"

	"sallyport/internal/bus"
)

const urgent, usual, idle = 0, 1, 2

func ranked(t *testing.T, b *bus.Bus) *bus.Work {
	t.Helper()
	w, err := b.Work(t.Context(), bus.WorkOptions{Name: "jobs", AckWait: silence, Most: 10, Ranks: 3})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func addAt(t *testing.T, w *bus.Work, rank int, id string, want bool) {
	t.Helper()
	added, err := w.Add(t.Context(), "scan", rank, id, []byte(id+" data"))
	if err != nil || added != want {
		t.Fatalf("add %s at %d: %t (%v), want %t", id, rank, added, err, want)
	}
}

func TestTheMostUrgentIsTakenFirst(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := ranked(t, one), ranked(t, other)
		addAt(t, w, idle, "old", true)
		addAt(t, w, usual, "gadget", true)
		addAt(t, w, usual, "gadget-2", true)
		addAt(t, w, urgent, "site", true)
		depth(t, v, "scan", 4, 0)
		for _, id := range []string{"site", "gadget", "gadget-2", "old"} {
			done(t, take(t, v, "scan", id, 1))
		}
		depth(t, v, "scan", 0, 0)
		if _, err := w.Add(t.Context(), "scan", 3, "x", nil); err == nil {
			t.Error("a rank that does not exist takes something")
		}
	})
}

func TestAnItemStaysOneInWhateverRanksItIsAdded(t *testing.T) {
	onEach(t, func(t *testing.T, one, other *bus.Bus) {
		w, v := ranked(t, one), ranked(t, other)
		addAt(t, w, idle, "first", true)
		addAt(t, w, idle, "a", true)
		addAt(t, v, urgent, "a", false) // moves up
		addAt(t, v, usual, "a", false)  // not down again
		depth(t, w, "scan", 2, 0)
		a := take(t, v, "scan", "a", 1)
		addAt(t, w, idle, "a", false) // it is worked on
		depth(t, w, "scan", 1, 1)
		first := take(t, w, "scan", "first", 1)
		addAt(t, v, urgent, "first", false) // so is this, and it stays where it is
		depth(t, w, "scan", 0, 2)
		done(t, a)
		done(t, first)
		depth(t, w, "scan", 0, 0)
		addAt(t, w, usual, "a", true)
	})
}

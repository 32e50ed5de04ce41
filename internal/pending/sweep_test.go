package pending_test

import (
	"errors"
	"testing"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

// sent parks, approves and begins a change, and leaves it there, as a program does that ends.
func (w *world) sent(text string) *pending.Sending {
	w.Helper()
	c, err := w.park(text)
	w.ok(err)
	w.ok(w.sign(w.key, c))
	s, err := w.desk.Begin(w.Context(), c.ID, ira, w.w.ask)
	w.ok(err)
	return s
}

func (w *world) sweep() int {
	w.Helper()
	n, err := w.desk.Sweep(w.Context())
	w.ok(err)
	return n
}

func TestWhatIsStuckIsSettledByTheWikisHistoryThoughNobodyComesBack(t *testing.T) {
	asks := func(w *world) { w.open(w.store, func(o *pending.Options) { o.Ask = w.w.ask }) }
	for name, c := range map[string]struct {
		meanwhile func(w *world, s *pending.Sending)
		want      store.State
	}{
		"made":                {func(w *world, s *pending.Sending) { w.send(s) }, store.Done},
		"not made":            {func(*world, *pending.Sending) {}, store.Parked}, // its approval has lapsed
		"something else made": {func(w *world, _ *pending.Sending) { w.w.save("Ira", "other();") }, store.Failed},
		"made, and changed by others since": {func(w *world, s *pending.Sending) {
			w.send(s)
			w.w.save("Ada", "later();")
			w.w.save("Ada", "later still();")
		}, store.Done},
	} {
		w := newWorld(t)
		s := w.sent("new();")
		c.meanwhile(w, s)
		asks(w) // after a restart
		if n := w.sweep(); n != 0 {
			t.Errorf("%s: %d settled while it may still be on its way", name, n)
		}
		w.w.pass(11 * time.Minute)
		if n := w.sweep(); n != 1 {
			t.Errorf("%s: %d settled", name, n)
		}
		if got := w.state(s.ID); got != c.want {
			t.Errorf("%s: it is %s, want %s", name, got, c.want)
		}
		if n := w.sweep(); n != 0 {
			t.Errorf("%s: %d settled again", name, n)
		}
		w.verified()
	}
}

func TestWhatNobodyCanSeeOfAStuckChangeIsCalledUnclear(t *testing.T) {
	w := newWorld(t)
	op := edit("x")
	op.Kind, op.Pages, op.Action, op.Tiers = "rights", nil, "userrights", []writedoor.Tier{writedoor.RightsTier}
	c, err := w.desk.Park(t.Context(), pending.Arrival{Operation: op, Policy: pending.Approve, Actor: ira, Ask: w.w.ask})
	w.ok(err)
	w.ok(w.sign(w.key, c))
	_, err = w.desk.Begin(t.Context(), c.ID, ira, w.w.ask)
	w.ok(err)
	w.open(w.store, func(o *pending.Options) { o.Ask = w.w.ask })
	w.w.pass(2 * 24 * time.Hour) // long after its time
	if n := w.sweep(); n != 1 || w.state(c.ID) != store.Unclear {
		t.Errorf("%d settled, it is %s", n, w.state(c.ID))
	}
}

func TestAWikiThatDoesNotAnswerLeavesWhatIsStuckAsItIs(t *testing.T) {
	w := newWorld(t)
	s := w.sent("new();")
	w.open(w.store, func(o *pending.Options) { o.Ask = w.w.ask })
	w.w.pass(time.Hour)
	w.w.down = true
	if n, err := w.desk.Sweep(t.Context()); err == nil || n != 0 {
		t.Errorf("%d settled, %v", n, err)
	}
	w.w.down = false
	if got := w.state(s.ID); got != store.Sending {
		t.Errorf("it is %s", got)
	}
	w.open(w.store, nil)
	if n := w.sweep(); n != 0 {
		t.Errorf("%d settled where nobody may be asked", n)
	}
}

// A sender who comes back while the sweeper looks: one of the two settles it, and it is made once.
func TestTheSweeperAndTheSenderDoNotMakeAChangeTwice(t *testing.T) {
	for range 10 {
		w := newWorld(t)
		s := w.sent("new();")
		w.send(s)
		w.open(w.store, func(o *pending.Options) { o.Ask = w.w.ask })
		w.w.pass(11 * time.Minute)
		done := make(chan error)
		go func() {
			_, err := w.desk.Begin(t.Context(), s.ID, wiki.User{ID: ira.ID, Name: ira.Name}, w.w.ask)
			done <- err
		}()
		_, err := w.desk.Sweep(t.Context())
		w.ok(err)
		if err := <-done; !errors.Is(err, pending.ErrNotNow) {
			t.Errorf("the sender: %v", err)
		}
		if n := w.w.by("Ira"); n != 1 || w.state(s.ID) != store.Done {
			t.Errorf("made %d times, it is %s", n, w.state(s.ID))
		}
		w.verified()
	}
}

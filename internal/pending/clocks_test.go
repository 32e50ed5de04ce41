package pending_test

import (
	"errors"
	"testing"
	"time"

	"sallyport/internal/passkey"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// signed is an approval of a change as one desk shows it now.
func (w *world) signed(c *pending.Change) (time.Time, passkey.Assertion) {
	w.Helper()
	until := w.desk.Until(c)
	record, err := w.desk.Shown(c, until)
	w.ok(err)
	return until, w.key.Sign(w.at.Origin, w.at.Host, verified, pending.Challenge(record))
}

func TestAnApprovalIsGoodOnceForOneChangeInItsTime(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	until, good := w.signed(c)
	again := func(id string) error {
		_, err := w.desk.Approve(t.Context(), id, until, good)
		return err
	}
	w.ok(again(c.ID))
	if err := again(c.ID); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("while it is approved: %v", err)
	}
	w.w.pass(11 * time.Minute)
	if err := again(c.ID); !errors.Is(err, pending.ErrLate) {
		t.Errorf("after it lapsed: %v", err)
	}
	until, good = w.signed(mustChange(w, c.ID))
	w.ok(again(c.ID))
	_, err = w.make(c.ID)
	w.ok(err)
	if err := again(c.ID); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("after it was made: %v", err)
	}
	w.w.save("Ada", "old();")
	same, err := w.park("new();")
	w.ok(err)
	if err := again(same.ID); !errors.Is(err, pending.ErrSignature) {
		t.Errorf("for the same text once more: %v", err)
	}
	until, good = w.signed(same)
	w.w.pass(25 * time.Hour)
	if err := again(same.ID); !errors.Is(err, pending.ErrLate) {
		t.Errorf("after the change is over: %v", err)
	}
	until, good = w.signed(mustChange(w, same.ID))
	if err := again(same.ID); !errors.Is(err, pending.ErrNotNow) && !errors.Is(err, pending.ErrLate) {
		t.Errorf("a new signature after the change is over: %v", err)
	}
	w.verified()
}

// Several gateways on one store, whose clocks differ.
func TestClocksThatDifferByMinutesDoNoHarmAndByMoreRefuse(t *testing.T) {
	for ahead, want := range map[time.Duration]error{
		2 * time.Minute: nil, -2 * time.Minute: nil, // of the one that shows the page
		3 * time.Minute: pending.ErrLate, 15 * time.Minute: pending.ErrLate, -15 * time.Minute: pending.ErrLate,
	} {
		w := newWorld(t)
		shows := func(o *pending.Options) { o.Now = func() time.Time { return w.w.time().Add(ahead) } }
		if ahead > 0 {
			w.w.pass(ahead) // its key counts already
		}
		w.open(w.store, shows)
		c, err := w.park("new();")
		w.ok(err)
		until, good := w.signed(c)
		w.open(w.store, nil)
		_, err = w.desk.Approve(t.Context(), c.ID, until, good)
		if !errors.Is(err, want) {
			t.Errorf("%s ahead: %v, want %v", ahead, err, want)
		}
		if want != nil { // the page is opened again
			w.ok(w.sign(w.key, mustChange(w, c.ID)))
		}
		_, err = w.make(c.ID)
		w.ok(err)
		if n := w.w.by("Ira"); n != 1 {
			t.Errorf("%s ahead: made %d times", ahead, n)
		}
		w.verified()
	}
}

// A clock that is put back makes nothing good that was over for others, and loses nothing.
func TestAClockThatIsPutBackLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.w.pass(time.Hour)
	c, err := w.park("new();")
	w.ok(err)
	w.w.pass(-30 * time.Minute)
	w.ok(w.sign(w.key, mustChange(w, c.ID)))
	w.w.pass(-20 * time.Minute)
	if got := w.state(c.ID); got != store.Approved {
		t.Errorf("it is %s", got)
	}
	_, err = w.make(c.ID)
	w.ok(err)
	w.verified()
}

package pending_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sallyport/internal/audit"
	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// touchedLogs verifies copies of a log in each of which one entry says something else.
func touchedLogs(t *testing.T, w *world, all []store.Entry) (found int) {
	t.Helper()
	for i := range all {
		copied := append([]store.Entry{}, all...)
		copied[i].Body = copied[i].Body[:len(copied[i].Body)-1] + `,"user_id":99}`
		r, err := audit.Verify(t.Context(), fixedLog{w.store, copied}, "testwiki", w.at)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Problems) > 0 {
			found++
		}
	}
	return found
}

type fixedLog struct {
	store.Approvals
	entries []store.Entry
}

func (f fixedLog) Entries(_ context.Context, _ string, after int64, _ int) ([]store.Entry, error) {
	return f.entries[after:], nil
}

// crash ends the program at a step.
type crash struct{ step int }

// bomb counts steps and goes off.
type bomb struct {
	store.Approvals
	at, step int
}

func (b *bomb) tick() {
	b.step++
	if b.step == b.at {
		panic(crash{b.step})
	}
}

func (b *bomb) Park(ctx context.Context, w store.Waiting, most int, e ...store.Entry) error {
	b.tick()
	err := b.Approvals.Park(ctx, w, most, e...)
	b.tick()
	return err
}

func (b *bomb) Advance(ctx context.Context, w store.Waiting, e ...store.Entry) (bool, error) {
	b.tick()
	first, err := b.Approvals.Advance(ctx, w, e...)
	b.tick()
	return first, err
}

func (b *bomb) AdvanceAll(ctx context.Context, all []store.Waiting, e ...store.Entry) (bool, error) {
	b.tick()
	first, err := b.Approvals.AdvanceAll(ctx, all, e...)
	b.tick()
	return first, err
}

func (b *bomb) Waiting(ctx context.Context, wiki, id string) (store.Waiting, error) {
	b.tick()
	return b.Approvals.Waiting(ctx, wiki, id)
}

// run is what a person and their browser do, again and again until the page says it is saved. What they know is what is on
// the wiki, and the change's address.
func (w *world) run(b *bomb, id string) (done bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(crash); !ours {
				panic(r)
			}
		}
	}()
	var c *pending.Change
	if id == "" {
		c, err = w.park("new();")
	} else {
		c, err = w.desk.Change(w.Context(), id)
	}
	if err != nil {
		return false, err
	}
	if c.State == store.Parked {
		if err := w.sign(w.key, c); err != nil {
			return false, err
		}
	}
	s, err := w.desk.Begin(w.Context(), c.ID, ira, w.w.ask)
	if err != nil {
		if s != nil && s.State == store.Done {
			return true, nil
		}
		return false, err
	}
	b.tick() // the wiki has not heard of it
	reply := w.send(s)
	b.tick() // the wiki has made it, nobody knows
	if err := w.desk.Finish(w.Context(), s, reply, w.w.ask); err != nil {
		return false, err
	}
	return s.State == store.Done, nil
}

// Whatever step the program ends at, and ends at again, the change is made once, and the log holds.
func TestKilledAtEveryStepNothingIsLostAndNothingTwice(t *testing.T) {
	runs, crashes := 0, 0
	for first := 1; first <= 14; first++ {
		for second := 0; second <= 14; second++ {
			for third := 0; third <= 2; third++ {
				w := newWorld(t)
				id := ""
				for _, at := range []int{first, second, third, 0, 0, 0, 0} {
					b := &bomb{Approvals: w.store, at: at}
					w.open(b, nil)
					done, err := w.run(b, id)
					runs++
					if b.step == at && at > 0 {
						crashes++
					}
					if err != nil && !errors.Is(err, pending.ErrNotNow) {
						t.Fatalf("crashes at %d, %d, %d: %v", first, second, third, err)
					}
					list, _ := w.store.WaitingOf(t.Context(), "testwiki", ira.ID, time.Time{})
					if len(list) > 0 {
						id = list[0].ID
					}
					if done || w.w.by("Ira") == 1 && len(list) == 1 && list[0].State == store.Done {
						break
					}
					w.w.pass(31 * time.Second)
				}
				w.open(w.store, nil)
				if n := w.w.by("Ira"); n != 1 || id == "" {
					t.Fatalf("crashes at %d, %d, %d: made %d times", first, second, third, n)
				}
				if got := w.state(id); got != store.Done {
					t.Fatalf("crashes at %d, %d, %d: it is %s", first, second, third, got)
				}
				w.verified()
			}
		}
	}
	t.Logf("%d runs, ended %d times on the way: each change made once", runs, crashes)
}

// The program ends while the wiki is still at work, and the wiki ends the work later.
func TestAChangeThatIsStillUnderWayIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	s, err := w.desk.Begin(t.Context(), c.ID, ira, w.w.ask)
	w.ok(err)
	w.open(w.store, nil) // the program ended
	if _, err := w.desk.Begin(t.Context(), c.ID, ira, w.w.ask); !errors.Is(err, pending.ErrNotNow) {
		t.Errorf("at once: %v", err)
	}
	w.send(s) // the wiki was slow
	if s, err := w.desk.Begin(t.Context(), c.ID, ira, w.w.ask); !errors.Is(err, pending.ErrNotNow) || s.State != store.Done {
		t.Errorf("after the wiki made it: %v", err)
	}
	if n := w.w.by("Ira"); n != 1 {
		t.Errorf("made %d times", n)
	}
	w.verified()
}

// What pages do not show is never sent a second time.
func TestAChangeNobodyCanAskAboutIsSentAtMostOnce(t *testing.T) {
	w := newWorld(t)
	op := edit("x")
	op.Kind, op.Pages, op.Action = "rights", nil, "userrights"
	c, err := w.desk.Park(t.Context(), pending.Arrival{Operation: op, Policy: pending.Approve, Actor: ira, Ask: w.w.ask})
	w.ok(err)
	w.ok(w.sign(w.key, c))
	_, err = w.desk.Begin(t.Context(), c.ID, ira, w.w.ask)
	w.ok(err)
	w.w.pass(time.Minute)
	if s, err := w.desk.Begin(t.Context(), c.ID, ira, w.w.ask); !errors.Is(err, pending.ErrNotNow) || s.State != store.Unclear {
		t.Errorf("%v; %s", err, s.State)
	}
}

package pending_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sallyport/internal/pending"
	"sallyport/internal/store"
)

// Ten thousand changes wait, of three thousand people and more; one of them is found, approved and made as if it were alone,
// the queue shows what it has room for, and what is over goes.
func TestTenThousandChangesWait(t *testing.T) {
	w := newWorld(t)
	mine, err := w.park("new();")
	w.ok(err)
	row, err := w.store.Waiting(t.Context(), "testwiki", mine.ID)
	w.ok(err)
	for i := range 9999 { // rows alone: what makes them takes longer than what is looked at here
		row.ID, row.UserID, row.User, row.Created = fmt.Sprint("flood ", i), int64(1000+i/3), fmt.Sprint("Flooder ", i/3), w.w.time()
		w.ok(w.store.Park(t.Context(), row, 3))
	}
	queue, err := w.store.Queue(t.Context(), "testwiki", w.w.time(), 101)
	w.ok(err)
	if len(queue) != 101 {
		t.Errorf("the queue shows %d", len(queue))
	}
	w.ok(w.sign(w.key, mine))
	_, err = w.make(mine.ID)
	w.ok(err)
	if log, err := w.store.Entries(t.Context(), "testwiki", 0, 100); err != nil || len(log) != 5 || w.state(mine.ID) != store.Done {
		t.Errorf("%d entries in the log, it is %s, %v", len(log), w.state(mine.ID), err)
	}
	w.w.pass(40 * 24 * time.Hour)
	w.ok(w.store.ForgetWaiting(t.Context(), "testwiki", w.w.time().Add(-7*24*time.Hour)))
	queue, err = w.store.Queue(t.Context(), "testwiki", time.Time{}, 101)
	w.ok(err)
	if len(queue) != 0 {
		t.Errorf("%d are left", len(queue))
	}
}

// An account that sends without end has three changes waiting; the oldest stay, and everybody else has their own room.
func TestAFloodOfOneAccountTakesNobodyElsesRoom(t *testing.T) {
	w := newWorld(t)
	first, err := w.park("first();")
	w.ok(err)
	refused := 0
	for i := range 200 {
		if _, err := w.park(fmt.Sprintf("flood(%d);", i)); errors.Is(err, pending.ErrTooMany) {
			refused++
		} else {
			w.ok(err)
		}
	}
	if refused != 198 {
		t.Errorf("%d refused", refused)
	}
	if got := w.state(first.ID); got != store.Parked {
		t.Errorf("the first is %s", got)
	}
	_, err = w.desk.Park(t.Context(), pending.Arrival{Operation: edit("other();"), Policy: pending.Approve, Actor: olga, Ask: w.w.ask})
	w.ok(err)
	if r := w.verified(); r.Entries != 5 {
		t.Errorf("the log grew to %d entries", r.Entries)
	}
}

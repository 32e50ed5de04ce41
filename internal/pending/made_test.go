package pending_test

import (
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/wiki"
)

func TestWhatWasApprovedIsKnownByItsRevisionAndWhatWasPutBackToo(t *testing.T) {
	w := newWorld(t)
	known := w.desk.Made()
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	_, err = w.make(c.ID)
	w.ok(err)
	at := w.w.time()
	evil := wiki.Title{NS: wiki.NSMediaWiki, Key: "Evil.js"}
	put := mediawiki.Change{Type: "edit", Title: evil, Rev: 9, User: "Guard", Time: at}
	w.ok(w.desk.Unapproved(t.Context(), mediawiki.Change{Type: "edit", Title: evil, Rev: 8, User: "Worm", Time: at}, "it changed", put.Rev, ""))
	for _, one := range []struct {
		name   string
		change mediawiki.Change
		want   bool
	}{
		{"the approved revision", mediawiki.Change{Type: "edit", Title: title, Rev: 2, User: "Ira", Time: at}, true},
		{"another revision of the page", mediawiki.Change{Type: "edit", Title: title, Rev: 4, User: "Ira", Time: at}, false},
		{"a deletion of the page, when an edit was approved", mediawiki.Change{Type: "log", LogType: "delete", Title: title, User: "Ira", Time: at}, false},
		{"a move to a page of code", mediawiki.Change{Type: "log", LogType: "move", Title: wiki.Title{Key: "A"}, Target: &evil, User: "Worm", Time: at}, false},
		{"what nobody approved", mediawiki.Change{Type: "edit", Title: evil, Rev: 8, User: "Worm", Time: at}, false},
		{"what put it back", put, true},
	} {
		got, _, err := known.Approved(t.Context(), one.change)
		w.ok(err)
		if got != one.want {
			t.Errorf("%s: approved is %v", one.name, got)
		}
	}
	w.verified()
}

func TestAChangeOnItsWayIsNoAlarmUntilItsOutcomeIsKnown(t *testing.T) {
	w := newWorld(t)
	known := w.desk.Made()
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	saved := mediawiki.Change{Type: "edit", Title: title, Rev: 2, User: "Ira", Time: w.w.time().Add(time.Second)}
	is := func(want bool, when string) {
		t.Helper()
		yes, open, err := known.Approved(t.Context(), saved)
		w.ok(err)
		if yes || open != want {
			t.Errorf("%s: approved is %v, open is %v", when, yes, open)
		}
	}
	is(false, "approved only")
	s, err := w.desk.Begin(t.Context(), c.ID, ira, w.w.ask)
	w.ok(err)
	is(true, "on its way")
	w.ok(w.desk.Finish(t.Context(), s, pending.Reply{Status: 200, Refusal: "no"}, w.w.ask))
	is(false, "refused by the wiki")
}

// BenchmarkPark keeps changes of different people while ten thousand wait.
func BenchmarkPark(b *testing.B) {
	w := newWorld(b)
	n := int64(0)
	park := func() {
		n++
		_, err := w.desk.Park(b.Context(), pending.Arrival{Operation: edit("x();"), Policy: pending.Approve, Actor: wiki.User{ID: n, Name: "U"}, Ask: w.w.ask})
		w.ok(err)
	}
	for range 10_000 {
		park()
	}
	b.ResetTimer()
	for range b.N {
		park()
	}
}

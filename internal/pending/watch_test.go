package pending_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/pending"
	"sallyport/internal/wiki"
)

func TestCodeThatGotInUnapprovedRaisesAnAlarmAndNothingElseDoes(t *testing.T) {
	w := newWorld(t)
	c, err := w.park("new();")
	w.ok(err)
	w.ok(w.sign(w.key, c))
	_, err = w.make(c.ID)
	w.ok(err)
	at := w.w.time()
	evil := wiki.Title{NS: wiki.NSMediaWiki, Key: "Evil.js"}
	list := []mediawiki.Change{
		{ID: 1, Type: "edit", Title: title, Rev: 2, User: "Ira", Time: at},
		{ID: 2, Type: "edit", Title: wiki.Title{Key: "Sandbox"}, Rev: 3, User: "Ada", Time: at},
		{ID: 3, Type: "edit", Title: title, Rev: 4, User: "Worm", Time: at},
		{ID: 4, Type: "log", LogType: "move", Title: wiki.Title{Key: "A"}, Target: &evil, User: "Worm", Time: at},
		{ID: 5, Type: "edit", Title: wiki.Title{NS: wiki.NSUser, Key: "Ada/common.js"}, Rev: 5, User: "Ada", Time: at},
		{ID: 6, Type: "edit", Title: wiki.Title{NS: wiki.NSUser, Key: "Ada/common.js"}, Rev: 6, User: "Worm", Time: at},
		{ID: 7, Type: "log", LogType: "delete", Action: "delete", Title: title, User: "Ira", Time: at},
	}
	cursor := ""
	watcher := &pending.Watcher{
		Desk: w.desk,
		Changes: func(_ context.Context, since mediawiki.Cursor) ([]mediawiki.Change, mediawiki.Cursor, error) {
			if since != "" {
				return nil, "end", nil
			}
			return list, "end", nil
		},
		Cursor: func(context.Context) (string, error) { return cursor, nil },
		Keep:   func(_ context.Context, c string) error { cursor = c; return nil },
	}
	alarms := func() (found []string) {
		w.ok(watcher.Look(t.Context()))
		entries, err := w.store.Entries(t.Context(), "testwiki", 0, 100)
		w.ok(err)
		for _, e := range entries {
			if e.Kind == "unapproved" {
				found = append(found, e.Body)
			}
		}
		return found
	}
	if got := alarms(); len(got) > 0 || cursor != "" {
		t.Errorf("before the log had its time: %q, cursor %q", got, cursor)
	}
	w.w.pass(time.Minute)
	got := alarms()
	if len(got) != 3 || cursor != "end" {
		t.Fatalf("%d alarms, cursor %q: %q", len(got), cursor, got)
	}
	for i, want := range []string{`"revision":4`, "moved to MediaWiki:Evil.js", `"revision":6`} {
		if !strings.Contains(got[i], want) {
			t.Errorf("alarm %d is %s, want one about %s", i, got[i], want)
		}
	}
	if again := alarms(); len(again) != 3 {
		t.Errorf("said again: %q", again)
	}
	w.verified()
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

package incident

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// noted are approvals by revision.
type noted map[int64]bool

func (n noted) Approved(_ context.Context, c mediawiki.Change) (yes, open bool, err error) {
	return n[c.Rev], false, nil
}

// watched is a pretend wiki with a watcher that reads it and puts pages back as Guard.
type watched struct {
	*Watcher
	*fakewiki.Wiki
	now   time.Time
	noted noted
	found []Finding
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC), noted: noted{}}
	w.Wiki = fakewiki.New(fakewiki.Options{Now: func() time.Time { return w.now }})
	w.AddUser("Guard", "only-for-this-test", "interface-admin")
	server := httptest.NewServer(w.Wiki)
	t.Cleanup(server.Close)
	client := mediawiki.New(server.URL, "/w", nil, mediawiki.Options{})
	site, err := client.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	writer, err := client.Login(t.Context(), "Guard", "only-for-this-test")
	if err != nil {
		t.Fatal(err)
	}
	w.Watcher = &Watcher{
		Site: site, Changes: client, Approvals: w.noted, Writer: writer, Now: func() time.Time { return w.now },
		Log: slog.New(slog.DiscardHandler), Alarm: func(f Finding) { w.found = append(w.found, f) },
	}
	w.save(t, "MediaWiki:Common.js", "good();", "Ira", true)
	w.look(t)
	return w
}

func (w *watched) save(t *testing.T, title, text, user string, approved bool) wiki.Page {
	t.Helper()
	p, err := w.Save(title, text, user, "")
	if err != nil {
		t.Fatal(err)
	}
	w.noted[p.Rev] = approved
	w.now = w.now.Add(time.Second)
	return p
}

func (w *watched) look(t *testing.T) {
	t.Helper()
	if _, err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *watched) text(title string) string {
	p, _ := w.Page(title)
	return p.Text
}

func TestAChangeOfCodeThatNobodyApprovedIsPutBack(t *testing.T) {
	w := watch(t)
	w.save(t, "MediaWiki:Common.js", "evil();", "Ulo", false)
	w.save(t, "MediaWiki:Gadget-new.js", "evil();", "Ulo", false)
	w.save(t, "User:Mara/common.js", "evil();", "Ulo", false)
	w.save(t, "User:Mara/vector.js", "mine();", "Mara", false)
	w.save(t, "Main Page", "words", "Ulo", false)
	w.save(t, "MediaWiki:Common.css", "a {}", "Ira", true)
	w.look(t)
	if len(w.found) != 0 {
		t.Fatalf("an alarm before the grace is over: %+v", w.found)
	}
	w.now = w.now.Add(time.Minute)
	w.look(t)
	if len(w.found) != 3 {
		t.Fatalf("%d findings: %+v", len(w.found), w.found)
	}
	if w.text("MediaWiki:Common.js") != "good();" || w.text("MediaWiki:Gadget-new.js") != "" || w.text("User:Mara/common.js") != "" {
		t.Errorf("not put back: %q, %q, %q", w.text("MediaWiki:Common.js"), w.text("MediaWiki:Gadget-new.js"), w.text("User:Mara/common.js"))
	}
	if w.text("User:Mara/vector.js") != "mine();" || w.text("MediaWiki:Common.css") != "a {}" {
		t.Error("what is allowed was put back, too")
	}
	if f := w.found[0]; f.Undone == 0 || !strings.Contains(f.What, "Ulo changed MediaWiki:Common.js") {
		t.Errorf("the finding says %+v", f)
	}
	w.now = w.now.Add(time.Minute)
	if w.look(t); len(w.found) != 3 {
		t.Errorf("the watcher finds its own work: %+v", w.found[3:])
	}
}

func TestAnApprovalThatIsNotedLateIsNoAlarm(t *testing.T) {
	w := watch(t)
	p := w.save(t, "MediaWiki:Common.js", "better();", "Ira", false)
	w.look(t)
	w.noted[p.Rev] = true
	w.now = w.now.Add(time.Minute)
	if w.look(t); len(w.found) != 0 || w.text("MediaWiki:Common.js") != "better();" {
		t.Errorf("%+v", w.found)
	}
}

func TestWhatChangedSinceIsNotOverwritten(t *testing.T) {
	w := watch(t)
	w.save(t, "MediaWiki:Common.js", "evil();", "Ulo", false)
	w.save(t, "MediaWiki:Common.js", "repaired();", "Ira", true)
	w.now = w.now.Add(time.Minute)
	w.look(t)
	if len(w.found) != 1 || w.found[0].Undone != 0 || w.text("MediaWiki:Common.js") != "repaired();" {
		t.Errorf("%+v", w.found)
	}
}

func TestAPageIsPutBackToTheLastTextThatSomebodyApproved(t *testing.T) {
	w := watch(t)
	w.save(t, "MediaWiki:Common.js", "evil();", "Ulo", false)
	w.save(t, "MediaWiki:Common.js", "worse();", "Ulo", false)
	w.now = w.now.Add(time.Minute)
	w.look(t)
	if len(w.found) != 2 || w.found[0].Undone != 0 || w.found[1].Undone == 0 || w.text("MediaWiki:Common.js") != "good();" {
		t.Errorf("%q, %+v", w.text("MediaWiki:Common.js"), w.found)
	}
}

func TestAfterARestartTheWatcherDoesNotUndoWhatItPutBack(t *testing.T) {
	w := watch(t)
	w.save(t, "MediaWiki:Common.js", "evil();", "Ulo", false)
	at, err := w.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	w.look(t)
	w.ours, w.before, w.undone, w.Account = nil, nil, nil, "Guard" // another process
	w.Begin(at)
	w.now = w.now.Add(time.Minute)
	w.look(t)
	if w.text("MediaWiki:Common.js") != "good();" || len(w.found) != 3 || w.found[1].Undone != 0 || w.found[2].Undone != 0 {
		t.Errorf("%q, %+v", w.text("MediaWiki:Common.js"), w.found)
	}
}

func TestAWatcherFightsWithNobodyForLong(t *testing.T) {
	w := watch(t)
	for range 6 {
		w.save(t, "MediaWiki:Common.js", "evil();", "Ulo", false)
		w.now = w.now.Add(time.Minute)
		w.look(t)
	}
	undone := 0
	for _, f := range w.found {
		if f.Undone != 0 {
			undone++
		}
	}
	if undone != 3 || len(w.found) != 4 || !strings.Contains(w.found[3].Why, "too often") {
		t.Errorf("%d put back of %d: %+v", undone, len(w.found), w.found)
	}
}

func TestMovesAndDeletionsOfCodeAreSaidAndWithoutAWriterNothingIsTouched(t *testing.T) {
	w := watch(t)
	w.AddUser("Adam", "only-for-this-test", "sysop", "interface-admin")
	client := w.Changes.(*mediawiki.Client)
	adam, err := client.Login(t.Context(), "Adam", "only-for-this-test")
	if err != nil {
		t.Fatal(err)
	}
	w.save(t, "User:Adam/x.js", "evil();", "Adam", true)
	from, _ := w.Watcher.Site.Parse("User:Adam/x.js")
	to, _ := w.Watcher.Site.Parse("MediaWiki:Gadget-x.js")
	if err := adam.Move(t.Context(), from, to, ""); err != nil {
		t.Fatal(err)
	}
	common, _ := w.Watcher.Site.Parse("MediaWiki:Common.js")
	if err := adam.Delete(t.Context(), common, ""); err != nil {
		t.Fatal(err)
	}
	w.save(t, "MediaWiki:Vector.js", "evil();", "Ulo", false)
	w.Writer = nil
	w.now = w.now.Add(time.Minute)
	w.look(t)
	var said []string
	for _, f := range w.found {
		said = append(said, f.What)
	}
	if all := strings.Join(said, "\n"); !strings.Contains(all, "move of User:Adam/x.js") || !strings.Contains(all, "delete of MediaWiki:Common.js") || w.text("MediaWiki:Vector.js") != "evil();" {
		t.Errorf("said:\n%s", all)
	}
}

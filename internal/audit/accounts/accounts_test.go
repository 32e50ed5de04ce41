package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/fakewiki"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/mediawiki/mediawikitest"
	"sallyport/internal/registry"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// texts are pages of the wiki under test, and who saves them.
var texts = []struct{ title, by, text string }{
	{"MediaWiki:Common.js", "Ira", "mw.hook( 'wikipage.content' );"},
	{"User:Mara/a.js", "Mara", "importScript( 'User:Ulo/b.js' ); mw.loader.load( 'https://cdn.test/lib.js?v=1' );"},
	{"User:Ulo/b.js", "Ulo", "importScript( 'User:Mara/a.js' ); importScript( 'User:Nobody/gone.js' );"},
	{"User:Ira/common.js", "Ira", "importScript( 'User:' + mw.config.get( 'wgUserName' ) + '/own.js' );\n" +
		"mw.loader.load( '/index.php?title=User:Mara/a.js&action=raw&ctype=text/javascript' ); importStylesheet( 'User:Mara/a.css' );"},
	{"User:Ira/own.js", "Ira", "importScript( x );"},
	{"User:Bo/vector.js", "Bo", "// nothing"},
	{"Junk", "Ira", "x"},
}

type town struct {
	testing.TB
	site   *wiki.Site
	client *mediawiki.Client
	store  store.Store
	id     func(name string) int64
}

func newTown(t testing.TB, client *mediawiki.Client) *town {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	site, err := client.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &town{TB: t, site: site, client: client, store: db, id: func(name string) int64 {
		users, err := client.Users(t.Context(), []string{name})
		if err != nil || users[0].ID == 0 {
			t.Fatalf("%s: %+v (%v)", name, users, err)
		}
		return users[0].ID
	}}
}

func (w *town) survey(u *incident.Usage, at time.Time) *accounts.Survey {
	return &accounts.Survey{Site: w.site, Wiki: w.client, Store: w.store, Analyse: rule.Analyse, Usage: u, Now: func() time.Time { return at }}
}

// fake is the town on the pretend wiki.
func fake(t *testing.T) (*town, *fakewiki.Wiki) {
	w := fakewiki.New(fakewiki.Options{})
	for _, p := range []struct{ name, group string }{{"Mara", ""}, {"Ulo", ""}, {"Ira", "sysop interface-admin"}, {"Bo", "sysop"}} {
		w.AddUser(p.name, strings.ToLower(p.name)+"'s password", strings.Fields(p.group)...)
	}
	for _, p := range texts {
		if _, err := w.Save(p.title, p.text, p.by, "test"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Delete("Junk", "Ira"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	w.SetServer(s.URL)
	return newTown(t, mediawiki.New(s.URL, "/w", nil, mediawiki.Options{})), w
}

func named(r *accounts.Report, name string) *incident.Account {
	for i := range r.Accounts {
		if r.Accounts[i].Name == name {
			return &r.Accounts[i]
		}
	}
	return nil
}

// check is what is true of the town on either wiki, now.
func (w *town) check() {
	w.Helper()
	ira := w.id("Ira")
	if err := w.store.SaveKey(w.Context(), store.Key{Wiki: w.site.ID, ID: "k", Kind: "passkey", UserID: ira, User: "Ira", Public: []byte{1}}); err != nil {
		w.Fatal(err)
	}
	now := time.Now()
	told := 0
	s := w.survey(incident.NewUsage(100, now), now)
	s.Tell = func(int, int) { told++ }
	r, err := s.Run(w.Context(), true)
	if err != nil {
		w.Fatal(err)
	}
	if told != len(r.Accounts) || r.More || now.Sub(r.Since) < incident.Unused {
		w.Errorf("%d told of %d accounts, since %s, more %v", told, len(r.Accounts), r.Since, r.More)
	}
	if named(r, "Mara") != nil || named(r, "Ulo") != nil {
		w.Errorf("people without power are listed")
	}
	a, b := named(r, "Ira"), named(r, "Bo")
	if a == nil || b == nil {
		w.Fatalf("%+v", r.Accounts)
	}
	if diff := cmp.Diff([]string{"//cdn.test/lib.js", "User:Mara/a.js", "User:Ulo/b.js"}, a.Scripts); diff != "" {
		w.Errorf("Ira's scripts (-want +got):\n%s", diff)
	}
	slices.Sort(a.Authors)
	if diff := cmp.Diff([]string{"Mara", "Ulo", "cdn.test"}, a.Authors); diff != "" {
		w.Errorf("their authors (-want +got):\n%s", diff)
	}
	used := map[string]bool{}
	for _, right := range a.Rights {
		used[right.Name] = now.Sub(right.Last) < time.Hour
	}
	for right, want := range map[string]bool{"editsitejs": true, "editinterface": true, "delete": true, "block": false, "undelete": false, "edituserjs": false} {
		if used[right] != want {
			w.Errorf("Ira's %s: used %v, want %v", right, used[right], want)
		}
	}
	if a.Keys != 1 || b.Keys != 0 || len(b.Scripts) != 0 || !b.LastUse.IsZero() {
		w.Errorf("Ira has %d keys; Bo %+v", a.Keys, b)
	}
	do := func(a *incident.Account) (all []incident.Do) {
		for _, s := range a.Steps {
			all = append(all, s.Do)
		}
		return all
	}
	if diff := cmp.Diff([]incident.Do{incident.Expire, incident.SecondKey, incident.NoScripts}, do(a)); diff != "" {
		w.Errorf("for Ira (-want +got):\n%s", diff)
	}
	if got := do(b); !slices.Equal(got, []incident.Do{incident.RemoveAll, incident.MakeKey}) {
		w.Errorf("for Bo: %v", b.Proposals)
	}
}

func TestThePretendWikisPeopleWithPowerAreFound(t *testing.T) {
	w, _ := fake(t)
	w.check()
}

func TestMediaWikisPeopleWithPowerAreFound(t *testing.T) {
	m := mediawikitest.Start(t, mediawikitest.Options{})
	for _, p := range []struct{ name, group string }{{"Mara", ""}, {"Ulo", ""}, {"Ira", "sysop interface-admin"}, {"Bo", "sysop"}} {
		m.AddUser(p.name, strings.ToLower(p.name)+"'s password", strings.Fields(p.group)...)
	}
	for _, p := range texts {
		m.Edit(p.by, p.title, p.text)
	}
	m.Delete("Ira", "Junk")
	m.SetServer(m.URL)
	newTown(t, mediawiki.New(m.URL, "", nil, mediawiki.Options{})).check()
}

func TestGadgetsThatAreSwitchedOnAreScriptsToo(t *testing.T) {
	w, _ := fake(t)
	ctx := t.Context()
	g := store.Gadget{Wiki: w.site.ID, PageID: 55, Title: "User:Ulo/tool.gadget", Name: "tool", Owner: "Ulo", OwnerID: w.id("Ulo"), Files: []string{"User:Ulo/b.js", "User:Ulo/b.css"}}
	if err := errors.Join(w.store.SaveGadget(ctx, g), w.store.Choose(ctx, store.Choice{Wiki: w.site.ID, UserID: w.id("Bo"), Gadget: 55})); err != nil {
		t.Fatal(err)
	}
	r, err := w.survey(incident.NewUsage(100, time.Now()), time.Now()).Run(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"//cdn.test/lib.js", "User:Mara/a.js", "User:Ulo/b.js"}, named(r, "Bo").Scripts); diff != "" {
		t.Error(diff)
	}
	for _, a := range r.Accounts { // the logs were not read, so nothing is known to be idle
		for _, right := range a.Rights {
			if right.Idle {
				t.Errorf("%s's %s is called idle", a.Name, right.Name)
			}
		}
	}
}

// Bo stays on what Ulo's tool was, which loads another script than it does now.
func TestWhoStaysOnAnEarlierTextRunsThatAndWhatItLoads(t *testing.T) {
	w, at := fake(t)
	ctx := t.Context()
	reg := registry.New(registry.Options{Site: w.site, Wiki: w.client, Store: w.store})
	rev := int64(0)
	save := func(title, text string) {
		t.Helper()
		p, err := at.Save(title, text, "Ulo", "test")
		if err != nil {
			t.Fatal(err)
		}
		page, err := w.site.Parse(title)
		if rev = p.Rev; err != nil || reg.Refresh(ctx, []wiki.Title{page}) != nil {
			t.Fatal(title, err)
		}
	}
	save("User:Ulo/then.js", "one();")
	save("User:Ulo/now.js", "two();")
	save("User:Ulo/same.js", "three();")
	save("User:Ulo/tool.js", "importScript( 'User:Ulo/then.js' );")
	accepted := rev
	save("User:Ulo/tool.gadget", `{"module":{"pages":["/tool.js","/same.js"]}}`)
	g, err := reg.ByTitle(ctx, "User:Ulo/tool")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Bo", "Ira"} {
		if err := reg.SwitchOn(ctx, w.id(name), g.Row.PageID); err != nil {
			t.Fatal(err)
		}
	}
	if err := reg.Stay(ctx, w.id("Bo"), g.Row.PageID); err != nil {
		t.Fatal(err)
	}
	save("User:Ulo/tool.js", "importScript( 'User:Ulo/now.js' );")
	r, err := w.survey(incident.NewUsage(100, time.Now()), time.Now()).Run(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	bo := []string{"User:Ulo/same.js", "User:Ulo/then.js", "User:Ulo/tool.js@" + strconv.FormatInt(accepted, 10)}
	if diff := cmp.Diff(bo, named(r, "Bo").Scripts); diff != "" {
		t.Errorf("Bo, who stays: %s", diff)
	}
	ira := named(r, "Ira").Scripts
	for name, want := range map[string]bool{"User:Ulo/tool.js": true, "User:Ulo/now.js": true, "User:Ulo/then.js": false} {
		if slices.Contains(ira, name) != want {
			t.Errorf("Ira, who does not: %s in %v", name, ira)
		}
	}
	if a := named(r, "Bo"); !slices.Equal(a.Authors, []string{"Ulo"}) {
		t.Errorf("authors: %v", a.Authors)
	}
}

func TestUsesOutliveTheProcessUpToTheLastFlush(t *testing.T) {
	w, _ := fake(t)
	ctx, now := t.Context(), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	open := func() *accounts.Ledger {
		l, err := accounts.OpenLedger(ctx, w.store, w.site.ID, clock)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open()
	l.Usage.Right(7, "delete", now)
	l.Usage.Loaded(7, "User:Mara/a.js", now)
	if err := l.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	other := open() // another process
	now = now.Add(time.Hour)
	other.Usage.Right(7, "delete", now)
	other.Usage.Right(8, "block", now)
	if err := errors.Join(other.Flush(ctx), other.Flush(ctx)); err != nil {
		t.Fatal(err)
	}
	l.Usage.Right(7, "block", now.Add(-time.Minute))
	if err := errors.Join(l.Flush(ctx), l.Refresh(ctx)); err != nil {
		t.Fatal(err)
	}
	l.Usage.Right(7, "undelete", now) // and then it is killed
	again := open()
	for right, want := range map[string]time.Time{"delete": now, "block": now.Add(-time.Minute), "undelete": {}} {
		if got := again.Usage.Last(7, right); !got.Equal(want) {
			t.Errorf("%s was last used %s, want %s", right, got, want)
		}
	}
	if got := again.Usage.Loads(7, now.Add(-2*time.Hour)); len(got) != 1 || !again.Usage.Since().Equal(now.Add(-time.Hour)) {
		t.Errorf("scripts %q, since %s", got, again.Usage.Since())
	}
	if !l.Usage.Last(8, "block").Equal(now) {
		t.Error("what another process saw is not taken in")
	}
}

// endless answers every question with more to come.
type endless struct {
	accounts.Wiki
	asked int
}

func (e *endless) Raw(_ context.Context, params map[string]string, _ string) ([]byte, error) {
	e.asked++
	switch params["list"] {
	case "allusers":
		return fmt.Appendf(nil, `{"query":{"allusers":[{"userid":%d,"name":"A%d","groups":["sysop"],"rights":["delete"]}]},"continue":{"aufrom":"%d"}}`, e.asked, e.asked, e.asked), nil
	case "usercontribs":
		return fmt.Appendf(nil, `{"query":{"usercontribs":[{"ns":8,"title":"MediaWiki:A","timestamp":"2026-06-01T00:00:00Z"}]},"continue":{"uccontinue":%d}}`, e.asked), nil
	}
	return []byte(`{"query":{}}`), nil
}

func (e *endless) Pages(context.Context, []wiki.Title) ([]wiki.Page, error) { return nil, nil }

func TestAWikiThatNeverEndsIsReadSoFarAndNothingIsCalledIdle(t *testing.T) {
	w, _ := fake(t)
	now := time.Now()
	s := w.survey(incident.NewUsage(1000, now), now)
	s.Wiki = &endless{}
	r, err := s.Run(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Accounts) != 100 || !r.More || !r.Since.Equal(now) {
		t.Errorf("%d accounts, more %v, since %s", len(r.Accounts), r.More, r.Since)
	}
	for _, a := range r.Accounts {
		if a.Rights[0].Idle {
			t.Errorf("%s's right is called idle", a.Name)
		}
	}
}

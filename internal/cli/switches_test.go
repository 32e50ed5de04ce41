package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/bus"
	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/switches"
	"sallyport/internal/wiki"
)

// switched is two gateways in front of one wiki, on one store, with scripts to switch off.
type switched struct {
	testing.TB
	wiki   *fakewiki.Wiki
	server *httptest.Server
	file   string // settings
	gates  [2]*joined
	ids    map[string]string // what addresses need: page ids and revisions
}

const (
	marasScript = "mara( 'https://cdn.evil.test/x.js' );"
	marasGadget = "gadget( 'https://cdn.evil.test/y.js' );"
	siteScript  = "common();"
)

func newSwitched(t testing.TB, mode string, serve ...string) *switched {
	t.Helper()
	s := &switched{TB: t, wiki: fakewiki.New(fakewiki.Options{Name: "Test", Lang: "en"}), ids: map[string]string{}}
	for _, name := range []string{"Mara", "Noor", "Other"} {
		s.wiki.AddUser(name, "password of "+name)
	}
	s.wiki.AddUser("Ira", "password of Ira", "sysop", "interface-admin")
	s.ids["rev"] = s.save("User:Mara/x.js", marasScript, "Mara")
	s.save("User:Mara/x.css", ".mara { color: red; }", "Mara")
	s.save("User:Mara/common.js", "maracommon();", "Mara")
	s.save("User:Other/x.js", "other();", "Other")
	s.save("User:Mara/g.js", marasGadget, "Mara")
	s.save("User:Mara/g.gadget", `{"module":{"pages":["/g.js"]}}`, "Mara")
	s.save("MediaWiki:Common.js", siteScript, "Ira")
	s.save("MediaWiki:Gadgets-definition", "* one [ResourceLoader] | one.js\n* two [ResourceLoader] | two.js", "Ira")
	s.save("MediaWiki:Gadget-one.js", "firstgadget();", "Ira")
	s.save("MediaWiki:Gadget-two.js", "secondgadget();", "Ira")
	s.server = httptest.NewServer(s.wiki)
	t.Cleanup(s.server.Close)
	address := "sqlite:" + filepath.Join(t.TempDir(), "sallyport.db")
	s.file = filepath.Join(t.TempDir(), "sallyport.toml")
	s.ok(os.WriteFile(s.file, fmt.Appendf(nil, "store = %q\n[wiki]\nurl = %q\nscript_path = \"/w\"\n", address, s.server.URL), 0o600))
	for i := range s.gates {
		db, err := sqlstore.Open(t.Context(), address)
		s.ok(err)
		t.Cleanup(func() { _ = db.Close() })
		s.gates[i], err = join(t.Context(), parts{
			wikiURL: s.server.URL, scriptPath: "/w", store: db, suffixes: []string{".gadget"}, log: slog.New(slog.DiscardHandler), entry: config.Entry{Mode: mode},
			policy:   config.Policy{Mode: "enforce", Allow: map[string][]string{"connect-src": {"https://cdn.evil.test", "https://good.test"}}},
			approved: config.Approved{Serve: serve, Popular: 10},
		})
		s.ok(err)
	}
	s.chooses("Noor", "User:Mara/g")
	if len(serve) > 0 {
		s.ok(s.gates[0].approved.book.Begin(t.Context()))
	}
	return s
}

func (s *switched) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *switched) save(title, text, by string) (rev string) {
	s.Helper()
	p, err := s.wiki.Save(title, text, by, "")
	s.ok(err)
	return strconv.FormatInt(p.Rev, 10)
}

// chooses switches a gadget on for somebody.
func (s *switched) chooses(name, title string) {
	s.Helper()
	reg := s.gates[0].registry
	t, err := reg.Site.Parse(title + ".gadget")
	s.ok(err)
	s.ok(reg.Refresh(s.Context(), []wiki.Title{t}))
	g, err := reg.ByTitle(s.Context(), title)
	s.ok(err)
	s.ids["gadget"] = strconv.FormatInt(g.Row.PageID, 10)
	u, err := reg.User(s.Context(), name)
	s.ok(err)
	s.ok(reg.SwitchOn(s.Context(), u.UserID, g.Row.PageID))
}

// idioms are the ways in which code is served, each with what its answer has when it is on.
func (s *switched) idioms() map[string][2]string {
	raw := "/w/index.php?action=raw&ctype=text/javascript&title="
	return map[string][2]string{
		"mara raw":      {raw + "User:Mara/x.js", "mara("},
		"mara revision": {"/w/index.php?action=raw&ctype=text/javascript&oldid=" + s.ids["rev"], "mara("},
		"mara encoded":  {"/w/index.php?%61ction=r%61w&gen=js&title=user%3Amara%2Fx.js", "mara("},
		"mara styles":   {"/w/index.php?action=raw&ctype=text/css&title=User:Mara/x.css", ".mara"},
		"mara user":     {"/w/load.php?modules=user&user=Mara&skin=vector", "maracommon"},
		"mara import":   {"/sallyport/import?name=User:Mara/x.js", `"digest"`},
		"mara imported": {"/sallyport/import.js?title=User:Mara/x.js&digest=" + string(store.DigestOf(marasScript)), "mara("},
		"gadget":        {"/sallyport/load.php?modules=ext.usergadget.p" + s.ids["gadget"], "gadget("},
		"gadget alone":  {"/sallyport/g/p" + s.ids["gadget"] + "/load.php?modules=ext.usergadget.p" + s.ids["gadget"], "gadget("},
		"gadget chosen": {"/sallyport/load.php?modules=ext.gadgets.userstartup&only=scripts&lang=en&user=Noor", `"load":[{"module":"ext.usergadget.p` + s.ids["gadget"]},
		"other raw":     {raw + "User:Other/x.js", "other("},
		"site":          {"/w/load.php?modules=site&skin=vector", "common("},
		"site raw":      {raw + "MediaWiki:Common.js", "common("},
		"one":           {"/w/load.php?modules=ext.gadget.one%7Cjquery", "firstgadget("},
		"one of two":    {"/w/load.php?modules=ext.gadget.one,two", "firstgadget("},
		"two of two":    {"/w/load.php?modules=ext.gadget.one,two", "secondgadget("},
		"policy":        {"/wiki/Main_Page", "https://cdn.evil.test"},
		"policy else":   {"/wiki/Main_Page", "https://good.test"},
	}
}

func (s *switched) get(gate *joined, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://wiki.example"+path, nil)
	r.Header.Set("Sec-Fetch-Dest", "script")
	w := httptest.NewRecorder()
	gate.handler.ServeHTTP(w, r)
	return w
}

// runs says what of all idioms a gateway serves.
func (s *switched) runs(gate *joined) map[string]bool {
	s.Helper()
	found := map[string]bool{}
	for name, i := range s.idioms() {
		w := s.get(gate, i[0])
		found[name] = strings.Contains(w.Body.String()+w.Header().Get("Content-Security-Policy"), i[1])
		if strings.HasSuffix(name, " raw") && !found[name] && !strings.Contains(w.Body.String(), `"throws":true`) && !strings.Contains(name, "site") {
			s.Errorf("%s: what comes instead throws nothing: %s", name, w.Body.String())
		}
	}
	return found
}

func TestEachKindOfSwitchStopsItsIdiomsAtEveryGatewayAndUndoingItBringsThemBack(t *testing.T) {
	mara := "mara raw, mara revision, mara encoded, mara import, mara imported"
	whole := mara + ", mara styles, mara user, gadget, gadget alone, gadget chosen"
	for _, mode := range []string{"off", "enforce"} {
		s := newSwitched(t, mode)
		for name, on := range s.runs(s.gates[1]) {
			if !on && mode == "off" {
				t.Fatalf("%s does not run while nothing is off", name)
			}
		}
		before := s.runs(s.gates[1]) // the rules of the load door may stop some of it
		for _, c := range []struct {
			kind          switches.Kind
			target, stops string
		}{
			{switches.Revision, string(store.DigestOf(marasScript)), mara},
			{switches.Revision, string(store.DigestOf("maracommon();")), "mara user"},
			{switches.Revision, string(store.DigestOf(marasGadget)), "gadget, gadget alone, gadget chosen"},
			{switches.Revision, string(store.DigestOf(siteScript)), "site, site raw"},
			{switches.Revision, string(store.DigestOf("firstgadget();")), "one, one of two"},
			{switches.Gadget, s.ids["gadget"], "gadget, gadget alone, gadget chosen"},
			{switches.Gadget, "ext.gadget.one", "one, one of two"},
			{switches.Author, "Mara", whole},
			{switches.Host, "evil.test", mara + ", gadget, gadget alone, gadget chosen, policy"},
			{switches.All, "", whole + ", other raw"},
		} {
			one, err := s.gates[0].switches.SwitchOff(t.Context(), switches.Switch{Kind: c.kind, Target: c.target, Reason: "it <b>harms</b>", By: "Ira"})
			s.ok(err)
			for i, gate := range s.gates {
				s.ok(gate.switches.Sync(t.Context()))
				for name, on := range s.runs(gate) {
					stopped := strings.Contains(", "+c.stops+",", ", "+name+",")
					if stopped && on || !stopped && on != before[name] {
						t.Errorf("entry %s, %s %.12s, gateway %d: %s runs: %v", mode, c.kind, c.target, i, name, on)
					}
				}
			}
			_, err = s.gates[1].switches.Undo(t.Context(), one.ID, "Ira", "")
			s.ok(err)
			s.ok(s.gates[0].switches.Sync(t.Context()))
			for i, gate := range s.gates {
				for name, on := range s.runs(gate) {
					if on != before[name] {
						t.Errorf("entry %s, %s %.12s is on again, gateway %d: %s runs: %v", mode, c.kind, c.target, i, name, on)
					}
				}
			}
		}
	}
}

func TestWhatIsOffOfTheSitesComesUnderAnotherVersionSoThatBrowsersDoNotTakeTheirOwnCopy(t *testing.T) {
	s := newSwitched(t, "off")
	const registry = "/w/load.php?modules=startup&only=scripts&raw=1&skin=vector"
	row := regexp.MustCompile(`\["ext\.gadget\.one",\s*"([^"]+)"`)
	version := func() string {
		found := row.FindStringSubmatch(s.get(s.gates[0], registry).Body.String())
		if found == nil {
			t.Fatal("the registry has no row of the gadget")
		}
		return found[1]
	}
	before := version()
	_, err := s.gates[0].switches.SwitchOff(t.Context(), switches.Switch{Kind: switches.Gadget, Target: "ext.gadget.one", Reason: "why", By: "Ira"})
	s.ok(err)
	if now := version(); now == before || !strings.HasPrefix(now, "off1") {
		t.Errorf("the version was %q and is %q", before, now)
	}
}

func TestTheBusTellsOtherGatewaysOfASwitchAtOnce(t *testing.T) {
	s := newSwitched(t, "off")
	b, err := bus.Open(t.Context(), bus.Options{Name: "test"})
	s.ok(err)
	ctx, stop := context.WithCancel(t.Context())
	changed := make(chan struct{}, 8)
	s.gates[1].switches.Changed = func() { changed <- struct{}{} }
	var all sync.WaitGroup
	for _, gate := range s.gates {
		all.Go(func() {
			if err := gate.switches.Listen(ctx, b); err != nil {
				t.Error(err)
			}
		})
	}
	for n := 1; s.gates[1].switches.Calm(); n++ { // again until both listen; nobody looks by the clock here
		_, err := s.gates[0].switches.SwitchOff(ctx, switches.Switch{Kind: switches.Gadget, Target: strconv.Itoa(n), Reason: "why", By: "Ira"})
		s.ok(err)
		select {
		case <-changed:
		case <-time.After(100 * time.Millisecond):
		}
	}
	stop()
	all.Wait()
	s.ok(b.Close())
}

func TestWhatIsSaidInThePlaceOfAScriptNamesThePersonAndTheReason(t *testing.T) {
	s := newSwitched(t, "off")
	_, err := s.gates[0].switches.SwitchOff(t.Context(), switches.Switch{Kind: switches.Author, Target: "Mara", Reason: "sends </script> away", By: "Ira"})
	s.ok(err)
	for name, want := range map[string][]string{
		"mara raw":      {`"code":"stopped"`, `"throws":true`, `"once":true`, `User:Mara/x.js is switched off on this wiki since `, `by Ira. Reason: sends \u003c/script\u003e away`},
		"mara user":     {`"code":"stopped"`, `mw.loader.state({"user":"ready"})`},
		"gadget":        {`"code":"stopped"`, `mw.loader.state({"ext.usergadget.p` + s.ids["gadget"] + `":"error"})`, "/sallyport/gadget/p" + s.ids["gadget"]},
		"gadget chosen": {`"stopped":[{"key":"switch-1-p` + s.ids["gadget"], `The gadget g is switched off on this wiki since `, `"load":[]`},
		"mara import":   {`"name":"SallyportRefused"`, `"code":"stopped"`, "Ira switched it off: sends"},
	} {
		w := s.get(s.gates[0], s.idioms()[name][0])
		for _, part := range want {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s does not say %s: %s", name, part, w.Body.String())
			}
		}
	}
	noor, err := s.gates[0].registry.User(t.Context(), "Noor")
	s.ok(err)
	list, err := s.gates[0].registry.Enabled(t.Context(), noor)
	s.ok(err)
	if len(list) != 1 || list[0].State != registry.Stopped || list[0].Gadget.Stopped.Reason != "sends </script> away" {
		t.Errorf("Noor's list: %+v", list)
	}
}

func TestASwitchedOffTextOfTheSitesGivesWayToTheOneApprovedBefore(t *testing.T) {
	s := newSwitched(t, "off", "site-code", "gadget")
	book := s.gates[0].approved.book
	title, err := book.Site().Parse("MediaWiki:Common.js")
	s.ok(err)
	s.save("MediaWiki:Common.js", "worse();", "Ira")
	_, err = book.Look(t.Context(), []wiki.Title{title})
	s.ok(err)
	s.ok(book.Decide(t.Context(), title, store.DigestOf("worse();"), wiki.User{ID: 9, Name: "Rita", Rights: []string{"editinterface", "editsitejs"}}, store.ReviewApproved, ""))
	served := func(want string) {
		t.Helper()
		for _, name := range []string{"site", "site raw"} {
			if body := s.get(s.gates[0], s.idioms()[name][0]).Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s has no %s: %s", name, want, body)
			}
		}
	}
	served("worse(")
	one, err := s.gates[0].switches.SwitchOff(t.Context(), switches.Switch{Kind: switches.Revision, Target: string(store.DigestOf("worse();")), Reason: "why", By: "Ira"})
	s.ok(err)
	served("common(")
	_, err = s.gates[0].switches.Undo(t.Context(), one.ID, "Ira", "")
	s.ok(err)
	served("worse(")
}

func TestWhereOnlySomeMayPublishOthersGadgetsDoNotRunAndTheirAuthorsAreTold(t *testing.T) {
	s := newSwitched(t, "off")
	reg := s.gates[0].registry
	for _, c := range []struct {
		groups []string
		runs   bool
	}{{[]string{"sysop"}, false}, {[]string{"interface-admin", "user"}, true}} {
		other := registry.New(registry.Options{Site: reg.Site, Wiki: s.gates[0].client, Store: s.gates[0].switches.store, Publishers: c.groups})
		g, err := other.ByTitle(t.Context(), "User:Mara/g")
		s.ok(err)
		rows, total, err := other.List(t.Context(), store.Query{})
		s.ok(err)
		own, _, err := other.List(t.Context(), store.Query{Owner: "Mara"})
		s.ok(err)
		if (g.Problem == "") != c.runs || len(rows) != map[bool]int{true: 1}[c.runs] || total != len(rows) || len(own) != 1 {
			t.Errorf("%v: problem %q, %d of %d listed, %d to its author", c.groups, g.Problem, len(rows), total, len(own))
		}
		if !c.runs && !strings.Contains(g.Problem, "Mara is in none of them") {
			t.Errorf("the author reads: %q", g.Problem)
		}
	}
}

func TestSwitchesOnTheCommandLineWorkWhileTheWikiIsDown(t *testing.T) {
	s := newSwitched(t, "off")
	run := func(code int, args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := Run(t.Context(), append([]string{"switch"}, args...), &stdout, &stderr); got != code {
			t.Fatalf("%q ends with %d: %s%s", args, got, stdout.String(), stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	s.ok(s.gates[0].shelf.Seen(t.Context(), wiki.Page{ID: 9, Title: wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}, Rev: 9, Text: siteScript, Author: "Mara", Touched: time.Now()}))
	if out := run(exitOK, "off", "--config", s.file, "--dry-run", "author", "Mara"); !strings.Contains(out, "This touches 1 person and 1 gadget.") || !strings.Contains(out, "Not switched off:") || !strings.Contains(out, "  MediaWiki:Common.js\n") || !s.gates[0].switches.Calm() {
		t.Errorf("a dry run: %s", out)
	}
	if out := run(exitOK, "off", "--config", s.file, "--reason", "why", "--by", "Ira", "revision", "User:Mara/x.js"); !strings.Contains(out, "switch on --config") {
		t.Errorf("a page: %s", out)
	}
	s.server.Close()
	if out := run(exitBroke, "off", "--config", s.file, "author", "Mara"); !strings.Contains(out, "say why") {
		t.Errorf("without a reason: %s", out)
	}
	run(exitOK, "off", "--config", s.file, "--reason", "it harms", "--by", "Ira", "author", "Mara")
	if out := run(exitBroke, "off", "--config", s.file, "--reason", "again", "author", "mara"); !strings.Contains(out, "off already") || !strings.Contains(out, "it harms") {
		t.Errorf("twice: %s", out)
	}
	s.ok(s.gates[1].switches.Sync(t.Context()))
	if s.gates[1].switches.Find(switches.Author, "Mara") == nil || s.gates[1].switches.Find(switches.Revision, string(store.DigestOf(marasScript))) == nil {
		t.Errorf("off at the gateway: %+v", s.gates[1].switches.Active())
	}
	run(exitOK, "on", "--config", s.file, "--by", "Ira", "2")
	run(exitBroke, "on", "--config", s.file, "2")
	run(exitBroke, "on", "--config", s.file, "7")
	var d switchesDocument
	s.ok(json.Unmarshal([]byte(run(exitOK, "list", "--config", s.file, "--json")), &d))
	if len(d.Off) != 1 || len(d.Past) != 1 || d.Past[0].Reason != "it harms" || d.Off[0].Title != "User:Mara/x.js" {
		t.Errorf("%+v", d)
	}
	if _, err := s.gates[0].switches.Undo(t.Context(), 1, "Ira", ""); err != nil && !errors.Is(err, switches.ErrOn) {
		t.Error(err)
	}
}

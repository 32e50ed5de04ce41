package cli

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport/internal/config"
	"sallyport/internal/entry"
	"sallyport/internal/fakewiki"
	"sallyport/internal/registry"
	"sallyport/internal/store"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

// ward is a pretend wiki with a store beside it, and settings for both.
type ward struct {
	testing.TB
	wiki   *fakewiki.Wiki
	config string
	db     string
}

func newWard(t *testing.T) *ward {
	t.Helper()
	w := &ward{TB: t, wiki: fakewiki.New(fakewiki.Options{Name: "W", Lang: "en", Now: time.Now})}
	w.wiki.AddUser("Ira", "ira's password", "sysop", "interface-admin")
	for _, name := range []string{"Noor", "Mara"} {
		w.wiki.AddUser(name, name+"'s password")
	}
	server := httptest.NewServer(w.wiki)
	t.Cleanup(server.Close)
	w.db = "sqlite:" + filepath.Join(t.TempDir(), "s.sqlite")
	w.config = filepath.Join(t.TempDir(), "sallyport.toml")
	w.write(w.config, "store = "+strconv.Quote(w.db)+"\n[wiki]\nurl = "+strconv.Quote(server.URL)+"\nscript_path = \"/w\"\n[entry]\nmode = \"enforce\"\n")
	return w
}

func (w *ward) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *ward) write(path, text string) { w.Helper(); w.ok(os.WriteFile(path, []byte(text), 0o600)) }

// save saves a page and returns its revision.
func (w *ward) save(title, text, by string) string {
	w.Helper()
	p, err := w.wiki.Save(title, text, by, "")
	w.ok(err)
	return strconv.FormatInt(p.Rev, 10)
}

// run runs a command line that ends as it should.
func (w *ward) run(code int, args ...string) string {
	w.Helper()
	var stdout, stderr bytes.Buffer
	if got := Run(w.Context(), args, &stdout, &stderr); got != code {
		w.Fatalf("%q ends with %d: %s%s", args, got, stdout.String(), stderr.String())
	}
	return stdout.String() + stderr.String()
}

func TestRulesOfTheLoadDoorArePrintedAndChecked(t *testing.T) {
	w := newWard(t)
	file := filepath.Join(t.TempDir(), "rules.toml")
	w.write(file, w.run(exitOK, "entry", "print"))
	if out := w.run(exitOK, "entry", "check", file); !strings.Contains(out, "no mistakes") || strings.Contains(out, "never decides") {
		t.Errorf("the default: %s", out)
	}
	w.write(file, "[[rule]]\nname = \"all\"\nthen = \"allow\"\n[[rule]]\nname = \"none\"\nthen = \"refuse\"\nbecause = \"no\"\n")
	if out := w.run(exitOK, "entry", "check", file); !strings.Contains(out, `"none" never decides`) {
		t.Errorf("shadowed: %s", out)
	}
	w.write(file, "[[rule]]\nname = \"a\"\nthen = \"perhaps\"\n[[rule]]\nname = \"a\"\nauthors = [\"me\"]\nthen = \"allow\"\n")
	if out := w.run(exitBroke, "entry", "check", file); !strings.Contains(out, "perhaps") || !strings.Contains(out, `"me"`) || !strings.Contains(out, "has that name already") {
		t.Errorf("mistakes: %s", out)
	}
}

func TestADecisionIsExplainedWithEveryRule(t *testing.T) {
	w := newWard(t)
	rev := w.save("User:Mara/x.js", "mw.notify( 1 );", "Mara")
	out := w.run(exitOK, "entry", "explain", "--config", w.config, "Ira", "User:Mara/x.js")
	if !strings.Contains(out, `User:Mara/x.js: refuse, by the rule "powerful people, unread"`) || !strings.Contains(out, "nobody has read it") || strings.Count(out, "\n") < 20 {
		t.Errorf("%s", out)
	}
	var e explained
	w.ok(json.Unmarshal([]byte(w.run(exitOK, "entry", "explain", "--config", w.config, "--format", "json", "-", "User:Mara/x.js@"+rev)), &e))
	if e.Decision.Action == entry.Refuse || e.Facts.Runner != entry.AnonymousReader || !e.Facts.Pinned || e.SHA256 != string(store.DigestOf("mw.notify( 1 );")) || len(e.Steps) < 10 {
		t.Errorf("%+v", e)
	}
	if out := w.run(exitBroke, "entry", "explain", "--config", w.config, "Ira", "User:Mara/none.js"); !strings.Contains(out, "there is no page") {
		t.Errorf("%s", out)
	}
	if out := w.run(exitBroke, "entry", "explain", "--config", w.config, "Nobody here", "User:Mara/x.js"); !strings.Contains(out, "Nobody here") {
		t.Errorf("%s", out)
	}
}

func TestNewRulesAreTriedOnWhatPeopleRunNow(t *testing.T) {
	w := newWard(t)
	w.save("User:Mara/x.js", "mw.notify( 1 );", "Mara")
	w.save("User:Mara/y.js", "mw.notify( 2 );", "Mara")
	w.save("User:Noor/common.js", "importScript( 'User:Mara/x.js' );", "Noor")
	w.save("User:Ira/vector.js", "importScript( 'User:Mara/x.js' ); importScript( 'User:Mara/y.js' ); importScript( 'User:Mara/none.js' );", "Ira")
	db, err := sqlstore.Open(t.Context(), w.db)
	w.ok(err)
	w.ok(db.Close())
	rules := filepath.Join(t.TempDir(), "rules.toml")
	w.write(rules, "[[rule]]\nname = \"nobody's\"\nown = false\nthen = \"refuse\"\nbecause = \"no\"\n[[rule]]\nname = \"rest\"\nthen = \"allow\"\n")
	out := w.run(exitOK, "entry", "simulate", "--config", w.config, "--rules", rules)
	// Ira is refused both already: nobody has read them, and she has power.
	if !strings.Contains(out, "This would refuse 1 scripts for 1 people, and let 0 run that are refused now. Scripts in use: 4.") ||
		!strings.Contains(out, "User:Mara/x.js") || !strings.Contains(out, "→ refuse") {
		t.Errorf("%s", out)
	}
	w.write(rules, "[[rule]]\nname = \"rest\"\nthen = \"allow\"\n")
	var effect struct {
		Schema  string
		Scripts int
		Freed   int `json:"scripts_freed"`
	}
	w.ok(json.Unmarshal([]byte(w.run(exitOK, "entry", "simulate", "--config", w.config, "--rules", rules, "--format", "json")), &effect))
	if effect.Schema != "sallyport.entry-simulation/1" || effect.Freed != 2 || effect.Scripts != 4 {
		t.Errorf("%+v", effect)
	}
}

// The rules are tried on the texts that people are served, with what reviewers said of those.
func TestNewRulesAreTriedOnTheTextsThatAreServed(t *testing.T) {
	w := newWard(t)
	text, err := os.ReadFile(w.config)
	w.ok(err)
	w.write(w.config, string(text)+"[approved]\nserve = [\"popular\"]\npopular = 1\n")
	w.save("User:Mara/x.js", "one();", "Mara")
	w.save("User:Mara/x.gadget", `{"module":{"pages":["/x.js"]}}`, "Mara")
	w.save("User:Noor/common.js", "importScript( 'User:Mara/x.js' );", "Noor")
	settings, err := config.Load(w.config)
	w.ok(err)
	db, err := sqlstore.Open(t.Context(), w.db)
	w.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	gate, err := join(t.Context(), parts{
		wikiURL: settings.Wiki.URL, scriptPath: "/w", store: db, suffixes: settings.Gadgets.Suffixes, log: slog.New(slog.DiscardHandler), approved: settings.Approved,
	})
	w.ok(err)
	x, err := gate.registry.Site.Parse("User:Mara/x.js")
	w.ok(err)
	definition, err := gate.registry.Site.Parse("User:Mara/x.gadget")
	w.ok(err)
	w.ok(gate.registry.Refresh(t.Context(), []wiki.Title{definition}))
	g, err := gate.registry.ByTitle(t.Context(), "User:Mara/x")
	w.ok(err)
	noor, err := gate.registry.User(t.Context(), "Noor")
	w.ok(err)
	w.ok(gate.registry.SwitchOn(t.Context(), noor.UserID, g.Row.PageID))
	sees := func(text string) {
		w.save("User:Mara/x.js", text, "Mara")
		w.ok(gate.registry.Refresh(t.Context(), []wiki.Title{x}))
		_, err := gate.registry.Gadget(t.Context(), g.Row.PageID)
		w.ok(err)
	}
	decides := func(text string, state store.ReviewState) {
		ira := wiki.User{ID: 1, Name: "Ira", Rights: []string{"editinterface", "editsitejs"}}
		w.ok(gate.approved.book.Decide(t.Context(), x, store.DigestOf(text), ira, state, "looked at"))
	}
	rules := filepath.Join(t.TempDir(), "rules.toml")
	w.write(rules, "[[rule]]\nname = \"nobody's\"\nkinds = [\"gadget\", \"user-script\"]\nown = false\nreview = [\"none\", \"waiting\", \"rejected\"]\nthen = \"refuse\"\nbecause = \"no\"\n[[rule]]\nname = \"rest\"\nthen = \"allow\"\n")
	simulated := func(what, want string) {
		t.Helper()
		if out := w.run(exitOK, "entry", "simulate", "--config", w.config, "--rules", rules); !strings.Contains(out, want) {
			t.Errorf("%s: %s", what, out)
		}
	}
	simulated("as found", "would refuse 1 scripts for 1 people")
	sees("two();")
	simulated("as found, with one that waits", "would refuse 1 scripts for 1 people")
	decides("two();", store.ReviewApproved)
	simulated("approved", "would refuse 0 scripts for 0 people")
	sees("three();")
	before, err := gate.approved.book.Waiting(t.Context(), 10)
	w.ok(err)
	simulated("approved, with one that waits", "would refuse 0 scripts for 0 people")
	if out := w.run(exitOK, "entry", "explain", "--config", w.config, "--format", "json", "Noor", "User:Mara/x.js"); !strings.Contains(out, string(store.DigestOf("two();"))) || !strings.Contains(out, `"review": "approved"`) {
		t.Errorf("explained: %s", out)
	}
	w.save("User:Noor/y.js", "four();", "Noor") // nobody has seen it yet
	simulated("again", "would refuse 0 scripts for 0 people")
	after, err := gate.approved.book.Waiting(t.Context(), 10)
	w.ok(err)
	if len(before) != 1 || len(after) != 1 {
		t.Errorf("a simulation makes texts wait: %+v, %+v", before, after)
	}
}

func TestAFileOfRulesWithMistakesLeavesTheOldOnesInForce(t *testing.T) {
	w := newWard(t)
	path := filepath.Join(t.TempDir(), "rules.toml")
	w.write(path, string(entry.Default))
	var log bytes.Buffer
	d := &loadDoor{file: &ruleFile{path: path}, log: slog.New(slog.NewTextHandler(&log, nil))}
	rules, changed, err := d.file.read()
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	d.judge = judgeOf(nil, nil, registryOf(t), nil, rules, config.Entry{Mode: "enforce"}, d.log)
	many := rules.Len()
	for _, step := range []struct {
		text string
		want int
		said string
	}{
		{string(entry.Default), many, ""},
		{"[[rule]]\nname = \"a\"\nthen = \"perhaps\"\n", many, "perhaps"},
		{"[[rule]]\nname = \"a\"\nthen = \"perhaps\"\n", many, ""},
		{"[[rule]]\nname = \"a\"\nthen = \"allow\"\n", 1, "rules=1"},
		{"", 1, "no such file"},
		{"", 1, ""},
		{"[[rule]]\nname = \"a\"\nthen = \"allow\"\n", 1, "rules=1"},
		{string(entry.Default), many, "rules=" + strconv.Itoa(many)},
	} {
		log.Reset()
		if step.text == "" {
			_ = os.Remove(path) // gone already the second time
		} else {
			w.write(path, step.text)
		}
		d.renew()
		if got := d.judge.Rules().Len(); got != step.want || !strings.Contains(log.String(), step.said) || step.said == "" && log.Len() > 0 {
			t.Errorf("%.40q: %d rules, want %d; said %q", step.text, got, step.want, log.String())
		}
	}
}

func TestOnlyWhatAReviewerDecidedCountsAsReviewed(t *testing.T) {
	for _, c := range []struct {
		r    store.Review
		err  error
		want entry.Review
	}{
		{err: store.ErrNotFound, want: entry.Unreviewed},
		{r: store.Review{State: store.ReviewApproved}, want: entry.Unreviewed},
		{r: store.Review{State: store.ReviewApproved, By: "Ira"}, want: entry.Approved},
		{r: store.Review{State: store.ReviewRejected, By: "Ira"}, want: entry.Rejected},
		{r: store.Review{State: store.ReviewWaiting}, want: entry.Waiting},
	} {
		if got, err := reviewOf(c.r, c.err); got != c.want || err != nil {
			t.Errorf("%+v: %s %v", c.r, got, err)
		}
	}
	if _, err := reviewOf(store.Review{}, store.ErrRefused); err == nil {
		t.Error("a store that does not answer says nothing")
	}
}

func registryOf(t *testing.T) *registry.Registry {
	t.Helper()
	return registry.New(registry.Options{Site: &wiki.Site{ID: "w"}, Log: slog.New(slog.DiscardHandler), Changed: func() {}})
}

package cli

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/config"
	"sallyport/internal/fakewiki"
	"sallyport/internal/queue"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/wiki"
)

func TestWhatRunsForMoreIsMoreUrgent(t *testing.T) {
	pretend := fakewiki.New(fakewiki.Options{})
	pretend.AddUser("Ira", "password of Ira", "interface-admin")
	pretend.AddUser("Mara", "password of Mara")
	for title, text := range map[string]string{
		"MediaWiki:Gadgets-definition": "* all[ResourceLoader|default]|all.js\n* some[ResourceLoader]|some.js",
		"MediaWiki:Gadget-all.js":      "1;", "MediaWiki:Gadget-some.js": "2;",
	} {
		if _, err := pretend.Save(title, text, "Ira", "test"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pretend.Save("User:Mara/clock.gadget", `{ "module": { "pages": [ "User:Mara/clock.js" ] } }`, "Mara", "test"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pretend)
	t.Cleanup(server.Close)
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	all, err := join(t.Context(), parts{wikiURL: server.URL, scriptPath: "/w", store: db, log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = all.registry.Begin(t.Context(), func(int, int) {})
	}
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]queue.Rank{
		"MediaWiki:Common.js": queue.Site, "MediaWiki:Gadget-all.js": queue.Site, "MediaWiki:Gadget-some.js": queue.Gadget,
		"User:Mara/clock.js": queue.Gadget, "User:Mara/other.js": queue.Script,
	} {
		page, err := all.registry.Site.Parse(title)
		if err != nil {
			t.Fatal(err)
		}
		if got := all.rank(db)(t.Context(), page); got != want {
			t.Errorf("%s has rank %d, want %d", title, got, want)
		}
	}
}

func TestScriptsAreReadAndRunAndOtherCodeIsOnlyRead(t *testing.T) {
	settings := config.Analysis{Detonate: true, Tier: "quick", Jobs: 1}
	l, err := labourOf(settings, 5, nil)
	if err != nil || l.slots != 5 || l.runs != 2 {
		t.Fatalf("%+v (%v)", l, err)
	}
	for kind, want := range map[wiki.CodeKind]int{wiki.SiteJS: 2, wiki.UserJS: 2, wiki.UserCSS: 1, wiki.SiteJSON: 1, wiki.UserVue: 1} {
		if got := jobsFor(kind, settings, l); len(got) != want || got[0].Kind != scanKind {
			t.Errorf("of kind %d there are the jobs %+v", kind, got)
		}
	}
	settings.Detonate = false
	if got := jobsFor(wiki.SiteJS, settings, l); len(got) != 1 {
		t.Errorf("where nothing is run there are the jobs %+v", got)
	}
	settings.Rules = []string{t.TempDir()}
	if _, err := labourOf(settings, 1, nil); err == nil {
		t.Error("a folder without rules is none to complain about")
	}
}

func TestAnOperatorsRulesAreReadWithOursAndNamedInTheVersion(t *testing.T) {
	dir := t.TempDir()
	const text = "rules:\n- id: no-prompt\n  languages: [js]\n  severity: WARNING\n  message: asks people things\n  pattern: prompt(...)\n"
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := labourOf(config.Analysis{Jobs: 1, Rules: []string{dir}}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := scanner{l.analysis, l.near}.analyser(1)
	body, err := a.Analyse(t.Context(), queue.Job{Path: "User:Mara/a.js"}, "prompt( 'who?' );")
	if err != nil || !strings.Contains(string(body), "no-prompt") {
		t.Errorf("the scan says %s (%v)", body, err)
	}
	if !strings.HasPrefix(a.Version, version()+" rules ") || len(a.Version) > 100 {
		t.Errorf("the version is %q", a.Version)
	}
}

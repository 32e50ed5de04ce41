package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/capability"
	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/wiki"
)

const worm = `new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', appendtext: "importScript( 'User:Eve/x.js' );" } );
importScript( 'User:Mara/y.js' );`

// riskOf runs one command line on a file that is a worm.
func riskOf(t *testing.T, args ...string) (string, error) {
	t.Helper()
	folder(t, map[string]string{"worm.js": worm, "calm.js": "mw.notify( 'hello' );"})
	var stdout, stderr bytes.Buffer
	c := riskCommand{Paths: args, Format: "json", Wikis: 1, FailAt: 60, analysis: theAnalysis()}
	err := c.Run(streams{t.Context(), &stdout, &stderr})
	return stdout.String() + stderr.String(), err
}

func TestRiskJudgesScriptsAndFailsForSevereOnes(t *testing.T) {
	out, err := riskOf(t, "calm.js", "worm.js")
	var asked exitRequest
	if !errors.As(err, &asked) || asked != exitFindings {
		t.Errorf("it ends with %v", err)
	}
	var document struct {
		Schema  string
		Weights int
		Scripts []struct {
			Path string
			risk.Assessment
		}
	}
	if err := json.Unmarshal([]byte(out), &document); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if document.Schema != risk.Schema || document.Weights != risk.Version || len(document.Scripts) != 2 {
		t.Fatalf("%+v", document)
	}
	calm, worm := document.Scripts[0], document.Scripts[1]
	if calm.Path != "calm.js" || calm.Level != risk.Low || worm.Level != risk.Severe || len(worm.Reasons) == 0 || len(worm.Lower) == 0 {
		t.Errorf("%+v", document.Scripts)
	}
	if _, err := riskOf(t, "calm.js"); err != nil {
		t.Errorf("a calm script ends with %v", err)
	}
	if out, err := riskOf(t, "missing.js"); err == nil || !strings.Contains(err.Error(), "could not be read") {
		t.Errorf("a missing file ends with %v: %s", err, out)
	}
}

func TestRiskIsToldWhatIsKnownAndSaysTheRest(t *testing.T) {
	many, old := 1200, 4000
	got := riskCommand{Users: &many, Rights: []string{"editsitejs"}, Wikis: 2, AuthorDays: &old}.facts()
	want := risk.Facts{
		Origin:   risk.Origin{Author: risk.Author{Known: true, Days: 4000}},
		Audience: risk.Audience{Known: true, People: 1200, Powerful: 1, Power: risk.EditsCode, Wikis: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if nothing := (riskCommand{Wikis: 1}).facts(); nothing != (risk.Facts{}) {
		t.Errorf("nothing was said, and it knows %+v", nothing)
	}
	below := -1
	if wrong := (riskCommand{Users: &below, FailAt: 60}).check(); !strings.Contains(wrong, "--users") {
		t.Errorf("it takes -1 people: %q", wrong)
	}
}

func TestAnAuthorIsJudgedByWhatTheWikiSays(t *testing.T) {
	now := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		says mediawiki.Author
		want risk.Author
	}{
		{mediawiki.Author{User: wiki.User{ID: 5}, Since: now.AddDate(0, 0, -10)}, risk.Author{Known: true, Days: 10}},
		{mediawiki.Author{User: wiki.User{ID: 5, Rights: []string{"editsitejs"}}, Blocked: true}, risk.Author{Known: true, Days: 7300, Trusted: true, Blocked: true}},
		{mediawiki.Author{User: wiki.User{Name: "192.0.2.1"}}, risk.Author{Known: true, Days: 7300, Temporary: true}},
	} {
		if got := authorFacts(c.says, now); got != c.want {
			t.Errorf("%+v gives %+v", c.says, got)
		}
	}
}

func TestThoseWhoCanChangeAScriptAreCountedWithThoseOfItsImports(t *testing.T) {
	site := fakewiki.New(fakewiki.Options{}).Site()
	page, err := site.Parse("User:Mara/x.js")
	if err != nil {
		t.Fatal(err)
	}
	report := &accounts.Report{Accounts: []incident.Account{
		{Name: "Ada", Rights: []incident.Right{{Name: "edituserjs"}, {Name: "editsitejs"}}, Scripts: []string{"User:Mara/x.js"}},
		{Name: "Bo", Rights: []incident.Right{{Name: "editsitejs"}}},
		{Name: "Cy", Rights: []incident.Right{{Name: "delete"}}, Scripts: []string{"User:Mara/x.js"}},
	}}
	loads := func(targets ...string) *finding.Script {
		s := &finding.Script{}
		for _, target := range targets {
			s.Capabilities = append(s.Capabilities, capability.Capability{Name: capability.Import, Target: target})
		}
		return s
	}
	for _, c := range []struct {
		loads *finding.Script
		want  risk.Keepers
	}{
		{loads(), risk.Keepers{Known: true, People: 2}},                                 // Mara, Ada
		{loads("User:Noor/y.js", "ext.gadget.z"), risk.Keepers{Known: true, People: 4}}, // and Noor, Bo
		{loads("/w/index.php?title=User:Noor/y.js&oldid=7&action=raw"), risk.Keepers{Known: true, People: 2}},
		{loads("https://stats.example/x.js"), risk.Keepers{People: 2}},
	} {
		if got := keepersOf(site, report, page, c.loads); got != c.want {
			t.Errorf("with %+v: %+v", c.loads.Capabilities, got)
		}
	}
	if got := audienceOf(report, "User:Mara/x.js"); got != (risk.Audience{Powerful: 2, Power: risk.EditsCode}) {
		t.Errorf("run by %+v", got)
	}
}

func TestWhatTheDocumentOnRiskShowsIsSo(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "risk.md"))
	if err != nil {
		t.Fatal(err)
	}
	story := guide(string(text))
	if strings.Count(story, "exec sallyport ") < 1 || strings.Count(story, "\nstdout ") < 10 {
		t.Fatalf("the document shows too little: %s", story)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "risk.txtar"), []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir})
}

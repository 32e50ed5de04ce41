package incident

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
	"sallyport/internal/writedoor"
)

func survey() Survey {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	u := NewUsage(100, now.Add(-200*24*time.Hour))
	ira := wiki.User{ID: 1, Name: "Ira", Groups: []string{"interface-admin", "sysop", "*", "user"}, Rights: []string{"editinterface", "editsitejs", "delete", "block"}}
	mo := wiki.User{ID: 2, Name: "=Mo", Groups: []string{"sysop"}, Rights: []string{"delete", "block"}}
	ann := wiki.User{ID: 3, Name: "Ann", Groups: []string{"*", "user"}, Rights: []string{"edit"}}
	u.Used(1, &writedoor.Operation{Kind: writedoor.Edit, Pages: []writedoor.Page{{Title: wiki.Title{NS: wiki.NSMediaWiki, Key: "Common.js"}, After: wiki.ModelJavaScript}}}, now.Add(-100*24*time.Hour))
	u.Used(1, &writedoor.Operation{Kind: writedoor.Delete}, now.Add(-2*24*time.Hour))
	u.Logged(1, mediawiki.Change{Type: "log", LogType: "block", Time: now.Add(-3 * 24 * time.Hour)})
	for _, page := range []string{"User:Ulo/a.js", "User:Ulo/b.js", "User:Eve/c.js", "User:Ira/own.js", "MediaWiki:Common.js"} {
		u.Loaded(1, page, now.Add(-24*time.Hour))
	}
	return Survey{
		Users: []wiki.User{ann, mo, ira}, Keys: map[int64]int{1: 2}, Usage: u, Now: now,
		Groups: map[string][]string{"interface-admin": {"editinterface", "editsitejs"}, "sysop": {"delete", "block", "editinterface"}},
		Owner: func(page string) string {
			owner, _, _ := strings.Cut(strings.TrimPrefix(page, "User:"), "/")
			return strings.TrimPrefix(owner, "MediaWiki:Common.js")
		},
		Seen: func(page string) bool { return page == "User:Ulo/a.js" },
	}
}

func TestTheAuditProposesWhatCanBeTakenAway(t *testing.T) {
	got := Audit(survey())
	if len(got) != 2 || got[0].Name != "=Mo" && got[0].Name != "Ira" {
		t.Fatalf("%+v", got)
	}
	proposals := map[string][]string{}
	for _, a := range got {
		proposals[a.Name] = a.Proposals
	}
	want := map[string][]string{
		"Ira": {
			"remove from interface-admin: what only that gives was not used for 90 days",
			"runs 3 scripts by 2 others while it holds power, 2 of which nobody looked at: no user scripts in privileged sessions, or an account of its own for the rights",
		},
		"=Mo": {"remove from sysop: none of its rights was used for 90 days", "no key: invite the account to make one; until then it can approve nothing"},
	}
	if diff := cmp.Diff(want, proposals); diff != "" {
		t.Errorf("proposals (-want +got):\n%s", diff)
	}
}

func TestNothingIsCalledIdleThatWasNotWatchedLongEnough(t *testing.T) {
	s := survey()
	s.Usage.Restore(s.Usage.Rows(), s.Now.Add(-10*24*time.Hour))
	for _, a := range Audit(s) {
		for _, p := range a.Proposals {
			if strings.Contains(p, "90 days") {
				t.Errorf("%s: %s", a.Name, p)
			}
		}
	}
}

func TestUsesSurviveAStore(t *testing.T) {
	s := survey()
	again := NewUsage(100, time.Time{})
	again.Restore(s.Usage.Rows(), s.Usage.since)
	before := Audit(s)
	s.Usage = again
	if diff := cmp.Diff(before, Audit(s)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

func TestTheAuditIsWrittenAsCSVAndJSON(t *testing.T) {
	all := Audit(survey())
	var b bytes.Buffer
	if err := WriteCSV(&b, all); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[0], "=") {
			t.Errorf("a spreadsheet would compute %q", row[0])
		}
	}
	b.Reset()
	var back []Account
	if err := WriteJSON(&b, all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, back); diff != "" {
		t.Errorf("JSON (-written +read):\n%s", diff)
	}
}

func TestAnOperationSaysWhichRightsItTakes(t *testing.T) {
	page := func(ns int, key, model string) []writedoor.Page {
		return []writedoor.Page{{Title: wiki.Title{NS: ns, Key: key}, After: model}}
	}
	for want, op := range map[string]writedoor.Operation{
		"editinterface editsitejs": {Kind: writedoor.Edit, Pages: page(wiki.NSMediaWiki, "Common.js", wiki.ModelJavaScript)},
		"edituserjs":               {Kind: writedoor.Edit, Pages: page(wiki.NSUser, "Mara/x.js", wiki.ModelJavaScript), Tiers: []writedoor.Tier{writedoor.OthersCode}},
		"":                         {Kind: writedoor.Edit, Pages: page(wiki.NSUser, "Mara/x.js", wiki.ModelJavaScript), Tiers: []writedoor.Tier{writedoor.OwnCode}},
		"delete":                   {Kind: writedoor.Delete, Pages: page(wiki.NSMain, "X", wiki.ModelWikitext)},
		"editinterface":            {Kind: writedoor.Edit, Pages: page(wiki.NSMediaWiki, "Sidebar", wiki.ModelWikitext)},
	} {
		if got := strings.Join(RightsOf(&op), " "); got != want {
			t.Errorf("%s takes %q, want %q", op.Kind, got, want)
		}
	}
}

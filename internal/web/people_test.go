package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/audit/accounts"
	"sallyport/internal/browsertest"
	"sallyport/internal/incident"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// powerReport is a report about five accounts: what the audit makes of them, with today as the day.
func powerReport() *accounts.Report {
	admin := []string{"delete", "block", "protect", "undelete", "editinterface"}
	u := incident.NewUsage(100, today.Add(-200*24*time.Hour))
	for i, name := range []string{"delete", "block", "editinterface"} {
		u.Logged(1, mediawiki.Change{Type: "log", LogType: name, Time: today.AddDate(0, 0, -i)})
		u.Right(2, name, today.AddDate(0, 0, -100))
		u.Right(1, name, today.AddDate(0, 0, -i))
	}
	u.Right(1, "editsitejs", today.AddDate(0, 0, -3))
	for _, page := range []string{"User:Mara/translate.js", "User:" + hostile + "/x.js", "//cdn.test/lib.js", "User:עדה/night.js"} {
		u.Loaded(1, page, today)
	}
	all := incident.Audit(incident.Survey{
		Users: []wiki.User{
			{ID: 1, Name: "Ira", Groups: []string{"interface-admin", "sysop"}, Rights: append([]string{"editsitejs"}, admin...)},
			{ID: 2, Name: "Old Tom", Groups: []string{"sysop"}, Rights: admin}, {ID: 3, Name: "עדה", Groups: []string{"sysop"}, Rights: admin},
			{ID: 4, Name: hostile, Groups: []string{"bureaucrat"}, Rights: []string{"userrights"}},
		},
		Keys: map[int64]int{1: 2, 2: 1}, Usage: u, Now: today,
		Groups: map[string][]string{"sysop": admin, "interface-admin": {"editsitejs"}, "bureaucrat": {"userrights"}},
		Owner: func(page string) string {
			owner, _, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(page, "User:"), "/"), "/")
			return owner
		},
	})
	return &accounts.Report{Made: today, Since: today.Add(-200 * 24 * time.Hour), Accounts: all}
}

func withPeople(o *Options) { o.People = powerReport }

// powerfulIra may edit the site's scripts.
func powerfulIra() wiki.User {
	return wiki.User{ID: 2, Name: "Ira", Rights: []string{"edit", "editsitejs"}}
}

func TestPeopleWithPowerAreShownToPeopleWithPower(t *testing.T) {
	s := newSetting(t, withPeople)
	s.me = powerfulIra()
	w := s.get("/sallyport/people")
	text := visibleText(t, w.Body.String())
	for _, want := range []string{
		"4 accounts hold power over code or other accounts. 4 could do with less, or be safer.", "As of 12 March 2026.",
		"Remove from sysop: none of its rights was used for 90 days.", "One key: a second one", "No key: invite", "Remove from bureaucrat",
		"Runs 4 scripts by 4 others while it holds power", "//cdn.test/lib.js", "2 of 6 rights were not used", "4 scripts by 4 others", "never seen",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
	checkMarkup(t, w.Body.String())
	if !strings.Contains(s.get("/sallyport/").Body.String(), `href="/sallyport/people"`) {
		t.Error("there is no link to the page")
	}
	for _, lang := range []string{"he", "qqx"} {
		checkMarkup(t, s.get("/sallyport/people?uselang="+lang).Body.String())
	}
}

func TestWhoHoldsNoPowerIsNotToldWhoDoes(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(*setting)
		status int
		says   string
	}{
		"an ordinary reader":        {func(s *setting) { s.me = ira() }, 403, "This page is for accounts that hold power"},
		"nobody":                    {func(s *setting) { s.me = wiki.User{} }, 403, "log in"},
		"somebody, who knows whom":  {func(s *setting) { s.me, s.down = powerfulIra(), errTest }, 503, ""},
		"an id of 0 with all right": {func(s *setting) { s.me = wiki.User{Rights: []string{"editsitejs"}} }, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t, withPeople)
			c.set(s)
			for _, suffix := range []string{"", ".csv", ".json"} {
				w := s.get("/sallyport/people" + suffix)
				if w.Code != c.status || strings.Contains(w.Body.String(), "Old Tom") || !strings.Contains(strings.ToLower(visibleText(t, w.Body.String())), strings.ToLower(c.says)) {
					t.Errorf("%s: %d %s", suffix, w.Code, visibleText(t, w.Body.String()))
				}
			}
			if strings.Contains(s.get("/sallyport/").Body.String(), "/sallyport/people") {
				t.Error("there is a link to the page")
			}
		})
	}
	if w := newSetting(t).get("/sallyport/people"); w.Code != 404 {
		t.Errorf("without a report's maker: %d", w.Code)
	}
	s := newSetting(t, func(o *Options) { o.People = func() *accounts.Report { return nil } })
	s.me = powerfulIra()
	if w := s.get("/sallyport/people"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("before the first report: %d", w.Code)
	}
}

func TestScriptsLearnNothingAboutKeys(t *testing.T) {
	s := newSetting(t, withPeople)
	s.me = powerfulIra()
	fetched := func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Dest", "empty")
		r.Header.Set("Sec-Fetch-Mode", "cors")
	}
	for _, suffix := range []string{"", ".csv", ".json"} {
		person, script := s.get("/sallyport/people"+suffix).Body.String(), s.get("/sallyport/people"+suffix, fetched).Body.String()
		if !strings.Contains(person, "second one spares") || strings.Contains(script, "second one spares") || strings.Contains(strings.ToLower(script), "no key") {
			t.Errorf("%s: a script reads %s", suffix, script)
		}
	}
	var data struct {
		Schema   string
		Accounts []incident.Account
	}
	if err := json.Unmarshal(s.get("/sallyport/people.json", fetched).Body.Bytes(), &data); err != nil || data.Schema != "sallyport/people/1" {
		t.Fatalf("%+v (%v)", data, err)
	}
	for _, a := range data.Accounts {
		if a.Keys != -1 {
			t.Errorf("%s has %d keys, a script reads", a.Name, a.Keys)
		}
	}
}

func TestPeopleWithPowerCanBeSearchedSortedAndHadAsData(t *testing.T) {
	s := newSetting(t, withPeople)
	s.me = powerfulIra()
	names := func(address string) (names []string) {
		t.Helper()
		rows, err := csv.NewReader(s.get("/sallyport/people.csv" + address).Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			names = append(names, r[0])
		}
		return names
	}
	for address, want := range map[string][]string{
		"?sort=name":              {hostile, "Ira", "Old Tom", "עדה"},
		"?sort=scripts":           {"Ira"},
		"?search=SYSOP&sort=name": {"Ira", "Old Tom", "עדה"},
		"?search=tom":             {"Old Tom"},
		"?search=tom+bureaucrat":  nil,
	} {
		if got := names(address); len(got) < len(want) || !slices.Equal(got[:len(want)], want) || strings.Contains(address, "search") && len(got) != len(want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if text := visibleText(t, s.get("/sallyport/people?search=zzz").Body.String()); !strings.Contains(text, "No account that holds power is found. Show all of them") {
		t.Error(text)
	}
	for _, odd := range []string{"?offset=-1", "?offset=99999999999999999999", "?offset=7&sort=zzz"} {
		if w := s.get("/sallyport/people" + odd); w.Code != 200 {
			t.Errorf("%s: %d", odd, w.Code)
		}
	}
}

// The page fits a window of 320 pixels and a wide one, in both directions of writing. With SCREENSHOTS=dir set, pictures are
// left there.
func TestBrowserPeopleWithPowerFitTheirWindow(t *testing.T) {
	s := newStreet(t)
	s.setting = newSetting(t, withPeople)
	s.me = powerfulIra()
	for _, lang := range []string{"en", "he"} {
		for _, width := range []int64{320, 1200} {
			for _, colours := range []string{"light", "dark"} {
				s.colours(t, colours)
				s.Viewport(width, 800)
				s.Goto(s.Server.URL + "/sallyport/people?uselang=" + lang)
				wrong, _ := s.Faults()
				for _, w := range wrong {
					t.Errorf("in %s, %d wide, %s: %s", lang, width, colours, w)
				}
				if rows := browsertest.Eval[int64](s.Page, `document.querySelectorAll( '.people tbody tr' ).length`); rows != 4 {
					t.Errorf("%d rows", rows)
				}
				if dir := os.Getenv("SCREENSHOTS"); dir != "" {
					s.Screenshot(filepath.Join(dir, fmt.Sprintf("people-%s-%d-%s.png", lang, width, colours)))
				}
			}
		}
	}
}

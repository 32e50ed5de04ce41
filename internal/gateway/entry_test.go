package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/capability"
	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/finding"
	"sallyport/internal/mediawiki"
	"sallyport/internal/npmtest"
	"sallyport/internal/phpform"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// gated is a guarded wiki with rules at the load door; Noor is a reader.
type gated struct {
	*guarded
	judge  *dossier.Judge
	known  *readings
	wanted []string
}

// readings are what analyses said.
type readings struct {
	store.Store
	results []store.Result
	broken  error
}

func (k *readings) Results(_ context.Context, _ string, d store.Digest) (found []store.Result, err error) {
	for _, r := range k.results {
		if r.SHA256 == d {
			found = append(found, r)
		}
	}
	return found, k.broken
}

func (k *readings) FailuresOf(context.Context, string, store.Digest) ([]store.Failure, error) {
	return nil, nil
}

func (k *readings) Agreements(context.Context, string, int64) ([]store.Agreement, error) {
	return nil, nil
}

func newGated(t testing.TB, enforces bool, more ...func(g *guarded, d *Door, o *Options)) *gated {
	t.Helper()
	g := &gated{known: &readings{}}
	rules, err := entry.Read(entry.Default)
	if err != nil {
		t.Fatal(err)
	}
	g.guarded = newGuardedBy(t, func(w *guarded, d *Door, o *Options) {
		site := w.desk.Site()
		g.judge = dossier.NewJudge(dossier.New(dossier.Options{Site: site, Known: g.known, Account: func(_ context.Context, name string) (mediawiki.Author, error) {
			return mediawiki.Author{User: wiki.User{ID: 9, Rights: map[bool][]string{true: {"autoconfirmed"}}[name == "Mara"]}, Blocked: name == "Bad"}, nil
		}}), g.known, rules, enforces)
		o.Entry = NewEntry(Entry{
			Judge: g.judge, Sessions: NewSessions(site.ID+"_session", d.Who), Reads: d.Write, Base: "/sallyport", Log: slog.New(slog.DiscardHandler),
			Wanted: func(t wiki.Title, text string) { g.wanted = append(g.wanted, site.PrefixedText(t)+"="+text) },
			Named: func(ctx context.Context, rev, page int64) (wiki.Title, error) {
				if rev == 0 {
					pages, err := w.client.PagesByID(ctx, []int64{page})
					return pages[0].Title, err
				}
				p, err := w.client.Revision(ctx, rev)
				return p.Title, err
			},
			Current: w.client.Pages,
			Gadget: func(_ context.Context, module string) ([]dossier.Text, error) {
				title, err := site.Parse("User:" + map[string]string{"ext.usergadget.p7": "Mara", "ext.usergadget.p8": "Bad", "ext.usergadget.p7@earlier": "Bad"}[module] + "/g.js")
				return []dossier.Text{{Title: title, Kind: entry.Gadget, Digest: "d"}}, err
			},
		})
		o.Own = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=9")
			_, _ = io.WriteString(w, "own "+r.URL.Query().Get("modules")+";")
		})
		for _, change := range more {
			change(w, d, o)
		}
	})
	for _, name := range []string{"Noor", "Mara", "Bad", "Newt"} {
		g.wiki.AddUser(name, name+"'s password")
	}
	g.save("User:Mara/x.js", "mara();")
	g.save("User:Bad/x.js", "bad();")
	g.save("User:Newt/x.js", "newt();")
	g.be("Noor")
	return g
}

func (g *gated) save(title, text string) string {
	g.Helper()
	owner, _, _ := strings.Cut(strings.TrimPrefix(title, "User:"), "/")
	if !strings.HasPrefix(title, "User:") {
		owner = "Ira"
	}
	p, err := g.wiki.Save(title, text, owner, "")
	g.ok(err)
	return strconv.FormatInt(p.Rev, 10)
}

func (g *gated) be(name string) {
	g.Helper()
	session, err := g.client.Login(g.Context(), name, map[bool]string{true: "ira's password", false: name + "'s password"}[name == "Ira"])
	g.ok(err)
	g.cookies = session.Cookies()
}

// read keeps a reading of a page's text.
func (g *gated) read(title, text string, all ...capability.Capability) {
	g.Helper()
	body, err := json.Marshal(&finding.Script{Path: title, Capabilities: all})
	g.ok(err)
	g.known.results = append(g.known.results, store.Result{Job: store.Job{Kind: "scan", SHA256: store.DigestOf(text), Path: title}, Body: string(body)})
}

const asScript = "/w/index.php?action=raw&ctype=text/javascript&title="

func (g *gated) get(target string, header ...string) (*http.Response, string) {
	g.Helper()
	return g.send("GET", target, "", "", header...)
}

// stopped says whether an answer is a refusal, in the way every refusal is one.
func (g *gated) stopped(r *http.Response, body, rule string) bool {
	g.Helper()
	is := strings.Contains(body, `"throws":true`)
	if !is {
		return false
	}
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "private, no-store" || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/javascript") || r.Header.Get("ETag") != "" {
		g.Errorf("a refusal with %s %v", r.Status, r.Header)
	}
	if !strings.Contains(body, `"rule":"`+rule+`"`) {
		g.Errorf("refused by another rule than %q: %s", rule, body)
	}
	return true
}

func TestAScriptIsServedToWhoeverTheRulesLet(t *testing.T) {
	g := newGated(t, true)
	g.read("User:Mara/x.js", "mara();")
	r, body := g.get(asScript + "User:Mara/x.js")
	if body != "mara();" || r.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("to a reader: %q %v", body, r.Header)
	}
	if again, body := g.get(asScript+"User:Mara/x.js", "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("again: %s %q", again.Status, body)
	}
	if r, body := g.get(asScript + "User:Bad/x.js"); !g.stopped(r, body, "blocked author") || strings.Contains(body, "bad();") {
		t.Errorf("by somebody blocked: %q", body)
	}
	if r, body := g.get(asScript + "User:Newt/x.js"); !g.stopped(r, body, "new author") || !strings.Contains(body, "/sallyport/agree?digest="+string(store.DigestOf("newt();"))) {
		t.Errorf("by somebody new: %q", body)
	}
	g.be("Ira")
	if r, body := g.get(asScript + "User:Mara/x.js"); !g.stopped(r, body, "powerful people, loose") {
		t.Errorf("to somebody with power: %q", body)
	}
	if r, body := g.get(asScript+"User:Mara/x.js", "Accept-Language", "he"); !g.stopped(r, body, "powerful people, loose") || !strings.Contains(body, "לא הופעל") {
		t.Errorf("in Hebrew: %q", body)
	}
	g.cookies = ""
	if _, body := g.get(asScript + "User:Mara/x.js"); body != "mara();" {
		t.Errorf("to nobody: %q", body)
	}
}

func TestHoweverAnAddressIsSpelledTheBytesAreJudged(t *testing.T) {
	g := newGated(t, true)
	old := g.save("User:Bad/old.js", "old();")
	g.save("User:Bad/old.js", "new();")
	pages, err := g.client.Pages(t.Context(), []wiki.Title{{NS: wiki.NSUser, Key: "Bad/x.js"}})
	g.ok(err)
	for name, target := range map[string]string{
		"gen":                    "/w/index.php?action=raw&gen=js&title=User:Bad/x.js",
		"another case of a name": "/w/index.php?action=raw&ctype=text/javascript&title=user:bad/x.js",
		"encoded":                "/w/index.php?%61ction=r%61w&ctype=text%2Fjavascript&title=User%3ABad%2Fx.js",
		"twice":                  "/w/index.php?action=view&title=Sandbox&action=raw&ctype=text/javascript&title=User:Bad/x.js",
		"in the path":            "/w/index.php/User:Bad/x.js?action=raw&ctype=text/javascript",
		"the article path":       "/wiki/User:Bad/x.js?action=raw&ctype=text/javascript",
		"a revision":             asScript + "Sandbox&oldid=" + old,
		"a page id":              "/w/index.php?action=raw&ctype=text/javascript&curid=" + strconv.FormatInt(pages[0].ID, 10),
		"with a part asked for":  asScript + "User:Bad/x.js",
	} {
		r, body := g.get(target, "Sec-Fetch-Dest", "script", "Range", "bytes=0-3", "Accept-Encoding", "br")
		if !g.stopped(r, body, "blocked author") {
			t.Errorf("%s: %s %q", name, r.Status, body)
		}
	}
	for name, target := range map[string]string{"style sheets": "/w/index.php?action=raw&ctype=text/css&title=User:Bad/x.js", "text": "/w/index.php?action=raw&title=User:Bad/x.js"} {
		if _, body := g.get(target); body != "bad();" {
			t.Errorf("%s: %q", name, body)
		}
	}
	if r, body := g.get(asScript+"User:Bad/x.js", "Sec-Fetch-Dest", "document"); body != "bad();" || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("to read it: %q %v", body, r.Header)
	}
	if r, body := g.get(asScript + "User:Bad/none.js"); strings.TrimSpace(body) != "" || r.StatusCode != http.StatusOK {
		t.Errorf("a page that is not there: %s %q", r.Status, body)
	}
}

func TestAPinnedScriptRunsForPeopleWithPowerAndAnUnreadOneDoesNot(t *testing.T) {
	g := newGated(t, true)
	rev := g.save("User:Mara/x.js", "two();")
	g.save("User:Mara/x.js", "three();")
	g.read("User:Mara/x.js", "two();")
	g.be("Ira")
	if _, body := g.get(asScript + "User:Mara/x.js&oldid=" + rev); body != "two();" {
		t.Errorf("pinned: %q", body)
	}
	if r, body := g.get(asScript + "User:Mara/x.js&direction=next&oldid=" + rev); !g.stopped(r, body, "powerful people, unread") {
		t.Errorf("the one after it: %q", body)
	}
	if got := strings.Join(g.wanted, " "); got != "User:Mara/x.js=three();" {
		t.Errorf("asked to read %q", got)
	}
}

func TestAWarningPrecedesTheScriptAndWhatIsOnlyTriedStopsNothing(t *testing.T) {
	g := newGated(t, true)
	_, body := g.get(asScript + "User:Mara/x.js")
	if !strings.HasSuffix(body, ";mara();") || strings.Contains(body, "\n") || !strings.Contains(body, `"code":"warned"`) || strings.Contains(body, `"throws":true`) {
		t.Errorf("unread: %q", body)
	}
	g = newGated(t, false)
	for title, text := range map[string]string{"User:Bad/x.js": "bad();", "User:Newt/x.js": "newt();"} {
		if _, body = g.get(asScript + title); !strings.HasSuffix(body, ";"+text) || !strings.Contains(body, `"code":"tried"`) || strings.Contains(body, `"throws":true`) || strings.Contains(body, "/agree") {
			t.Errorf("%s: %q", title, body)
		}
	}
	g.known.broken = errors.New("disk")
	g.save("User:Bad/x.js", "more();")
	if _, body = g.get(asScript + "User:Bad/x.js"); body != "more();" {
		t.Errorf("while the store is down: %q", body)
	}
}

func TestWhileTheStoreOrTheWikiIsDownScriptsSaySoAndPagesStay(t *testing.T) {
	g := newGated(t, true)
	g.known.broken = errors.New("disk")
	if r, body := g.get(asScript + "User:Mara/x.js"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"code":"unavailable"`) || strings.Contains(body, "mara();") {
		t.Errorf("%s %q", r.Status, body)
	}
	if r, _ := g.get("/wiki/Main_Page"); r.StatusCode != http.StatusOK {
		t.Errorf("a page: %s", r.Status)
	}
	g.down.Store(true)
	if r, body := g.get(asScript + "User:Mara/x.js"); r.StatusCode != http.StatusBadGateway || strings.Contains(body, "mara();") {
		t.Errorf("the wiki: %s %q", r.Status, body)
	}
}

func TestAScriptLongerThanAnybodyReadsIsRefused(t *testing.T) {
	h := &holding{ResponseWriter: discarding{http.Header{"Content-Type": {"text/javascript"}}}}
	chunk := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 11 {
		if _, err := h.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if !h.long || h.body.Len() > maxRaw {
		t.Errorf("long %t, %d bytes kept", h.long, h.body.Len())
	}
	g := newGated(t, true)
	q, err := phpform.Query("title=User:Mara/x.js", phpform.Limits{})
	g.ok(err)
	n, err := (&Entry{Judge: g.judge}).about(nil, nil, q, h)
	if err != nil || n.What != "too-long" || !n.Stops {
		t.Errorf("%+v %v", n, err)
	}
}

func TestWhereRulesAreOnlyTriedALongScriptPassesWhole(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/javascript")
	h := &holding{ResponseWriter: w, lenient: true}
	chunk := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 12 {
		if n, err := h.Write(chunk); err != nil || n != len(chunk) {
			t.Fatal(n, err)
		}
	}
	if h.held || w.Body.Len() != 12<<20 {
		t.Errorf("held %t, %d bytes sent", h.held, w.Body.Len())
	}
}

type discarding struct{ h http.Header }

func (d discarding) Header() http.Header         { return d.h }
func (d discarding) Write(p []byte) (int, error) { return len(p), nil }
func (d discarding) WriteHeader(int)             {}

func TestSomebodysOwnPagesComeThroughLoadPHPUnlessARuleStopsThem(t *testing.T) {
	g := newGated(t, true)
	g.save("User:Noor/common.js", "noor();")
	g.save("User:Bad/common.js", "hostile();")
	user := func(name string) string { return "/w/load.php?modules=user&only=scripts&skin=vector&user=" + name }
	if _, body := g.get(user("Noor")); !strings.Contains(body, "noor()") {
		t.Errorf("one's own: %q", body)
	}
	if r, body := g.get(user("Bad")); strings.Contains(body, "hostile") || !strings.Contains(body, `mw.loader.state({"user":"ready"})`) || strings.Contains(body, `"throws":true`) || !strings.Contains(body, `"rule":"blocked author"`) || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("somebody else's: %q %v", body, r.Header)
	}
	r, body := g.get("/w/load.php?modules=mediawiki.util%7Cuser&skin=vector&user=Bad")
	if strings.Contains(body, "hostile") || !strings.Contains(body, "mediawiki.util") || !strings.Contains(body, `mw.loader.state({"user":"ready"})`) || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("beside others: %q", body)
	}
}

func TestOurOwnGadgetsAreJudgedForWhoeverAsks(t *testing.T) {
	g := newGated(t, true)
	r, body := g.get("/sallyport/load.php?modules=ext.usergadget.p7")
	if body != "own ext.usergadget.p7;" || r.Header.Get("Cache-Control") != "private, max-age=9" {
		t.Errorf("allowed: %q %v", body, r.Header)
	}
	r, body = g.get("/sallyport/load.php?modules=ext.usergadget.p7%2Cp8")
	if !strings.HasPrefix(body, "own ext.usergadget.p7;\n;") || !strings.Contains(body, `mw.loader.state({"ext.usergadget.p8":"error"})`) || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("one of two: %q %v", body, r.Header)
	}
	for _, target := range []string{"/sallyport/load.php?modules=ext.usergadget.p8", "/sallyport/g/p8/abc.js", "/sallyport/g/p8/load.php?modules=ext.usergadget.p8"} {
		if _, body = g.get(target); strings.Contains(body, "own ext") || !strings.Contains(body, `"ext.usergadget.p8":"error"`) {
			t.Errorf("%s: %q", target, body)
		}
	}
	if _, body = g.get("/sallyport/g/p7/earlier/load.php?modules=ext.usergadget.p7"); !strings.Contains(body, `"ext.usergadget.p7":"error"`) {
		t.Errorf("earlier texts that a rule refuses: %q", body)
	}
	if _, body = g.get("/sallyport/load.php?only=styles&modules=ext.usergadget.p8"); body != "own ext.usergadget.p8;" {
		t.Errorf("styles: %q", body)
	}
}

func TestARefusalIsAScriptThatThrowsANamedError(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		npmtest.Missing(t, "there is no node to run it in")
	}
	g := newGated(t, true)
	g.save("User:Bad/x.js", "bad(); // </script> */ \u2028")
	_, body := g.get(asScript + "User:Bad/x.js")
	probe := `const vm = require('vm'), fs = require('fs'), text = fs.readFileSync(0, 'utf8');
for (const sandbox of [{}, {window: {}, sessionStorage: {getItem(){return null}, setItem(){}}}]) {
  try { vm.runInNewContext(text, sandbox); console.log('ran'); }
  catch (e) { console.log([e.name, e.code, e.script, e.rule, e.because, e.message, sandbox.window ? sandbox.window.RLQ.length : '-'].join('|')); }
}`
	command := exec.CommandContext(t.Context(), node, "-e", probe)
	command.Stdin = strings.NewReader(body)
	out, err := command.CombinedOutput()
	g.ok(err)
	want := "SallyportRefused|refused|User:Bad/x.js|blocked author|Its author is blocked on this wiki.|User:Bad/x.js was not run. Its author is blocked on this wiki.|"
	if got := string(out); got != want+"-\n"+want+"1\n" {
		t.Errorf("it said %q", got)
	}
}

package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/dossier"
	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/npmtest"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// shelf is a wiki's scripts, and rules that refuse what Bad keeps.
type shelf struct {
	t      *testing.T
	texts  map[string]string // by title; revision 100 of each
	old    map[int64]wiki.Page
	me     wiki.User
	down   error
	wanted int
	*Imports
	mux *http.ServeMux
}

func (s *shelf) Results(context.Context, string, store.Digest) ([]store.Result, error) {
	return nil, nil
}

func (s *shelf) FailuresOf(context.Context, string, store.Digest) ([]store.Failure, error) {
	return nil, nil
}

func (s *shelf) Agree(context.Context, store.Agreement) error { return nil }

func (s *shelf) Agreements(context.Context, string, int64) ([]store.Agreement, error) {
	return nil, nil
}

const importRules = `
[[rule]]
name = "loose"
runners = ["powerful"]
pinned = false
then = "refuse"
because = "Pin it."
[[rule]]
name = "bad"
authors = ["blocked"]
then = "refuse"
because = "Its author is blocked."
[[rule]]
name = "rest"
then = "allow"
`

func newShelf(t *testing.T) *shelf {
	t.Helper()
	rules, err := entry.Read([]byte(importRules))
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{t: t, texts: map[string]string{}, old: map[int64]wiki.Page{}, mux: http.NewServeMux()}
	site := &wiki.Site{ID: "w", ScriptPath: "/w", Namespaces: map[int]wiki.Namespace{0: {}, 2: {Name: "User", Canonical: "User"}, 8: {Name: "MediaWiki", Canonical: "MediaWiki"}}}
	account := func(_ context.Context, name string) (mediawiki.Author, error) {
		return mediawiki.Author{User: wiki.User{ID: 3}, Blocked: name == "Bad"}, nil
	}
	s.Imports = &Imports{
		Site: site, Judge: dossier.NewJudge(dossier.New(dossier.Options{Site: site, Known: s, Account: account}), s, rules, true),
		Who: func(context.Context, *http.Request) (wiki.User, error) { return s.me, s.down },
		Newest: func(_ context.Context, t wiki.Title) (wiki.Page, error) {
			p := wiki.Page{Title: t, Model: wiki.DefaultModel(t), Rev: 100}
			if text, ok := s.texts[site.PrefixedText(t)]; ok {
				p.ID, p.Text = 7, text
			}
			return p, s.down
		},
		Revision: func(_ context.Context, rev int64) (wiki.Page, error) {
			p, ok := s.old[rev]
			if !ok {
				return p, mediawiki.ErrNoRevision
			}
			return p, nil
		},
		Wanted: func(wiki.Title, string) { s.wanted++ }, Base: "/sallyport", Log: slog.New(slog.DiscardHandler),
	}
	s.handle(&Delivery{base: "/sallyport", mux: s.mux, now: time.Now})
	return s
}

func (s *shelf) get(address string) *httptest.ResponseRecorder {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return w
}

func (s *shelf) ask(name string) imported {
	s.t.Helper()
	w := s.get("/sallyport/import?name=" + url.QueryEscape(name))
	var a imported
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Header().Get("Cache-Control") != "private, no-store" {
		s.t.Fatalf("%s: %v %d %s %v", name, err, w.Code, w.Body.String(), w.Header())
	}
	return a
}

const kit = "/* A kit.\n * @require mediawiki.api\n * @require [[User:Mara/base.js]]\n * @require [[User:Mara/kit.css]]\n * @export kit */\nvar kit = { n: 1 };\n// @require late\n"

func TestANameIsImportedWithWhatItDeclares(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/kit.js"] = kit
	digest := string(store.DigestOf(kit))
	want := imported{
		Title: "User:Mara/kit.js", Revision: 100, Digest: digest, Modules: []string{"mediawiki.api"}, Scripts: []string{"User:Mara/base.js"},
		Styles: []string{"/w/index.php?action=raw&ctype=text%2Fcss&title=User%3AMara%2Fkit.css"}, Address: "/sallyport/import.js?digest=" + digest + "&title=User%3AMara%2Fkit.js",
	}
	for _, name := range []string{"User:Mara/kit.js", "user:mara/kit", "User:Mara/kit"} {
		if diff := cmp.Diff(want, s.ask(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if pinned := s.ask("User:Mara/kit@" + digest[:16]); pinned.Address != want.Address[:strings.Index(want.Address, "&title")]+"&revision=100&title=User%3AMara%2Fkit.js" {
		t.Errorf("pinned to %q", pinned.Address)
	}
	w := s.get(want.Address)
	wrapped := "sallyport.define(\"" + digest + "\",function(module,exports,require){\n" + kit + "\n;if(typeof kit===\"undefined\"){module.lacks=\"kit\";}else{module.exports=kit;}\n});\n"
	if w.Body.String() != wrapped || w.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%s %v", w.Body.String(), w.Header())
	}
	if s.wanted == 0 {
		t.Error("nobody is asked to read it")
	}
}

func TestWhatIsPinnedStaysAndWhatIsNotThereIsSaid(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/kit.js"], s.texts["User:Mara/kit.json.js"] = "now();", "x"
	s.old[41] = wiki.Page{Title: wiki.Title{NS: wiki.NSUser, Key: "Mara/kit.js"}, ID: 7, Rev: 41, Model: wiki.ModelJavaScript, Text: "old();"}
	s.old[42] = wiki.Page{Title: wiki.Title{NS: wiki.NSUser, Key: "Eve/kit.js"}, ID: 8, Rev: 42, Model: wiki.ModelJavaScript, Text: "eve();"}
	a := s.ask("User:Mara/kit@41")
	w := s.get(a.Address)
	if a.Digest != string(store.DigestOf("old();")) || !strings.Contains(w.Body.String(), "old();") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%+v %s %v", a, w.Body.String(), w.Header())
	}
	for name, code := range map[string]string{
		"User:Mara/none": "missing", "User:Mara/kit@43": "missing", "User:Mara/kit@42": "missing", "User:Mara/kit@" + strings.Repeat("0", 16): "changed",
		"User:Mara/kit@x": "name", "User:Mara/kit@-1": "name", "[[x": "name", "Main page": "missing",
	} {
		if a := s.ask(name); a.Error == nil || a.Error.Name != "ImportError" || a.Error.Code != code || a.Error.Message == "" {
			t.Errorf("%s: %+v", name, a.Error)
		}
	}
	if w := s.get("/sallyport/import.js?title=User:Mara/kit.js&digest=" + string(store.DigestOf("other"))); strings.Contains(w.Body.String(), "now()") || !strings.Contains(w.Body.String(), `"changed"`) {
		t.Errorf("another text: %s", w.Body.String())
	}
	a = s.ask("User:Mara/kit")
	delete(s.texts, "User:Mara/kit.js")
	if w := s.get(a.Address); strings.Contains(w.Body.String(), "now()") || !strings.Contains(w.Body.String(), `"missing"`) {
		t.Errorf("deleted meanwhile: %s", w.Body.String())
	}
	s.down = errors.New("down")
	if w := s.get("/sallyport/import?name=User:Mara/kit"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while the wiki is down: %d", w.Code)
	}
}

func TestRulesDecideAboutImportsForWhoeverAsks(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Bad/x.js"], s.texts["User:Mara/x.js"] = "bad();", "mara();"
	if a := s.ask("User:Bad/x"); a.Error == nil || a.Error.Name != "SallyportRefused" || a.Error.Rule != "bad" || a.Address != "" {
		t.Errorf("%+v", a.Error)
	}
	if w := s.get("/sallyport/import.js?title=User:Bad/x.js&digest=" + string(store.DigestOf("bad();"))); strings.Contains(w.Body.String(), "bad();") || !strings.Contains(w.Body.String(), "SallyportRefused") {
		t.Errorf("by its address: %s", w.Body.String())
	}
	s.me = wiki.User{ID: 1, Name: "Ira", Rights: []string{"delete"}}
	if a := s.ask("User:Mara/x"); a.Error == nil || a.Error.Rule != "loose" {
		t.Errorf("not pinned, with power: %+v", a)
	}
	if a := s.ask("User:Mara/x@" + string(store.DigestOf("mara();"))); a.Error != nil {
		t.Errorf("pinned: %+v", a.Error)
	}
}

func TestAHeaderIsReadUntilTheFirstStatement(t *testing.T) {
	for text, want := range map[string]header{
		"":                               {},
		"// @require mediawiki.util\nx;": {modules: []string{"mediawiki.util"}},
		"\ufeff/** @export a */ // @require [[User:A b/c.js]]":     {export: "a"},
		"/*\n@require jquery.ui \n\t* @require [[A:b.css]]\n*/\nx": {modules: []string{"jquery.ui"}, styles: []string{"A:b.css"}},
		"x; // @require late":  {},
		"'// @require quoted'": {},
		"// about @require nothing\n//@require\n// @requires nothing\n": {},
	} {
		got, err := readHeader(text)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(header{})); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{"// @export a-b", "// @export function", "// @require [[]]", "// @require <b>", "// @require [[x", strings.Repeat("// @require a\n", maxRequires+1)} {
		if _, err := readHeader(text); err == nil || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzReadHeader(f *testing.F) {
	for _, seed := range []string{kit, "/*/ @export a", "//", "/*", "\u2028// @require a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := readHeader(text)
		if err == nil && len(h.modules)+len(h.scripts)+len(h.styles) > maxRequires {
			t.Errorf("%d requires", len(h.modules))
		}
	})
}

// imports runs the client in Node on what the shelf answers, and returns what act says.
func (s *shelf) imports(act string) string {
	s.t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		npmtest.Missing(s.t, "there is no node to run the client in")
	}
	server := httptest.NewServer(s.mux)
	s.t.Cleanup(server.Close)
	program := `const vm = require('vm'), base = ` + strconv.Quote(server.URL) + `, said = [], loads = [];
const timers = [], tick = () => timers.splice(0).forEach((f) => f());
const sandbox = { console, Promise, Object, Error, String, encodeURIComponent, setTimeout: (f) => timers.push(f), clearTimeout: () => {}, said };
sandbox.window = sandbox; sandbox.sallyport = {};
sandbox.fetch = (a, o) => fetch(base + a, o);
sandbox.mw = { log: { warn: (x) => said.push('warn ' + x) }, loader: { require: (n) => 'module ' + n, using: (names) => { said.push('using ' + names); return names.includes('no.end') ? new Promise(() => {}) : names.includes('no.such') ? Promise.reject(new Error('Unknown module: no.such')) : Promise.resolve(); } } };
sandbox.RLQ = { push: (f) => f() };
sandbox.document = { createElement: (tag) => ({ tag }), head: { appendChild: (n) => {
  loads.push(n.tag);
  if (n.tag === 'link') { said.push('style ' + n.href.split('title=')[1]); setTimeout(n.onload); return; }
  fetch(base + n.src).then((r) => r.text()).then((t) => { try { vm.runInContext(t, sandbox); } catch (e) { said.push('console ' + e.name); } n.onload(); });
} } };
vm.createContext(sandbox);
const until = async (what) => { while (!said.includes(what)) { await new Promise((r) => setTimeout(r, 5)); } };
const say = (...w) => said.push(w.join(' ')), fail = (what) => (e) => say(what, e.name, e.code, e.message, e.rule || '');
fetch(base + '/sallyport/import/client.js').then((r) => r.text()).then(async (t) => {
  vm.runInContext(t, sandbox);
  const load = sandbox.sallyport.ready;
  ` + act + `
  console.log(said.join('\n'));
});`
	out, err := exec.CommandContext(s.t.Context(), node, "-e", program).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestImportsHandOutExportsOnceTheirDependenciesAreThere(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/base.js"] = "said.push( 'base runs' ); module.exports = { n: 40 };"
	s.texts["User:Mara/kit.js"] = "// @require mediawiki.api\n// @require [[User:Mara/base.js]]\n// @require [[User:Mara/kit.css]]\n// @export kit\n" +
		"said.push( 'kit runs' ); var kit = { n: require( 'User:Mara/base.js' ).n + 2, api: require( 'mediawiki.api' ) };"
	got := s.imports(`const [a, b] = await Promise.all([load('User:Mara/kit'), load('User:Mara/kit.js')]);
  say(a.n, a.api, a === b, a === await load('User:Mara/kit'), (await load('User:Mara/base')).n, typeof sandbox.kit);`)
	want := "using mediawiki.api\nstyle User%3AMara%2Fkit.css\nbase runs\nkit runs\n42 module mediawiki.api true true 40 undefined"
	if got != want {
		t.Errorf("it said\n%s", got)
	}
}

func TestImportsThatFailSayWhyAndMayBeTriedAgain(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Bad/x.js"] = "said.push( 'bad runs' );"
	s.texts["User:Mara/needs.js"] = "// @require [[User:Bad/x.js]]\nsaid.push( 'needs runs' );"
	s.texts["User:Mara/a.js"] = "// @require [[User:Mara/b.js]]\nsaid.push( 'a runs' );"
	s.texts["User:Mara/b.js"] = "// @require [[User:Mara/c.js]]\nsaid.push( 'b runs' );"
	s.texts["User:Mara/c.js"] = "// @require [[User:Mara/a.js]]\nsaid.push( 'c runs' );"
	s.texts["User:Mara/self.js"] = "// @require [[User:Mara/self.js]]\n"
	s.texts["User:Mara/wrong.js"] = "var = 1;"
	s.texts["User:Mara/throws.js"] = "throw new TypeError( 'own' );"
	s.texts["User:Mara/module.js"] = "// @require no.such\n"
	got := s.imports(`for (const name of ['User:Bad/x', 'User:Mara/needs', 'User:Mara/none', 'User:Mara/self', 'User:Mara/wrong', 'User:Mara/throws', 'User:Mara/module']) {
    await load(name).catch(fail(name));
  }
  const all = await Promise.allSettled([load('User:Mara/a'), load('User:Mara/b'), load('User:Mara/c')]);
  say(all.map((one) => one.status + ' ' + one.reason.code).join(', '));
  await load('User:Mara/none').catch(fail('again'));`)
	want := `User:Bad/x SallyportRefused refused User:Bad/x.js was not run. Its author is blocked. bad
User:Mara/needs SallyportRefused refused User:Bad/x.js was not run. Its author is blocked. bad
User:Mara/none ImportError missing there is no page User:Mara/none.js` + " \n" + `User:Mara/self ImportError cycle User:Mara/self.js and User:Mara/self.js wait for each other.` + " \n" + `console SyntaxError
User:Mara/wrong ImportError syntax User:Mara/wrong.js did not run; the console says why.` + " \n" + `User:Mara/throws TypeError  own` + " \n" + `using no.such
User:Mara/module ImportError dependency Unknown module: no.such` + " \n" + `rejected cycle, rejected cycle, rejected cycle
again ImportError missing there is no page User:Mara/none.js`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

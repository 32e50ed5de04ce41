package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/mediawiki/mediawikitest"
)

// entryCorpusRules has each outcome for some script, and differs by who asks and by whether they named a revision.
const entryCorpusRules = `
[[rule]]
name = "evaluates"
capabilities = ["eval", "opaque"]
then = "refuse"
because = "It runs text as a program."
[[rule]]
name = "unread"
unread = true
then = "refuse"
because = "Nobody has read it."
[[rule]]
name = "strangers"
runners = ["anonymous"]
capabilities = ["write:page"]
then = "refuse"
because = "It edits pages. Log in to run it."
[[rule]]
name = "loose"
runners = ["powerful"]
pinned = false
capabilities = ["write:page"]
then = "refuse"
because = "Your account has powerful rights, and it edits pages."
[[rule]]
name = "tokens"
capabilities = ["token-read"]
then = "confirm"
because = "It reads the tokens that your edits need."
[[rule]]
name = "contacts"
capabilities = ["network", "import"]
then = "warn"
because = "It loads parts of itself from elsewhere."
[[rule]]
name = "rest"
then = "allow"
`

// realScript is a script of the corpus, and what of it the rules above look at, as reading it shows.
type realScript struct {
	path string
	does string // "evaluates", "edits", "tokens", "contacts", several, or nothing
	why  string // it is here

	Title  string `json:"title"`
	Rev    int64  `json:"rev"`
	Keeper string `json:"keeper"` // an account whose common.js it is
	text   string
	mark   string // a word of its text that is in none of the others, and that no minifier changes
	kept   *bool  // whether the wiki serves it as a common.js
}

func realScripts() []*realScript {
	return []*realScript{
		{path: "BrandonXLF__wikipedia-user-scripts/src/ListSorter.js", why: "classes, and a link in the toolbox"},
		{path: "BrandonXLF__wikipedia-user-scripts/src/NoRedirect.js", why: "a hook, and a data: picture"},
		{path: "BraunOBruno__ptwiki-scripts/BotoesDeAtalho.js", why: "Portuguese, with letters beyond ASCII"},
		{path: "canonnizq__wikipedia-scripts/src/VoteVisualizer.js", why: "draws into the page"},
		{path: "canonnizq__wikipedia-scripts/src/RightsRevealer.js", why: "asks the API at once"},
		{path: "The-Voidwalker__MediaWiki-Scripts/importTitles.js", why: "short; a global function that asks at once"},
		{path: "he7d3r__mw-gadget-UserPages/src/UserPages.js", why: "works on special pages only"},
		{path: "Pathoschild__Wikimedia-contrib/user-scripts/dependencies/regex-colorizer.js", why: "a library that others import"},
		{path: "WikiaUsers__content-review-lookup/dist/apexlegends-esports/Gadget-utils.js", why: "a site's gadget: globals alone"},
		{path: "wikimedia-gadgets__afc-helper/src/afch.js", does: "contacts", why: "a loader by $.getScript"},
		{path: "wikimedia-gadgets__MoreMenu/src/MoreMenu.js", does: "contacts", why: "40 kB with messages of its own"},
		{path: "WikiaUsers__content-review-lookup/dist/alter-ego/Gadget-ThemeSelector.js", does: "contacts", why: "a function that this wiki does not have: it throws"},
		{path: "he7d3r__mw-gadget-APC/src/APC-Loader.js", does: "contacts", why: "a loader from another wiki"},
		{path: "Pathoschild__Wikimedia-contrib/user-scripts/pathoschild.ajaxsysop.js", does: "contacts edits", why: "imports, and edits"},
		{path: "BrandonXLF__wikipedia-user-scripts/src/Restorer.js", does: "edits", why: "edits on a click"},
		{path: "canonnizq__wikipedia-scripts/src/StatusSetter.js", does: "edits", why: "edits on a click"},
		{path: "BrandonXLF__wikipedia-user-scripts/src/AddCopied.js", does: "edits", why: "edits, with OOUI"},
		{path: "Majr25__SpriteEdit/spriteEdit.js", does: "contacts edits", why: "115 kB"},
		{path: "enterprisey__delsort/delsort.js", does: "edits tokens", why: "reads a token"},
		{path: "WikiaUsers__content-review-lookup/dist/ubuntu-linux/Gadget-wikEdDiff.js", does: "evaluates", why: "a gadget of 46 kB that evaluates text"},
	}
}

// idioms are the ways of loading a script that contract §7 lists (rows 6 to 9), and those of ours.
var idioms = []string{
	"importScript", "mw.loader.load", "$.getScript", "mw.loader.getScript", "<script>", "<script> of a revision", "import()", "Worker",
	"sallyport.import", "sallyport.import of a revision", "gadget", "common.js",
}

// decided is the rule that decides, as entryCorpusRules says it to somebody who reads it.
func (s *realScript) decided(who, idiom string) (rule string, runs bool) {
	does := func(what string) bool { return slices.Contains(strings.Fields(s.does), what) }
	switch {
	case does("evaluates"):
		return "evaluates", false
	case who == "nobody" && does("edits"):
		return "strangers", false
	case who == "Admin" && does("edits") && !strings.Contains(idiom, "revision"):
		return "loose", false
	case does("tokens"):
		return "tokens", false
	case does("contacts"):
		return "contacts", true
	}
	return "rest", true
}

// aWord is a string or a property's name: minifiers leave them as they are.
var aWord = regexp.MustCompile(`['"]([A-Za-z][\w .-]{7,60})['"]|\b([a-z]\w{5,}):`)

var aComment = regexp.MustCompile(`(?m)^\s*//.*$|(?s:/\*.*?\*/)`)

// realWords reads the scripts, and finds the word that tells each from the others.
func realWords(t *testing.T) []*realScript {
	t.Helper()
	dir, all := filepath.Join(corpustest.Folder(t, "corpus"), "files"), realScripts()
	for i, s := range all {
		text, err := os.ReadFile(filepath.Join(dir, s.path))
		if err != nil {
			t.Fatal(err)
		}
		s.text, s.Title, s.Keeper = strings.TrimSpace(string(text)), "User:Mara/"+filepath.Base(s.path), fmt.Sprintf("Keeper %d", i)
	}
	for _, s := range all {
		for _, m := range aWord.FindAllStringSubmatch(aComment.ReplaceAllString(s.text, ""), -1) {
			word := m[1] + m[2]
			elsewhere := slices.ContainsFunc(all, func(o *realScript) bool { return o != s && strings.Contains(o.text, word) })
			if !elsewhere && len(word) > len(s.mark) {
				s.mark = word
			}
		}
		if s.mark == "" {
			t.Fatalf("%s has no word of its own", s.path)
		}
	}
	return all
}

// saveReal makes them pages, gadgets, and somebody's common.js.
func saveReal(w *mediawikitest.Wiki, all []*realScript) {
	for _, s := range all {
		s.Rev = w.Edit("Mara", s.Title, s.text)
		w.Edit("Mara", strings.TrimSuffix(s.Title, ".js")+".gadget", quoted(map[string]any{"module": map[string]any{
			"pages": []string{s.Title}, "dependencies": []string{"mediawiki.api", "mediawiki.util", "oojs-ui-core"},
		}}))
		w.AddUser(s.Keeper, password(s.Keeper))
		w.Edit(s.Keeper, "User:"+s.Keeper+"/common.js", s.text)
	}
}

func quoted(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// loaded is what testdata/entry_idioms.js says.
type loaded struct {
	Said   []string
	Thrown []refusal
	Whole  bool
	Failed []string
}

// refusal is an error named SallyportRefused.
type refusal struct{ Script, Rule, Code string }

// ran says whether a page has compiled a script.
func (s *realScript) ran(all []compiled, idiom, said string) bool {
	return slices.ContainsFunc(all, func(c compiled) bool {
		if idiom == "Worker" {
			return strings.Contains(c.url, "title="+s.Title+"&") && said != "broken SallyportRefused"
		}
		return strings.Contains(c.text, s.mark)
	})
}

// Twenty scripts as people wrote them, which run in the sealed browser alone, in every idiom of loading one, as nobody, a reader and an interface admin: exactly those run that the
// rules let run, the others say why, and nothing else in the page breaks.
func TestTwentyRealScriptsRunForWhomTheRulesLetThem(t *testing.T) {
	all := realWords(t)
	b := sealedBrowser(t)
	rules := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(rules, []byte(entryCorpusRules), 0o600); err != nil {
		t.Fatal(err)
	}
	var wiki *mediawikitest.Wiki
	g := guard(t, func(t *testing.T, front string) *site {
		wiki = mediawikitest.Start(t, mediawikitest.Options{Server: front})
		wiki.AddUser("Mara", password("Mara"))
		wiki.AddUser("Noor", password("Noor"))
		saveReal(wiki, all)
		return &site{T: t, kind: "mediawiki", back: wiki.URL}
	}, fmt.Sprintf("[breaker]\nenabled = false\n[entry]\nmode = \"enforce\"\nrules = %q\n", rules))
	script, err := os.ReadFile(filepath.Join("testdata", "entry_idioms.js"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, title := range []string{s.Title, "User:" + s.Keeper + "/common.js"} {
			g.eventually(title+" is read", func() bool {
				var e struct{ Facts struct{ Read bool } }
				return json.Unmarshal([]byte(g.sally("entry", "explain", "--config", g.file, "--format", "json", "-", title)), &e) == nil && e.Facts.Read
			})
		}
	}
	for _, who := range []string{"nobody", "Noor", "Admin"} {
		word := map[string]string{"Noor": password("Noor"), "Admin": mediawikitest.AdminPassword}[who]
		t.Run(who, func(t *testing.T) {
			alone := &visitor{sealedWindow: g.window(t, b, g.back, who, word), site: g, who: who, script: string(script), all: all}
			v := &visitor{sealedWindow: g.window(t, b, "http://"+g.addr, who, word), site: g, who: who, script: string(script), all: all, usual: alone.complaints()}
			for _, idiom := range idioms {
				v.try(idiom)
			}
		})
	}
}

// visitor is one of the personas, in a window of theirs.
type visitor struct {
	*sealedWindow
	site   *guarded
	who    string
	script string
	all    []*realScript
	usual  []string // what the scripts that run complain of on the wiki without us
}

// load loads scripts in an idiom, in a page of its own.
func (v *visitor) load(idiom string, scripts []*realScript) loaded {
	v.Helper()
	v.open(v.site.page("Main_Page"))
	return ask[loaded](v.sealedWindow, v.script+"( "+quoted(idiom)+", "+quoted(scripts)+" )")
}

// complaints are what the scripts that run in some idiom leave uncaught, where they are not judged.
func (v *visitor) complaints() []string {
	v.Helper()
	may := slices.DeleteFunc(slices.Clone(v.all), func(s *realScript) bool {
		return !slices.ContainsFunc(idioms, func(idiom string) bool { _, runs := s.decided(v.who, idiom); return runs })
	})
	if got := v.load("importScript", may); !got.Whole || len(got.Failed) > 0 {
		v.Fatalf("the wiki itself is broken: %+v", got)
	}
	return v.uncaught()
}

// try loads all in an idiom, and looks at what came of it.
func (v *visitor) try(idiom string) {
	v.Helper()
	got := v.load(idiom, v.all)
	compiled := v.scripts()
	ran := 0
	var line []string
	for i, s := range v.all {
		rule, runs := s.decided(v.who, idiom)
		if idiom == "common.js" && runs {
			runs = v.site.keeps(s)
		}
		did := s.ran(compiled, idiom, got.Said[i])
		switch {
		case did != runs:
			v.Errorf("%s by %s as %s: it ran is %v, by the rule %q; its loader was told %q", s.Title, idiom, v.who, did, rule, got.Said[i])
		case did:
			ran++
		default:
			v.refused(idiom, s, rule, got)
		}
		line = append(line, map[bool]string{true: "·", false: rule[:1]}[did])
	}
	v.Logf("%-31s %s  %d ran", idiom, strings.Join(line, ""), ran)
	if !got.Whole || len(got.Failed) > 0 || slices.Contains(got.Said, "nothing") {
		v.Errorf("after %s as %s the page is not whole: %+v", idiom, v.who, got)
	}
	for _, text := range v.uncaught() {
		if !slices.Contains(v.usual, text) {
			v.Errorf("by %s as %s, and not on the wiki alone: %s", idiom, v.who, text)
		}
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		v.picture(filepath.Join(dir, "entry-"+v.who+"-"+strings.Trim(idiom, "<>()")+".png"))
	}
}

// refused looks at what was said of a script that did not run: whoever loads it gets the rule's name, and the reader is told.
func (v *visitor) refused(idiom string, s *realScript, rule string, got loaded) {
	v.Helper()
	title := s.Title
	switch idiom {
	case "common.js":
		title = "User:" + s.Keeper + "/common.js"
		if !v.site.keeps(s) {
			return // MediaWiki 1.39 reads no newer JavaScript in these
		}
	case "gadget":
	default:
		if !slices.ContainsFunc(got.Thrown, func(e refusal) bool { return e.Script == title && e.Rule == rule && e.Code != "" }) {
			v.Errorf("%s by %s as %s: no error names it and the rule %q: %+v", title, idiom, v.who, rule, got.Thrown)
		}
	}
	if idiom == "Worker" || strings.HasPrefix(idiom, "sallyport.import") {
		return // the error is for the script that asks
	}
	told := fmt.Sprintf(`new Promise( ( done ) => {
		const end = Date.now() + 20000, look = () => {
			const there = [ ...document.querySelectorAll( '.mw-notification' ) ].some( ( n ) => n.textContent.includes( %q ) );
			there || Date.now() > end ? done( there ) : setTimeout( look, 20 );
		};
		look();
	} )`, title+" was not run")
	if !ask[bool](v.sealedWindow, told) {
		v.Errorf("%s by %s as %s: the reader is not told", title, idiom, v.who)
	}
}

// keeps says whether the wiki itself serves a script as somebody's common.js.
func (g *guarded) keeps(s *realScript) bool {
	g.Helper()
	if s.kept == nil {
		_, text := fetch(g.T, g.back+g.script+"/load.php?modules=user&only=scripts&skin=vector&user="+url.QueryEscape(s.Keeper))
		served := strings.Contains(text, s.mark)
		s.kept = &served
	}
	return *s.kept
}

package author

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sallyport/internal/fakewiki"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
	"sallyport/internal/wiki"
)

func checker() *Checker {
	return &Checker{Site: fakewiki.New(fakewiki.Options{}).Site(), Owner: "Mara", Analyse: func(path string, text []byte) *finding.Script {
		return rule.Options{}.Analyse(path, text)
	}}
}

func folder(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func check(t *testing.T, files map[string]string) *Checked {
	t.Helper()
	all, err := checker().Check(folder(files))
	if err != nil || len(all) != 1 {
		t.Fatalf("%d gadgets, %v", len(all), err)
	}
	return all[0]
}

func TestEveryGadgetToBeginWithIsOneTheWikiWouldRun(t *testing.T) {
	for _, kind := range Kinds {
		files, err := New(kind, "my-tool")
		if err != nil {
			t.Fatal(err)
		}
		got := check(t, files)
		if len(got.Remarks) > 0 || got.Bytes == 0 || got.Title != "User:Mara/my-tool.gadget" {
			t.Errorf("%s: %+v", kind, got)
		}
		for name, text := range files {
			if strings.Contains(name+text, "NAME") {
				t.Errorf("%s: NAME is left in %s", kind, name)
			}
		}
		for _, s := range got.Findings {
			for _, f := range s.Findings {
				if f.Severity >= finding.Medium {
					t.Errorf("%s: %s: %s", kind, s.Path, f.Message)
				}
			}
		}
	}
}

func TestABadNameIsNoGadget(t *testing.T) {
	for _, name := range []string{"", "../x", "a/b", "1st", "-x", "a b", "é", strings.Repeat("x", 81)} {
		if _, err := New("plain", name); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := New("../plain", "x"); err == nil || !strings.Contains(err.Error(), "plain, package, vue, styles") {
		t.Error(err)
	}
}

func TestACheckSaysWhatTheWikiWouldSay(t *testing.T) {
	got := check(t, map[string]string{
		"tool.gadget": `{ "module": { "pages": [ "/tool.js", "/gone.js", "/words.txt", "User:Ada/lib.js" ], "dependecies": [] } }`,
		"tool.js":     "fetch( 'https://stats.test/x' );\nif (\n",
	})
	if got.Good() || !slices.Equal(got.Elsewhere, []string{"User:Ada/lib.js"}) {
		t.Errorf("%+v", got)
	}
	var said []string
	for _, r := range got.Remarks {
		said = append(said, r.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"tool.gadget:1:", "dependecies", "tool.js:3:", "error: there is no file gone.js", "words.txt"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said:\n%s", want, all)
		}
	}
}

func TestAHostThatNobodyWillBeAskedAboutIsSaid(t *testing.T) {
	files := map[string]string{
		"tool.gadget": `{ "module": { "pages": [ "/tool.js" ] } }`,
		"tool.js":     "fetch( 'https://stats.test/x' );",
	}
	if got := check(t, files); len(got.Remarks) != 1 || !strings.Contains(got.Remarks[0].Message, `"connect-src": { "https://stats.test": "what for" }`) || !got.Good() {
		t.Errorf("%+v", got.Remarks)
	}
	files["tool.gadget"] = `{ "settings": { "csp": { "connect-src": { "https://stats.test": "counts" } } }, "module": { "pages": [ "/tool.js" ] } }`
	if got := check(t, files); len(got.Remarks) != 0 {
		t.Errorf("%+v", got.Remarks)
	}
}

func TestPagesOfOthersAreAskedFor(t *testing.T) {
	c := checker()
	c.Page = func(t wiki.Title) (string, bool, error) { return "var x = ;", t.Subpage() == "lib.js", nil }
	all, err := c.Check(folder(map[string]string{"tool.gadget": `{ "module": { "pages": [ "User:Ada/lib.js", "User:Ada/none.js" ] } }`}))
	if err != nil || len(all[0].Remarks) != 2 {
		t.Fatalf("%+v, %v", all[0], err)
	}
	c.Page = func(wiki.Title) (string, bool, error) { return "", false, errors.New("down") }
	if _, err := c.Check(folder(map[string]string{"tool.gadget": `{ "module": { "pages": [ "User:Ada/lib.js" ] } }`})); err == nil {
		t.Error("nobody said that the wiki is down")
	}
}

const script = `// My tool
importScript( 'User:Ada/lib.js' );
mw.loader.load( '/w/index.php?title=User:Bea/more.js&action=raw&ctype=text/javascript' );
mw.loader.load( '//other.test/w/index.php?title=User:X/y.js&action=raw' );
mw.loader.load( '/w/index.php?title=User:Bea/old.js&oldid=12&action=raw&ctype=text/javascript' );
mw.loader.load( [ 'mediawiki.notification', 'oojs-ui-core' ] );
mw.loader.using( [ 'mediawiki.util', 'mediawiki.api' ] ).then( function () {
	importScript( 'User:Ada/' + name + '.js' );
	new mw.Api().get( {} );
	mw.storage.set( 'x', new mw.Title( 'X' ) );
} );
`

func TestAScriptBecomesAGadget(t *testing.T) {
	made, err := From("tool", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	definition := strings.Join(strings.Fields(made.Files["tool.gadget"]), " ")
	for _, want := range []string{
		`"pages": [ "/tool.js", "User:Ada/lib.js", "User:Bea/more.js" ]`,
		`"dependencies": [ "mediawiki.Title", "mediawiki.api", "mediawiki.notification", "mediawiki.storage", "mediawiki.util", "oojs-ui-core" ]`,
	} {
		if !strings.Contains(definition, want) {
			t.Errorf("%s is not in\n%s", want, definition)
		}
	}
	text := made.Files["tool.js"]
	for want, count := range map[string]int{
		"/* in the definition now: importScript( 'User:Ada/lib.js' ); */": 1, "other.test": 1, "oldid=12": 1, "mw.loader.using": 1,
		"\timportScript( 'User:Ada/' + name + '.js' );": 1, "in the definition now": 3,
	} {
		if strings.Count(text, want) != count {
			t.Errorf("%q:\n%s", want, text)
		}
	}
	notes := strings.Join(made.Notes, "\n")
	for _, want := range []string{"line 2: User:Ada/lib.js is a page of the gadget now", "line 4: it loads code from other.test", "line 5: it loads one revision", "line 8: what it loads here is worked out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q:\n%s", want, notes)
		}
	}
	if got := check(t, made.Files); !got.Good() {
		t.Errorf("%+v", got.Remarks)
	}
	if _, err := From("tool", []byte("if (")); err == nil {
		t.Error("what cannot be read was taken apart")
	}
}

func FuzzFrom(f *testing.F) {
	f.Add([]byte(script))
	f.Add([]byte("mw.loader.load('*/')"))
	f.Fuzz(func(t *testing.T, text []byte) {
		made, err := From("tool", text)
		if err != nil {
			return
		}
		again, err := From("tool", []byte(made.Files["tool.js"]))
		if err != nil {
			t.Fatalf("%q became %q, which cannot be read: %v", text, made.Files["tool.js"], err)
		}
		if strings.Count(again.Files["tool.js"], "in the definition now") > strings.Count(made.Files["tool.js"], "in the definition now") {
			t.Fatalf("%q is not taken apart at once", text)
		}
	})
}

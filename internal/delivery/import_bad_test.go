package delivery

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// moved is what MediaWiki leaves where a script was.
func moved(to string) string {
	return `/* #REDIRECT */mw.loader.load("//wiki.test/w/index.php?title=` + to + `\u0026action=raw\u0026ctype=text/javascript");`
}

func TestAnImportGoesWhereAScriptWasMoved(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/new.js"] = "now();"
	s.texts["User:Mara/old.js"] = moved("User:Mara/new.js")
	s.texts["User:Mara/older.js"] = moved("User:Mara/old.js")
	s.texts["User:Mara/kind.js"] = moved("User:Bad/x.js")
	s.texts["User:Bad/x.js"] = "bad();"
	s.texts["User:Mara/a.js"], s.texts["User:Mara/b.js"] = moved("User:Mara/b.js"), moved("User:Mara/a.js")
	s.texts["User:Mara/gone.js"] = moved("User:Mara/nowhere.js")
	s.texts["User:Mara/like.js"] = moved("User:Mara/new.js") + "more();"
	for name, want := range map[string]string{"old": "User:Mara/new.js", "older": "User:Mara/new.js", "like": "User:Mara/like.js"} {
		if a := s.ask("User:Mara/" + name); a.Title != want || a.Error != nil {
			t.Errorf("%s leads to %q: %+v", name, a.Title, a.Error)
		}
	}
	for name, code := range map[string]string{
		"kind": "refused", "a": "redirect", "gone": "missing", "old@" + string(store.DigestOf(moved("User:Mara/new.js"))): "redirect",
	} {
		if a := s.ask("User:Mara/" + name); a.Error == nil || a.Error.Code != code {
			t.Errorf("%s: %+v", name, a.Error)
		}
	}
}

func TestStyleSheetsAndJSONAreImportedByTheirFullTitles(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/kit.css"] = "b { color: red }"
	s.texts["User:Mara/kit.json"] = `{"n": [1, "</script>"]}`
	s.texts["User:Mara/broken.json"] = `{"n": `
	sheet := s.ask("User:Mara/kit.css")
	if want := []string{"/w/index.php?action=raw&ctype=text%2Fcss&title=User%3AMara%2Fkit.css"}; sheet.Address != "" || !cmp.Equal(sheet.Styles, want) {
		t.Errorf("%+v", sheet)
	}
	pinned := s.ask("User:Mara/kit.css@" + string(store.DigestOf(s.texts["User:Mara/kit.css"])))
	if len(pinned.Styles) != 1 || !strings.Contains(pinned.Styles[0], "oldid=100") {
		t.Errorf("pinned: %+v", pinned)
	}
	if data := s.ask("User:Mara/kit.json"); data.Address != "" || string(data.Data) != `{"n":[1,"\u003c/script\u003e"]}` {
		t.Errorf("%+v %s", data, data.Data)
	}
	for name, code := range map[string]string{"User:Mara/broken.json": "syntax", "User:Mara/none.json": "missing", "User:Mara/none.css": "missing", "Main page.json": "missing"} {
		if a := s.ask(name); a.Error == nil || a.Error.Code != code {
			t.Errorf("%s: %+v", name, a.Error)
		}
	}
	if w := s.get("/sallyport/import.js?title=User:Mara/kit.json&digest=" + string(store.DigestOf(s.texts["User:Mara/kit.json"]))); !strings.HasPrefix(w.Body.String(), "sallyport.deny(") {
		t.Errorf("JSON as a script: %s", w.Body.String())
	}
	if w := s.get("/sallyport/import.css?name=User:Mara/kit.css"); w.Code != http.StatusNotFound {
		t.Errorf("a style sheet of this wiki comes from the wiki: %d", w.Code)
	}
}

func TestWhatNobodyCanHaveReadIsNotImported(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/long.js"] = strings.Repeat("//\n", maxImport/3+1)
	s.texts["User:Mara/most.js"] = strings.Repeat("/", maxImport)
	s.texts["User:Mara/text.js"] = "x"
	s.old[41] = wiki.Page{Title: wiki.Title{NS: wiki.NSUser, Key: "Mara/text.js"}, ID: 7, Rev: 41, Model: "wikitext", Text: "x"}
	s.Site.Interwiki = map[string]bool{"xx": true}
	for name, code := range map[string]string{
		"User:Mara/long": "too-long", "User:Mara/text@41": "kind", "//evil.test/x.js": "farm", "https://evil.test/x.js": "farm", "xx:User:Mara/kit.js": "farm", "User:" + strings.Repeat("x", maxName): "name",
	} {
		if a := s.ask(name); a.Error == nil || a.Error.Code != code || a.Address != "" {
			t.Errorf("%.40s: %+v", name, a.Error)
		}
	}
	if a := s.ask("User:Mara/most"); a.Error != nil {
		t.Errorf("10 MB: %+v", a.Error)
	}
}

func TestARuleDecidesBeforeAHeaderIsReadAndAnExtensionsBlockIsNone(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Bad/x.js"] = "// @require <what>\n"
	if a := s.ask("User:Bad/x"); a.Error == nil || a.Error.Rule != "bad" || a.Error.Script != "User:Bad/x.js" {
		t.Errorf("%+v", a.Error)
	}
	s.texts["User:Mara/x.js"] = "// ==UserScript==\n// @require https://cdn.test/a.js\n// ==/UserScript==\n// @require mediawiki.util\nx();"
	if a := s.ask("User:Mara/x"); a.Error != nil || !cmp.Equal(a.Modules, []string{"mediawiki.util"}) {
		t.Errorf("%+v", a)
	}
}

func TestAPromiseIsBrokenWhenWhatWasDeclaredDoesNotCome(t *testing.T) {
	s := newShelf(t)
	s.texts["User:Mara/slow.js"] = "// @require no.end\nsaid.push( 'slow runs' );"
	s.texts["User:Mara/lacks.js"] = "// @export kit\nsaid.push( 'lacks runs' );"
	s.texts["User:Mara/late.js"] = "// @export kit\nlet kit = 7;"
	s.texts["User:Mara/kit.json"] = `{"n":[1,2]}`
	s.texts["User:Mara/kit.css"] = "b {}"
	s.texts["User:Mara/old.js"] = moved("User:Mara/late.js")
	got := s.imports(`const slow = load('User:Mara/slow', { timeout: 300 }).catch(fail('slow'));
  await until('using no.end');
  tick();
  await slow;
  await load('User:Mara/lacks').catch(fail('lacks'));
  await load('User:Mara/late', { pin: 1, timeout: 5 }).catch(fail('option'));
  await load('User:Mara/late', { timeout: -1 }).catch(fail('time'));
  say(await load('User:Mara/late', { timeout: 20000 }), await load('User:Mara/old'), JSON.stringify(await load('User:Mara/kit.json')), JSON.stringify(await load('User:Mara/kit.css')));`)
	want := "using no.end\n" +
		"slow ImportError timeout User:Mara/slow is not there after 0.3 s; User:Mara/slow.js waits for no.end. \n" +
		"lacks runs\n" +
		"lacks ImportError export User:Mara/lacks.js declares @export kit, and has no such variable. \n" +
		"option ImportError options User:Mara/late: there is no option pin, only timeout. \n" +
		"time ImportError options User:Mara/late: timeout is in milliseconds: more than 0, less than a day. \n" +
		"style User%3AMara%2Fkit.css\n7 7 {\"n\":[1,2]} {}"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

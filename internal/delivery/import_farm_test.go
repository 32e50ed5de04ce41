package delivery

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/entry"
	"sallyport/internal/mediawiki"
	"sallyport/internal/store"
	"sallyport/internal/wiki"
)

// far is another wiki, in German.
type far struct {
	site  *wiki.Site
	texts map[string]string
	asked int
	down  bool
}

func (f *far) Site(context.Context) (*wiki.Site, error) {
	if f.down {
		return nil, mediawiki.ErrUnavailable
	}
	return f.site, nil
}

func (f *far) Pages(_ context.Context, titles []wiki.Title) ([]wiki.Page, error) {
	if f.asked++; f.down {
		return nil, fmt.Errorf("ask: %w", mediawiki.ErrUnavailable)
	}
	p := wiki.Page{Title: titles[0], Model: wiki.DefaultModel(titles[0])}
	if text, ok := f.texts[f.site.PrefixedText(titles[0])]; ok {
		p.ID, p.Rev, p.Text, p.Author = 7, 100, text, "Mara"
	}
	return []wiki.Page{p}, nil
}

func (f *far) Revision(_ context.Context, rev int64) (wiki.Page, error) {
	f.asked++
	if rev != 41 {
		return wiki.Page{}, mediawiki.ErrNoRevision
	}
	return wiki.Page{Title: wiki.Title{NS: wiki.NSUser, Key: "Mara/kit.js"}, ID: 7, Rev: 41, Model: wiki.ModelJavaScript, Text: "old();"}, nil
}

func (f *far) Author(_ context.Context, name string) (mediawiki.Author, error) {
	return mediawiki.Author{User: wiki.User{ID: 9, Rights: []string{"autoconfirmed"}}, Blocked: name == "Bad"}, nil
}

const farmRules = `
[[rule]]
name = "own"
own = true
then = "allow"
[[rule]]
name = "blocked there"
kinds = ["farm"]
authors = ["blocked"]
then = "refuse"
because = "Its author is blocked on its wiki."
[[rule]]
name = "ask"
kinds = ["farm"]
authors = ["unknown"]
then = "confirm"
because = "Nobody knows its author."
[[rule]]
name = "loose"
kinds = ["farm"]
pinned = false
runners = ["powerful"]
then = "refuse"
because = "Pin it."
[[rule]]
name = "rest"
then = "allow"
`

func newFarm(t *testing.T) (*shelf, *far) {
	t.Helper()
	s := newShelf(t)
	f := &far{texts: map[string]string{}, site: &wiki.Site{ID: "dewiki", ScriptPath: "/w", Namespaces: map[int]wiki.Namespace{
		0: {}, 2: {Name: "Benutzer", Canonical: "User"}, 8: {Name: "MediaWiki", Canonical: "MediaWiki"},
	}}}
	de := NewForeign("dewiki", f)
	s.Farm = map[string]*Foreign{"de": de, "dewiki": de}
	rules, err := entry.Read([]byte(farmRules))
	if err != nil {
		t.Fatal(err)
	}
	s.Judge.SetRules(rules)
	return s, f
}

func TestAScriptOfAnotherWikiIsFetchedByUsAndDecidedHere(t *testing.T) {
	s, f := newFarm(t)
	text := "// @require [[User:Mara/base.js]]\n// @require [[User:Mara/kit.css]]\n// @require mediawiki.api\nkit();"
	f.texts["Benutzer:Mara/kit.js"], f.texts["Benutzer:Mara/kit.css"] = text, "b {}"
	want := imported{
		Title: "dewiki:Benutzer:Mara/kit.js", Revision: 100, Digest: string(store.DigestOf(text)), Modules: []string{"mediawiki.api"},
		Scripts: []string{"dewiki:User:Mara/base.js"}, Styles: []string{"/sallyport/import.css?name=dewiki%3AUser%3AMara%2Fkit.css"}, Farm: "dewiki:",
		Address: "/sallyport/import.js?digest=" + string(store.DigestOf(text)) + "&title=dewiki%3ABenutzer%3AMara%2Fkit.js",
	}
	for _, name := range []string{"de:User:Mara/kit", "dewiki:benutzer:Mara/kit.js", "DE:User:mara/kit.js"} {
		if diff := cmp.Diff(want, s.ask(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if w := s.get(want.Address); !strings.Contains(w.Body.String(), text) || !strings.HasPrefix(w.Body.String(), "sallyport.define(") {
		t.Errorf("its text: %s", w.Body.String())
	}
	if w := s.get(want.Styles[0]); w.Body.String() != "b {}" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("its style sheet: %d %s", w.Code, w.Body.String())
	}
	if f.asked != 2 {
		t.Errorf("the other wiki was asked %d times for two pages", f.asked)
	}
	if a := s.ask("de:User:Mara/kit@41"); a.Digest != string(store.DigestOf("old();")) || !strings.Contains(a.Address, "revision=41") {
		t.Errorf("pinned: %+v", a)
	}
}

func TestTheRulesOfThisWikiDecideAboutAnothersScripts(t *testing.T) {
	s, f := newFarm(t)
	f.texts["Benutzer:Mara/kit.js"], f.texts["Benutzer:Bad/x.js"], f.texts["MediaWiki:Gadget-x.js"], f.texts["Benutzer:/x.js"] = "kit();", "bad();", "site();", "odd();"
	if a := s.ask("de:User:Bad/x"); a.Error == nil || a.Error.Rule != "blocked there" || a.Error.Script != "dewiki:Benutzer:Bad/x.js" {
		t.Errorf("%+v", a.Error)
	}
	if a := s.ask("de:MediaWiki:Gadget-x.js"); a.Error == nil || a.Error.Rule != "ask" || a.Error.Link != "" || a.Error.Code != "refused" {
		t.Errorf("what would be asked about is refused: %+v", a.Error)
	}
	s.me = wiki.User{ID: 1, Name: "Mara", Rights: []string{"delete"}}
	if a := s.ask("de:User:Mara/kit"); a.Error == nil || a.Error.Rule != "loose" {
		t.Errorf("one's own name on another wiki is not oneself: %+v", a)
	}
	if a := s.ask("de:User:Mara/kit@" + string(store.DigestOf("kit();"))); a.Error != nil {
		t.Errorf("pinned: %+v", a.Error)
	}
}

func TestWhatGoesWrongOnAnotherWikiIsNamed(t *testing.T) {
	s, f := newFarm(t)
	f.site.Interwiki = map[string]bool{"fr": true}
	f.texts["Benutzer:Mara/moved.js"] = moved("Benutzer:Mara/none.js")
	for name, code := range map[string]string{
		"de:User:Mara/none": "missing", "de:User:Mara/kit@99": "missing", "de:fr:User:X/y.js": "farm", "de:[[x": "name", "de:User:Mara/moved": "missing", "de:Hauptseite": "missing",
	} {
		if a := s.ask(name); a.Error == nil || a.Error.Code != code || !strings.Contains(a.Error.Message, "de") {
			t.Errorf("%s: %+v", name, a.Error)
		}
	}
	f.down = true
	if a := s.ask("de:User:Mara/kit"); a.Error == nil || a.Error.Code != "unavailable" || a.Error.Message != "dewiki does not answer; it may be tried again" {
		t.Errorf("down: %+v", a.Error)
	}
}

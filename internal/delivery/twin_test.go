package delivery

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
	"sallyport/internal/gadget"
)

// Conditions are held against a page twice: by boot.js for what it loads, and by the server for style sheets, from what boot.js
// says of the page in the address. One table goes through both.
func TestBrowserAndServerAgreeOnEveryCondition(t *testing.T) {
	var settings []gadget.Settings
	for _, actions := range [][]string{nil, {"view"}, {"edit"}, {"history", "edit"}, {"submit"}} {
		for _, namespaces := range [][]int{nil, {0}, {2, -1}} {
			for _, models := range [][]string{nil, {"wikitext"}, {"javascript", "css"}} {
				settings = append(settings, gadget.Settings{Actions: actions, Namespaces: namespaces, ContentModels: models})
			}
		}
	}
	var pages []bootWorld
	for _, action := range []string{"view", "edit", "submit", "history", "delete"} {
		for _, ns := range []int{0, 2, -1, 828} {
			for _, model := range []string{"wikitext", "javascript", "Scribunto"} {
				pages = append(pages, bootWorld{Config: object{"wgUserName": "Mara", "wgAction": action, "wgNamespaceNumber": ns, "wgPageContentModel": model}})
			}
		}
	}
	s := start{Rows: []row{}}
	for i, c := range settings {
		s.Load = append(s.Load, load{Module: fmt.Sprint("m", i), When: conditionsOf(c)})
	}
	runs := 0
	for i, said := range boots(t, browsertest.Start(t).NewPage(t), "( mw ) => mw.sallyport.start( "+quote(s)+" )", pages...) {
		here := pageIn(t, said[0])
		loaded := strings.Split(strings.Trim(strings.TrimPrefix(said[len(said)-1], "load "), `[]`), ",")
		for j, c := range settings {
			browser, server := slices.Contains(loaded, fmt.Sprintf("%q", fmt.Sprint("m", j))), here.allows(c)
			if browser != server {
				t.Errorf("%v with %+v: the browser says %v, the server %v", pages[i].Config, c, browser, server)
			}
			if server {
				runs++
			}
		}
	}
	t.Logf("%d settings on %d pages: %d times yes, the same on both sides", len(settings), len(pages), runs)
	if runs == 0 || runs == len(settings)*len(pages) {
		t.Error("the table holds only one answer")
	}
}

// pageIn reads the page out of the address of a person's style sheets, as load.php does.
func pageIn(t *testing.T, link string) page {
	t.Helper()
	u, err := url.Parse(strings.TrimSuffix(strings.TrimPrefix(link, "link stylesheet "), " render"))
	if err != nil {
		t.Fatal(err)
	}
	return parseRequest(u.Query()).Page
}

func TestCategoriesAreComparedAsTitlesWithSpaces(t *testing.T) {
	conditions := []conditions{{Categories: []string{"A b"}}, {Categories: []string{"A_b"}}, {Categories: []string{"Other", "C"}}, {Categories: []string{"a b"}}}
	s := start{Rows: []row{}}
	for i := range conditions {
		s.Load = append(s.Load, load{Module: fmt.Sprint("m", i), When: &conditions[i]})
	}
	got := boots(t, browsertest.Start(t).NewPage(t), "( mw ) => mw.sallyport.start( "+quote(s)+" )",
		bootWorld{Config: object{"wgCategories": []string{"A b", "Q"}}}, bootWorld{Config: object{"wgCategories": []string{"C"}}}, bootWorld{Config: object{}})
	for i, want := range []string{`load ["m0","m1"]`, `load ["m2"]`, "load []"} {
		if last := got[i][len(got[i])-1]; last != want {
			t.Errorf("page %d: %s, want %s", i, last, want)
		}
	}
}

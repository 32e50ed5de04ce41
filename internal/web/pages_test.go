package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/internal/gadget"
	"sallyport/internal/mediawiki"
	"sallyport/internal/wiki"
)

// visibleText is what a person reads on a page, without its header.
func visibleText(t *testing.T, body string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"li", "th", "td", "p", "div"}, n.Data) {
			b.WriteString(" ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if n.Data != "head" && n.Data != "header" {
				walk(c)
			}
		}
	}
	walk(doc)
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPagesSayWhatTheyShould(t *testing.T) {
	anonymous := func(s *setting) { s.me = wiki.User{} }
	down := func(s *setting) { s.me, s.down = wiki.User{}, errTest }
	nothing := func(s *setting) { s.chosen = nil }
	tom := func(s *setting) { s.me = wiki.User{ID: 4, Name: "Old Tom"} }
	for _, c := range []struct {
		name, path string
		set        func(*setting)
		status     int
		says       []string
		never      []string
	}{
		{"my gadgets", "/sallyport/", nil, 200, []string{
			"Your list is public", "Quick translate On", "by Mara · 1,204 people · runs pages of Ira · 2 people can change it",
			"Stub sorter Does not run", `It cannot run: line 4: "pages" must be a list`,
			"Clerk tools Not for this account", "rights: editinterface",
			"מצב לילה Rests", "This gadget now belongs to עדה; it was Old Tom’s when you switched it on. It rests until you decide.",
			"Switch on again as עדה’s", "Remove",
			"A deleted gadget (page 99) Gone", "If the page is restored, it runs again. Remove",
		}, []string{"No gadget is switched on"}},
		{"an empty list", "/sallyport/", tom, 200, []string{
			"No gadget is switched on", "Find a gadget", "User:Old Tom/first.gadget", `"User:Old Tom/first.js"`,
		}, []string{"Switch off"}},
		{"my gadgets without a login", "/sallyport/", anonymous, 200, []string{"When you log in, you choose", "Look at all gadgets"}, []string{"Switch", "public"}},
		{"my gadgets with the wiki down", "/sallyport/", down, 503, []string{"The wiki does not answer", "The list is kept", "try again"}, []string{"Switch"}},
		{"just switched off", "/sallyport/?off=2", nil, 200, []string{"Switched off; pages you open from now on run without it: Footnote popups"}, nil},
		{"a lie about what was switched off", "/sallyport/?off=1", nil, 200, nil, []string{"Switched off;"}},
		{"somebody's list", "/sallyport/user/Ira", tom, 200, []string{
			"Gadgets of Ira", "public, as their personal scripts are", "Quick translate On", "Written", "Footnote popups Shows a footnote where it stands. by Ira",
		}, []string{"Switch on", "Switch off", "Remove"}},
		{"my own list as others see it", "/sallyport/user/Ira", nil, 200, []string{"This is how others see your list"}, []string{"Switch off "}},
		{"a name with a space", "/sallyport/user/Old_Tom", nil, 200, []string{"Gadgets of Old Tom", "Nothing is switched on."}, nil},
		{"a name that ends like a format", "/sallyport/user/Table.json/", nil, 200, []string{"Gadgets of Table.json"}, nil},
		{"nobody's list", "/sallyport/user/Nobody", nil, 404, []string{"Nobody here has this name"}, nil},
		{"all gadgets", "/sallyport/gadgets", nil, 200, []string{
			"6 gadgets", "Quick translate On", "by Mara", "1,204", "11 March 2026",
			"This wiki’s own gadgets", "hotcat editing Everybody, unless switched off",
		}, []string{"Switch on", "lib"}},
		{"a search", "/sallyport/gadgets?search=mara+TRANSLATE", nil, 200, []string{"1 gadget", "Quick translate"}, []string{"Footnote"}},
		{"a search for nothing there", "/sallyport/gadgets?search=%3Cb%3E", nil, 200, []string{"No gadget has all these words in its title, author or description: <b>."}, nil},
		{"no gadgets at all", "/sallyport/gadgets", func(s *setting) { clear(s.gadgets) }, 200, []string{"Nobody has written a gadget yet", "How to begin"}, nil},
		{"all gadgets with the wiki down", "/sallyport/gadgets", down, 200, []string{"Quick translate", "The wiki does not answer just now"}, nil},
		{"a gadget", "/sallyport/gadget/p1", nil, 200, []string{
			"Quick translate On", "Switch off", "2 people can change it", "Only on pages in these namespaces: (main), User",
			"Only when you do this: view", "User:Ira/words.json a page of Ira", "Needs: mediawiki.util, User:Ira/Footnote popups.gadget",
			"interface administrators, who can edit every script", "mw.loader.using( 'ext.usergadget.p1' )", `"dependencies": [ "mediawiki.util" ]`,
		}, []string{"cannot run"}},
		{"a gadget I have not switched on", "/sallyport/gadget/p2", nil, 200, []string{"Footnote popups Switch on", "On every page you open while you are logged in"}, []string{"Switch off"}},
		{"a gadget that cannot run", "/sallyport/gadget/p3", tom, 200, []string{"This gadget cannot run.", "line 4:", "Mara can repair it"}, []string{"Switch on"}},
		{"a gadget that asks for a right", "/sallyport/gadget/p4", tom, 200, []string{"It runs only for accounts that hold these rights: editinterface"}, []string{"Switch on"}},
		{"a gadget that changed hands", "/sallyport/gadget/p5", nil, 200, []string{"now belongs to עדה; it was Old Tom’s", "Switch on again as עדה’s", "Remove"}, nil},
		{"a hostile gadget", "/sallyport/gadget/p6", nil, 200, []string{
			`by <script>alert(1)\u{202E} ·`, "Left out the page does not exist", "whose pages it runs too",
		}, []string{"\u202e"}},
		{"a gadget without a login", "/sallyport/gadget/p1", anonymous, 200, []string{"To switch gadgets on, log in first. Log in"}, []string{"Switch on Quick", "Switch off"}},
		{"a gadget with the wiki down", "/sallyport/gadget/p1", down, 200, []string{"The wiki does not answer just now"}, []string{"Switch on Quick"}},
		{"a gadget with nobody's switch", "/sallyport/gadget/p1", nothing, 200, []string{"Switch on Quick translate"}, nil},
		{"no such gadget", "/sallyport/gadget/p77", nil, 404, []string{"There is no such gadget", "still in your list"}, nil},
		{"no such title", "/sallyport/gadget/User:Mara/none", nil, 404, []string{"There is no such gadget"}, nil},
		{"no such page", "/sallyport/nothing", nil, 404, []string{"There is no such page"}, nil},
		{"a question the wiki does not answer", "/sallyport/user/Ira", func(s *setting) { s.broken = fmt.Errorf("ask: %w", mediawiki.ErrUnavailable) }, 503, []string{
			"The wiki does not answer", "Nothing was changed", "try again",
		}, nil},
		{"our fault", "/sallyport/", func(s *setting) { s.broken = errTest }, 500, []string{"Something went wrong here", "What you have switched on is kept", "log under"}, []string{"disk"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSetting(t)
			if c.set != nil {
				c.set(s)
			}
			w := s.get(c.path)
			text := visibleText(t, w.Body.String())
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, never := range c.never {
				if strings.Contains(text, never) {
					t.Errorf("says %q", never)
				}
			}
			if t.Failed() {
				t.Log(text)
			}
			checkMarkup(t, w.Body.String())
		})
	}
}

// checkMarkup asks of every page what keyboards, screen readers and our own defence need.
func checkMarkup(t *testing.T, body string) {
	t.Helper()
	for _, never := range []string{"<script", "<style", " style=", "javascript:", "onclick", "autofocus", "⧼", "target="} {
		if strings.Contains(strings.ReplaceAll(body, "&lt;script", ""), never) {
			t.Errorf("the page has %s in it", never)
		}
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	level := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			count[n.Data]++
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			if id := attr["id"]; id != "" && (n.Data == "button" || attr["tabindex"] != "") {
				t.Errorf("<%s id=%q>: the address of a page could put the focus there", n.Data, id)
			}
			if n.Data == "th" && attr["scope"] == "" {
				t.Error("a table heading without scope")
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				if next := int(n.Data[1] - '0'); next > level+1 {
					t.Errorf("<%s> after <h%d>", n.Data, level)
				} else {
					level = next
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 {
		t.Errorf("h1 %d, main %d, title %d: one of each is wanted", count["h1"], count["main"], count["title"])
	}
}

func TestEveryPageIsWholeInEveryLanguage(t *testing.T) {
	s := newSetting(t)
	n := 0
	for _, lang := range []string{"en", "he", "qqx"} {
		for _, path := range []string{"/", "/user/Ira", "/gadgets", "/gadgets?search=zzz", "/gadget/p1", "/gadget/p5", "/gadget/p6", "/nothing"} {
			w := s.get("/sallyport" + strings.Replace(path+"?uselang="+lang, "?search=zzz?", "?search=zzz&", 1))
			body := w.Body.String()
			dir := map[string]string{"en": "ltr", "he": "rtl", "qqx": "ltr"}[lang]
			if !strings.Contains(body, `dir="`+dir+`">`) || !strings.Contains(body, "/"+dir+".css") {
				t.Errorf("%s %s: not written %s", lang, path, dir)
			}
			checkMarkup(t, body)
			n++
		}
	}
	if text := visibleText(t, s.get("/sallyport/?uselang=qqx").Body.String()); strings.Contains(text, "list is public") || !strings.Contains(text, "(my-public)") {
		t.Errorf("qqx still speaks English: %s", text)
	}
	t.Logf("%d pages", n)
}

func TestEveryAnswerKeepsOthersOut(t *testing.T) {
	s := newSetting(t)
	sheet := regexp.MustCompile(`href="([^"]+\.css)"`).FindStringSubmatch(s.get("/sallyport/").Body.String())[1]
	for _, path := range []string{"/sallyport/", "/sallyport/gadgets", "/sallyport/gadgets.json", "/sallyport/gadget/p1", "/sallyport/nothing", "/sallyport/gadget/User:Mara/Quick_translate", sheet} {
		h := s.get(path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Frame-Options":              "DENY",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Referrer-Policy":              "same-origin",
			"X-Content-Type-Options":       "nosniff",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if path != sheet && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %s", path, h.Get("Cache-Control"))
		}
	}
	w := s.get(sheet)
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("style sheet: %d %s", w.Code, w.Header().Get("Cache-Control"))
	}
	zipped := s.get(sheet, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	t.Logf("style sheet: %d bytes, %d zipped", w.Body.Len(), zipped.Body.Len())
	if s.get("/sallyport/static/0000/ltr.css").Code != 404 {
		t.Error("an old style sheet's address still answers")
	}
}

func TestListsCanBeHadAsData(t *testing.T) {
	s := newSetting(t)
	var all struct {
		Schema  string
		Total   int
		Gadgets []struct {
			ID    int64
			Owner string
			Users int
		}
	}
	if err := json.Unmarshal(s.get("/sallyport/gadgets.json?search=mara").Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if all.Schema != "sallyport/gadgets/1" || all.Total != 3 || all.Gadgets[0].ID != 1 || all.Gadgets[0].Users != 1204 {
		t.Errorf("%+v", all)
	}
	w := s.get("/sallyport/gadgets.csv")
	table, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(table) != 7 || table[1][1] != "ext.usergadget.p1" {
		t.Errorf("%v %v", table, err)
	}
	for _, path := range []string{"/sallyport/user/Ira.json", "/sallyport/gadget/p1.json", "/sallyport/gadget/p6.json"} {
		w := s.get(path)
		if !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), "token") {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
	if body := s.get("/sallyport/user/Ira.csv").Body.String(); !strings.Contains(body, "99,gone,") || !strings.Contains(body, "5,moved,") {
		t.Error(body)
	}
}

func TestACellThatIsAFormulaIsText(t *testing.T) {
	s := newSetting(t)
	s.gadgets[2].Row.Description = `=HYPERLINK("http://evil.test")`
	if body := s.get("/sallyport/gadgets.csv").Body.String(); !strings.Contains(body, `"'=HYPERLINK(""http://evil.test"")"`) {
		t.Error(body)
	}
}

func TestTheGalleryIsSortedAndPaged(t *testing.T) {
	s := newSetting(t)
	for i := range 120 {
		s.add(int64(1000+i), fmt.Sprintf("User:Mara/Tool_%03d.gadget", i), "Mara", gadget.Definition{})
	}
	first := s.get("/sallyport/gadgets?sort=title&search=mara+tool_").Body.String()
	if !strings.Contains(first, `aria-sort="ascending"`) || strings.Contains(first, `aria-sort="descending"`) {
		t.Error("the heading does not say how the table is sorted")
	}
	text := visibleText(t, first)
	if !strings.Contains(text, "(1–50 shown)") || !strings.Contains(text, "Tool 049") || strings.Contains(text, "Tool 050") {
		t.Error(text)
	}
	if !strings.Contains(first, "/sallyport/gadgets?offset=50&amp;search=mara&#43;tool_&amp;sort=title") || strings.Contains(first, `rel="prev"`) {
		t.Error("no way to the next page")
	}
	last := s.get("/sallyport/gadgets?offset=100&sort=title&search=mara+tool_").Body.String()
	if !strings.Contains(last, "/sallyport/gadgets?offset=50&amp;search=mara&#43;tool_&amp;sort=title") || strings.Contains(last, `rel="next"`) || strings.Contains(last, "own gadgets") {
		t.Error("the last page is wrong")
	}
	var all struct{ Gadgets []any }
	if err := json.Unmarshal(s.get("/sallyport/gadgets.json").Body.Bytes(), &all); err != nil || len(all.Gadgets) != 126 {
		t.Errorf("%d rows, %v", len(all.Gadgets), err)
	}
}

func TestNothingIsShownAheadOfTime(t *testing.T) {
	s := newSetting(t)
	for _, path := range []string{"/sallyport/", "/sallyport/gadget/p2"} {
		w := s.get(path, header("Sec-Purpose", "prefetch;prerender"))
		if w.Code != 503 || strings.Contains(w.Body.String(), "token") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestATitleLeadsToTheGadget(t *testing.T) {
	s := newSetting(t)
	for path, want := range map[string]string{
		"/sallyport/gadget/User:Mara/Quick_translate":        "/sallyport/gadget/p1",
		"/sallyport/gadget/User:Mara/Quick_translate.gadget": "/sallyport/gadget/p1",
		"/sallyport/gadget/p1/switch":                        "/sallyport/gadget/p1",
	} {
		if w := s.get(path); w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestTheSkeletonIsADefinitionWithoutMistakes(t *testing.T) {
	p := &pages{Options: Options{Site: villageSite(), Suffix: ".gadget"}}
	for _, name := range []string{"Mara", "Old Tom", "עדה"} {
		k := p.skeleton(name)
		title, err := p.Site.Parse(k.Title)
		if err != nil {
			t.Fatal(err)
		}
		_, mistakes := gadget.Parse([]byte(k.Text), gadget.Options{Site: p.Site, Title: title, Suffixes: []string{".gadget"}})
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", name, mistakes)
		}
	}
}

func TestHiddenCharactersAreShown(t *testing.T) {
	for in, want := range map[string]string{
		"plain عربي עברית": "plain عربي עברית", "a\u202eb": `a\u{202E}b`, "a\u200bb": `a\u{200B}b`, "a\x00": `a\u{0}`,
		"می\u200cخواهم": "می\u200cخواهم", "a\U000E0061": `a\u{E0061}`, "\u3164": `\u{3164}`, "tab\tline\n": "tab\tline\n",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

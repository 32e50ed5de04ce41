package fakewiki

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestRawPagesPassMediaWikisGates(t *testing.T) {
	w, server, c := newTestWiki(t)
	for title, text := range map[string]string{"User:Mara/a.js": "js", "User:Mara/a.css": "css", "User:Mara/a.json": "{}", "User:Mara/x.gadget": "{}", "Text": "wiki", "Locked": "locked",
		"MediaWiki:Common.js": "site", "MediaWiki:Odd": "odd", "User:Nobody/a.js": "nobody"} {
		mustSave(t, w, title, text, "Mara")
	}
	if err := w.Protect("Locked", "editprotected"); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, server)
	js, css, json := "&ctype=text/javascript", "&ctype=text/css", "&ctype=application/json"
	for _, x := range []struct {
		query  string
		status int
		kind   string
		body   string
	}{
		{"User:Mara/a.js" + js, 200, "text/javascript", "js"},
		{"User:Mara/a.js&gen=js", 200, "text/javascript", "js"},
		{"User:Mara/a.js", 200, "text/x-wiki", "js"},
		{"User:Mara/a.js&ctype=text/html", 200, "text/x-wiki", "js"},
		{"User:Mara/x.gadget" + js, 403, "text/html", ""},
		{"User:Mara/x.gadget" + json, 200, "application/json", "{}"},
		{"Text" + js, 403, "text/html", ""},
		{"Text" + css, 200, "text/css", "wiki"},
		{"Locked" + js, 200, "text/javascript", "locked"},
		{"MediaWiki:Odd" + js, 200, "text/javascript", "odd"},
		{"MediaWiki:None.js" + js, 200, "text/javascript", ""},
		{"MediaWiki:None.css" + css, 200, "text/css", ""},
		{"User:Mara/none.js" + js, 200, "text/javascript", ""},
		{"None", 404, "text/x-wiki", ""},
		{"User:Nobody/a.js" + js, 403, "text/html", ""},
		{"User:Nobody/a.js", 200, "text/x-wiki", "nobody"},
	} {
		a := b.get("/w/index.php?action=raw&title=" + x.query)
		if a.StatusCode != x.status || !strings.HasPrefix(a.Header.Get("Content-Type"), x.kind+";") || x.status == 200 && a.body != x.body {
			t.Errorf("%s: %d %s %q, want %d %s %q", x.query, a.StatusCode, a.Header.Get("Content-Type"), a.body, x.status, x.kind, x.body)
		}
	}
	a := b.get("/w/index.php?action=raw&title=MediaWiki:Common.js" + js)
	if got := a.Header.Get("Cache-Control"); got != "public, s-maxage=300, max-age=18000" {
		t.Errorf("raw script: Cache-Control %q", got)
	}
	b.login("Mara", "mara-password")
	if got := b.get("/w/index.php?action=raw&maxage=7&smaxage=9&title=Text").Header.Get("Cache-Control"); got != "private, s-maxage=9, max-age=7" {
		t.Errorf("logged in: Cache-Control %q", got)
	}
	if got := b.get("/w/index.php?title=Special:MyPage/a.js&action=raw&ctype=text/javascript"); got.body != "js" || got.StatusCode != 200 {
		t.Errorf("Special:MyPage gives %d %q", got.StatusCode, got.body)
	}
	c.advance(5e9)
	if got := b.get("/w/index.php?action=raw&title=Text", "If-Modified-Since", a.Header.Get("Last-Modified")).StatusCode; got != 304 {
		t.Errorf("unchanged raw page: %d", got)
	}
}

func TestPageTargetsAreChosenAsMediaWikiChooses(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "A", "text of A", "Mara")
	mustSave(t, w, "B", "text of B", "Mara")
	a, _ := w.Page("A")
	b := newBrowser(t, server)
	for path, want := range map[string]string{
		"/w/index.php?title=A&title=B":                      "text of B",
		"/wiki/A?title=B":                                   "text of A",
		"/w/index.php/A?title=B":                            "text of A",
		fmt.Sprintf("/w/index.php?title=B&curid=%d", a.ID):  "text of A",
		fmt.Sprintf("/w/index.php?title=B&oldid=%d", a.Rev): "text of A",
		"/wiki/a?action=view":                               "text of A",
		"/w/index.php?title=B&title%00x=A":                  "text of A",
	} {
		if got := b.get(path); !strings.Contains(got.body, want) {
			t.Errorf("%s does not show %q but %d", path, want, got.StatusCode)
		}
	}
	if got := b.get("/wiki/a"); got.StatusCode != 301 || got.Header.Get("Location") != server.URL+"/wiki/A" {
		t.Errorf("/wiki/a: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	for path, want := range map[string]int{"/wiki/None": 404, "/wiki/Special:None": 404, "/wiki/a%5Bb": 404, "/wiki/A?action=none": 404, "/none": 404, "/": 302, "/wiki/A?oldid=99999": 200, "/wiki/Commons:X": 404} {
		if got := b.get(path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestAPostToTheEditFormIsASave(t *testing.T) {
	w, server, _ := newTestWiki(t)
	b := newBrowser(t, server)
	b.login("Mara", "mara-password")
	_, page, _ := strings.Cut(b.get("/w/index.php?title=User:Mara/common.js&action=edit").body, `id="editform"`)
	page, _, _ = strings.Cut(page, "</form>")
	var form []string
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		form = append(form, m[1], m[2])
	}
	a := b.post("/w/index.php?title=User:Mara/common.js&action=submit", append(form, "wpTextbox1", "one\r\ntwo", "wpSummary", "s")...)
	if a.StatusCode != 302 || a.Header.Get("Location") != server.URL+"/wiki/User:Mara/common.js" {
		t.Fatalf("save: %d %s\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	p, _ := w.Page("User:Mara/common.js")
	if p.Text != "one\ntwo" || p.Model != "javascript" || p.Author != "Mara" {
		t.Errorf("saved %+v", p)
	}
	// Without the token, or with a part of the form missing, nothing is saved.
	for _, drop := range []string{"wpEditToken", "wpUltimateParam", "wpUnicodeCheck"} {
		var less []string
		for i := 0; i < len(form); i += 2 {
			if form[i] != drop {
				less = append(less, form[i], form[i+1])
			}
		}
		b.post("/w/index.php?title=User:Mara/common.js&action=edit", append(less, "wpTextbox1", "without "+drop)...)
	}
	b.post("/w/index.php?title=User:Mara/common.js&action=submit", append(form, "wpTextbox1", "preview", "wpPreview", "1")...)
	if again, _ := w.Page("User:Mara/common.js"); again.Rev != p.Rev {
		t.Errorf("saved %q", again.Text)
	}
	if got := b.get("/wiki/MediaWiki:Common.js?action=edit"); got.StatusCode != 200 || !strings.Contains(got.body, "ca-viewsource") || strings.Contains(got.body, "wpSave") {
		t.Errorf("a page Mara may not edit: %d", got.StatusCode)
	}
}

func TestLoggingInByFormGoesBackToThisWikiOnly(t *testing.T) {
	_, server, _ := newTestWiki(t)
	for returnto, want := range map[string]string{"Special:BlankPage": "/wiki/Special:BlankPage", "//evil.example/": "/wiki///evil.example/", "http://evil.example": "/wiki/Http://evil.example", "": "/wiki/Main_Page"} {
		b := newBrowser(t, server)
		page := b.get("/w/index.php?title=Special:UserLogin&returnto=" + url.QueryEscape(returnto)).body
		token := regexp.MustCompile(`name="wpLoginToken" value="([^"]*)"`).FindStringSubmatch(page)[1]
		if a := b.post("/w/index.php?title=Special:UserLogin", "wpName", "Mara", "wpPassword", "wrong", "wpLoginToken", token); a.StatusCode != 200 || !strings.Contains(a.body, "Incorrect username") {
			t.Errorf("a wrong password: %d", a.StatusCode)
		}
		a := b.post("/w/index.php?title=Special:UserLogin&returnto="+url.QueryEscape(returnto), "wpName", "Mara", "wpPassword", "mara-password", "wpLoginToken", token)
		if got := a.Header.Get("Location"); a.StatusCode != 302 || got != server.URL+want {
			t.Errorf("returnto %q leads to %d %q, want %q", returnto, a.StatusCode, got, want)
		}
	}
}

func TestEverySpecialPageOpens(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "MediaWiki:Gadgets-definition", "* hi[ResourceLoader]|hi.js", "Inta")
	b := newBrowser(t, server)
	b.login("Sysop", "sysop-password")
	for _, s := range specialPages() {
		if strings.HasPrefix(s.name, "My") {
			continue // shows another page in place
		}
		a := b.get("/wiki/Special:" + s.name + "/Main_Page")
		if a.StatusCode != 200 && a.StatusCode != 302 || a.StatusCode == 200 && !strings.Contains(a.body, `"wgCanonicalSpecialPageName":"`+s.name+`"`) {
			t.Errorf("Special:%s: %d", s.name, a.StatusCode)
		}
	}
	if got := b.get("/wiki/Special:Preferences").body; !strings.Contains(got, `id="mw-prefsection-gadgets"`) || !strings.Contains(got, `id="mw-input-wpgadget-hi"`) {
		t.Error("the gadgets tab is not there")
	}
}

func TestNothingAPersonWritesEscapesIntoThePage(t *testing.T) {
	w, server, _ := newTestWiki(t)
	evil := `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'`
	mustSave(t, w, "User:Mara/x.js", evil, "Mara")
	mustSave(t, w, "Page", evil+"\n[[a|"+evil+"]] [[Category:"+strings.ReplaceAll(`x"onload=`, "<", "")+"]] ["+"http://x.example/\"onclick=alert(1) "+evil+"]\n=="+evil+"==\n<span onclick=\"alert(1)\" class=\"&quot;onclick=x\">x", "Mara")
	b := newBrowser(t, server)
	tag := regexp.MustCompile(`<(script|img)[^>]*>|<[^>]*\son[a-z]+\s*=[^>]*>`)
	plain := b.get("/wiki/Special:BlankPage").body
	known := map[string]bool{}
	for _, m := range tag.FindAllString(plain, -1) {
		known[m] = true
	}
	for _, path := range []string{"/wiki/User:Mara/x.js", "/wiki/Page", "/wiki/Page?action=history", "/wiki/Page?action=edit", "/wiki/Special:Search?search=" + url.QueryEscape(evil),
		"/wiki/Special:Contributions/" + url.PathEscape(strings.NewReplacer("<", "", ">", "").Replace(evil)), "/w/index.php?title=" + url.QueryEscape(evil), "/w/index.php?title=Page&oldid=" + url.QueryEscape(evil) + "1"} {
		for _, m := range tag.FindAllString(b.get(path).body, -1) {
			if !known[m] {
				t.Errorf("%s holds %s", path, m)
			}
		}
	}
}

func FuzzAnyTitleIsAnswered(f *testing.F) {
	for _, s := range []string{"Main Page", "User:Mara/common.js", "Special:Nope", "a|b", "<", "%", "Talk:User:x", "\xff", "MediaWiki:Gadgets-definition", ":", "Category:&#x41;"} {
		f.Add(s)
	}
	w := New(Options{Now: newClock().now})
	w.AddUser("Mara", "x")
	f.Fuzz(func(t *testing.T, title string) {
		if p, err := w.Save(title, "[["+title+"]] {{"+title+"}}", "Mara", title); err == nil {
			again, ok := w.Page(w.site.PrefixedText(p.Title))
			if !ok || again.ID != p.ID {
				t.Fatalf("%q was saved as %+v and is found as %+v", title, p.Title, again.Title)
			}
			if err := w.Delete(title, "Mara"); err != nil {
				t.Fatal(err)
			}
		}
		q := &request{get: url.Values{"title": {title}, "action": {"query"}, "titles": {title}, "format": {"json"}, "prop": {"info|revisions|categories"}, "list": {"search"}, "srsearch": {title}}}
		for _, path := range []string{"/w/index.php", "/w/api.php", "/w/load.php"} {
			if r := serve(t, w, path, q.get); r.Code >= 500 {
				t.Fatalf("%s answers %d for %q", path, r.Code, title)
			}
		}
	})
}

package fakewiki

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnEditMadeThroughTheAPICanBeReadBack(t *testing.T) {
	_, server, _ := newTestWiki(t)
	b := newBrowser(t, server)
	b.login("Mara", "mara-password")
	if got := b.edit("user:mara/common.js", "mw.log( 1 );\n\n", "summary", "first"); got != "" {
		t.Fatalf("edit: %s", got)
	}
	out := b.api("action", "query", "titles", "User:Mara/common.js", "prop", "info|revisions", "rvslots", "main", "rvprop", "ids|content|sha1|user|timestamp|contentmodel|comment")
	page := []string{"query", "pages", "0"}
	for path, want := range map[string]string{
		"title": "User:Mara/common.js", "ns": "2", "contentmodel": "javascript", "touched": "2026-03-05T12:00:00Z", "length": "12",
		"revisions/0/slots/main/content": "mw.log( 1 );", "revisions/0/user": "Mara", "revisions/0/comment": "first",
		"revisions/0/slots/main/contentmodel": "javascript", "revisions/0/timestamp": "2026-03-05T12:00:00Z",
	} {
		if got := dig(out, append(page, strings.Split(path, "/")...)...); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if dig(out, "query", "normalized", "0", "to") != "" {
		t.Error("a canonical title was normalised")
	}
}

func TestRightsAreThoseOfMediaWiki(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "User:Mara/common.js", "1", "Mara")
	mustSave(t, w, "User:Mara/notes", "1", "Mara")
	mustSave(t, w, "MediaWiki:Common.js", "1", "Inta")
	mustSave(t, w, "Locked", "1", "Mara")
	if err := w.Protect("Locked", "editprotected"); err != nil {
		t.Fatal(err)
	}
	people := map[string]*browser{"anon": newBrowser(t, server)}
	for _, name := range []string{"Mara", "Ivo", "Sysop", "Inta"} {
		people[name] = newBrowser(t, server)
		people[name].login(name, strings.ToLower(name)+"-password")
	}
	for _, c := range []struct{ who, title, want string }{
		{"anon", "Sandbox", ""},
		{"anon", "User:Mara/common.js", "customjsprotected"},
		{"Mara", "User:Mara/common.js", ""},
		{"Mara", "User:Mara/a.css", ""},
		{"Ivo", "User:Mara/common.js", "customjsprotected"},
		{"Ivo", "User:Mara/a.json", "customjsonprotected"},
		{"Ivo", "User:Mara/notes", ""},
		{"Ivo", "User:Mara/doit.gadget", ""},
		{"Sysop", "User:Mara/common.js", "customjsprotected"},
		{"Sysop", "User:Mara/a.json", ""},
		{"Inta", "User:Mara/common.js", ""},
		{"Mara", "MediaWiki:Edit", "protectednamespace-interface"},
		{"Sysop", "MediaWiki:Edit", ""},
		{"Sysop", "MediaWiki:Common.js", "sitejsprotected"},
		{"Sysop", "MediaWiki:New.css", "sitecssprotected"},
		{"Sysop", "MediaWiki:New.json", ""},
		{"Inta", "MediaWiki:Common.js", ""},
		{"Mara", "Locked", "protectedpage"},
		{"Sysop", "Locked", ""},
		{"Mara", "Special:Version", "pagecannotexist"},
		{"Mara", "a<b", "invalidtitle"},
	} {
		if got := people[c.who].edit(c.title, "changed by "+c.who); got != c.want {
			// Invalid JSON is refused after rights are.
			if got == "invalid-json-data" && c.want == "" {
				continue
			}
			t.Errorf("%s edits %s: %q, want %q", c.who, c.title, got, c.want)
		}
	}
	if got := people["Ivo"].edit("User:Mara/notes", "x", "contentmodel", "javascript"); got != "customjsprotected" {
		t.Errorf("Ivo turns Mara's page into a script: %q", got)
	}
	if got := people["anon"].edit("Sandbox", "x", "contentmodel", "javascript"); got != "cantchangecontentmodel" {
		t.Errorf("anon changes a content model: %q", got)
	}
}

func TestWritesNeedATokenInTheBody(t *testing.T) {
	_, server, _ := newTestWiki(t)
	b := newBrowser(t, server)
	b.login("Mara", "mara-password")
	token := b.token()
	if len(token) != 42 || !strings.HasSuffix(token, `+\`) {
		t.Errorf("token %q", token)
	}
	other := newBrowser(t, server)
	other.login("Ivo", "ivo-password")
	edit := []string{"action", "edit", "title", "X", "text", "y"}
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"none", code(b.api(edit...)), "missingparam"},
		{"somebody else's", code(b.api(append(edit, "token", other.token())...)), "badtoken"},
		{"anonymous", code(b.api(append(edit, "token", anonymousToken)...)), "badtoken"},
		{"a login token", code(b.api(append(edit, "token", dig(b.api("action", "query", "meta", "tokens", "type", "login"), "query", "tokens", "logintoken"))...)), "badtoken"},
		{"its own", code(b.api(append(edit, "token", token)...)), ""},
		{"anonymous, by nobody", code(newBrowser(t, server).api(append(edit, "token", anonymousToken)...)), ""},
	} {
		if c.got != c.want {
			t.Errorf("with the token %s: %q, want %q", c.name, c.got, c.want)
		}
	}
	if got := b.get("/w/api.php?format=json&action=edit&title=X&text=y&token=x").Header.Get("MediaWiki-API-Error"); got != "mustbeposted" {
		t.Errorf("by GET: %q", got)
	}
	if got := b.post("/w/api.php?format=json&token=x", edit...).Header.Get("MediaWiki-API-Error"); got != "mustpostparams" {
		t.Errorf("token in the address: %q", got)
	}
	for token, want := range map[string]string{token: "valid", "nonsense+\\": "invalid", "": "invalid"} {
		if got := dig(b.api("action", "checktoken", "type", "csrf", "token", token), "checktoken", "result"); got != want {
			t.Errorf("checktoken %q: %q, want %q", token, got, want)
		}
	}
}

func TestAssertionsAndLogin(t *testing.T) {
	_, server, _ := newTestWiki(t)
	b := newBrowser(t, server)
	if got := code(b.api("action", "query", "assert", "user")); got != "assertuserfailed" {
		t.Errorf("assert=user by nobody: %q", got)
	}
	out := b.api("action", "query", "meta", "userinfo", "uiprop", "groups|rights")
	if dig(out, "query", "userinfo", "anon") != "true" || dig(out, "query", "userinfo", "id") != "0" || dig(out, "query", "userinfo", "groups") != `["*"]` {
		t.Errorf("nobody is %v", out)
	}
	need := b.api("action", "login", "lgname", "Mara", "lgpassword", "x")
	if dig(need, "login", "result") != "NeedToken" {
		t.Errorf("login without token: %v", need)
	}
	for password, want := range map[string]string{"wrong": "Failed", "ivo-password": "Failed", "mara-password": "Success"} {
		if password == "mara-password" {
			continue
		}
		if got := dig(b.api("action", "login", "lgname", "Mara", "lgpassword", password, "lgtoken", dig(need, "login", "token")), "login", "result"); got != want {
			t.Errorf("login with %s: %s", password, got)
		}
	}
	if got := b.api("action", "login", "lgname", "mara", "lgpassword", "mara-password", "lgtoken", dig(need, "login", "token")); dig(got, "login", "result") != "Success" || dig(got, "login", "lgusername") != "Mara" {
		t.Errorf("login: %v", got)
	}
	out = b.api("action", "query", "meta", "userinfo", "uiprop", "groups|rights|options", "assert", "user", "assertuser", "Mara")
	if dig(out, "query", "userinfo", "name") != "Mara" || !strings.Contains(dig(out, "query", "userinfo", "rights"), `"editmyuserjs"`) || dig(out, "query", "userinfo", "groups") != `["*","user","autoconfirmed"]` {
		t.Errorf("Mara is %v", out)
	}
	if got := code(b.api("action", "logout", "token", b.token())); got != "" {
		t.Errorf("logout: %s", got)
	}
	if got := dig(b.api("action", "query", "meta", "userinfo"), "query", "userinfo", "id"); got != "0" {
		t.Errorf("after logging out the id is %s", got)
	}
}

func TestRecentChangesTellEditsMovesDeletionsAndRenames(t *testing.T) {
	w, server, c := newTestWiki(t)
	mustSave(t, w, "User:Mara/doit.gadget", "{}", "Mara")
	c.advance(1e9)
	mustSave(t, w, "User:Mara/doit.gadget", "{ }", "Mara")
	before, _ := w.Page("User:Mara/doit.gadget")
	c.advance(1e9)
	for _, err := range []error{w.Move("User:Mara/doit.gadget", "User:Mara/other.gadget", "Mara", true), w.RenameUser("Mara", "Mora"), w.Delete("User:Mora/other.gadget", "Sysop")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b := newBrowser(t, server)
	out := b.api("action", "query", "list", "recentchanges", "rcdir", "newer", "rclimit", "max", "rcprop", "title|ids|user|loginfo|timestamp", "rctype", "edit|new|log", "rcstart", "2026-03-05T12:00:00Z")
	var got []string
	for _, row := range out["query"].(map[string]any)["recentchanges"].([]any) {
		kind := dig(row, "type")
		if kind == "log" {
			kind = dig(row, "logtype")
		}
		if kind != "newusers" && dig(row, "title") != "Main Page" {
			got = append(got, fmt.Sprintf("%s %s by %s %s%s", kind, dig(row, "title"), dig(row, "user"), dig(row, "logparams", "target_title"), dig(row, "logparams", "newuser")))
		}
	}
	// The deleted page's edits have gone with it.
	want := []string{"move User:Mara/doit.gadget by Mora User:Mara/other.gadget",
		"renameuser User:Mara by Mora Mora", "move User:Mara/doit.gadget by Mora User:Mora/doit.gadget", "move User:Mara/other.gadget by Mora User:Mora/other.gadget", "delete User:Mora/other.gadget by Sysop "}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("recent changes:\n%s", d)
	}
	if _, ok := w.Page("User:Mora/other.gadget"); ok {
		t.Error("the deleted page is there")
	}
	if dig(b.api("action", "query", "pageids", fmt.Sprint(before.ID)), "query", "pages", "0", "missing") != "true" {
		t.Error("the deleted page's id is in use")
	}
	events := b.api("action", "query", "list", "logevents", "letype", "move", "lelimit", "1")
	if dig(events, "query", "logevents", "0", "params", "target_title") != "User:Mora/other.gadget" || dig(events, "continue", "lecontinue") == "" {
		t.Errorf("log events: %v", events)
	}
}

func TestAMovedPageKeepsItsIDAndLeavesARedirectOfItsKind(t *testing.T) {
	w, server, _ := newTestWiki(t)
	server.Client()
	b := newBrowser(t, server)
	b.api("action", "query") // now the wiki knows its address
	for from, want := range map[string]string{
		"Text":              "#REDIRECT [[Text moved]]",
		"User:Mara/a.js":    `/* #REDIRECT */mw.loader.load("http://HOST/w/index.php?title=User:Mara/a.js_moved\u0026action=raw\u0026ctype=text/javascript");`,
		"User:Mara/a.css":   `/* #REDIRECT */@import url(http://HOST/w/index.php?title=User:Mara/a.css_moved&action=raw&ctype=text/css);`,
		"User:Mara/a.json":  "",
		"Category:Things":   "#REDIRECT [[:Category:Things moved]]",
		"User:Mara/x.gizmo": "#REDIRECT [[User:Mara/x.gizmo moved]]",
	} {
		mustSave(t, w, from, "{}", "Mara")
		before, _ := w.Page(from)
		if err := w.Move(from, from+" moved", "Mara", true); err != nil {
			t.Fatal(err)
		}
		after, _ := w.Page(from + " moved")
		if after.ID != before.ID || after.Rev == before.Rev || after.Model != before.Model || after.Text != "{}" {
			t.Errorf("%s: moved from %+v to %+v", from, before, after)
		}
		redirect, ok := w.Page(from)
		host := strings.TrimPrefix(server.URL, "http://")
		if want := strings.ReplaceAll(want, "HOST", host); redirect.Text != want || ok != (want != "") {
			t.Errorf("%s leaves %q, want %q", from, redirect.Text, want)
		}
		if want != "" {
			out := b.api("action", "query", "titles", from, "redirects", "1", "prop", "info")
			if dig(out, "query", "redirects", "0", "to") != from+" moved" || dig(out, "query", "pages", "0", "pageid") != fmt.Sprint(before.ID) {
				t.Errorf("%s does not lead to the page: %v", from, out)
			}
		}
	}
}

func TestListsContinue(t *testing.T) {
	w, server, _ := newTestWiki(t)
	for i := range 7 {
		mustSave(t, w, fmt.Sprintf("User:Mara/g%d.gadget", i), fmt.Sprintf("x [[Category:Gadgets]] needle%d", i), "Mara")
	}
	b := newBrowser(t, server)
	for _, c := range []struct {
		list, row string
		pairs     []string
		want      int
	}{
		{"allpages", "title", []string{"list", "allpages", "apnamespace", "2", "apprefix", "Mara/", "aplimit", "3"}, 7},
		{"recentchanges", "title", []string{"list", "recentchanges", "rclimit", "2", "rctype", "new"}, 8},
		{"recentchanges", "title", []string{"list", "recentchanges", "rclimit", "2", "rctype", "new", "rcdir", "newer"}, 8},
		{"allusers", "name", []string{"list", "allusers", "aulimit", "3"}, 4},
		{"categorymembers", "title", []string{"list", "categorymembers", "cmtitle", "Category:Gadgets", "cmlimit", "2"}, 7},
		{"search", "title", []string{"list", "search", "srsearch", "NEEDLE", "srnamespace", "2", "srlimit", "4"}, 7},
		{"usercontribs", "title", []string{"list", "usercontribs", "ucuser", "mara", "uclimit", "5"}, 7},
		{"pages", "title", []string{"generator", "allpages", "gapnamespace", "2", "gapprefix", "Mara/", "gaplimit", "3", "prop", "info"}, 7},
	} {
		var got []string
		pairs := append([]string{"action", "query"}, c.pairs...)
		for range 20 {
			out := b.api(pairs...)
			for _, row := range out["query"].(map[string]any)[c.list].([]any) {
				got = append(got, dig(row, c.row))
			}
			more, ok := out["continue"].(map[string]any)
			if !ok {
				break
			}
			pairs = append([]string{"action", "query"}, c.pairs...)
			for k, v := range more {
				pairs = append(pairs, k, v.(string))
			}
		}
		sorted := slices.Clone(got)
		slices.Sort(sorted)
		if len(got) != c.want || len(slices.Compact(sorted)) != c.want {
			t.Errorf("%v gave %q, want %d rows", c.pairs, got, c.want)
		}
	}
}

func TestBothFormatVersionsAreWritten(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "Page", "text", "Mara")
	b := newBrowser(t, server)
	one := b.get("/w/api.php?action=query&titles=Page|Nothing&prop=revisions&rvprop=content&rvslots=main&format=json").body
	if want := `{"batchcomplete":"","query":{"pages":{"-1":{"missing":"","ns":0,"title":"Nothing"},"2":{"ns":0,"pageid":2,"revisions":[{"slots":{"main":{"*":"text","contentformat":"text/x-wiki","contentmodel":"wikitext"}}}],"title":"Page"}}}}`; one != want {
		t.Errorf("version 1:\n%s", cmp.Diff(want, one))
	}
	two := b.get("/w/api.php?action=query&titles=Page|Nothing&prop=revisions&rvprop=content&rvslots=main&format=json&formatversion=2").body
	if want := `{"batchcomplete":true,"query":{"pages":[{"missing":true,"ns":0,"title":"Nothing"},{"ns":0,"pageid":2,"revisions":[{"slots":{"main":{"content":"text","contentformat":"text/x-wiki","contentmodel":"wikitext"}}}],"title":"Page"}]}}`; two != want {
		t.Errorf("version 2:\n%s", cmp.Diff(want, two))
	}
	if got := b.get("/w/api.php?action=query&meta=userinfo&format=json&callback=f"); got.body != `/**/f({"batchcomplete":"","query":{"userinfo":{"anon":"","id":0,"name":"127.0.0.1"}}})` || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("JSONP: %s", got.body)
	}
}

func TestEditsCanAppendUndoReplaceSectionsAndCollide(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "P", "lead\n\n== A ==\na\n\n== B ==\nb", "Ivo")
	base, _ := w.Page("P")
	b := newBrowser(t, server)
	b.login("Mara", "mara-password")
	api := func(pairs ...string) string {
		t.Helper()
		return code(b.api(append([]string{"action", "edit", "title", "P", "token", b.token()}, pairs...)...))
	}
	text := func() string {
		p, _ := w.Page("P")
		return p.Text
	}
	if api("section", "1", "text", "== A ==\nchanged") != "" || text() != "lead\n\n== A ==\nchanged\n\n== B ==\nb" {
		t.Errorf("section: %q", text())
	}
	if api("appendtext", "!", "prependtext", "?") != "" || text() != "?lead\n\n== A ==\nchanged\n\n== B ==\nb!" {
		t.Errorf("append: %q", text())
	}
	p, _ := w.Page("P")
	if api("undo", fmt.Sprint(p.Rev)) != "" || text() != "lead\n\n== A ==\nchanged\n\n== B ==\nb" {
		t.Errorf("undo: %q", text())
	}
	if api("section", "new", "sectiontitle", "C", "text", "~~~~") != "" || !strings.HasSuffix(text(), "== C ==\n\n[[User:Mara|Mara]] ([[User talk:Mara|talk]]) 12:00, 5 March 2026 (UTC)") {
		t.Errorf("new section: %q", text())
	}
	mustSave(t, w, "P", "by Ivo", "Ivo")
	for want, pairs := range map[string][]string{
		"editconflict":  {"text", "x", "baserevid", fmt.Sprint(base.Rev)},
		"articleexists": {"text", "x", "createonly", "1"},
		"missingparam":  nil,
		"nosuchsection": {"text", "x", "section", "9"},
	} {
		if got := api(pairs...); got != want {
			t.Errorf("%v: %q, want %q", pairs, got, want)
		}
	}
	out := b.api("action", "edit", "title", "P", "token", b.token(), "text", "by Ivo")
	if dig(out, "edit", "nochange") != "true" || dig(out, "edit", "newrevid") != "" {
		t.Errorf("a null edit: %v", out)
	}
	if got := code(b.api("action", "edit", "title", "Q", "nocreate", "1", "text", "x", "token", b.token())); got != "missingtitle" {
		t.Errorf("nocreate: %q", got)
	}
}

func TestPageLimitsAndOddIDs(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "P", "one", "Ivo")
	first, _ := w.Page("P")
	mustSave(t, w, "P", "two", "Ivo")
	second, _ := w.Page("P")
	b := newBrowser(t, server)
	titles := strings.TrimSuffix(strings.Repeat("A|", 51), "|")
	if got := code(b.api("action", "query", "titles", titles)); got != "toomanyvalues" {
		t.Errorf("51 titles: %q", got)
	}
	out := b.api("action", "query", "revids", fmt.Sprintf("%d|%d|99999", first.Rev, second.Rev), "prop", "revisions", "rvprop", "ids|content", "rvslots", "main")
	if dig(out, "query", "pages", "0", "revisions", "0", "slots", "main", "content") != "one" || dig(out, "query", "pages", "0", "revisions", "1", "revid") != fmt.Sprint(second.Rev) || dig(out, "query", "badrevids", "99999", "missing") != "true" {
		t.Errorf("revids: %v", out)
	}
	out = b.api("action", "query", "titles", "P", "prop", "revisions", "rvlimit", "1", "rvdir", "newer", "rvprop", "ids")
	if dig(out, "query", "pages", "0", "revisions", "0", "revid") != fmt.Sprint(first.Rev) || !strings.HasSuffix(dig(out, "continue", "rvcontinue"), fmt.Sprint("|", second.Rev)) {
		t.Errorf("rvlimit: %v", out)
	}
	out = b.api("action", "query", "titles", "a<b|P#x|P", "prop", "info")
	if dig(out, "query", "pages", "0", "invalid") != "true" || dig(out, "query", "pages", "1", "lastrevid") != fmt.Sprint(second.Rev) {
		t.Errorf("odd titles: %v", out)
	}
	if got := code(b.api("action", "nonsense")); got != "badvalue" {
		t.Errorf("an unknown action: %q", got)
	}
}

func TestADumpHoldsTheWholeWiki(t *testing.T) {
	w, _, _ := newTestWiki(t)
	mustSave(t, w, "User:Mara/a.js", "1", "Mara")
	mustSave(t, w, "User:Mara/a.js", "2", "Mara")
	if err := w.SetOption("Mara", "gender", "female"); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete("Main Page", "Sysop"); err != nil {
		t.Fatal(err)
	}
	var dump bytes.Buffer
	if err := w.Dump(&dump); err != nil {
		t.Fatal(err)
	}
	other := New(Options{})
	if err := other.Restore(bytes.NewReader(dump.Bytes())); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := other.Dump(&again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(dump.String(), again.String()); d != "" {
		t.Error(d)
	}
	a, _ := w.Page("User:Mara/a.js")
	b, ok := other.Page("User:Mara/a.js")
	if !ok || a != b || b.Model != "javascript" {
		t.Errorf("%+v became %+v", a, b)
	}
	if strings.Contains(dump.String(), "mara-password") {
		t.Error("the dump holds a password")
	}
	for _, bad := range []string{"", "{", `{"Pages":{"1":{"ID":2}}}`, `{"Pages":{"1":null}}`, `{"Accounts":{"1":null}}`} {
		if err := other.Restore(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was restored", bad)
		}
	}
	if _, ok := other.Page("User:Mara/a.js"); !ok {
		t.Error("a failed restore lost a page")
	}
}

func TestRenamingAUserKeepsIDAndPages(t *testing.T) {
	w, _, _ := newTestWiki(t)
	user := w.AddUser("Old_name", "x")
	mustSave(t, w, "User:Old name/a.js", "1", "Old name")
	mustSave(t, w, "User talk:Old name", "hi", "Ivo")
	mustSave(t, w, "User:Old names", "1", "Ivo")
	before, _ := w.Page("User:Old name/a.js")
	if err := w.RenameUser("old name", "new name"); err != nil {
		t.Fatal(err)
	}
	after, ok := w.Page("User:New name/a.js")
	if !ok || after.ID != before.ID {
		t.Errorf("moved %+v to %+v", before, after)
	}
	if p, _ := w.Page("User:Old name/a.js"); !strings.HasPrefix(p.Text, "/* #REDIRECT */") {
		t.Errorf("left %q", p.Text)
	}
	if _, ok := w.Page("User talk:New name"); !ok {
		t.Error("the talk page did not move")
	}
	if p, _ := w.Page("User:Old names"); p.Text != "1" {
		t.Error("somebody else's page moved")
	}
	if again := w.AddUser("New name", "x"); again.ID != user.ID {
		t.Errorf("the id changed from %d to %d", user.ID, again.ID)
	}
	if err := w.RenameUser("New name", "Ivo"); err == nil {
		t.Error("two users have one name")
	}
}

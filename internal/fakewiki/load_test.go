package fakewiki

import (
	"strings"
	"testing"
	"time"
)

func mustSave(t *testing.T, w *Wiki, title, text, author string) {
	t.Helper()
	if _, err := w.Save(title, text, author, ""); err != nil {
		t.Fatal(err)
	}
}

func TestEveryNamedModuleGetsAStatement(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "MediaWiki:Gadgets-definition", "* hi[ResourceLoader|package]|hi.js|hi.json|hi.css\n* bare[ResourceLoader]|bare.js", "Inta")
	mustSave(t, w, "MediaWiki:Gadget-hi.js", "module.exports = require('./hi.json');", "Inta")
	mustSave(t, w, "MediaWiki:Gadget-hi.json", `{"n": 7}`, "Inta")
	mustSave(t, w, "MediaWiki:Gadget-hi.css", "b { color: red }", "Inta")
	mustSave(t, w, "MediaWiki:Gadget-bare.js", "window.bare = 1;", "Inta")
	b := newBrowser(t, server)
	a := b.get("/w/load.php?lang=en&modules=ext.gadget.hi,bare,none|user.options|a*/b&skin=vector")
	for _, want := range []string{
		`mw.loader.impl(function(){return["ext.gadget.hi@`, `{"main":"hi.js","files":{"hi.js":function(require,module,exports){`, `"hi.json":{"n": 7}`, `{"css":["/*\nMediaWiki:Gadget-hi.css\n*/\nb { color: red }\n"]}`,
		`mw.loader.impl(function(){return["ext.gadget.bare@`, `function($,jQuery,require,module){/*` + "\nMediaWiki:Gadget-bare.js\n*/\nwindow.bare = 1;\n\n}",
		`mw.loader.state({"a*/b":"missing","ext.gadget.none":"missing","user.options":"error"});`, `Cannot build private module "user.options"`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in\n%s", want, a.body)
		}
	}
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	styles := b.get("/w/load.php?lang=en&modules=ext.gadget.hi&only=styles&skin=vector")
	if styles.body != "/*\nMediaWiki:Gadget-hi.css\n*/\nb { color: red }\n" || styles.Header.Get("Access-Control-Allow-Origin") != "*" || styles.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("styles: %v\n%s", styles.Header, styles.body)
	}
}

func TestLifetimesFollowTheVersion(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "MediaWiki:Gadgets-definition", "* hi[ResourceLoader]|hi.js", "Inta")
	mustSave(t, w, "MediaWiki:Gadget-hi.js", "1;", "Inta")
	b := newBrowser(t, server)
	address := "/w/load.php?lang=en&modules=ext.gadget.hi&skin=vector"
	first := b.get(address)
	etag := first.Header.Get("ETag")
	version := strings.TrimSuffix(strings.TrimPrefix(etag, `W/"`), `"`)
	if len(version) != 5 {
		t.Fatalf("ETag %q", etag)
	}
	for _, c := range []struct{ query, want string }{
		{"", "public, max-age=300, s-maxage=300, stale-while-revalidate=60"},
		{"&version=" + version, "public, max-age=2592000, s-maxage=2592000, stale-while-revalidate=60"},
		{"&version=other", "public, max-age=60, s-maxage=60"},
		{"&debug=2", "private, no-cache, must-revalidate"},
	} {
		if got := b.get(address + c.query).Header.Get("Cache-Control"); got != c.want {
			t.Errorf("%q: %q, want %q", c.query, got, c.want)
		}
	}
	same := b.get(address, "If-None-Match", `W/"zzzzz", `+etag)
	if same.StatusCode != 304 || same.body != "" || same.Header.Get("ETag") != etag {
		t.Errorf("with its ETag: %d %q", same.StatusCode, same.body)
	}
	mustSave(t, w, "MediaWiki:Gadget-hi.js", "2;", "Inta")
	if changed := b.get(address, "If-None-Match", etag); changed.StatusCode != 200 || changed.Header.Get("ETag") == etag {
		t.Errorf("after an edit: %d %s", changed.StatusCode, changed.Header.Get("ETag"))
	}
	if missing := b.get("/w/load.php?lang=en&modules=ext.gadget.hi,none&skin=vector&version=" + version); missing.Header.Get("Cache-Control") != "public, max-age=60, s-maxage=60" {
		t.Errorf("with an unknown module: %s", missing.Header.Get("Cache-Control"))
	}
}

func TestSafemodeLeavesOutWhatUsersWrote(t *testing.T) {
	w, server, _ := newTestWiki(t)
	mustSave(t, w, "MediaWiki:Gadgets-definition", "* hi[ResourceLoader]|hi.js", "Inta")
	mustSave(t, w, "MediaWiki:Gadget-hi.js", "1;", "Inta")
	b := newBrowser(t, server)
	address := "/w/load.php?lang=en&modules=startup&only=scripts&raw=1&skin=vector"
	normal, safe := b.get(address).body, b.get(address+"&safemode=1").body
	for _, name := range []string{`"ext.gadget.hi"`, `"site"`, `"user"`} {
		if !strings.Contains(normal, name) || strings.Contains(safe, "["+name) {
			t.Errorf("%s: in normal %v, in safe %v", name, strings.Contains(normal, name), strings.Contains(safe, "["+name))
		}
	}
	b.login("Mara", "mara-password")
	for path, want := range map[string]bool{"/wiki/Main_Page": false, "/wiki/Main_Page?safemode=1": true, "/wiki/Special:Preferences": true, "/w/index.php?title=Special:UserLogin&force=x": true} {
		page := b.get(path).body
		if got := strings.Contains(page, "modules=startup&amp;only=scripts&amp;raw=1&amp;safemode=1&amp;skin=vector"); got != want {
			t.Errorf("%s asks for safemode: %v, want %v", path, got, want)
		}
		if got := strings.Contains(page, `"modules=user\u0026`) || strings.Contains(page, "modules=user.styles"); got == want {
			t.Errorf("%s loads the user's own code: %v", path, got)
		}
	}
}

func TestEveryNamedAssetIsThere(t *testing.T) {
	names := startupFiles()
	for _, b := range builtins() {
		names = append(names, append(b.files, b.styles...)...)
	}
	for _, name := range names {
		if _, err := assets.ReadFile(name); err != nil {
			t.Error(err)
		}
	}
}

func TestVueCompilesTemplatesInOnePlace(t *testing.T) {
	if n := len(vueCompiles.FindAllString(asset("vendorjs/vue.js"), -1)); n != 1 {
		t.Errorf("found %d places where Vue makes a function", n)
	}
}

func TestAPageKnowsWhenItWasChanged(t *testing.T) {
	w, server, c := newTestWiki(t)
	b := newBrowser(t, server)
	if got := b.get("/wiki/Main_Page").Header.Get("Last-Modified"); got != "" {
		t.Errorf("in the second of the change: Last-Modified %q", got)
	}
	c.advance(5 * time.Second)
	stamp := b.get("/wiki/Main_Page").Header.Get("Last-Modified")
	if stamp != "Thu, 05 Mar 2026 12:00:00 GMT" {
		t.Fatalf("Last-Modified %q", stamp)
	}
	if got := b.get("/wiki/Main_Page", "If-Modified-Since", stamp); got.StatusCode != 304 || got.body != "" {
		t.Errorf("unchanged: %d", got.StatusCode)
	}
	mustSave(t, w, "Other", "text", "Mara")
	if got := b.get("/wiki/Main_Page", "If-Modified-Since", stamp).StatusCode; got != 200 {
		t.Errorf("after an edit elsewhere: %d", got)
	}
	c.advance(5 * time.Second)
	stamp = b.get("/wiki/Main_Page").Header.Get("Last-Modified")
	b.login("Mara", "mara-password")
	if got := b.get("/wiki/Main_Page", "If-Modified-Since", stamp).StatusCode; got != 200 {
		t.Errorf("after logging in: %d", got)
	}
}

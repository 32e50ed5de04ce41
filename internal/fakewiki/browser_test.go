package fakewiki_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
	"sallyport/internal/fakewiki"
)

//go:embed testdata/contract.js
var contract string

// foreign is a second load.php, as another server would run it.
func foreign(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	modules := map[string]string{
		"far.package": `mw.loader.impl(function(){return["far.package@v1",{"main":"src/main.js","files":{
			"src/main.js":function(require,module,exports){ module.exports={sum:require('./lib/add.js')(require('../data.json').a, 2), again:require('./lib/add.js')===require('./lib/add.js'), util:require('mediawiki.util')===mw.util, twice:require('./lib/twice.js')}; },
			"src/lib/add.js":function(require,module,exports){ module.exports=function(a,b){return a+b;}; },
			"src/lib/twice.js":function(require,module,exports){ exports.n=require('./add.js')(1,1); },
			"data.json":{"a":40}}}];});`,
		"far.plain":  `mw.loader.impl(function(){return["far.plain@v1",function($,jQuery,require,module){module.exports={jquery:$===jQuery&&$===window.$, far:require('far.package').sum, private:typeof hidden}; var hidden=1;}];});`,
		"far.old":    `mw.loader.implement("far.old@v1",function($,jQuery,require,module){module.exports="old";},{"css":["#far-old{color:rgb(1, 2, 3)}"]},{"far-old-text":"Hello $1"});`,
		"far.throws": `mw.loader.impl(function(){return["far.throws@v1",function(){throw new Error('on purpose');}];});`,
		"far.above":  `mw.loader.impl(function(){return["far.above@v1",function(){window.farAbove=true;}];});`,
		"far.text":   `mw.loader.impl(function(){return["far.text@v1","var farGlobal = 'global';"];});`,
		"far.needs":  `mw.loader.impl(function(){return["far.needs@v1",function($,jQuery,require,module){module.exports=window.order=(window.order||[]).concat('needs');}];});`,
		"far.first":  `mw.loader.impl(function(){return["far.first@v1",function($,jQuery,require,module){window.order=(window.order||[]).concat('first');}];});`,
		"far.styled": `mw.loader.impl(function(){return["far.styled@v1",function($,jQuery,require,module){ module.exports=getComputedStyle(document.querySelector('#firstHeading')).outlineColor; },{"css":["#firstHeading{outline-color:rgb(9, 8, 7)}"]}];});`,
		"far.gone":   `mw.loader.state({"far.gone":"missing"});`,
	}
	names := strings.Split(r.FormValue("modules"), "|")
	for _, group := range names {
		for i, name := range strings.Split(group, ",") {
			if i > 0 {
				name = "far." + name
			}
			io.WriteString(w, modules[name]+"\n")
		}
	}
}

func TestTheClientHonoursTheContract(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{Name: "Contract wiki"})
	w.AddUser("Mara", "mara-password")
	save(t, w, "MediaWiki:Common.js", "window.order = ( window.order || [] ).concat( 'site' ); var siteGlobal = 1;", "Admin")
	save(t, w, "MediaWiki:Common.css", "#siteSub { color: rgb(4, 5, 6); }", "Admin")
	save(t, w, "User:Mara/common.js", "window.order = ( window.order || [] ).concat( 'user' ); importScript( 'User:Mara/more.js' ); importStylesheet( 'User:Mara/more.css' );", "Mara")
	save(t, w, "User:Mara/more.js", "window.moreLoaded = true;", "Mara")
	save(t, w, "User:Mara/more.css", "#contentSub2 { color: rgb(7, 7, 7); }", "Mara")
	save(t, w, "MediaWiki:Greeting", "Hello $1, {{PLURAL:$2|one page|$2 pages}} & '''more''' of [[Main Page|it]]", "Admin")
	wiki := httptest.NewServer(w)
	defer wiki.Close()
	other := httptest.NewServer(http.HandlerFunc(foreign))
	defer other.Close()
	down := httptest.NewServer(nil)
	down.Close()

	page := browsertest.Start(t).NewPage(t)
	login(page, wiki.URL, "Mara", "mara-password")
	page.Goto(wiki.URL + "/wiki/Main_Page?a=1&b=x%20y")
	page.WaitFor("window.mw && mw.loader.getState('user') === 'ready' && mw.loader.getState('mediawiki.page.ready') === 'ready'")
	type result struct{ Name, Error string }
	results := browsertest.Eval[[]result](page, fmt.Sprintf("(%s)(%q, %q)", contract, other.URL+"/load.php", down.URL+"/load.php"))
	if len(results) < 30 {
		t.Errorf("only %d checks ran", len(results))
	}
	for _, r := range results {
		t.Run(r.Name, func(t *testing.T) {
			if r.Error != "" {
				t.Error(r.Error)
			}
		})
	}
	expected := []string{"on purpose", "net::ERR_CONNECTION_REFUSED"}
	for _, m := range page.Problems() {
		if !slices.ContainsFunc(expected, func(s string) bool { return strings.Contains(m.Text, s) }) {
			t.Errorf("console: %s", m.Text)
		}
	}
	if p, _ := w.Page("Sandbox"); p.Text != "first\nsecond" || p.Author != "Mara" {
		t.Errorf("the page mw.Api edited is %+v", p)
	}
}

func TestAnonymousReadersGetTheSiteScriptAndNoOther(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{Lang: "he", RTL: true})
	save(t, w, "MediaWiki:Common.js", "window.site = 1;", "Admin")
	wiki := httptest.NewServer(w)
	defer wiki.Close()
	page := browsertest.Start(t).NewPage(t)
	page.Goto(wiki.URL + "/")
	page.WaitFor("window.mw && mw.loader.getState('site') === 'ready' && mw.user")
	got := browsertest.Eval[string](page, "JSON.stringify([window.site, mw.config.get('wgUserName'), mw.user.tokens.get('csrfToken'), document.dir, mw.config.get('wgUserLanguage'), mw.config.get('skin'), document.documentElement.className])")
	if want := `[1,null,"+\\","rtl","he","vector","client-js"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	page.Goto(wiki.URL + "/wiki/Main_Page?safemode=1")
	page.WaitFor("window.mw && mw.loader.getState('mediawiki.page.ready') === 'ready'")
	if browsertest.Eval[bool](page, "'site' in window || mw.loader.getState('site') !== null") {
		t.Error("safemode runs the site's script")
	}
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("console: %v", problems)
	}
}

func TestAPersonEditsAPageInABrowser(t *testing.T) {
	w := fakewiki.New(fakewiki.Options{})
	w.AddUser("Mara", "mara-password")
	save(t, w, "MediaWiki:Gadgets-definition", "== tools ==\n* Hello[ResourceLoader|dependencies=mediawiki.util]|Hello.js", "Admin")
	save(t, w, "MediaWiki:Gadget-Hello.js", "$( () => mw.util.addPortletLink( 'p-tb', '#', 'Hello tool', 't-hello' ) );", "Admin")
	wiki := httptest.NewServer(w)
	defer wiki.Close()
	page := browsertest.Start(t).NewPage(t)
	login(page, wiki.URL, "Mara", "mara-password")
	page.Goto(wiki.URL + "/wiki/Special:Preferences")
	page.Click("#mw-input-wpgadget-Hello")
	page.ClickTo("#prefcontrol")
	page.Goto(wiki.URL + "/w/index.php?title=Sandbox&action=edit")
	page.Click("#wpTextbox1")
	page.Press("Written by '''hand'''")
	page.ClickTo("#wpSave")
	if got := page.Text("#mw-content-text"); got != "Written by hand" {
		t.Errorf("the page shows %q", got)
	}
	page.WaitFor("document.getElementById('t-hello')")
	if p, _ := w.Page("Sandbox"); p.Author != "Mara" || p.Text != "Written by '''hand'''" {
		t.Errorf("saved %+v", p)
	}
	page.Click("#pt-logout a")
	page.WaitFor("document.querySelector('#pt-login')")
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("console: %v", problems)
	}
}

func login(page *browsertest.Page, base, name, password string) {
	page.Goto(base + "/w/index.php?title=Special:UserLogin&returnto=Main+Page")
	page.Type("#wpName1", name)
	page.Type("#wpPassword1", password)
	page.ClickTo("#wpLoginAttempt")
	page.WaitFor("document.querySelector('#pt-userpage') && document.querySelector('#pt-userpage').textContent === " + quote(name))
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func save(t *testing.T, w *fakewiki.Wiki, title, text, author string) {
	t.Helper()
	if _, err := w.Save(title, text, author, ""); err != nil {
		t.Fatal(err)
	}
}

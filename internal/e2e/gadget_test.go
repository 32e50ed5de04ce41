// Package e2e proves the whole: the program itself in front of a real MediaWiki and of the pretend one, with a real
// browser.
package e2e

import (
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// marks makes a script that leaves a mark on the page when it runs.
func marks(name, value string) string {
	return "document.documentElement.dataset." + name + " = '" + value + "';"
}

func (s *site) page(title string) string { return s.front + s.script + "/index.php?title=" + title }

// login logs a person in as they would do it themselves, through the gateway.
func (s *site) login(p *browsertest.Page, name string) {
	s.Helper()
	p.Goto(s.page("Special:UserLogin"))
	p.Type("#wpName1", name)
	p.Type("#wpPassword1", password(name))
	p.ClickTo("#wpLoginAttempt")
}

// tick switches a gadget on, or off, with a click on its page.
func (s *site) tick(p *browsertest.Page, module string) {
	s.Helper()
	id := strings.TrimPrefix(module, "ext.usergadget.")
	p.Goto(s.front + "/sallyport/gadget/" + id)
	s.click(p, `form[action$="/gadget/`+id+`/switch"] button`)
}

// press sends the form on My gadgets that does a deed.
func (s *site) press(p *browsertest.Page, deed string) {
	s.Helper()
	p.Goto(s.front + "/sallyport/")
	s.click(p, `form:has( input[ name=to ][ value=`+deed+` ] ) button`)
}

// click presses a button of ours, which takes no hasty clicks.
func (s *site) click(p *browsertest.Page, button string) {
	s.Helper()
	p.WaitFor("getComputedStyle( document.querySelector( `" + button + "` ) ).pointerEvents !== 'none'")
	p.ClickTo(button)
}

// quiet waits until mw.loader has nothing left to do, so that what has not run by then will not run.
func (s *site) quiet(p *browsertest.Page) {
	s.Helper()
	p.WaitFor(`window.mw && mw.loader && mw.loader.getState( 'mediawiki.base' ) === 'ready' && document.readyState === 'complete' &&
		!mw.loader.getModuleNames().some( ( name ) => [ 'loading', 'loaded', 'executing' ].includes( mw.loader.getState( name ) ) )`)
}

func asked(p *browsertest.Page, what string) bool {
	for _, r := range p.Requests() {
		if strings.Contains(r.URL, what) {
			return true
		}
	}
	return false
}

func TestAGadgetRunsForWhoeverTickedItAndForNobodyElse(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Mara", "Noor", "Olaf")
		s.edit("Mara", "User:Mara/doit.js", marks("doit", "one"))
		s.edit("Mara", "User:Mara/doit.gadget", `{"module":{"pages":["User:Mara/doit.js"],"dependencies":["mediawiki.util"]}}`)
		s.edit("Admin", "MediaWiki:Gadgets-definition", "* site[ResourceLoader|default]|site.js")
		s.edit("Admin", "MediaWiki:Gadget-site.js", marks("site", "runs"))
		s.edit("Mara", "Sandbox", "text")
		module := s.module("User:Mara/doit")

		noor := browser.NewPage(s.T)
		s.login(noor, "Noor")
		s.tick(noor, module)
		for _, at := range []string{"Sandbox", "Sandbox&action=edit", "Special:RecentChanges"} {
			noor.Goto(s.page(at))
			noor.WaitFor("document.documentElement.dataset.doit === 'one'")
			noor.WaitFor("document.documentElement.dataset.site === 'runs'")
		}
		if got := noor.Problems(); len(got) > 0 {
			s.Errorf("the console says %+v", got)
		}

		// Safe mode: no user code at all, ours included.
		noor.Forget()
		noor.Goto(s.page("Sandbox&safemode=1"))
		s.quiet(noor)
		if ran := browsertest.Eval[bool](noor, "'doit' in document.documentElement.dataset"); ran || asked(noor, "/sallyport/") {
			s.Errorf("in safe mode: ran %v, asked %v", ran, asked(noor, "/sallyport/"))
		}

		// Somebody who has not ticked it, and somebody without an account.
		olaf, nobody := browser.NewPage(s.T), browser.NewPage(s.T)
		s.login(olaf, "Olaf")
		for name, p := range map[string]*browsertest.Page{"Olaf": olaf, "a reader": nobody} {
			p.Forget()
			p.Goto(s.page("Sandbox"))
			p.WaitFor("document.documentElement.dataset.site === 'runs'")
			s.quiet(p)
			if ran := browsertest.Eval[bool](p, "'doit' in document.documentElement.dataset"); ran || asked(p, module) {
				s.Errorf("%s: ran %v, asked for it %v", name, ran, asked(p, module))
			}
		}

		// An edit through the gateway is there at the next view.
		for _, version := range []string{"two", "three"} {
			s.editThrough("Mara", "User:Mara/doit.js", marks("doit", version))
			noor.Goto(s.page("Sandbox"))
			noor.WaitFor("'doit' in document.documentElement.dataset")
			if got := browsertest.Eval[string](noor, "document.documentElement.dataset.doit"); got != version {
				s.Errorf("after the edit to %q the next view ran %q", version, got)
			}
		}

		// Mara changes it: who stays runs what they accepted, everybody else the newest, until they take it.
		s.tick(olaf, module)
		s.press(noor, "stay")
		s.editThrough("Mara", "User:Mara/doit.js", marks("doit", "four"))
		s.runs(noor, "one")
		s.runs(olaf, "four")
		s.press(noor, "accept")
		s.runs(noor, "four")
		s.editThrough("Mara", "User:Mara/doit.js", marks("doit", "three"))

		// What somebody's own common.js loads becomes a gadget that loads it.
		s.edit("Mara", "User:Mara/other.js", marks("other", "ran"))
		s.edit("Olaf", "User:Olaf/common.js", "importScript( 'User:Mara/other.js' );\n"+marks("own", "ran"))
		olaf.Goto(s.front + "/sallyport/")
		s.click(olaf, `form[ action$="/sallyport/imports" ] button`)
		s.tick(olaf, s.module("User:Olaf/other"))
		olaf.Forget()
		olaf.Goto(s.page("Sandbox"))
		olaf.WaitFor("document.documentElement.dataset.other === 'ran' && document.documentElement.dataset.own === 'ran'")
		if asked(olaf, "action=raw") {
			s.Error("his page still loads the script")
		}

		// The page is renamed, then its owner is: it keeps running.
		s.move("Mara", "User:Mara/doit.gadget", "User:Mara/done.gadget")
		s.module("User:Mara/done")
		s.runs(noor, "three")
		s.rename("Mara", "Marina")
		s.module("User:Marina/done")
		s.runs(noor, "three")

		// Off again.
		s.tick(noor, module)
		noor.Goto(s.page("Sandbox"))
		noor.WaitFor("document.documentElement.dataset.site === 'runs'")
		s.quiet(noor)
		if browsertest.Eval[bool](noor, "'doit' in document.documentElement.dataset") {
			s.Error("it runs although it was switched off")
		}
	})
}

func (s *site) runs(p *browsertest.Page, version string) {
	s.Helper()
	p.Goto(s.page("Sandbox"))
	p.WaitFor("document.documentElement.dataset.doit === '" + version + "'")
}

func TestEveryKindOfGadgetWorksInThePage(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Mara", "Noor")
		s.edit("Mara", "Sandbox", "text [[Category:Kept]]")
		s.edit("Noor", "User:Noor/lib.js", "exports.word = 'lent';")
		s.edit("Noor", "User:Noor/lib.gadget", `{"settings":{"package":true},"module":{"pages":["/lib.js"]}}`)
		s.module("User:Noor/lib")
		s.edit("Mara", "User:Mara/pack/main.js", "const d = require( './data.json' ), o = require( '../other.js' ), lib = require( 'User:Noor/lib.gadget' );"+
			"document.documentElement.dataset.pack = [ d.word, o(), lib.word, typeof require( 'mediawiki.util' ).getUrl ].join();")
		s.edit("Mara", "User:Mara/other.js", "module.exports = () => 'required';")
		s.edit("Mara", "User:Mara/pack/data.json", `{"word":"from json"}`)
		s.edit("Mara", "User:Mara/pack.gadget", `{"settings":{"package":true},"module":{"pages":["/pack/main.js","/other.js","/pack/data.json"],"dependencies":["mediawiki.util","User:Noor/lib.gadget"]}}`)
		s.edit("Mara", "User:Mara/vue/main.js", "const Vue = require( 'vue' ), el = document.createElement( 'div' ); document.querySelector( '#mw-content-text' ).append( el ); Vue.createApp( require( './App.vue' ) ).mount( el );")
		s.edit("Mara", "User:Mara/vue/App.vue", "<template><p id=\"vue-app\" @click=\"n++\">clicked {{ n }}</p></template>\n<script>\nmodule.exports = { data: () => ( { n: 0 } ) };\n</script>\n<style>\n#vue-app { color: rgb(1, 2, 3); }\n</style>")
		s.edit("Mara", "User:Mara/vue.gadget", `{"settings":{"package":true},"module":{"pages":["/vue/main.js","/vue/App.vue"],"dependencies":["vue"]}}`)
		s.edit("Mara", "User:Mara/style.css", "#firstHeading { letter-spacing: 7px; }")
		s.edit("Mara", "User:Mara/style.gadget", `{"settings":{"namespaces":[0]},"module":{"pages":["/style.css"]}}`)
		s.edit("Mara", "User:Mara/cat.css", "#firstHeading { word-spacing: 9px; }")
		s.edit("Mara", "User:Mara/cat.gadget", `{"settings":{"categories":["Kept"]},"module":{"pages":["/cat.css"]}}`)
		s.edit("Mara", "User:Mara/when.js", marks("when", "ran"))
		s.edit("Mara", "User:Mara/when.gadget", `{"settings":{"actions":["history"]},"module":{"pages":["/when.js"]}}`)
		s.edit("Mara", "User:Mara/bad.js", "this is ( not JavaScript")
		s.edit("Mara", "User:Mara/good.js", marks("sibling", "lives"))
		s.edit("Mara", "User:Mara/mixed.gadget", `{"module":{"pages":["/bad.js","/good.js"]}}`)

		noor := browser.NewPage(s.T)
		s.login(noor, "Noor")
		for _, title := range []string{"pack", "vue", "style", "cat", "when", "mixed"} {
			s.tick(noor, s.module("User:Mara/"+title))
		}
		noor.Goto(s.page("Sandbox"))
		noor.WaitFor("document.documentElement.dataset.pack === 'from json,required,lent,function'")
		noor.WaitFor("document.documentElement.dataset.sibling === 'lives'")
		noor.Click("#vue-app")
		noor.WaitFor("document.querySelector( '#vue-app' ).textContent === 'clicked 1' && getComputedStyle( document.querySelector( '#vue-app' ) ).color === 'rgb(1, 2, 3)'")
		noor.WaitFor("getComputedStyle( document.querySelector( '#firstHeading' ) ).letterSpacing === '7px'")
		noor.WaitFor("getComputedStyle( document.querySelector( '#firstHeading' ) ).wordSpacing === '9px'")
		s.quiet(noor)
		if browsertest.Eval[bool](noor, "'when' in document.documentElement.dataset") {
			s.Error("a gadget for the history ran on a view")
		}
		said := false
		for _, m := range noor.Console() {
			said = said || strings.Contains(m.Text, "User:Mara/bad.js")
		}
		if !said {
			s.Errorf("nobody named the page that does not parse: %+v", noor.Console())
		}
		noor.Goto(s.page("Sandbox&action=history"))
		noor.WaitFor("document.documentElement.dataset.when === 'ran'")
		noor.Goto(s.page("Special:RecentChanges"))
		s.quiet(noor)
		if got := browsertest.Eval[string](noor, "getComputedStyle( document.querySelector( '#firstHeading' ) ).letterSpacing"); got == "7px" {
			s.Error("styles for the main namespace are on a special page")
		}
	})
}

func TestGadgetsCanBeHadOnDemand(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.edit("Mara", "Sandbox", "text")
		s.edit("Mara", "User:Mara/lib.js", "module.exports = 'exported';")
		s.edit("Mara", "User:Mara/lib.gadget", `{"settings":{"package":true},"module":{"pages":["/lib.js"]}}`)
		module := s.module("User:Mara/lib")
		for _, name := range []string{module, "user:Mara/lib", "User:Mara/lib.gadget"} {
			p := browser.NewPage(s.T)
			p.Goto(s.page("Sandbox"))
			p.WaitFor("window.mw && mw.loader.using && mw.sallyport")
			got := browsertest.Eval[string](p, "mw.loader.using( '"+name+"' ).then( ( require ) => require( '"+module+"' ) )")
			if got != "exported" {
				s.Errorf("using( %q ) gave %q", name, got)
			}
		}
		p := browser.NewPage(s.T)
		p.Goto(s.page("Sandbox"))
		p.WaitFor("window.mw && mw.loader.using && mw.sallyport")
		for _, name := range []string{"User:Mara/none", "ext.usergadget.p999999"} {
			got := browsertest.Eval[string](p, "mw.loader.using( '"+name+"' ).then( () => 'resolved', () => 'rejected' )")
			if got != "rejected" {
				s.Errorf("using( %q ) %s", name, got)
			}
		}
		if browsertest.Eval[string](p, "mw.loader.using( 'mediawiki.util' ).then( () => 'resolved', () => 'rejected' )") != "resolved" {
			s.Error("ordinary modules cannot be had any more")
		}
	})
}

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

const entryRules = `
[[rule]]
name = "evaluates"
capabilities = ["eval"]
then = "refuse"
because = "It runs text as a program."
[[rule]]
name = "own"
own = true
then = "allow"
[[rule]]
name = "unread"
unread = true
then = "refuse"
because = "Nobody has read it."
[[rule]]
name = "loose"
runners = ["powerful"]
pinned = false
kinds = ["user-script"]
then = "refuse"
because = "Your account has powerful rights."
[[rule]]
name = "cookies"
capabilities = ["cookie-read"]
then = "confirm"
because = "It reads your cookies."
[[rule]]
name = "contacts"
capabilities = ["network"]
then = "warn"
because = "It contacts another site."
[[rule]]
name = "rest"
then = "allow"
`

// scriptThat counts its runs under a name, and could do something that it never does here.
func scriptThat(name, could string) string {
	return fmt.Sprintf("( window.ran = window.ran || {} ).%s = ( window.ran.%s || 0 ) + 1;\nif ( window.never ) { %s }\nif ( typeof module === 'object' ) { module.exports = '%s'; }\n", name, name, could, name)
}

// tryIdioms loads a script in every way there is, one after the other, and says what came of each: "ran", "refused by RULE" or by "stopped".
const tryIdioms = `( async ( name ) => {
	const title = 'User:Mara/' + name + '.js', out = [];
	const raw = ( n ) => mw.config.get( 'wgScript' ) + '?' + $.param( { title, action: 'raw', ctype: 'text/javascript', n } );
	window.errors = [];
	if ( !window.watched ) {
		window.watched = true;
		window.addEventListener( 'error', ( e ) => { if ( e.error && e.error.name === 'SallyportRefused' ) { errors.push( e.error.rule || e.error.code ); e.preventDefault(); } } );
	}
	const came = async ( idiom, start ) => {
		const ran = ( window.ran || {} )[ name ] || 0, thrown = errors.length;
		start();
		for ( let i = 0; i < 2000; i++ ) {
			await new Promise( ( done ) => setTimeout( done, 10 ) );
			if ( ( ( window.ran || {} )[ name ] || 0 ) > ran ) { return out.push( idiom + ': ran' ); }
			if ( errors.length > thrown ) { return out.push( idiom + ': refused by ' + errors[ thrown ] ); }
		}
		out.push( idiom + ': nothing' );
	};
	await came( 'importScript', () => importScript( title ) );
	await came( 'mw.loader.load', () => mw.loader.load( raw( 1 ) ) );
	await came( '$.getScript', () => $.getScript( raw( 2 ) ) );
	await came( 'script', () => document.head.append( Object.assign( document.createElement( 'script' ), { src: raw( 3 ) } ) ) );
	await sallyport.import( 'user:Mara/' + name ).then( ( e ) => out.push( 'sallyport.import: ran ' + e ), ( e ) => out.push( 'sallyport.import: ' + ( e.name === 'SallyportRefused' ? 'refused by ' + ( e.rule || e.code ) : String( e ) ) ) );
	return out;
} )`

func outcome(how, export string) []string {
	last := "sallyport.import: " + how
	if how == "ran" {
		last += " " + export
	}
	return []string{"importScript: " + how, "mw.loader.load: " + how, "$.getScript: " + how, "script: " + how, last}
}

// Every idiom of loading a script, as nobody, a reader and somebody with power: what runs, what is refused, and that nothing else breaks.
func TestScriptsRunForWhomTheRulesLetThemInEveryIdiom(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(rules, []byte(entryRules), 0o600); err != nil {
		t.Fatal(err)
	}
	g := guard(t, realWiki, fmt.Sprintf("[breaker]\nenabled = false\n[entry]\nmode = \"enforce\"\nrules = %q\n", rules))
	for _, name := range []string{"Mara", "Noor", "Bob"} {
		g.addUser(name, password(name))
	}
	for name, could := range map[string]string{
		"calm": "mw.notify( 'calm' );", "contacts": "fetch( 'https://words.test/' );", "evaluates": "eval( window.never );", "again": "eval( window.never );", "cookies": "window.kept = document.cookie;",
		"throws": "fetch( 'https://words.test/' ); } throw new Error( 'of its own' ); {",
	} {
		g.edit("Mara", "User:Mara/"+name+".js", scriptThat(name, could))
	}
	g.edit("Noor", "User:Noor/common.js", scriptThat("common", ""))
	g.edit("Bob", "User:Bob/common.js", scriptThat("common", "eval( window.never );"))
	for _, title := range []string{"User:Mara/calm.js", "User:Mara/contacts.js", "User:Mara/evaluates.js", "User:Mara/again.js", "User:Mara/cookies.js", "User:Mara/throws.js", "User:Bob/common.js"} {
		g.eventually(title+" is read", func() bool {
			var e struct{ Facts struct{ Read bool } }
			return json.Unmarshal([]byte(g.sally("entry", "explain", "--config", g.file, "--format", "json", "-", title)), &e) == nil && e.Facts.Read
		})
	}
	b := browsertest.Start(t)
	try := func(p *browsertest.Page, who, name, how string) {
		t.Helper()
		if got, want := browsertest.Eval[[]string](p, tryIdioms+fmt.Sprintf("( %q )", name)), outcome(how, name); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s as %s:\n%s\nwant\n%s", name, who, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	open := func(p *browsertest.Page) {
		t.Helper()
		p.Goto(g.page("Main_Page"))
		p.WaitFor("window.mw && mw.loader.getState( 'mediawiki.base' ) === 'ready' && window.$ && window.sallyport")
	}
	whole := func(p *browsertest.Page, who string) {
		t.Helper()
		if got := browsertest.Eval[string](p, "mw.loader.using( [ 'mediawiki.api', 'mediawiki.util' ] ).then( () => new mw.Api().get( { meta: 'siteinfo' } ) ).then( ( a ) => a.query ? 'whole' : 'broken' )"); got != "whole" {
			t.Errorf("the page of %s is %s", who, got)
		}
		for _, m := range p.Problems() {
			if !strings.Contains(m.Text, "SallyportRefused") {
				t.Errorf("as %s: %s", who, m.Text)
			}
		}
	}

	p := b.NewPage(t)
	open(p)
	try(p, "nobody", "calm", "ran")
	try(p, "nobody", "contacts", "ran")
	try(p, "nobody", "evaluates", "refused by evaluates")
	p.WaitFor("[ ...document.querySelectorAll( '.mw-notification' ) ].some( ( e ) => e.textContent.includes( 'User:Mara/evaluates.js was not run. It runs text as a program.' ) )")
	p.WaitFor("[ ...document.querySelectorAll( '.mw-notification' ) ].filter( ( e ) => e.textContent.includes( 'User:Mara/contacts.js runs. It contacts another site.' ) ).length <= 1")
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, "entry-refused.png"))
	}
	whole(p, "nobody")
	// What is told after the notice is there joins it.
	browsertest.Eval[bool](p, "importScript( 'User:Mara/again.js' ), true")
	p.WaitFor("[ ...document.querySelectorAll( '.mw-notification-tag-sallyport-stays.mw-notification-visible' ) ].some( ( e ) => [ 'evaluates', 'again' ].every( ( name ) => e.textContent.includes( `User:Mara/${ name }.js was not run.` ) ) )")
	browsertest.Eval[bool](p, "importScript( 'User:Mara/throws.js' ), true")
	p.WaitFor("[ ...document.querySelectorAll( '.mw-notification-tag-sallyport-goes' ) ].some( ( e ) => e.textContent.includes( 'User:Mara/throws.js runs. It contacts another site.' ) )")
	p.WaitFor("document.querySelectorAll( '.mw-notification' ).length === 2") // what was refused, and what runs
	p.Forget()

	g.login(p, "Noor")
	open(p)
	p.WaitFor("window.ran && ran.common === 1")
	try(p, "a reader", "cookies", "refused by cookies")
	link := browsertest.Eval[string](p, "new Promise( ( done ) => { const look = () => { const a = document.querySelector( '.mw-notification a[href*=\"/agree?\"]' ); a ? done( a.href ) : setTimeout( look, 20 ); }; look(); } )")
	p.Goto(link)
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		p.Screenshot(filepath.Join(dir, "entry-agree.png"))
	}
	p.ClickTo(`form[action="/sallyport/agree"] button`)
	open(p)
	g.eventually("the yes is known", func() bool {
		return browsertest.Eval[bool](p, "sallyport.import( 'User:Mara/cookies' ).then( () => true, () => false )")
	})
	open(p)
	try(p, "a reader who agreed", "cookies", "ran")
	whole(p, "a reader")

	admin := b.NewPage(t)
	g.login(admin, "Admin")
	open(admin)
	try(admin, "somebody with power", "calm", "refused by loose")
	rev := browsertest.Eval[int64](admin, "new mw.Api().get( { prop: 'revisions', titles: 'User:Mara/calm.js', rvprop: 'ids', formatversion: 2 } ).then( ( a ) => a.query.pages[ 0 ].revisions[ 0 ].revid )")
	if got := browsertest.Eval[string](admin, fmt.Sprintf("sallyport.import( 'User:Mara/calm@%d' ).then( ( e ) => e, String )", rev)); got != "calm" {
		t.Errorf("pinned: %s", got)
	}
	whole(admin, "somebody with power")

	bob := b.NewPage(t)
	g.login(bob, "Bob")
	open(bob)
	bob.WaitFor("mw.loader.getState( 'user' ) === 'ready' && [ ...document.querySelectorAll( '.mw-notification' ) ].some( ( e ) => e.textContent.includes( 'User:Bob/common.js was not run.' ) )")
	if got := browsertest.Eval[bool](bob, "!window.ran"); !got {
		t.Error("a common.js that a rule refuses ran")
	}
	if r, err := local.Get(g.front + g.script + "/load.php?modules=user&only=scripts&skin=vector&user=" + url.QueryEscape("Bob")); err != nil || r.StatusCode != 200 {
		t.Error(err)
	} else {
		_ = r.Body.Close()
	}
	whole(bob, "somebody whose common.js is refused")

	// Who was served what is known, however it was loaded; what was refused was served to nobody.
	for title, want := range map[string]string{
		"User:Mara/calm.js": "Admin, nobody", "User:Mara/contacts.js": "nobody", "User:Mara/evaluates.js": "", "User:Mara/cookies.js": "Noor", "User:Noor/common.js": "Noor", "User:Bob/common.js": "",
	} {
		g.eventually(fmt.Sprintf("%s was served to %q, and to nobody else", title, want), func() bool { return g.servedTo(title) == want })
	}

	// What is switched off runs for nobody, whatever the rules say, and comes back.
	served := func() bool {
		r, err := local.Get(g.front + g.script + "/index.php?action=raw&ctype=text/javascript&title=User:Mara/calm.js")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(body), "window.ran")
	}
	g.sally("switch", "off", "--config", g.file, "--reason", "the account was taken over", "--by", "Admin", "author", "Mara")
	g.eventually("it is off", func() bool { return !served() })
	last := b.NewPage(t)
	open(last)
	try(last, "nobody, while its author is off", "calm", "refused by stopped")
	last.WaitFor("[ ...document.querySelectorAll( '.mw-notification' ) ].some( ( e ) => /User:Mara.calm.js is switched off .* by Admin. Reason: the account was taken over/.test( e.textContent ) )")
	whole(last, "nobody, while an author is off")
	g.sally("switch", "on", "--config", g.file, "1")
	g.eventually("it is on again", served)
	open(last)
	try(last, "nobody", "calm", "ran")
}

// servedTo lists whom a page's texts were served to, as far as that is kept yet.
func (g *guarded) servedTo(title string) string {
	g.Helper()
	var a struct {
		People []struct{ Name string }
		Nobody any `json:"not_logged_in"`
		Missed int
	}
	if err := json.Unmarshal([]byte(g.sally("exposure", "--config", g.file, "--format", "json", title)), &a); err != nil || a.Missed > 0 {
		g.Errorf("%v %+v", err, a)
	}
	var all []string
	for _, p := range a.People {
		all = append(all, p.Name)
	}
	if a.Nobody != nil {
		all = append(all, "nobody")
	}
	return strings.Join(all, ", ")
}

package delivery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browsertest"
	"sallyport/internal/message"
)

func TestUnderAPolicyEachGadgetHasAPathOfItsOwn(t *testing.T) {
	w := newWorld(t, [][2]string{
		{"User:Mara/doit.js", "document.title = 'done';"}, {"User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`},
		{"User:Mara/lib.js", "module.exports = 1;"}, {"User:Mara/lib.gadget", `{"module":{"pages":["/lib.js"]}}`},
	})
	w.switchOn("Noor", "doit")
	startup := "/load.php?modules=ext.gadgets.userstartup&only=scripts&raw=1&user=Noor&lang=he"
	if plain := w.get(startup).Body.String(); strings.Contains(plain, "sources") || strings.Contains(plain, "kept") {
		t.Errorf("without a policy: %s", plain)
	}
	w.d = New(Options{Gadgets: w.reg, Base: "/sallyport", Kept: func(lang string) [3]string { return [3]string{"$1 $2 " + lang, "$1 " + lang, "What?"} },
		Told: func(lang string) *message.Told { return &message.Told{Close: "Close " + lang} }})
	own := fmt.Sprintf("sallyport-p%d", w.id("doit"))
	path := fmt.Sprintf("/g/p%d/load.php", w.id("doit"))
	said := w.get(startup).Body.String()
	for _, want := range []string{fmt.Sprintf(`[],0,%q]`, own), fmt.Sprintf(`"sources":{%q:"/sallyport%s"}`, own, path), `"kept":["$1 $2 he","$1 he","What?"]`, `"close":"Close he"`} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	query := "?lang=en&modules=" + w.module("doit")
	if one := w.get(path + query); one.Code != 200 || one.Body.String() != w.get("/load.php"+query).Body.String() || !strings.Contains(one.Body.String(), "done") {
		t.Errorf("%d %s", one.Code, one.Body)
	}
	for _, other := range []string{path + "?modules=" + w.module("lib"), path + query + "|" + w.module("lib"), path, "/g/p99999/load.php" + query} {
		if w.get(other).Code != 404 {
			t.Errorf("%s names another gadget's script with this one's path", other)
		}
	}
}

// aloud are the words around what a page tells.
const aloud = `{ scripts: 'Not loaded: $1', servers: 'Kept from: $1', runs: 'To know: $1', close: 'Close' }`

// A notice names three servers at most, each once, and says no more than what a policy did to the page.
func TestAPageSaysWhatItWasKeptFrom(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	act := `( mw, say, violate, sallyport, notices, shown ) => {
		const kept = ( blockedURI, sourceFile, more ) => violate( Object.assign( { isTrusted: true, disposition: 'enforce', effectiveDirective: 'connect-src', blockedURI, sourceFile }, more ) );
		const own = location.origin + '/sallyport/g/p7/load.php';
		kept( 'https://one.test/x?token=secret', own );
		mw.sallyport.start( { rows: [], load: [], names: { 'User:Mara/Quick_words.gadget': 'ext.usergadget.p7', 'ext.usergadget.p7': 'ext.usergadget.p7' }, kept: [ '$1 kept from $2.', 'Kept from $1.', 'What?' ], told: ` + aloud + ` } );
		kept( 'https://one.test/y', '' );
		kept( 'https://forged.test/', own, { isTrusted: false } );
		kept( 'https://reported.test/', own, { disposition: 'report' } );
		kept( 'inline', own );
		kept( 'wss://two.test:8443', '', { effectiveDirective: 'img-src' } );
		kept( 'https://three.test/', location.origin + '/w/load.php' );
		kept( 'https://four.test/', own );
		say( shown( notices[ 0 ].box ) );
	}`
	got := boots(t, p, act, bootWorld{Config: mara})[0][len(onBoot):]
	one := "Quick words kept from https://one.test. [/sallyport/blocked?host=https%3A%2F%2Fone.test&directive=connect-src&script=p7] What?"
	two := "Kept from wss://two.test:8443. [/sallyport/blocked?host=wss%3A%2F%2Ftwo.test%3A8443&directive=img-src] What?"
	three := "Kept from https://three.test. [/sallyport/blocked?host=https%3A%2F%2Fthree.test&directive=connect-src] What?"
	want := []string{"notify sallyport-stays stays " + one + " / Close", "load []", strings.Join([]string{"Kept from: 3", one, two, three, "Close"}, " / ")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever there is to tell is one notice that grows, and one more for scripts that run. Nothing is said twice, nothing takes the focus,
// and who closes it with the keyboard is back where they were.
func TestWhatAPageTellsIsOneNoticeThatGrows(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	act := `( mw, say, violate, sallyport, notices, shown ) => {
		const words = ` + aloud + `, script = ( name, stops = true, more = '' ) => sallyport.tell( { id: name, sort: stops ? 'scripts' : 'runs', stops, text: name + more, link: '/about/' + name, look: 'Look' }, words );
		const field = document.body.appendChild( document.createElement( 'input' ) );
		field.focus();
		script( 'A' );
		script( 'B' );
		script( 'A', true, ' again' );
		script( 'constructor' );
		script( 'A', false );
		sallyport.tell( { id: 'server x', sort: 'servers', stops: true, text: 'x' }, words );
		say( shown( notices[ 0 ].box ), Object.entries( notices[ 0 ].attributes ) );
		script( 'C', false );
		script( 'C' );
		say( document.activeElement === field );

		const [ { notice, box }, other ] = notices, close = box.querySelector( 'button' );
		close.focus();
		close.dispatchEvent( new KeyboardEvent( 'keydown', { key: 'Escape', bubbles: true } ) );
		say( notice.isOpen, document.activeElement === field );
		script( 'B' );
		for ( let i = 1; i <= 40; i++ ) {
			script( 'n' + i );
		}
		const late = notices[ 2 ].box, list = late.querySelector( 'ul' );
		say( shown( late ).split( ' / ' )[ 0 ], list.children.length, list.tabIndex, list.getAttribute( 'aria-label' ) );
		script( 'D', false );
		say( shown( other.box ), other.notice.timer > 0 );
		say( [ ...late.querySelectorAll( 'p, li' ) ].every( ( e ) => e.dir === 'auto' ), notices.length );
		field.remove();
	}`
	got := boots(t, p, act, bootWorld{Config: object{}})[0][1:]
	want := []string{
		"notify sallyport-stays stays A [/about/A] Look / Close",
		"Not loaded: 3 · Kept from: 1 / A [/about/A] Look / B [/about/B] Look / constructor [/about/constructor] Look / x / Close aria-atomic,false",
		"notify sallyport-goes goes C [/about/C] Look / Close",
		"true",
		"false true",
		"notify sallyport-stays stays n1 [/about/n1] Look / Close",
		"Not loaded: 40 30 0 Not loaded: 40",
		"To know: 2 / C [/about/C] Look / D [/about/D] Look / Close true",
		"true 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

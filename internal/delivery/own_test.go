package delivery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browsertest"
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
	w.d = New(Options{Gadgets: w.reg, Base: "/sallyport", Kept: func(lang string) [3]string { return [3]string{"$1 $2 " + lang, "$1 " + lang, "What?"} }})
	own := fmt.Sprintf("sallyport-p%d", w.id("doit"))
	path := fmt.Sprintf("/g/p%d/load.php", w.id("doit"))
	said := w.get(startup).Body.String()
	for _, want := range []string{fmt.Sprintf(`[],0,%q]`, own), fmt.Sprintf(`"sources":{%q:"/sallyport%s"}`, own, path), `"kept":["$1 $2 he","$1 he","What?"]`} {
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

// A notice names three servers at most, each once, and says no more than what a policy did to the page.
func TestAPageSaysWhatItWasKeptFrom(t *testing.T) {
	p := browsertest.Start(t).NewPage(t)
	act := `( mw, say, violate ) => {
		const kept = ( blockedURI, sourceFile, more ) => violate( Object.assign( { isTrusted: true, disposition: 'enforce', effectiveDirective: 'connect-src', blockedURI, sourceFile }, more ) );
		const own = location.origin + '/sallyport/g/p7/load.php';
		kept( 'https://one.test/x?token=secret', own );
		mw.sallyport.start( { rows: [], load: [], names: { 'User:Mara/Quick_words.gadget': 'ext.usergadget.p7', 'ext.usergadget.p7': 'ext.usergadget.p7' }, kept: [ '$1 kept from $2.', 'Kept from $1.', 'What?' ] } );
		kept( 'https://one.test/y', '' );
		kept( 'https://forged.test/', own, { isTrusted: false } );
		kept( 'https://reported.test/', own, { disposition: 'report' } );
		kept( 'inline', own );
		kept( 'wss://two.test:8443', '', { effectiveDirective: 'img-src' } );
		kept( 'https://three.test/', location.origin + '/w/load.php' );
		kept( 'https://four.test/', own );
	}`
	got := boots(t, p, act, bootWorld{Config: mara})[0][len(onBoot):]
	one := "Quick words kept from https://one.test. [/sallyport/blocked?host=https%3A%2F%2Fone.test&directive=connect-src&script=p7] What?"
	two := one + " / Kept from wss://two.test:8443. [/sallyport/blocked?host=wss%3A%2F%2Ftwo.test%3A8443&directive=img-src] What?"
	want := []string{"notify " + one, "load []", "notify " + two, "notify " + two + " / Kept from https://three.test. [/sallyport/blocked?host=https%3A%2F%2Fthree.test&directive=connect-src] What?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

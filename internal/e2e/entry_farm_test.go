package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

const farmRules = `
[[rule]]
name = "evaluates"
kinds = ["farm"]
capabilities = ["eval"]
then = "refuse"
because = "It runs text as a program."
[[rule]]
name = "unread"
kinds = ["farm"]
unread = true
then = "refuse"
because = "Nobody has read it."
[[rule]]
name = "rest"
then = "allow"
`

// A script of another wiki comes by way of us, with what it names there, once our rules let it; the reader's browser asks that wiki for
// nothing.
func TestAScriptOfTheFarmIsImportedByWayOfUs(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(rules, []byte(farmRules), 0o600); err != nil {
		t.Fatal(err)
	}
	far := pretendWiki(t, "")
	far.people("Mara")
	far.edit("Mara", "User:Mara/base.js", "module.exports = 40;")
	far.edit("Mara", "User:Mara/kit.css", "#firstHeading { color: rgb(1, 2, 3) }")
	far.edit("Mara", "User:Mara/kit.js", "// @require [[User:Mara/base.js]]\n// @require [[User:Mara/kit.css]]\n// @export n\nvar n = require( 'User:Mara/base.js' ) + 2;")
	far.edit("Mara", "User:Mara/bad.js", "eval( window.never );")
	g := guard(t, pretendWiki, fmt.Sprintf("[breaker]\nenabled = false\n[entry]\nmode = \"enforce\"\nrules = %q\n[entry.farm]\nfar = { url = %q, script_path = %q, prefixes = [\"f\"] }\n",
		rules, far.back, far.script))
	g.people("Mara")
	g.edit("Mara", "User:Mara/base.js", "module.exports = 'the base of this wiki';")
	p := browsertest.Start(t).NewPage(t)
	p.Goto(g.page("Main_Page"))
	p.WaitFor("window.mw && mw.loader && mw.loader.using && window.sallyport")
	try := func(name string) string {
		return browsertest.Eval[string](p, fmt.Sprintf("sallyport.import( %q ).then( String, ( e ) => e.name + ' ' + e.code + ' ' + e.message )", name))
	}
	for name, want := range map[string]string{
		"f:User:Mara/kit":   "42",
		"far:User:Mara/kit": "42",
		"far:User:Mara/bad": "SallyportRefused refused far:User:Mara/bad.js was not run. It runs text as a program.",
	} {
		g.eventually(name+" is read, and gives "+want, func() bool { return try(name) == want })
	}
	for name, want := range map[string]string{
		"far:User:Mara/none":       "ImportError missing",
		far.back + "/w/index.php":  "ImportError farm",
		"far:User:Mara/kit@999999": "ImportError missing",
	} {
		if got := try(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	p.WaitFor("getComputedStyle( document.querySelector( '#firstHeading' ) ).color === 'rgb(1, 2, 3)'")
	for _, r := range p.Requests() {
		if strings.HasPrefix(r.URL, far.back) {
			t.Errorf("the browser asked the other wiki for %s", r.URL)
		}
	}
}

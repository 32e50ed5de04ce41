package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browser"
	"sallyport/internal/decoy"
	"sallyport/internal/trace"
)

func TestTheNamesOfAScriptAreReadFromIt(t *testing.T) {
	n := namesOf(`var Lamp = window.Lamp || {}, own = 1;
function lit() { inner = 2; var local = local2; }
( function ( $, mw ) { mw.libs.harbour = {}; $.fn.glow = 1; Lamp.colour = 'red'; $( '#x' ).shine(); }( jQuery, mediaWiki ) );
window.Buoy = function () { return own + Anchor.weight( window.Rope.knot ) + typeof Sail; };
document.title = ''; mediaWiki.util.tie();`)
	if diff := cmp.Diff([]string{"Lamp"}, sorted(n.shares)); diff != "" {
		t.Error("shares", diff)
	}
	if diff := cmp.Diff([]string{"$.fn.glow", "Buoy", "Lamp.colour", "inner", "lit", "mw.libs.harbour", "own"}, sorted(n.gives)); diff != "" {
		t.Error("gives", diff)
	}
	for _, want := range []string{"Lamp", "Anchor", "Anchor.weight", "Rope", "Rope.knot", "Sail", "local2", "mw.util.tie", "$.fn.shine"} {
		if !n.takes[want] {
			t.Errorf("%s is not taken", want)
		}
	}
	for _, not := range []string{"own", "Buoy", "local", "mw.libs.harbour", "Lamp.colour"} {
		if n.takes[not] {
			t.Errorf("%s is taken", not)
		}
	}
}

func TestWhatAScriptTakesForGrantedGoesBeforeIt(t *testing.T) {
	l := &decoy.Library{}
	l.Add("src/base.js", "window.Base = {};")
	l.Add("src/lamp.js", "var Lamp = { of: Base }; Lamp.unused = Later.thing;")
	l.Add("base.js", "window.Base = {};") // the same once more
	l.Add("dist/lamp.js", "var Lamp = {}, Lamps = { more: Base, and: 'much longer', so: 'further' };")
	l.Add("dist/module.js", "var Lamp = {};") // another build of the script
	l.Add("later.js", "var Later = {};")
	l.Add("unasked.js", "var Unasked = {};")
	l.Add("User:Mallory/lamp.js", "var Lamp = {}, Stranger = {};")
	box, err := New(Options{Library: l})
	if err != nil {
		t.Fatal(err)
	}
	u := box.read(Script{Path: "repo/src/module.js", Title: "MediaWiki:Gadget-module.js", Text: "Lamp.light(); Stranger.go();"})
	var got []string
	for _, c := range u.together.out {
		got = append(got, c.Title+": "+c.Text)
	}
	want := []string{"MediaWiki:Gadget-base.js: window.Base = {};", "MediaWiki:Gadget-later.js: var Later = {};", "MediaWiki:Gadget-lamp.js: var Lamp = { of: Base }; Lamp.unused = Later.thing;"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if u.together.sum == "" {
		t.Error("the baseline of a script in company is that of one alone")
	}
}

func TestTheDefinitionOfAGadgetSaysWhatGoesBeforeAPage(t *testing.T) {
	l := &decoy.Library{}
	l.Define("== tools ==\n* lamp[ResourceLoader|dependencies=oojs-ui-core,ext.gadget.base]|first.js|lamp.css|second.js|third.js\n* base[ResourceLoader|hidden|dependencies=ext.gadget.lamp]|base.js\n")
	for _, name := range []string{"first", "second", "third", "base"} {
		l.Add("src/"+name+".js", "/* "+name+" */")
	}
	box, err := New(Options{Library: l})
	if err != nil {
		t.Fatal(err)
	}
	u := box.read(Script{Path: "repo/src/third.js", Text: "third();"})
	var got []string
	for _, c := range u.together.out {
		got = append(got, c.Title+" "+c.Text)
	}
	want := []string{"MediaWiki:Gadget-first.js /* first */", "MediaWiki:Gadget-second.js /* second */", "MediaWiki:Gadget-base.js /* base */"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(u.modules, "oojs-ui-core") || slices.Contains(u.modules, "ext.gadget.base") {
		t.Errorf("modules %v", u.modules)
	}
}

func TestRequiredFilesAreFoundAndMissingOnesAreSaid(t *testing.T) {
	theScript := "require( './a' ); require( './gone.json' ); require( 'mediawiki.util' );"
	l := &decoy.Library{}
	l.Add("src/a.js", "module.exports = require( './deep/b' );")
	l.Add("src/deep/b.js", "module.exports = [ require( '../a.js' ), require( '../main.js' ) ];")
	l.Add("a.js", "module.exports = 'the nearer one is meant';")
	l.Add("src/main.js", theScript)
	box, err := New(Options{Library: l})
	if err != nil {
		t.Fatal(err)
	}
	u := box.read(Script{Path: "repo/src/main.js", Text: theScript})
	var got []string
	for _, c := range u.together.out {
		got = append(got, strings.TrimPrefix(c.Title, "User:Skript Keeper/")+map[bool]string{true: " is missing"}[c.Missing])
	}
	if diff := cmp.Diff([]string{"b.js", "a.js", "gone.json is missing"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheScriptAnswersForItselfAndNotForItsCompanions(t *testing.T) {
	takesLong(t)
	l := &decoy.Library{}
	l.Add("base.js", `window.Base = { send: function ( x ) { fetch( 'https://asked.test/' + x ); } };
document.addEventListener( 'keydown', function () {} );
fetch( 'https://base.test/on/its/own' );
throw new TypeError( 'the companion breaks' );`)
	l.Add("tool.js", "exports.say = function ( x ) { new Image().src = 'https://tool.test/' + x; };")
	s, err := New(Options{
		Tier: Quick, Library: l, Browser: browser.Options{Proof: proofFor(t)}, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
		Until: func(r *trace.Report) bool { return r.Visits.Runs >= 2 },
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(context.Background(), Script{Path: "x.js", Title: "User:Mara/x.js", Text: `Base.send( 'lamp' );
require( './tool.js' ).say( 'lamp' );
require( './gone.js' ).anything().at( 'all' );`})
	if err != nil {
		t.Fatal(err)
	}
	var hosts, imports []string
	for _, h := range r.Report.Hosts {
		hosts = append(hosts, h.Host)
	}
	for _, i := range r.Report.Imports {
		imports = append(imports, i.Target+map[bool]string{false: " is missing"}[i.Resolved])
	}
	if diff := cmp.Diff([]string{"asked.test", "tool.test"}, hosts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"User:Mara/base.js", "User:Mara/gone.js is missing", "User:Mara/tool.js"}, imports); diff != "" {
		t.Error(diff)
	}
	if slices.ContainsFunc(r.Report.Findings, func(f trace.Finding) bool { return f.Rule == "imports" }) {
		t.Errorf("its own gadget counts as code from elsewhere: %+v", r.Report.Findings)
	}
	for _, e := range r.Log.Of(trace.Request) {
		if strings.Contains(e.Data.URL, "asked.test") && (e.Script == nil || e.Script.Line != 1 || e.Script.Column > 20) {
			t.Errorf("what it had a companion do is said to come from %+v", e.Script)
		}
	}
	for _, e := range r.Log.Of(trace.Error, trace.Listen) {
		if e.Kind == trace.Error && !decoy.IsCompanion(e.Data.URL) || e.Kind == trace.Listen && e.Data.Name == "keydown" {
			t.Errorf("%s %s is put down to it", e.Kind, e.Data.Text)
		}
	}
	if r.Report.Functions.Total != 1 || r.Report.Coverage != 1 {
		t.Errorf("%d functions are counted", r.Report.Functions.Total)
	}
}

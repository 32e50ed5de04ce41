package sandbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/gate"
	"sallyport/internal/trace"
)

func TestANameIsMadeThatAPatternFits(t *testing.T) {
	for _, c := range []struct {
		pattern string
		length  int
		want    string
	}{
		{"^L.+p9$", 0, "Lap9"}, {"^L.+p9$", 9, "Laaaaaap9"}, {"^(?:Ida|Ben)$", 0, "Ida"}, {"/^k\\w{2,4}r$/i", 0, "Kaar"}, {"^a*$", 3, "aaa"}, {"(", 0, ""}, {"^(?<x>a)(?!b)", 0, ""},
	} {
		if got := capitaliseIf(sample(c.pattern, c.length), c.want); got != c.want {
			t.Errorf("%s at %d: %q, not %q", c.pattern, c.length, got, c.want)
		}
	}
}

// capitaliseIf leaves the case of the first letter to whoever makes a name of it.
func capitaliseIf(got, want string) string {
	if got != "" && want != "" && want[0] >= 'A' && want[0] <= 'Z' {
		return capitalise(got)
	}
	return got
}

func demanded(t *testing.T, script string) *demand {
	t.Helper()
	u := &subject{Script: Script{Text: script}}
	u.source = gate.Read([]byte(script), gate.Options{})
	u.constants = u.source.Constants()
	return demandOf(u, theDay)
}

func TestWhatAScriptAsksForIsPlanned(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`if ( mw.config.get( 'wgPageContentModel' ) === 'json' ) { x(); }`, "User:$me/lamps.json"},
		{`if ( mw.config.get( 'wgPageName' ) === 'User:' + mw.user.getName() ) { x(); }`, "User:$me"},
		{`if ( mw.config.get( 'wgRestrictionEdit' ).length ) { x(); }`, "Harbour rules"},
		{`if ( mw.config.get( 'wgCanonicalSpecialPageName' ) === 'Userrights' && /^ida/.test( mw.config.get( 'wgRelevantUserName' ) ) ) { x(); }`, "Special:Userrights/Ida"},
		{`if ( mw.config.get( 'wgTitle' ).length > 40 ) { x(); }`, "Harbour lights of the north and of the south"},
	} {
		d := demanded(t, c.script)
		var got []string
		for _, p := range d.pages {
			got = append(got, p.Title)
		}
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("%s\n%q, not first %s", c.script, got, c.want)
		}
	}
	d := demanded(t, `if ( mw.config.get( 'wgArticleId' ) % 89 === 0 && mw.storage.get( 'seen' ) % 6 === 0 ) { x(); }`)
	if diff := cmp.Diff([]any{4806, "5", 2}, []any{d.config["wgArticleId"], d.storage["seen"], d.visits}); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAScriptMakesItselfIsNotThereBefore(t *testing.T) {
	for _, c := range []struct {
		text, sel string
		want      bool
	}{
		{`if ( document.getElementById( 'ca-lamp' ) ) { return; } mw.util.addPortletLink( 'p-cactions', '#', 'Lamp', 'ca-lamp' );`, "#ca-lamp", true},
		{`if ( !$( '#lamps' ).length ) { $( '<div id="lamps">' ).appendTo( 'body' ); }`, "#lamps", true},
		{`if ( !$( '.lamps' ).length ) { $( '<div class="tall lamps">' ).appendTo( 'body' ); }`, ".lamps", true},
		{`if ( q( '.lamps' ) ) { return; } el.classList.add( 'lamps' );`, ".lamps", true},
		{`x = q( '#lamps' ); x.append( y ); q( '#lamps' ).remove();`, "#lamps", false},
		{`document.getElementById( 'lamps' ).value = 1;`, "#lamps", false},
	} {
		if got := makes(c.text, c.sel); got != c.want {
			t.Errorf("%s in %s: %v", c.sel, c.text, got)
		}
	}
}

func TestPrefixesAreReadOfScriptsThatKnowTheList(t *testing.T) {
	const rest = `map[ 'lampsrc:tips' ]; x = 'https://a.test/'; y = 'user:Ida'; z = "color: red";`
	if diff := cmp.Diff([]string{"lampsrc"}, prefixesIn(`siprop: 'interwikimap'; `+rest)); diff != "" {
		t.Error(diff)
	}
	if got := prefixesIn(rest); len(got) > 0 {
		t.Error(got)
	}
}

// A condition turned to one side and to the other are two runs.
func TestBothSidesOfAConditionAreRuns(t *testing.T) {
	p := &planner{l: &look{s: &Sandbox{}}, had: map[string]bool{}}
	for _, to := range []bool{true, false, true} {
		p.add(spec{stage: trace.Forced, turns: map[int]gate.Turn{1: {To: to}}})
	}
	if len(p.list) != 2 {
		t.Errorf("%d runs", len(p.list))
	}
}

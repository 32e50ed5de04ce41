package e2e

import (
	"testing"

	"sallyport/internal/browsertest"
)

func TestMyGadgetsIsLinkedFromTheMenuAndFromPreferences(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Noor")
		s.edit("Noor", "Sandbox", "text")
		s.edit("Admin", "MediaWiki:Gadgets-definition", "* site[ResourceLoader]|site.js")
		s.edit("Admin", "MediaWiki:Gadget-site.js", marks("site", "runs"))
		p := browser.NewPage(s.T)
		s.login(p, "Noor")
		p.Goto(s.page("Sandbox"))
		p.WaitFor("document.querySelector( '#p-personal #pt-usergadgets a' )?.getAttribute( 'href' ) === '/sallyport/'")
		p.ClickTo("#pt-usergadgets a")
		p.WaitFor("location.pathname === '/sallyport/'")
		p.Goto(s.page("Special:Preferences") + "#mw-prefsection-gadgets")
		p.ClickTo("a[href='/sallyport/']") // visible, in the tab that is open
		p.WaitFor("location.pathname === '/sallyport/'")
	})
}

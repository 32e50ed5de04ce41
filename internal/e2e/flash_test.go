package e2e

import (
	"testing"

	"sallyport/internal/browsertest"
)

// A style sheet that arrives after the first drawing makes the page flash. Chromium says of each resource whether drawing
// waited for it, and when it drew first.
func TestStylesAreThereBeforeThePageIsDrawn(t *testing.T) {
	browser := browsertest.Start(t)
	onBoth(t, func(s *site) {
		s.people("Noor")
		s.edit("Noor", "Sandbox", "text")
		s.edit("Noor", "User:Noor/style.css", "#firstHeading { letter-spacing: 7px; }")
		s.edit("Noor", "User:Noor/style.gadget", `{"module":{"pages":["/style.css"]}}`)
		p := browser.NewPage(s.T)
		s.login(p, "Noor")
		s.tick(p, s.module("User:Noor/style"))
		for range 3 {
			p.Goto(s.page("Sandbox"))
			p.WaitFor("performance.getEntriesByName( 'first-paint' ).length > 0")
			const sheet = "performance.getEntriesByType( 'resource' ).find( ( r ) => r.name.includes( 'userstyles' ) )"
			if got := browsertest.Eval[string](p, sheet+".renderBlockingStatus"); got != "blocking" {
				s.Errorf("the style sheet is %s", got)
			}
			if late := browsertest.Eval[float64](p, sheet+".responseEnd - performance.getEntriesByName( 'first-paint' )[ 0 ].startTime"); late > 0 {
				s.Errorf("the style sheet came %.1f ms after the first drawing", late)
			}
			p.WaitFor("getComputedStyle( document.querySelector( '#firstHeading' ) ).letterSpacing === '7px'")
		}
	})
}

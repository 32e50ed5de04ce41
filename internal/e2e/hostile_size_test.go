package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/bundle"
)

// definitionOf is the text of a definition with these pages of Mara's.
func definitionOf(pages ...string) string {
	text, _ := json.Marshal(map[string]any{"module": map[string]any{"pages": pages}})
	return string(text)
}

// heavy is a script of so many bytes that does one thing.
func heavy(size int, does string) string {
	return "/* " + strings.Repeat("x", size-len(does)-6) + " */" + does
}

// A gadget may name 200 pages; more bytes than a gadget may have are left out page by page, each with a reason, and what is
// there runs. The gadget beside it is served whatever the big ones weigh.
func TestBigGadgetsAreBoundedAndTheirSiblingIsServed(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		var pages []string
		for i := range 200 {
			pages = append(pages, fmt.Sprintf("/many/%d.js", i))
			s.saveScript(fmt.Sprintf("many/%d", i), fmt.Sprintf("count( %d );", i))
		}
		s.define("many", definitionOf(pages...))
		pages = nil
		for i := range 6 {
			pages = append(pages, fmt.Sprintf("/heavy-%d.js", i))
			s.saveScript(fmt.Sprintf("heavy-%d", i), heavy(1_900_000, fmt.Sprintf("weigh( %d );", i)))
		}
		s.define("heavy", definitionOf(pages...))
		size := 10 << 20
		if s.kind == "mediawiki" {
			size = 3 << 20 // more than a page may have there by default, and less than its API can hand over
		}
		s.saveScript("huge", heavy(size, "huge();"))
		s.saveScript("small", "small();")
		s.define("huge", definitionOf("/huge.js", "/small.js"))
		s.define("sibling", definitionOf("/small.js"))

		_, body := s.ask("GET", "/sallyport/load.php?modules="+s.module("User:Mara/many"), "")
		if n := strings.Count(body, "count("); n != 200 {
			s.Errorf("%d of 200 pages came", n)
		}
		_, body = s.ask("GET", "/sallyport/load.php?modules="+s.module("User:Mara/heavy"), "")
		for i := range 6 {
			fits := (i+1)*1_900_000 <= bundle.MaxModule
			if strings.Contains(body, fmt.Sprintf("weigh(%d)", i)) != fits || strings.Contains(body, fmt.Sprintf("User:Mara/heavy-%d.js: with this page the gadget has more than", i)) == fits {
				s.Errorf("page %d, which fits: %v: %.1000s", i, fits, body)
			}
		}
		huge := s.module("User:Mara/huge")
		_, body = s.ask("GET", "/sallyport/load.php?modules="+huge, "")
		if !strings.Contains(body, "small()") || strings.Contains(body, "huge()") || !strings.Contains(body, "User:Mara/huge.js: the page ") {
			s.Errorf("a script of %d bytes: %.1000s", size, body)
		}
		s.Logf("a script of %d bytes is answered with: %.600s", size, body)

		// What weighs so much must not keep the copy from being fresh.
		s.saveScript("small", "smaller();")
		s.eventually("an edit beside the big pages is served", func() bool {
			_, body := s.ask("GET", "/sallyport/load.php?modules="+s.module("User:Mara/sibling"), "")
			return strings.Contains(body, "smaller()")
		})
	})
}

// What a wiki would not keep in the first place the bundler refuses by itself.
func TestTheBundlerRefusesWhatNoWikiWouldKeep(t *testing.T) {
	for what, text := range map[string]string{
		"10 MB of script":        heavy(10<<20, "huge();"),
		"10 MB of open brackets": strings.Repeat("(", 10<<20),
		"10 MB of no text":       strings.Repeat("\xff", 10<<20),
	} {
		m := bundle.Build(bundle.Input{Module: "ext.usergadget.p1", Files: []bundle.File{
			{Name: "huge.js", Title: "User:Mara/huge.js", Text: text}, {Name: "small.js", Title: "User:Mara/small.js", Text: "small();"},
		}})
		body := string(m.Combined())
		if len(m.Problems) != 1 || !strings.Contains(m.Problems[0].String(), "User:Mara/huge.js: the page has 10485760 bytes, more than the 2097152") {
			t.Errorf("%s: %v", what, m.Problems)
		}
		if !strings.Contains(body, "small()") || len(body) > 4000 {
			t.Errorf("%s: %.400s", what, body)
		}
	}
}

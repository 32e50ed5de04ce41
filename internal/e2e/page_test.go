package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// fleeting is what MediaWiki itself changes from answer to answer.
var fleeting = regexp.MustCompile(`"wgRequestId":"[^"]*"|"wgBackendResponseTime":\d+|"wgPageParseReport":\{.*?\}\}|(?s:<!--.*?-->)|sid=\w+` +
	`|\b20\d{12}\b|\d\d:\d\d, \d{1,2} \w+ \d{4}`)

var tag = regexp.MustCompile(`<script src="/sallyport/boot/[0-9a-z]+\.js"></script>`)

func TestAnonymousPagesAreTheWikisOwnButForTheBootstrap(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.edit("Mara", "Sandbox", "== A heading ==\ntext & more [[Sandbox]]")
		for _, path := range []string{"?title=Sandbox", "?title=Sandbox&action=history", "?title=Sandbox&action=edit", "?title=Special:RecentChanges", "?title=Nowhere", "?title=Sandbox&safemode=1", "?title=Sandbox&action=raw", "?title=Special:UserLogin"} {
			path = s.script + "/index.php" + path
			r, through := s.get(path)
			_, own := fetch(s.T, s.back+path, "Host", strings.TrimPrefix(s.front, "http://"))
			through, own = same(through), same(s.local(own))
			if strings.Contains(path, "UserLogin") {
				through, own = noTokens.ReplaceAllString(through, ""), noTokens.ReplaceAllString(own, "")
			}
			if got := tag.ReplaceAllString(through, ""); got != own {
				s.Errorf("%s differs by more than the bootstrap: %s", path, firstDifference(own, got))
			}
			want := 1
			if strings.Contains(path, "safemode") || strings.Contains(path, "raw") || strings.Contains(path, "UserLogin") {
				want = 0
			}
			if got := len(tag.FindAllString(through, -1)); got != want {
				s.Errorf("%s (%s) has the bootstrap %d times, want %d", path, r.Header.Get("Content-Type"), got, want)
			}
		}
		_, one := s.get(s.script + "/index.php?title=Sandbox")
		_, two := s.get(s.script + "/index.php?title=Special:RecentChanges")
		if tag.FindString(one) != tag.FindString(two) {
			s.Error("the bootstrap differs from page to page")
		}
	})
}

var noTokens = regexp.MustCompile(`name="wpLoginToken"[^>]*>|value="[0-9a-f]+\+\\"`)

func same(page string) string { return fleeting.ReplaceAllString(page, "") }

// local makes the wiki's own address look like the gateway's, where a page spells it out.
func (s *site) local(page string) string { return strings.ReplaceAll(page, s.back, s.front) }

func firstDifference(want, got string) string {
	for i := 0; i < len(want) && i < len(got); i++ {
		if want[i] != got[i] {
			from := max(0, i-60)
			return fmt.Sprintf("\nwiki    …%q\ngateway …%q", want[from:min(len(want), i+120)], got[from:min(len(got), i+120)])
		}
	}
	return fmt.Sprintf("lengths %d and %d", len(want), len(got))
}

func TestTheCopyIsFreshWithinTwoSecondsOfAnEditPastTheGateway(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.edit("Mara", "User:Mara/doit.js", marks("doit", "one"))
		s.edit("Mara", "User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`)
		module := s.module("User:Mara/doit")
		var worst time.Duration
		for i := range 3 {
			want := fmt.Sprintf("version %d", i)
			s.edit("Mara", "User:Mara/doit.js", marks("doit", want))
			from := time.Now()
			s.eventually(want+" is served", func() bool {
				_, body := s.get("/sallyport/load.php?modules=" + module)
				return strings.Contains(body, want)
			})
			worst = max(worst, time.Since(from))
		}
		s.Logf("an edit past the gateway was served after %v at worst", worst.Round(time.Millisecond))
	})
}

func TestTheWikiBeingDownIsSaidAndGadgetsStayServed(t *testing.T) {
	onBoth(t, func(s *site) {
		s.people("Mara")
		s.edit("Mara", "User:Mara/doit.js", marks("doit", "one"))
		s.edit("Mara", "User:Mara/doit.gadget", `{"module":{"pages":["/doit.js"]}}`)
		module := s.module("User:Mara/doit")
		s.down()
		if r, body := s.get(s.script + "/index.php?title=Sandbox"); r.StatusCode != http.StatusBadGateway || !strings.Contains(body, "does not answer") {
			s.Errorf("a page gets %d %q", r.StatusCode, body)
		}
		if _, body := s.get("/sallyport/load.php?modules=" + module); !strings.Contains(body, `doit="one"`) && !strings.Contains(body, "'one'") {
			s.Errorf("the gadget is not served: %q", body)
		}
		if r, body := s.get("/sallyport/"); r.StatusCode >= 500 && !strings.Contains(body, "<h1") {
			s.Errorf("My gadgets: %d without a page", r.StatusCode)
		}
		s.up()
		s.eventually("pages are back", func() bool {
			r, _ := s.get(s.script + "/index.php?title=Special:RecentChanges")
			return r.StatusCode == http.StatusOK
		})
	})
}

package web

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Every page fits a window of 320 pixels and a wide one, in both directions of writing. With SCREENSHOTS=dir set, pictures
// of all of them, light and dark, are left there to be looked at.
func TestBrowserPagesFitTheirWindow(t *testing.T) {
	_, judged := withJudge(t)
	l := newLibrary()
	s := newStreet(t, withPast(t, l), importing(l, &writer{}), listedScripts(t), withBreaker(stirred(false)), underway(t), judged, withExposure(t), withSomeOff(t))
	s.wanting(t, 1, bothServers...)
	s.wanting(t, 2, append(bothServers, "script-src https://tracker.example counts", "font-src https://new.example looks good", "frame-src https://maps.example shows where")...)
	s.SetCookie(s.Server.URL, "village_session", "guard")
	s.changing(l)
	dir := os.Getenv("SCREENSHOTS")
	for _, path := range []string{"/", "/user/Ira", "/gadgets", "/gadgets?search=zzz", "/gadget/p1", "/gadget/p2", "/gadget/p3", "/gadget/p5", "/gadget/p6", "/nothing", "/incident", "/exposure?title=User:Mara/translate.js",
		"/script/User:Mara/translate.js", "/script/User:Mara/translate.css", "/script/MediaWiki:Gadget-lib.js", "/script/User:Ira/footnotes.js", "/script/" + url.PathEscape("User:"+strange+"/"+strange+".js"), "/hosts?host=https://maps.test", agreeAt("User:Mara/footnotes.js", notes)[len("/sallyport"):], "/policy?derive=99", "/scripts", "/switches?kind=gadget&target=p1"} {
		if strings.HasPrefix(path, "/policy") || strings.HasPrefix(path, "/hosts") || path == "/scripts" {
			s.SetCookie(s.Server.URL, "village_session", "decide")
		}
		if strings.HasPrefix(path, "/switches") {
			s.SetCookie(s.Server.URL, "village_session", "review")
		}
		for _, lang := range []string{"en", "he"} {
			for _, width := range []int64{320, 1100} {
				for _, colours := range []string{"light", "dark"} {
					s.colours(t, colours)
					s.Viewport(width, 800)
					s.Goto(s.Server.URL + "/sallyport" + path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "uselang=" + lang)
					wrong, _ := s.Faults()
					for _, w := range wrong {
						t.Errorf("%s in %s, %d wide, %s: %s", path, lang, width, colours, w)
					}
					if dir != "" {
						name := fmt.Sprintf("%s-%s-%d-%s.png", strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(path), lang, width, colours)
						s.Screenshot(filepath.Join(dir, name))
					}
				}
			}
		}
	}
	for _, m := range s.Problems() {
		if strings.Contains(m.Text, "Content Security Policy") {
			t.Errorf("our own policy refuses something of ours: %s", m.Text)
		}
	}
}

func (s *street) colours(t *testing.T, scheme string) {
	t.Helper()
	_, err := chromedp.Call(s.Context(), emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

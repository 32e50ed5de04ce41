package story_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
	"sallyport/internal/story"
)

func TestThePageShowsInARealBrowserAndAsksForNothing(t *testing.T) {
	b := browsertest.Start(t)
	d := hostile(t)
	var page bytes.Buffer
	if err := story.HTML(&page, d, story.Options{}); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, page.String())
	}))
	defer s.Close()
	p := b.NewPage(t)
	p.Goto(s.URL + "/")
	if border := browsertest.Eval[string](p, `getComputedStyle(document.querySelector('.finding.critical')).borderInlineStartWidth`); border != "4px" {
		t.Errorf("the style does not apply: the border is %q", border)
	}
	if ties := browsertest.Eval[int](p, `document.querySelectorAll('svg path.tie').length`); ties == 0 {
		t.Error("the picture shows nobody")
	}
	if wide := browsertest.Eval[bool](p, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("the page is wider than the window")
	}
	if nasty := browsertest.Eval[int](p, `document.querySelectorAll('script, [onerror], img').length`); nasty > 0 {
		t.Errorf("%d elements that a stranger wrote", nasty)
	}
	for _, problem := range p.Problems() {
		t.Errorf("the console says %+v", problem)
	}
	for _, r := range p.Requests() {
		if !strings.HasPrefix(r.URL, s.URL+"/") || !strings.HasSuffix(r.URL, "/") && !strings.HasSuffix(r.URL, "favicon.ico") {
			t.Errorf("the page asks for %s", r.URL)
		}
	}
}

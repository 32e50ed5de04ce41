package story_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

func TestThePagesShowInARealBrowserAndAskForNothing(t *testing.T) {
	b := browsertest.Start(t)
	d := hostile(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		write := formats[strings.TrimPrefix(r.URL.Path, "/")]
		var page bytes.Buffer
		if write == nil || write(&page, d) != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, page.String())
	}))
	defer s.Close()
	p := b.NewPage(t)
	for _, name := range []string{"story.html", "explain.html", "inventory.html"} {
		p.Goto(s.URL + "/" + name)
		if rule := browsertest.Eval[string](p, `getComputedStyle(document.querySelector('th')).textAlign`); rule != "start" {
			t.Errorf("%s: the style does not apply: a heading is %q", name, rule)
		}
		if ties := browsertest.Eval[int](p, `document.querySelectorAll('svg path.tie').length`); ties == 0 {
			t.Errorf("%s: the picture shows nobody", name)
		}
		for _, width := range []int64{320, 1200} {
			p.Viewport(width, 800)
			if browsertest.Eval[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s is wider than a window of %d", name, width)
			}
		}
		if nasty := browsertest.Eval[int](p, `document.querySelectorAll('script, [onerror], img:not([src^="data:image/png;"])').length`); nasty > 0 {
			t.Errorf("%s: %d elements that a stranger wrote", name, nasty)
		}
	}
	for _, problem := range p.Problems() {
		t.Errorf("the console says %+v", problem)
	}
	for _, r := range p.Requests() {
		if !strings.HasPrefix(r.URL, s.URL+"/") && !strings.HasPrefix(r.URL, "data:image/png;") || strings.Contains(r.URL, "script") {
			t.Errorf("a page asks for %s", r.URL)
		}
	}
}

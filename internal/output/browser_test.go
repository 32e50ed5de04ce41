package output_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/browsertest"
)

// hidden says whether the browser shows nothing of what a selector names.
const hidden = `[...document.querySelectorAll(%q)].every(e => !e.checkVisibility())`

func TestThePageFiltersInARealBrowserWithoutScripts(t *testing.T) {
	b := browsertest.Start(t)
	page := show(t, "html", append(samples(), hostile())...)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, page)
	}))
	defer s.Close()
	p := b.NewPage(t)
	p.Goto(s.URL + "/")
	isHidden := func(selector string) bool { return browsertest.Eval[bool](p, fmt.Sprintf(hidden, selector)) }

	if isHidden(".finding.critical") || isHidden(".finding.high") {
		t.Error("findings are hidden before anybody asks for it")
	}
	p.Click("#critical")
	if !isHidden(".finding.critical") || isHidden(".finding.high") {
		t.Error("without critical findings, the page shows the wrong ones")
	}
	p.Click("#can1")
	if isHidden("article.can1") || !isHidden("article:not(.can1)") {
		t.Error("one capability's scripts are not what the page shows")
	}
	if border := browsertest.Eval[string](p, `getComputedStyle(document.querySelector('.finding.high')).borderInlineStartWidth`); border != "4px" {
		t.Errorf("the style does not apply: the border is %q", border)
	}
	if wide := browsertest.Eval[bool](p, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("the page is wider than the window")
	}
	for _, problem := range p.Problems() {
		t.Errorf("the console says %+v", problem)
	}
	for _, r := range p.Requests() {
		if !strings.HasPrefix(r.URL, s.URL+"/") || strings.Count(r.URL, "/") > 3 || !strings.HasSuffix(r.URL, "/") && !strings.HasSuffix(r.URL, "favicon.ico") {
			t.Errorf("the page asks for %s", r.URL)
		}
	}
}

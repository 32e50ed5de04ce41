package browsertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryFaultOfAPageIsFound(t *testing.T) {
	const bad = `<!doctype html><html lang=he dir=ltr><meta name=viewport content="width=device-width"><h1>a</h1><h1 id=x>b</h1><h3 id=x>c</h3>
<input><button style="height:10px;width:20px;padding:0;border:0"></button><p style="color:#999">pale</p><div style="width:900px">wide</div>
<pre style="overflow:auto;width:50px">a long line that scrolls</pre><table class=diff dir=rtl><tr><td>x</table>`
	const good = `<!doctype html><html lang=he dir=rtl><meta name=viewport content="width=device-width"><h1>a</h1><h2>b</h2><label>c <input></label>
<button style="min-height:44px">d</button><pre tabindex=0 style="overflow:auto;width:50px">a long line that scrolls</pre><details><summary>e</summary>f</details>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, map[string]string{"/bad": bad, "/good": good}[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	p := Start(t).NewPage(t)
	p.Viewport(320, 600)
	p.Goto(server.URL + "/bad")
	wrong, least := p.Faults()
	found := strings.Join(wrong, "\n")
	for _, want := range []string{"wider than the window", "sticks out", "not one h1", "a heading is left out", "no label", "no name", "too small to touch",
		"scrolls, and the keyboard cannot get there", "an id twice", "contrast 2.8", "code is not left to right", "the direction is wrong"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q was not found in\n%s", want, found)
		}
	}
	if least > 3 {
		t.Errorf("the least contrast is %.2f", least)
	}
	p.Goto(server.URL + "/good")
	if wrong, least := p.Faults(); len(wrong) > 0 || least < 10 {
		t.Errorf("a good page: %v, contrast %.2f", wrong, least)
	}
}

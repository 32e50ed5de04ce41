package js

import (
	"fmt"
	"strings"
	"testing"
)

func TestStyleSheetsTellWhatTheyFetchAndRead(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"@import 'a.css'; @import url(b.css) screen;", "import @import a.css; import @import b.css"},
		{"a { background: url( \"c.png\" ) no-repeat, url(d.png) }", "url background c.png; url background d.png"},
		{"@font-face { font-family: x; src: url(e.woff) }", "url @font-face src e.woff"},
		{"@media print { a { cursor: url(f.cur) } }", "url cursor f.cur"},
		{"a { background: u\\72l(g) }", "url background g"},
		{"a { background: \\75 rl('h') }", "url background h"},
		{"a { background: image-set('i' 1x, url(j) 2x) }", "url background i; url background j"},
		{"a { --x: url(k) }", "url --x k"},
		{"input[value^=\"l\"] { background: url(//m.example/l) }", "attribute value^=l; url background //m.example/l"},
		{"input[ value $= n i ] {}", "attribute value$=n"},
		{"a[href] {} a[x='y'] {} .g { grid-template-columns: [a] 1fr [b] }", "attribute x=y"},
		{"a { width: expression(alert(1)); -moz-binding: url(o); behavior: url(p) }", "expression width ; binding -moz-binding ; url -moz-binding o; behavior behavior ; url behavior p"},
		{"/* url(q) */ a { content: 'url(r)' }", ""},
		{"a { background: url(s", "url background s"},
		{"@import 'unclosed", "import @import unclosed"},
		{"@supports (a: url(t)) { a { b: c } }", "url @supports t"},
	} {
		s := Parse([]byte(c.src), Options{Name: "a.css"})
		var got []string
		for _, st := range s.Styles {
			what := fmt.Sprintf("%s %s %s", st.Kind, st.Property, st.Value)
			if st.Kind == StyleAttribute {
				what = fmt.Sprintf("%s %s%s%s", st.Kind, st.Property, st.Operator, st.Value)
			}
			got = append(got, what)
			if st.Start >= st.End || st.End > len(c.src) {
				t.Errorf("%s: %+v", c.src, st)
			}
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.src, g, c.want)
		}
	}
}

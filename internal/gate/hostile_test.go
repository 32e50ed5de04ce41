package gate_test

import (
	"strings"
	"testing"
	"time"

	. "sallyport/internal/gate"
)

// Each of these took minutes, or would have, before there was a bound.
func TestHostileTextsComeToAnEnd(t *testing.T) {
	for name, src := range map[string]string{
		"comparisons":    strings.Repeat("x=mw.config.get('wgUserName')==='a'+y;", 20_000),
		"many constants": "n=mw.config.get('wgUserName');" + numbered("n==='u%';", 10_000),
		"expressions":    "var q=[mw.config.get('skin')];" + strings.Repeat("(f(g(h(i(j))))===q);", 20_000),
		"patterns":       strings.Repeat("/"+strings.Repeat("(a|b)", 190)+"/.test(location.href);", 500),
		"classes":        strings.Repeat("/"+strings.Repeat("[a-f]", 190)+"/.test(location.href);", 500),
		"static methods": "class A{" + strings.Repeat("static/*x*/a(){}", 20_000) + "}",
		"conditions":     strings.Repeat("if(a)b();", 40_000),
		"a chain":        strings.Repeat("a&&", 15_000) + "b",
		"a table":        "t={" + numbered("u%:1,", 20_000) + "};t[mw.config.get('wgUserName')]",
	} {
		s := Read([]byte(src), Options{})
		c := s.Constants()
		c.Clocks(time.Unix(1.8e9, 0))
		if len(c.List) > 2000 || len(s.Gates()) > 20_000 {
			t.Errorf("%s: %d constants, %d gates", name, len(c.List), len(s.Gates()))
		}
		if _, err := s.Rewrite(nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.Functions()) == 0 {
			t.Errorf("%s: the script itself is no function", name)
		}
	}
}

// numbered repeats a text with a number for each %.
func numbered(text string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "%", strings.Repeat("i", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))))
	}
	return b.String()
}

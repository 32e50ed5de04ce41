package pattern

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var anchoredSamples = []struct {
	re   string
	text string
}{
	{`\beval\s*\(`, "eval(1); medieval(2) eval (3)\neval\n("},
	{`^import`, "import\n import\nimportimport"},
	{`https?://(?P<HOST>[\w.-]+)`, "see http://a.test, https://b.test/x http://"},
	{`[?&]action=raw\b`, "?action=raw&action=raws &action=raw"},
	{`(?:abc|defg)+x?`, "abcdefgx abc xdefg"},
	{`é?cole`, "école cole Ecole"},
	{`.?token`, "token atoken étoken\ntoken"},
	{`(a)?(token)(b)?`, "atokenb token xtokenb"},
	{`\d{1,3}px;`, "10px; 1000px; px;"},
	{`token$`, "token\ntoken token"},
}

func TestAnchorsFindWhatTheRegularExpressionFinds(t *testing.T) {
	anchored := 0
	for _, s := range anchoredSamples {
		if sameAsRegexp(t, s.re, s.text) {
			anchored++
		}
	}
	if anchored < 8 {
		t.Errorf("only %d of the samples have anchors", anchored)
	}
}

// sameAsRegexp says whether there were anchors to compare with.
func sameAsRegexp(t *testing.T, text, in string) bool {
	t.Helper()
	re, err := regexp.Compile("(?m)" + text)
	quick := newAnchored(text)
	if err != nil || quick == nil {
		return false
	}
	got := quick.find(in, 1000, func() bool { return true })
	if diff := cmp.Diff(re.FindAllStringSubmatchIndex(in, 1000), got); diff != "" {
		t.Errorf("%q in %q (-regexp +anchors):\n%s", text, in, diff)
	}
	return true
}

func FuzzAnchors(f *testing.F) {
	for _, s := range anchoredSamples {
		f.Add(s.re, s.text)
	}
	f.Fuzz(func(t *testing.T, re, text string) {
		if len(re) < 200 && len(text) < 1000 && utf8.ValidString(text) { // package js sees to that
			sameAsRegexp(t, re, text)
		}
	})
}

package pending

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"sallyport/internal/passkey"
	"sallyport/internal/store"
)

func brokeredBy(summary string, approvers ...string) *Change {
	c := &Change{Waiting: store.Waiting{ID: "abc", UserID: 1, User: "Mara"}, Parcel: Parcel{Summary: summary}}
	for i, name := range approvers {
		c.Told.Approvals = append(c.Told.Approvals, Approval{Assertion: passkey.Assertion{}, UserID: int64(i + 1), User: name})
	}
	return c
}

// What people write into a summary stays what they wrote, and never looks like the part that says whose change it is.
func TestASummaryNamesItsAuthorAndNobodyElseCan(t *testing.T) {
	by := "[approved by [[User:Mara]]" + Mark("abc")
	for _, tt := range []struct{ name, summary, want string }{
		{"nothing", "", ""},
		{"plain", "Fix the menu", "Fix the menu "},
		{"a link", "per [[Talk:Main Page|the talk]], see [[Help:X]]", "per [[Talk:Main Page|the talk]], see [[Help:X]] "},
		{"a section", "/* Menus */ fix", "/* Menus */ fix "},
		{"forged in brackets", "x [approved by [[User:Admin]]; change 0123456789abcdef]", "x (approved by [[User:Admin]]; change 0123456789abcdef) "},
		{"forged in other brackets", "x ［approved by Admin］ ⟦y⟧", "x (approved by Admin) (y) "},
		{"a link left open", "x [[User:Admin|", "x ((User:Admin| "},
		{"a link left open, then a pipe", "x [[User:Admin|[approved by", "x ((User:Admin|(approved by "},
		{"a link closed by ours", "x [[User:Admin]", "x ((User:Admin) "},
		{"brackets within a link", "[[a[b]]]", "((a(b))) "},
		{"templates", "{{subst:x}} ~~~~ <b>x</b>", "{{subst:x}} ~~~~ <b>x</b> "},
		{"lines", "a\nb\r\n\tc\u2028d\x00e\x7ff", "a b c d e f "},
		{"the order of characters", "a\u202ekcab\u2066b\u2069\u200e\u200f\u061c", "akcabb "},
		{"nothing to be seen", "a\u200b\ufeff\u00ad\u2060b\U000e0041", "ab "},
		{"joiners", "می\u200cخواهم", "می\u200cخواهم "},
		{"broken UTF-8", "a\xff\xfeb", "ab "},
		{"composed", "e\u0301", "é "},
	} {
		got := attribution(brokeredBy(tt.summary, "Mara"))
		if want := tt.want + by; got != want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, want)
		}
	}
	if got := attribution(brokeredBy("x", "Olga", "Olga")); !strings.HasPrefix(got, "x [approved by [[User:Mara]], [[User:Olga]]; ") {
		t.Errorf("two people: %s", got)
	}
	long := strings.Repeat("ß", 250)
	if got := attribution(brokeredBy(strings.Repeat("x", 600), long, long)); !strings.Contains(got, "… [approved by ") || utf8.RuneCountInString(got) > maxSummary {
		t.Errorf("long: %d code points: %s", utf8.RuneCountInString(got), got)
	}
}

func FuzzASummaryKeepsItsForm(f *testing.F) {
	for _, s := range []string{"", "[[a]]", "[[a", "x]", "[approved by", strings.Repeat("[[a]]", 200), strings.Repeat("é", 700), "\u202e[［"} {
		f.Add(s)
	}
	outside := regexp.MustCompile(`\[\[[^\[\]]*\]\]`)
	f.Fuzz(func(t *testing.T, summary string) {
		got := attribution(brokeredBy(summary, "Mara"))
		said, ok := strings.CutSuffix(got, "[approved by [[User:Mara]]"+Mark("abc"))
		if !ok || utf8.RuneCountInString(got) > maxSummary || !utf8.ValidString(got) {
			t.Fatalf("%q becomes %q", summary, got)
		}
		if rest := outside.ReplaceAllString(said, ""); strings.ContainsAny(rest, "[]［］\n\r\u202e\u2066\u200b") {
			t.Fatalf("%q becomes %q", summary, got)
		}
	})
}

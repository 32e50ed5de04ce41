package diff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// replay carries out an edit script.
func replay(t *testing.T, a, b []string) []string {
	t.Helper()
	var out []string
	i, j := 0, 0
	for _, o := range edits(a, b) {
		switch o {
		case keep:
			if a[i] != b[j] {
				t.Fatalf("kept %q for %q", a[i], b[j])
			}
			out = append(out, a[i])
			i, j = i+1, j+1
		case drop:
			i++
		case put:
			out = append(out, b[j])
			j++
		}
	}
	if i != len(a) || j != len(b) {
		t.Fatalf("used %d of %d and %d of %d", i, len(a), j, len(b))
	}
	return out
}

func TestAnEditScriptTurnsOneTextIntoTheOther(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []string {
		out := make([]string, r.IntN(n))
		for i := range out {
			out[i] = string(rune('a' + r.IntN(4)))
		}
		return out
	}
	for range 5000 {
		a, b := random(30), random(30)
		if got := replay(t, a, b); strings.Join(got, "") != strings.Join(b, "") {
			t.Fatalf("%q to %q gives %q", a, b, got)
		}
	}
	long := strings.Split(strings.Repeat("x\n", 5000), "\n")
	other := strings.Split(strings.Repeat("y\n", 5000), "\n")
	if got := replay(t, long, other); strings.Join(got, "") != strings.Join(other, "") {
		t.Error("texts that share nothing")
	}
}

func TestAnEditScriptIsShort(t *testing.T) {
	n := 0
	for _, o := range edits([]string{"a", "b", "c", "d", "e"}, []string{"a", "x", "c", "e", "f"}) {
		if o != keep {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d steps", n)
	}
}

// shown is what a difference shows, as text.
func shown(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Kind + ":")
		for _, p := range r.Parts {
			switch {
			case p.Odd != "":
				b.WriteString("<" + p.Odd + ">")
			case p.Changed:
				b.WriteString("[" + p.Text + "]")
			default:
				b.WriteString(p.Text)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestADifferenceShowsWordsAndFoldsTheRest(t *testing.T) {
	before := strings.Repeat("same\n", 10) + "load( 'a.test' );\nend"
	after := strings.Repeat("same\n", 10) + "load( 'b.test' );\nnew\nend"
	got := shown(Of(before, after))
	for _, want := range []string{"gap:", "old:load( '[a].test' );", "new:load( '[b].test' );", "new:[new]"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if rows := Of("x", "x"); len(rows) != 1 || rows[0].Kind != "gap" {
		t.Errorf("equal texts: %+v", rows)
	}
	if got := shown(Of("", "a")); got != "new:[a]\n" {
		t.Errorf("from nothing: %s", got)
	}
}

func TestWhatHidesOrDeceivesIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"if ( x ) { // \u202e } \u2066": "if ( x ) { // <U+202E> } <U+2066>",
		"a\u200bb":                      "a<U+200B>b",
		"\u0430dmin":                    "<U+0430, Cyrillic>dmin", // its first letter is Cyrillic
		"админ":                         "админ",                  // a word of one script is what it is
		"Ωmega":                         "<U+03A9, Greek>mega",
		"héllo naïve":                   "héllo naïve",
		"a\u3164b":                      "a<U+3164>b",
		"x\u00a0y":                      "x<U+00A0>y",
		"\xff":                          "<byte FF>",
		"\r":                            "<U+000D>",
		"שלום":                          "שלום",
		"\u2800":                        "<U+2800>",
	} {
		var got strings.Builder
		for _, p := range Marked(text, false) {
			if p.Odd != "" {
				got.WriteString("<" + p.Odd + ">")
			} else {
				got.WriteString(p.Text)
			}
		}
		if got.String() != want {
			t.Errorf("%q is shown as %q, want %q", text, got.String(), want)
		}
	}
}

func FuzzADifferenceLosesNothing(f *testing.F) {
	f.Add("a\nb", "a\nc")
	f.Add("", "\u202ex\xff")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 2000 {
			return
		}
		var fresh []string
		a, b := lines(before), lines(after)
		fresh = replay(t, a, b)
		if strings.Join(fresh, "\n") != strings.Join(b, "\n") {
			t.Fatal("another text")
		}
		for _, r := range Whole(after) {
			n := 0
			for _, p := range r.Parts {
				n += len(p.Text)
			}
			if n > len(b[r.New-1]) {
				t.Fatal("more than there is")
			}
		}
	})
}

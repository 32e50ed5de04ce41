package lines_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/lines"
)

func TestColumnsCountUTF16UnitsAndLinesEndWhereJavaScriptSays(t *testing.T) {
	text := "a\nbé😀c\r\nd\re\u2028f\u2029😀g\n"
	l := lines.New(text)
	for _, c := range []struct {
		at           string
		line, column int
	}{
		{"a", 1, 1}, {"b", 2, 1}, {"é", 2, 2}, {"😀c", 2, 3}, {"c\r", 2, 5}, {"\r\n", 2, 6}, {"d", 3, 1}, {"e", 4, 1}, {"f", 5, 1}, {"g", 6, 3},
	} {
		at := strings.Index(text, c.at)
		if line, column := l.Position(at); line != c.line || column != c.column {
			t.Errorf("%q stands at %d:%d, want %d:%d", c.at, line, column, c.line, c.column)
		}
		if back := l.Offset(c.line, c.column); back != at {
			t.Errorf("%d:%d is offset %d, want %d", c.line, c.column, back, at)
		}
	}
	if line, column := l.Position(len(text) + 10); line != 7 || column != 1 || l.Count() != 7 {
		t.Errorf("the end is at %d:%d of %d lines", line, column, l.Count())
	}
	var got []string
	for n := range l.Count() + 2 {
		got = append(got, l.Line(n))
	}
	if diff := cmp.Diff([]string{"", "a", "bé😀c", "d", "e", "f", "😀g", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

// samples are texts in which every place is tried, long lines among them.
var samples = []string{
	"", "one", "a\nb\r\nc\rd\u2028e\u2029", "\n\n", "\r", "😀x\n😀😀y", "é\xffz\xe2\x80", strings.Repeat("abcd", 3000) + "\nend",
	strings.Repeat("ab😀é", 2000) + "\nend\n" + strings.Repeat("é", 3000) + "\r\n" + strings.Repeat("ab😀é", 800),
}

func TestEveryPlaceIsFoundAgain(t *testing.T) {
	for _, text := range samples {
		l := lines.New(text)
		units, line := 0, 1
		for at, r := range text {
			start, end := l.Bounds(line)
			if at == l.End(start) {
				line++
				units = 0
				start, end = l.Bounds(line)
			}
			if gotLine, column := l.Position(at); gotLine != line || column != units+1 {
				t.Fatalf("%.20q: byte %d is at %d:%d, want %d:%d", text, at, gotLine, column, line, units+1)
			}
			if got := l.Offset(line, units+1); at >= start && at <= end && got != at {
				t.Fatalf("%.20q: byte %d is at %d:%d is byte %d", text, at, line, units+1, got)
			}
			if units++; r > 0xffff {
				units++
			}
		}
	}
}

func TestPlacesOutsideOfATextAreTheNearestInIt(t *testing.T) {
	for _, text := range samples {
		l := lines.New(text)
		for _, p := range [][2]int{{0, 0}, {-5, -5}, {1 << 40, 1 << 40}, {1, 1 << 40}, {2, 0}} {
			if at := l.Offset(p[0], p[1]); at < 0 || at > len(text) {
				t.Errorf("%.20q: %v is byte %d", text, p, at)
			}
			if line, column := l.Position(p[0]); line < 1 || line > l.Count() || column < 1 {
				t.Errorf("%.20q: byte %d is at %d:%d", text, p[0], line, column)
			}
		}
	}
}

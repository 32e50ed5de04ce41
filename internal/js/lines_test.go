package js

import (
	"strings"
	"testing"
)

func TestColumnsCountUTF16UnitsAndLinesEndWhereJavaScriptSays(t *testing.T) {
	text := "a\nbé😀c\r\nd\re\u2028f\u2029😀g\n"
	l := NewLines(text)
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
	if got := l.Line(2); got != "bé😀c" {
		t.Errorf("line 2 is %q", got)
	}
}

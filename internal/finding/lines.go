package finding

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Lines finds places in a text. Lines end where ECMA-262 §12.3 says: \n, \r\n, \r, U+2028, U+2029.
//
// A minified script is one line of a megabyte with thousands of findings: marks along the way keep a look-up from reading
// the line from its start each time.
type Lines struct {
	text   string
	starts []int
	marks  []mark
}

// mark says how many UTF-16 code units stand before a byte.
type mark struct{ at, units int }

const markEvery = 1 << 10

// NewLines reads a text once.
func NewLines(text string) *Lines {
	l := &Lines{text: text, starts: []int{0}}
	units := 0
	for at, r := range text {
		if len(l.marks) == 0 || at-l.marks[len(l.marks)-1].at >= markEvery {
			l.marks = append(l.marks, mark{at, units})
		}
		units += unitsOf(r)
		switch {
		case r == '\n', r == '\r' && !strings.HasPrefix(text[at+1:], "\n"):
			l.starts = append(l.starts, at+1)
		case r == '\u2028' || r == '\u2029':
			l.starts = append(l.starts, at+3)
		}
	}
	return l
}

// Bounds gives the byte offsets where a line begins and where it ends, before its break. A line outside the text gives
// the nearest one.
func (l *Lines) Bounds(n int) (start, end int) {
	n = max(1, min(n, len(l.starts)))
	start, end = l.starts[n-1], len(l.text)
	if n < len(l.starts) {
		end = l.starts[n]
		_, size := utf8.DecodeLastRuneInString(l.text[:end])
		if end -= size; end > start && l.text[end] == '\n' && l.text[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// Count is the number of lines; a text that ends with a break has an empty last one.
func (l *Lines) Count() int { return len(l.starts) }

// Offset is the byte offset of a position. A position outside the text gives the nearest place in it.
func (l *Lines) Offset(p Position) int {
	start, end := l.Bounds(p.Line)
	want := l.unitsBefore(start) + max(p.Column, 1) - 1
	m := l.marks[:sort.Search(len(l.marks), func(i int) bool { return l.marks[i].units > want })]
	at, units := start, want
	if len(m) > 0 {
		at, units = m[len(m)-1].at, m[len(m)-1].units
	}
	for units < want && at < end {
		r, size := utf8.DecodeRuneInString(l.text[at:])
		at += size
		units += unitsOf(r)
	}
	return min(at, end)
}

// Position is the way back from a byte offset.
func (l *Lines) Position(offset int) Position {
	offset = max(0, min(offset, len(l.text)))
	n := sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset })
	return Position{n, 1 + l.unitsBefore(offset) - l.unitsBefore(l.starts[n-1])}
}

func (l *Lines) unitsBefore(offset int) int {
	n := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].at > offset })
	if n == 0 {
		return 0
	}
	units := l.marks[n-1].units
	for _, r := range l.text[l.marks[n-1].at:offset] {
		units += unitsOf(r)
	}
	return units
}

// unitsOf is how many UTF-16 code units a rune takes; a byte that is not UTF-8 takes one.
func unitsOf(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

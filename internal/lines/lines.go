// Package lines says where a byte of a text stands for people: in which line, and at which column.
//
// Lines end where ECMA-262 §12.3 says: \n, \r\n, \r, U+2028, U+2029. Columns count UTF-16 code units, as browsers, SARIF
// and the language server protocol do. Both count from 1. Parsers, rules and outputs share these, so that they mean the
// same place.
package lines

import (
	"encoding/binary"
	"sort"
	"strings"
	"unicode/utf8"
)

// Lines finds places in a text.
type Lines struct {
	text   string
	ascii  bool     // columns are bytes
	starts []uint32 // where lines begin
	marks  []mark   // in long lines that are not ASCII
}

// mark says how many code units of its line stand before a byte. A minified script is one line of a megabyte with thousands
// of findings: marks keep a look-up from reading the line from its start each time.
type mark struct{ at, units uint32 }

const markEvery = 1 << 10

// New reads a text once. Bytes that are not UTF-8 count as a code unit each.
func New(text string) *Lines {
	l := &Lines{text: text, ascii: isASCII(text), starts: make([]uint32, 1, 1+len(text)/32)}
	if strings.IndexByte(text, '\r') >= 0 || !l.ascii && (strings.Contains(text, "\u2028") || strings.Contains(text, "\u2029")) {
		l.rareBreaks()
	} else {
		l.plainBreaks()
	}
	if !l.ascii {
		l.markLong()
	}
	return l
}

// isASCII looks at eight bytes at once. The compiler makes no copy of a text that is only read.
func isASCII(text string) bool {
	rest, all := []byte(text), uint64(0)
	for ; len(rest) >= 8; rest = rest[8:] {
		all |= binary.LittleEndian.Uint64(rest)
	}
	for _, c := range rest {
		all |= uint64(c)
	}
	return all&0x8080_8080_8080_8080 == 0
}

func (l *Lines) plainBreaks() {
	for at := 0; ; {
		n := strings.IndexByte(l.text[at:], '\n')
		if n < 0 {
			return
		}
		at += n + 1
		l.starts = append(l.starts, uint32(at))
	}
}

// rareBreaks finds the lines of a text that has other breaks than \n.
func (l *Lines) rareBreaks() {
	for at := 0; ; {
		at += Length(l.text[at:])
		switch {
		case at >= len(l.text):
			return
		case strings.HasPrefix(l.text[at:], "\r\n"):
			at += 2
		case l.text[at] == 0xe2:
			at += len("\u2028")
		default:
			at++
		}
		l.starts = append(l.starts, uint32(at))
	}
}

// Length counts the bytes before the first line break of a text.
func Length(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n', '\r':
			return i
		case 0xe2:
			if strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029") {
				return i
			}
		}
	}
	return len(text)
}

func (l *Lines) markLong() {
	for n, start := range l.starts {
		end := l.next(n + 1)
		if end-int(start) <= markEvery {
			continue
		}
		units, last := uint32(0), 0
		for at, r := range l.text[start:end] {
			if at-last >= markEvery {
				l.marks = append(l.marks, mark{start + uint32(at), units})
				last = at
			}
			units += unitsOf(r)
		}
	}
}

// Count is the number of lines; a text that ends with a break has an empty last one.
func (l *Lines) Count() int { return len(l.starts) }

// around is the number of the line around an offset.
func (l *Lines) around(offset int) int {
	return sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) > offset })
}

// next is where the line behind a line begins, the end of the text for the last.
func (l *Lines) next(line int) int {
	if line >= len(l.starts) {
		return len(l.text)
	}
	return int(l.starts[line])
}

// Bounds gives the byte offsets where a line begins and where it ends, before its break. A line outside the text gives
// the nearest one.
func (l *Lines) Bounds(line int) (start, end int) {
	line = max(1, min(line, len(l.starts)))
	start, end = int(l.starts[line-1]), l.next(line)
	if line < len(l.starts) {
		_, size := utf8.DecodeLastRuneInString(l.text[:end])
		if end -= size; end > start && l.text[end] == '\n' && l.text[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// Line is a line without its break, "" for a line outside the text.
func (l *Lines) Line(line int) string {
	if line < 1 || line > len(l.starts) {
		return ""
	}
	start, end := l.Bounds(line)
	return l.text[start:end]
}

// End is the offset at which the line around an offset ends, its break included.
func (l *Lines) End(offset int) int { return l.next(l.around(offset)) }

// Position gives the line and column of a byte offset. An offset outside the text gives the nearest place in it.
func (l *Lines) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(l.text)))
	line = l.around(offset)
	start := int(l.starts[line-1])
	if l.ascii {
		return line, offset - start + 1
	}
	units := 0
	if i := sort.Search(len(l.marks), func(i int) bool { return int(l.marks[i].at) > offset }); i > 0 && int(l.marks[i-1].at) > start {
		start, units = int(l.marks[i-1].at), int(l.marks[i-1].units)
	}
	for _, r := range l.text[start:offset] {
		units += int(unitsOf(r))
	}
	return line, units + 1
}

// Offset is the way back. A place outside the text gives the nearest one in it; a column past the end of its line gives
// the line's end.
func (l *Lines) Offset(line, column int) int {
	at, end := l.Bounds(line)
	want := max(column, 1) - 1
	if l.ascii {
		return at + min(want, end-at)
	}
	units := 0
	from := sort.Search(len(l.marks), func(i int) bool { return int(l.marks[i].at) > at })
	here := l.marks[from:]
	if n := sort.Search(len(here), func(i int) bool { return int(here[i].at) >= end || int(here[i].units) > want }); n > 0 {
		at, units = int(here[n-1].at), int(here[n-1].units)
	}
	for units < want && at < end {
		r, size := utf8.DecodeRuneInString(l.text[at:])
		at += size
		units += int(unitsOf(r))
	}
	return min(at, end)
}

// unitsOf is how many UTF-16 code units a rune takes.
func unitsOf(r rune) uint32 {
	if r > 0xffff {
		return 2
	}
	return 1
}

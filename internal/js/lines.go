package js

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// lineLength counts the bytes before the first line break (ECMA-262 §12.3).
func lineLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\n', '\r':
			return i
		case 0xe2:
			if strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029") {
				return i
			}
		}
	}
	return len(s)
}

// Lines turns byte offsets of a text into lines and columns.
//
// Lines end where ECMA-262 §12.3 says: \n, \r\n, \r, U+2028, U+2029. Columns count UTF-16 code units, as browsers, SARIF
// and the language server protocol do. Both count from 1.
type Lines struct {
	text   string
	ascii  bool
	starts []uint32
}

// NewLines reads a text once.
func NewLines(text string) *Lines {
	l := &Lines{text: text, ascii: isASCII(text), starts: make([]uint32, 1, 1+len(text)/32)}
	if strings.IndexByte(text, '\r') >= 0 || !l.ascii && (strings.Contains(text, "\u2028") || strings.Contains(text, "\u2029")) {
		l.rareBreaks()
		return l
	}
	for at := 0; ; {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return l
		}
		at += n + 1
		l.starts = append(l.starts, uint32(at))
	}
}

func isASCII(text string) bool {
	all := byte(0)
	for i := range len(text) {
		all |= text[i]
	}
	return all < utf8.RuneSelf
}

// rareBreaks finds the lines of a text that has other breaks than \n.
func (l *Lines) rareBreaks() {
	for at := 0; ; {
		at += lineLength(l.text[at:])
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

// Count is the number of lines; a text that ends with a line break has an empty last one.
func (l *Lines) Count() int { return len(l.starts) }

// Position gives the line and column of a byte offset. Offsets past the end are taken as the end.
func (l *Lines) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(l.text)))
	line = sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) > offset })
	return line, l.units(int(l.starts[line-1]), offset) + 1
}

// Offset is the way back. A column past the end of its line gives the line's end.
func (l *Lines) Offset(line, column int) int {
	line = max(1, min(line, len(l.starts)))
	at := int(l.starts[line-1])
	end := at + lineLength(l.text[at:])
	if l.ascii {
		return max(at, min(at+column-1, end))
	}
	for units := column - 1; units > 0 && at < end; {
		r, n := utf8.DecodeRuneInString(l.text[at:])
		at += n
		units--
		if r > 0xffff {
			units--
		}
	}
	return at
}

// end is the offset at which the line around an offset ends, its break included.
func (l *Lines) end(offset int) int {
	line := sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) > offset })
	if line == len(l.starts) {
		return len(l.text)
	}
	return int(l.starts[line])
}

// Line is the text of a line without its break.
func (l *Lines) Line(line int) string {
	if line < 1 || line > len(l.starts) {
		return ""
	}
	rest := l.text[l.starts[line-1]:]
	return rest[:lineLength(rest)]
}

func (l *Lines) units(from, to int) int {
	if l.ascii {
		return to - from
	}
	n := 0
	for _, r := range l.text[from:to] {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

package bundle

import "strings"

// Lines end where ECMA-262 §12.3 says, which is also how browsers and the minifier count them. Carriage returns are gone:
// [builder.admit] turns them into line feeds.

func isBreak(r rune) bool { return r == '\n' || r == '\u2028' || r == '\u2029' }

// lineLength counts the bytes before the first line break.
func lineLength(s string) int {
	if i := strings.IndexFunc(s, isBreak); i >= 0 {
		return i
	}
	return len(s)
}

// breaks counts the line breaks.
func breaks(s string) int {
	n := strings.Count(s, "\n")
	if strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029") {
		n += strings.Count(s, "\u2028") + strings.Count(s, "\u2029")
	}
	return n
}

// lineStart gives the byte offset at which a 0-based line begins.
func lineStart(s string, line int) int {
	at := 0
	for ; line > 0 && at < len(s); line-- {
		at += lineLength(s[at:])
		if strings.HasPrefix(s[at:], "\n") {
			at++
		} else if at < len(s) {
			at += len("\u2028")
		}
	}
	return min(at, len(s))
}

// position turns a byte offset of a text into a 1-based line and column in UTF-16 code units.
func position(text string, at int) (line, column int) {
	line = breaks(text[:min(at, len(text))])
	start := lineStart(text, line)
	return line + 1, utf16Column(text[start:], at-start) + 1
}

// utf16Column counts the code units before byte offset at in one line.
func utf16Column(line string, at int) int {
	_, n := advance(0, 0, line[:min(max(at, 0), len(line))])
	return n
}

// advance moves a 0-based position past s.
func advance(line, col int, s string) (int, int) {
	for _, r := range s {
		switch {
		case isBreak(r):
			line++
			col = 0
		case r > 0xffff:
			col += 2
		default:
			col++
		}
	}
	return line, col
}

package bundle

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quote writes s as a string that is JSON and JavaScript at once, safe also inside a script element: no "<" and no
// line separators (ResourceLoader::encodeJsonForScript has the same aim).
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == '<' || r == 0x7f || r == '\u2028' || r == '\u2029':
			b.WriteString(`\u`)
			hex := strconv.FormatInt(int64(r), 16)
			b.WriteString("0000"[len(hex):] + hex)
		case r == utf8.RuneError:
			b.WriteString("\ufffd")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// key writes the name of a property in an object literal. "__proto__": would set the prototype, ["__proto__"]: does not
// (ECMA-262 §B.3.1).
func key(s string) string {
	if s == "__proto__" {
		return `["__proto__"]`
	}
	return quote(s)
}

// complain is a statement that tells the reader's console what is wrong.
func complain(text string) string {
	return "mw.log.error(" + quote(text) + ");"
}

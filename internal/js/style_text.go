package js

import (
	"strings"
	"unicode/utf8"
)

// cssName is an identifier as it compares: without escapes, in lower case.
func cssName(raw string) string { return strings.ToLower(cssUnescape(raw)) }

// cssString is the value of a string token.
func cssString(raw string) string {
	if raw == "" {
		return ""
	}
	quote := raw[:1]
	return cssUnescape(strings.TrimSuffix(raw[1:], quote))
}

// urlText is the address in an unquoted or quoted url(…).
func urlText(raw string) string {
	i := strings.IndexByte(raw, '(')
	inner := strings.TrimSpace(strings.TrimSuffix(raw[i+1:], ")"))
	if inner != "" && (inner[0] == '"' || inner[0] == '\'') {
		return cssString(inner)
	}
	return cssUnescape(inner)
}

// cssUnescape resolves escapes (CSS Syntax 3 §4.3.7).
func cssUnescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			i++
			continue
		}
		i++
		r, n := rune(0), 0
		for n < 6 && i+n < len(raw) && hexValue(raw[i+n]) >= 0 {
			r = r<<4 | rune(hexValue(raw[i+n]))
			n++
		}
		i += n
		switch {
		case n > 0:
			b.WriteRune(r)
			if i < len(raw) && strings.IndexByte(" \t\n\f", raw[i]) >= 0 {
				i++
			}
		case raw[i] == '\n':
			i++
		default:
			_, size := utf8.DecodeRuneInString(raw[i:])
			b.WriteString(raw[i : i+size])
			i += size
		}
	}
	return b.String()
}

package web

import (
	"fmt"
	"strings"
	"unicode"
)

// visible writes characters that hide themselves or turn their neighbours round as \u escapes, so that a name or a
// definition reads as it is. Tabs and line ends stay.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\u{%X}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hidden knows controls, formatting characters (zero-width and bidirectional ones among them), and separators. Let through
// are the two joiners that Persian, Indic scripts and emoji need, and the selector of coloured emoji.
func hidden(r rune) bool {
	switch r {
	case '\t', '\n', '\u200c', '\u200d', '\ufe0f':
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Variation_Selector) ||
		r == '\u3164' || r == '\uffa0' || r == '\u115f' || r == '\u1160'
}

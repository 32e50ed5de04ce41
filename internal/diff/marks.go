package diff

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Marked cuts a stretch of text so that every character that hides, turns its neighbours round or looks like another one
// stands by itself with its name ("Trojan Source", 2021; Unicode TR 39).
func Marked(text string, changed bool) []Part {
	mixed := mixedWords(text)
	var parts []Part
	from := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		odd := ""
		switch {
		case r == utf8.RuneError && size == 1:
			odd = fmt.Sprintf("byte %02X", text[i])
		case hides(r):
			odd = fmt.Sprintf("U+%04X", r)
		case mixed[i]:
			odd = fmt.Sprintf("U+%04X, %s", r, script(r))
		}
		if odd != "" {
			if from < i {
				parts = append(parts, Part{Text: text[from:i], Changed: changed})
			}
			shown := text[i : i+size]
			if !mixed[i] {
				shown = ""
			}
			parts = append(parts, Part{Text: shown, Changed: changed, Odd: odd})
			from = i + size
		}
		i += size
	}
	if from < len(text) || len(parts) == 0 {
		parts = append(parts, Part{Text: text[from:], Changed: changed})
	}
	return parts
}

// hides knows controls, formatting characters (zero-width and bidirectional ones among them), unusual blanks, and letters
// that are drawn as nothing.
func hides(r rune) bool {
	switch r {
	case '\t', ' ':
		return false
	case '\u3164', '\uffa0', '\u115f', '\u1160', '\u034f', '\u17b4', '\u17b5', '\u2800':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Zs, unicode.Co, unicode.Variation_Selector)
}

// mixedWords finds, by byte offset, the letters that stand in one word with Latin ones and come from a script with letters
// that look the same.
func mixedWords(text string) map[int]bool {
	var odd map[int]bool
	var strangers []int
	latin := false
	flush := func() {
		if latin && len(strangers) > 0 {
			if odd == nil {
				odd = map[int]bool{}
			}
			for _, i := range strangers {
				odd[i] = true
			}
		}
		strangers, latin = strangers[:0], false
	}
	for i, r := range text {
		switch {
		case r < utf8.RuneSelf && (unicode.IsLetter(r)):
			latin = true
		case r == '_' || r == '$' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
		case script(r) != "":
			strangers = append(strangers, i)
		default:
			flush()
		}
	}
	flush()
	return odd
}

// script names the scripts whose letters pass for Latin ones.
func script(r rune) string {
	switch {
	case r < 0x250:
		return ""
	case unicode.Is(unicode.Cyrillic, r):
		return "Cyrillic"
	case unicode.Is(unicode.Greek, r):
		return "Greek"
	case unicode.Is(unicode.Armenian, r):
		return "Armenian"
	case unicode.Is(unicode.Cherokee, r):
		return "Cherokee"
	case unicode.Is(unicode.Lisu, r):
		return "Lisu"
	case r >= 0xff01 && r <= 0xff5e:
		return "full width"
	case r >= 0x1d400 && r <= 0x1d7ff:
		return "mathematical"
	case unicode.Is(unicode.Latin, r):
		return "Latin, unusual"
	}
	return ""
}

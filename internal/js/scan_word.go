package js

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word reads a name or reserved word that begins with an ASCII letter.
func (s *scanner) word() {
	i := s.pos + 1
	for i < len(s.src) && (classes[s.src[i]] == cLetter || classes[s.src[i]] == cDigit) {
		i++
	}
	if i < len(s.src) && (s.src[i] >= utf8.RuneSelf || s.src[i] == '\\') {
		s.escapedWord(tIdent)
		return
	}
	s.value = s.intern(s.src[s.pos:i])
	s.pos = i
	s.tok = tIdent
	if s.value <= lastReserved {
		s.tok = token(s.value)
	}
}

// private reads a #name.
func (s *scanner) private() {
	s.pos++
	s.escapedWord(tPrivate)
}

// escapedWord reads a name letter by letter: with escapes, with letters beyond ASCII, or after a #.
func (s *scanner) escapedWord(kind token) {
	from := s.pos
	var b strings.Builder
	if kind == tPrivate {
		b.WriteByte('#')
	}
	for s.pos < len(s.src) {
		r, n := s.wordRune()
		if n == 0 {
			break
		}
		if s.pos == from && !isIDStart(r) || !isIDPart(r) {
			break
		}
		b.WriteRune(r)
		s.pos += n
	}
	if s.pos == from {
		s.badWord()
		return
	}
	s.value = s.intern(b.String())
	s.tok = kind
	if s.value <= lastReserved && !s.escaped {
		s.tok = token(s.value)
	}
}

func (s *scanner) badWord() {
	r, _ := utf8.DecodeRuneInString(s.src[min(s.pos, len(s.src)):])
	switch {
	case s.pos >= len(s.src), r < utf8.RuneSelf:
		s.fail(max(0, s.pos-1), "expected a name here")
	case r == utf8.RuneError:
		s.fail(s.pos, "this character is broken: the page was saved in another encoding")
	default:
		s.fail(s.pos, "unexpected character "+string(r))
	}
}

// wordRune looks at the next character of a name, which may be an escape; n is 0 when there is none.
func (s *scanner) wordRune() (r rune, n int) {
	if s.src[s.pos] != '\\' {
		return utf8.DecodeRuneInString(s.src[s.pos:])
	}
	s.escaped = true
	if s.peek(1) != 'u' {
		return 0, 0
	}
	r, n = unicodeEscape(s.src[s.pos+2:])
	if n == 0 {
		return 0, 0
	}
	return r, n + 2
}

// unicodeEscape reads what follows \u: four hexadecimal digits or a number in braces.
func unicodeEscape(text string) (r rune, n int) {
	if strings.HasPrefix(text, "{") {
		for n = 1; n < len(text) && hexValue(text[n]) >= 0 && r <= unicode.MaxRune; n++ {
			r = r<<4 | rune(hexValue(text[n]))
		}
		if n == 1 || n >= len(text) || text[n] != '}' || r > unicode.MaxRune {
			return 0, 0
		}
		return r, n + 1
	}
	return hexDigits(text, 4)
}

// hexDigits reads exactly n digits.
func hexDigits(text string, n int) (rune, int) {
	if len(text) < n {
		return 0, 0
	}
	var r rune
	for i := range n {
		v := hexValue(text[i])
		if v < 0 {
			return 0, 0
		}
		r = r<<4 | rune(v)
	}
	return r, n
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isIDStart and isIDPart follow Unicode's ID_Start and ID_Continue (UAX #31), with $ and the joiners of ECMA-262 §12.7.
func isIDStart(r rune) bool {
	if r < utf8.RuneSelf {
		return classes[r] == cLetter
	}
	return unicode.IsLetter(r) && r != '\u2e2f' || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r)
}

func isIDPart(r rune) bool {
	if r < utf8.RuneSelf {
		return classes[r] == cLetter || classes[r] == cDigit
	}
	return isIDStart(r) || r == '\u200c' || r == '\u200d' ||
		unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}

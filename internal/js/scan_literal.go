package js

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sallyport/internal/lines"
)

// quoted reads a string literal.
func (s *scanner) quoted(quote byte) {
	s.tok = tString
	from := s.pos + 1
	for i := from; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == quote:
			s.value = s.text(s.src[from:i])
			s.pos = i + 1
			return
		case c == '\\':
			s.quotedSlow(quote, i)
			return
		case c == '\n' || c == '\r':
			s.fail(s.pos, "this string is never closed on its line")
			return
		}
	}
	s.fail(s.pos, "this string is never closed")
}

// quotedSlow goes on at the first backslash.
func (s *scanner) quotedSlow(quote byte, i int) {
	var b strings.Builder
	from := s.pos + 1
	b.WriteString(s.src[from:i])
	for i < len(s.src) {
		c := s.src[i]
		switch {
		case c == quote:
			s.value = s.text(b.String())
			s.pos = i + 1
			return
		case c == '\n' || c == '\r':
			s.fail(s.pos, "this string is never closed on its line")
			return
		case c == '\\':
			n, ok := unescape(&b, s.src[i:], false)
			if !ok {
				s.fail(i, "this escape in a string means nothing")
				return
			}
			i += n
			s.escaped = true
		default:
			b.WriteByte(c)
			i++
		}
	}
	s.fail(s.pos, "this string is never closed")
}

// unescape adds what the escape at the start of text stands for, and gives its length. Lone surrogates become U+FFFD.
// Octal escapes are for strings only (ECMA-262 §12.9.4, §B.1.2).
func unescape(b *strings.Builder, text string, template bool) (n int, ok bool) {
	if len(text) < 2 {
		return len(text), false
	}
	switch c := text[1]; c {
	case 'n', 't', 'r', 'b', 'f', 'v':
		b.WriteByte("\n\t\r\b\f\v"[strings.IndexByte("ntrbfv", c)])
		return 2, true
	case '\n':
		return 2, true
	case '\r':
		if len(text) > 2 && text[2] == '\n' {
			return 3, true
		}
		return 2, true
	case 'x':
		r, n := hexDigits(text[2:], 2)
		b.WriteRune(r)
		return 2 + n, n > 0
	case 'u':
		return unescapeUnicode(b, text)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return unescapeOctal(b, text, template)
	}
	r, size := utf8.DecodeRuneInString(text[1:])
	if r != '\u2028' && r != '\u2029' {
		b.WriteString(text[1 : 1+size])
	}
	return 1 + size, true
}

// unescapeUnicode joins two escaped halves of a character beyond U+FFFF.
func unescapeUnicode(b *strings.Builder, text string) (n int, ok bool) {
	r, n := unicodeEscape(text[2:])
	if n == 0 {
		return 2, false
	}
	n += 2
	if utf16.IsSurrogate(r) && strings.HasPrefix(text[n:], `\u`) {
		low, m := unicodeEscape(text[n+2:])
		if pair := utf16.DecodeRune(r, low); m > 0 && pair != utf8.RuneError {
			b.WriteRune(pair)
			return n + 2 + m, true
		}
	}
	b.WriteRune(r)
	return n, true
}

func unescapeOctal(b *strings.Builder, text string, template bool) (n int, ok bool) {
	if template && (text[1] != '0' || len(text) > 2 && classes[text[2]] == cDigit) {
		return 2, false
	}
	if text[1] >= '8' {
		b.WriteByte(text[1])
		return 2, true
	}
	v := 0
	for n = 1; n < 4 && n < len(text) && '0' <= text[n] && text[n] <= '7' && v*8+int(text[n]-'0') < 256; n++ {
		v = v*8 + int(text[n]-'0')
	}
	b.WriteRune(rune(v))
	return n, true
}

// number reads a numeric literal (ECMA-262 §12.9.3, §B.1.1).
func (s *scanner) number() {
	s.tok = tNumber
	from := s.pos
	if s.src[from] == '0' && s.radixNumber() {
		s.afterNumber()
		return
	}
	s.digits()
	whole := true
	if s.peek(0) == '.' && !s.legacyOctal(from) {
		whole = false
		s.pos++
		s.digits()
	}
	if c := s.peek(0); c == 'e' || c == 'E' {
		whole = false
		s.exponent()
	}
	s.decimal(s.src[from:s.pos], whole)
	s.afterNumber()
}

func (s *scanner) legacyOctal(from int) bool {
	text := s.src[from:s.pos]
	return len(text) > 1 && text[0] == '0' && strings.Trim(text, "01234567") == ""
}

func (s *scanner) digits() {
	for s.pos < len(s.src) && (classes[s.src[s.pos]] == cDigit || s.src[s.pos] == '_') {
		s.pos++
	}
}

func (s *scanner) exponent() {
	from := s.pos
	s.pos++
	if c := s.peek(0); c == '+' || c == '-' {
		s.pos++
	}
	if classes[s.peek(0)] != cDigit {
		s.fail(from, "this number lacks the digits of its exponent")
		return
	}
	s.digits()
}

func (s *scanner) decimal(text string, whole bool) {
	if strings.Contains(text, "_") {
		if text[len(text)-1] == '_' || strings.Contains(text, "__") {
			s.fail(s.start, "misplaced _ in a number")
			return
		}
		text = strings.ReplaceAll(text, "_", "")
	}
	switch {
	case whole && s.peek(0) == 'n':
		s.pos++
		s.tok = tBigInt
		s.value = s.text(text)
	case whole && len(text) > 1 && text[0] == '0' && strings.Trim(text, "01234567") == "":
		s.num = radixValue(text[1:], 8)
	case whole && len(text) < 16:
		n, _ := strconv.ParseInt(text, 10, 64)
		s.num = float64(n)
	default:
		s.num, _ = strconv.ParseFloat(text, 64)
	}
}

// radixNumber reads 0x, 0o and 0b.
func (s *scanner) radixNumber() bool {
	var radix int
	switch s.peek(1) | 0x20 {
	case 'x':
		radix = 16
	case 'o':
		radix = 8
	case 'b':
		radix = 2
	default:
		return false
	}
	from := s.pos + 2
	s.pos = from
	for s.pos < len(s.src) && (s.src[s.pos] == '_' || hexValue(s.src[s.pos]) >= 0 && hexValue(s.src[s.pos]) < radix) {
		s.pos++
	}
	text := strings.ReplaceAll(s.src[from:s.pos], "_", "")
	if text == "" || s.src[s.pos-1] == '_' || s.src[from] == '_' {
		s.fail(from-2, "this number has no digits where it needs them")
		return true
	}
	if s.peek(0) == 'n' {
		s.tok = tBigInt
		s.value = s.text(s.src[from-2:from] + text)
		s.pos++
		return true
	}
	s.num = radixValue(text, float64(radix))
	return true
}

func radixValue(digits string, radix float64) float64 {
	v := 0.0
	for i := range len(digits) {
		v = v*radix + float64(hexValue(digits[i]))
	}
	return v
}

func (s *scanner) afterNumber() {
	if c := s.peek(0); classes[c] == cLetter || classes[c] == cDigit || c == '\\' {
		s.fail(s.pos, "a name begins right after a number")
	} else if c >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRuneInString(s.src[s.pos:]); isIDStart(r) {
			s.fail(s.pos, "a name begins right after a number")
		}
	}
}

// regexp reads the regular expression whose first slash is the current token.
func (s *scanner) regexp() (pattern, flags Atom) {
	class := false
	for i := s.start + 1; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\n' || c == '\r':
			s.fail(s.start, "this regular expression is never closed on its line")
			return 0, 0
		case c == '\\' && i+1 < len(s.src) && classes[s.src[i+1]] != cBreak:
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == 0xe2 && lines.Length(s.src[i:min(i+3, len(s.src))]) == 0:
			s.fail(s.start, "this regular expression is never closed on its line")
			return 0, 0
		case c == '/' && !class:
			pattern = s.text(s.src[s.start+1 : i])
			s.pos = i + 1
			for s.pos < len(s.src) && classes[s.src[s.pos]] == cLetter {
				s.pos++
			}
			flags = s.text(s.src[i+1 : s.pos])
			s.end = s.pos
			return pattern, flags
		}
	}
	s.fail(s.start, "this regular expression is never closed")
	return 0, 0
}

// templateText reads text of a template literal up to "${" or the closing backtick, and says which it was.
func (s *scanner) templateText() (cooked, raw Atom, valid, more bool) {
	from := s.pos
	valid = true
	for i := from; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\\':
			i++
		case c == '`', c == '$' && i+1 < len(s.src) && s.src[i+1] == '{':
			text := s.src[from:i]
			raw = s.text(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
			cooked = raw
			if strings.IndexByte(text, '\\') >= 0 {
				cooked, valid = s.cook(text)
			}
			s.pos = i + 1
			if c == '$' {
				s.pos++
			}
			return cooked, raw, valid, c == '$'
		}
	}
	s.fail(from, "a template literal (`…`) is never closed")
	return 0, 0, true, false
}

// cook resolves the escapes of template text; an escape that means nothing is allowed in tagged templates only.
func (s *scanner) cook(text string) (Atom, bool) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch text[i] {
		case '\\':
			n, ok := unescape(&b, text[i:], true)
			if !ok {
				return aNone, false
			}
			i += n
		case '\r':
			if i+1 >= len(text) || text[i+1] != '\n' {
				b.WriteByte('\n')
			}
			i++
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return s.text(b.String()), true
}

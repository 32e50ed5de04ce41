package collect

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner walks JSON that it keeps nothing of. It is strict where a mistake could be exploited and lax elsewhere: what
// follows a broken place is not read.
type scanner struct {
	b []byte
	i int
}

// maxDepth is how deep values that are skipped may be nested.
const maxDepth = 64

func (s *scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\r' || s.b[s.i] == '\t') {
		s.i++
	}
}

// peek is the next character that is no white space, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i >= len(s.b) {
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// text reads a string and returns what stands between the quotes.
func (s *scanner) text() (raw []byte, ok bool) {
	if !s.take('"') {
		return nil, false
	}
	start := s.i
	for {
		n := bytes.IndexByte(s.b[s.i:], '"')
		if n < 0 {
			s.i = len(s.b)
			return nil, false
		}
		s.i += n + 1
		if raw = s.b[start : s.i-1]; !endsEscaping(raw) {
			return raw, true
		}
	}
}

// endsEscaping says whether what follows is escaped: whether the text ends in an odd number of backslashes.
func endsEscaping(raw []byte) bool {
	n := 0
	for i := len(raw) - 1; i >= 0 && raw[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// value reads a string into at most size bytes. Another value is skipped and comes out as nil.
func (s *scanner) value(size int) (v []byte, ok bool) {
	if s.peek() != '"' {
		return nil, s.skip()
	}
	raw, ok := s.text()
	raw = raw[:min(len(raw), 6*size)]
	if bytes.IndexByte(raw, '\\') >= 0 {
		raw = unescape(raw)
	}
	return raw[:min(len(raw), size)], ok
}

// skip passes over a value of any kind without looking into it.
func (s *scanner) skip() bool {
	depth := 0
	for {
		switch c := s.peek(); {
		case c == '"':
			if _, ok := s.text(); !ok {
				return false
			}
		case c == '{' || c == '[':
			s.i++
			if depth++; depth > maxDepth {
				return false
			}
			continue
		case c == '}' || c == ']':
			if depth == 0 {
				return false
			}
			s.i++
			depth--
		case c == ',' || c == ':':
			if depth == 0 {
				return false
			}
			s.i++
			continue
		case c == 0:
			return false
		default:
			s.literal()
		}
		if depth == 0 {
			return true
		}
	}
}

// literal passes over a number or a word.
func (s *scanner) literal() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\n', '\r', '\t', ',', ':', '{', '}', '[', ']', '"', 0:
			if s.b[s.i] == 0 {
				s.i++
			}
			return
		}
		s.i++
	}
}

// object calls f with each key of an object; f reads the value.
func (s *scanner) object(f func(key []byte) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		key, ok := s.text() // with its escapes: no key we look for has any
		if !ok || !s.take(':') || !f(key) {
			return false
		}
		if !s.take(',') {
			return s.take('}')
		}
	}
}

// unescape undoes JSON's escapes (RFC 8259 §7); lone surrogates become U+FFFD.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b', 'f', 'n', 'r', 't':
			out = append(out, ' ')
		case 'u':
			r, used := unicodeEscape(raw[i+1:])
			out = utf8.AppendRune(out, r)
			i += used
		default:
			out = append(out, c)
		}
	}
	return out
}

func unicodeEscape(b []byte) (r rune, used int) {
	r, ok := hex4(b)
	if !ok {
		return utf8.RuneError, 0
	}
	if utf16.IsSurrogate(r) {
		if len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
			if low, ok := hex4(b[6:]); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return both, 10
				}
			}
		}
		return utf8.RuneError, 4
	}
	return r, 4
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}

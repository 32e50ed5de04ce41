package js

import (
	"strings"
	"unicode/utf8"

	"sallyport/internal/lines"
)

// Comment is a span of a script that is no code. Start and End are byte offsets; fences and all are included.
type Comment struct{ Start, End uint32 }

// scanner cuts text into tokens. Regular expressions and template text are read when the parser asks for them,
// since only it knows whether a slash divides.
type scanner struct {
	src string
	pos int // where the next token is looked for
	atoms
	module bool // HTML-like comments are no comments in modules (ECMA-262 §B.1.1)
	json   bool // no comments at all

	htmlComment bool // one was seen

	tok     token
	start   int // of tok
	end     int // of tok
	last    int // end of the token before
	newline bool
	escaped bool // the word has an escape: no keyword
	value   Atom // of a word, string or number
	num     float64

	comments []Comment
	err      *syntaxError
}

// syntaxError is a mistake at a byte offset.
type syntaxError struct {
	at  int
	msg string
}

// fail keeps the first mistake and ends the text for everybody who reads on.
func (s *scanner) fail(at int, msg string) {
	if s.err == nil {
		s.err = &syntaxError{at, msg}
	}
	s.pos = len(s.src)
	s.tok, s.start, s.end = tEOF, s.pos, s.pos
}

func (s *scanner) next() {
	s.last = s.end
	s.newline, s.escaped = false, false
	s.skip()
	s.start = s.pos
	if s.pos >= len(s.src) {
		s.tok, s.end = tEOF, s.pos
		return
	}
	c := s.src[s.pos]
	switch {
	case classes[c] == cLetter:
		s.word()
	case classes[c] == cDigit, c == '.' && classes[s.peek(1)] == cDigit:
		s.number()
	case c == '"' || c == '\'':
		s.quoted(c)
	case c >= utf8.RuneSelf || c == '\\':
		s.escapedWord(tIdent)
	case c == '#':
		s.private()
	default:
		s.tok = s.punct(c)
	}
	if s.err != nil {
		s.pos, s.tok = len(s.src), tEOF
	}
	s.end = s.pos
}

func (s *scanner) peek(n int) byte {
	if s.pos+n < len(s.src) {
		return s.src[s.pos+n]
	}
	return 0
}

func (s *scanner) has(text string) bool { return strings.HasPrefix(s.src[s.pos:], text) }

// skip passes white space and comments.
func (s *scanner) skip() {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch classes[c] {
		case cSpace:
			s.pos++
			continue
		case cBreak:
			s.pos++
			s.newline = true
			continue
		case cLetter, cDigit:
			return
		}
		switch {
		case c == '/' && !s.json && s.peek(1) == '/', c == '#' && s.pos == 0 && s.has("#!"):
			s.lineComment()
		case c == '/' && !s.json && s.peek(1) == '*':
			s.blockComment()
		case c == '<' && !s.module && s.has("<!--"), c == '-' && !s.module && s.atLineStart() && s.has("-->"):
			s.htmlComment = true
			s.lineComment()
		case c >= utf8.RuneSelf && s.wideSpace():
		default:
			return
		}
	}
}

// atLineStart says whether only comments stand between pos and the line break before it.
func (s *scanner) atLineStart() bool { return s.newline || s.last == 0 }

func (s *scanner) lineComment() {
	start := s.pos
	s.pos += lines.Length(s.src[s.pos:])
	s.comments = append(s.comments, Comment{uint32(start), uint32(s.pos)})
}

func (s *scanner) blockComment() {
	start := s.pos
	n := strings.Index(s.src[start+2:], "*/")
	if n < 0 {
		s.fail(start, "this comment is never closed: expected */")
		return
	}
	s.pos = start + 2 + n + 2
	body := s.src[start:s.pos]
	s.newline = s.newline || lines.Length(body) < len(body)
	s.comments = append(s.comments, Comment{uint32(start), uint32(s.pos)})
}

// wideSpace passes one space or line break beyond ASCII (ECMA-262 §12.2, §12.3).
func (s *scanner) wideSpace() bool {
	r, n := utf8.DecodeRuneInString(s.src[s.pos:])
	switch {
	case r == '\u2028', r == '\u2029':
		s.newline = true
	case isWideSpace(r):
	default:
		return false
	}
	s.pos += n
	return true
}

func isWideSpace(r rune) bool {
	switch {
	case r == '\u00a0', r == '\ufeff', r == '\u1680', '\u2000' <= r && r <= '\u200a', r == '\u202f', r == '\u205f', r == '\u3000':
		return true
	}
	return false
}

// punct reads a mark; the longest one that fits.
func (s *scanner) punct(c byte) token {
	n, t := punctuator(c, s.peek(1), s.peek(2), s.peek(3))
	if n == 0 {
		s.fail(s.pos, "unexpected "+quoteByte(c))
		return tEOF
	}
	s.pos += n
	return t
}

func quoteByte(c byte) string {
	if c < ' ' || c == 0x7f {
		const hex = "0123456789ABCDEF"
		return "character U+00" + string(hex[c>>4]) + string(hex[c&15])
	}
	return string(rune(c))
}

// punctuator gives the length of the mark that begins with c, d, e, f, and its token.
func punctuator(c, d, e, f byte) (int, token) {
	switch c {
	case '{':
		return 1, tLBrace
	case '}':
		return 1, tRBrace
	case '(':
		return 1, tLParen
	case ')':
		return 1, tRParen
	case '[':
		return 1, tLBracket
	case ']':
		return 1, tRBracket
	case ';':
		return 1, tSemicolon
	case ',':
		return 1, tComma
	case ':':
		return 1, tColon
	case '`':
		return 1, tBacktick
	case '~':
		return 1, tBitNot
	case '@':
		return 1, tAt
	case '.':
		if d == '.' && e == '.' {
			return 3, tEllipsis
		}
		return 1, tDot
	case '?':
		return question(d, e)
	case '=':
		return equals(d, e)
	case '!':
		if d == '=' && e == '=' {
			return 3, tStrictNe
		}
		return either(d == '=', 2, tNe, tNot)
	case '<':
		if d == '<' {
			return either(e == '=', 3, tShlAssign, tShl)
		}
		return either(d == '=', 2, tLe, tLt)
	case '>':
		return greater(d, e, f)
	case '*':
		if d == '*' {
			return either(e == '=', 3, tPowAssign, tPow)
		}
		return either(d == '=', 2, tMulAssign, tMul)
	case '+':
		if d == '+' {
			return 2, tInc
		}
		return either(d == '=', 2, tAddAssign, tAdd)
	case '-':
		if d == '-' {
			return 2, tDec
		}
		return either(d == '=', 2, tSubAssign, tSub)
	case '&':
		if d == '&' {
			return either(e == '=', 3, tAndAssign, tAnd)
		}
		return either(d == '=', 2, tBitAndAssign, tBitAnd)
	case '|':
		if d == '|' {
			return either(e == '=', 3, tOrAssign, tOr)
		}
		return either(d == '=', 2, tBitOrAssign, tBitOr)
	case '^':
		return either(d == '=', 2, tBitXorAssign, tBitXor)
	case '%':
		return either(d == '=', 2, tModAssign, tMod)
	case '/':
		return either(d == '=', 2, tDivAssign, tDiv)
	}
	return 0, tEOF
}

// either is the long mark of n bytes when more holds, otherwise the one without its last byte.
func either(more bool, n int, long, short token) (int, token) {
	if more {
		return n, long
	}
	return n - 1, short
}

func question(d, e byte) (int, token) {
	switch {
	case d == '?':
		return either(e == '=', 3, tNullishAssign, tNullish)
	case d == '.' && classes[e] != cDigit:
		return 2, tQuestionDot
	}
	return 1, tQuestion
}

func equals(d, e byte) (int, token) {
	switch {
	case d == '=':
		return either(e == '=', 3, tStrictEq, tEq)
	case d == '>':
		return 2, tArrow
	}
	return 1, tAssign
}

func greater(d, e, f byte) (int, token) {
	switch {
	case d == '>' && e == '>':
		return either(f == '=', 4, tUshrAssign, tUshr)
	case d == '>':
		return either(e == '=', 3, tShrAssign, tShr)
	}
	return either(d == '=', 2, tGe, tGt)
}

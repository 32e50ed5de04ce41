package bundle

import (
	"strings"
	"unicode/utf8"
)

// What may follow a token decides what a slash means (ECMA-262 §12, the lexical goal symbols).
type after byte

const (
	afterOperator after = iota // an operand comes next: a slash begins a regular expression
	afterValue                 // an operator comes next: a slash divides
	afterUnsure                // only a full parser knows
)

type kind byte

const (
	kindEOF kind = iota
	kindWord
	kindNumber
	kindString
	kindTemplate // a stretch of template text, up to "${" or the closing backtick
	kindRegExp
	kindPunct
)

// token is one piece of JavaScript. text is a slice of the source.
type token struct {
	kind     kind
	text     string
	at       int  // byte offset
	newline  bool // a line break stands before it
	property bool // a name after a dot: never a keyword
}

// syntaxError is a mistake at a byte offset of a text.
type syntaxError struct {
	at  int
	msg string
}

// bracket is an open bracket and what is known about it.
type bracket struct {
	open  byte // ( [ { or $ for the "${" of a template; 0 for the file itself
	head  bool // the parentheses of if, while, for, with, switch, catch: no value ends at their close
	block bool // braces that certainly hold statements
	value bool // brackets that certainly end a value
	list  bool // commas in it separate arguments, elements or keys
	cost
	commas, rows int // side by side in it
}

// lexer cuts JavaScript into tokens without parsing it.
//
// It exists to look at hostile text before a recursive parser does, so it must never be fooled about where strings,
// comments and regular expressions end. Where the meaning of a slash would need a parser, and the two readings
// would lead to different tokens, it refuses the text instead of guessing.
type lexer struct {
	src     string
	pos     int
	newline bool // a line break stands before pos
	broken  bool // a line break stands before the token being read
	state   after
	before  after // state before the token just read
	prev    token
	prev2   token
	prev3   token
	open    []bracket
	popped  bracket // the last bracket to be closed
	opened  bool    // by the token just read
	closed  bool    // by the token just read
	regexps []token
	maps    []int // where comments say sourceMappingURL=
	err     *syntaxError
}

func newLexer(src string) *lexer {
	l := &lexer{src: src, newline: true, open: []bracket{{block: true}}}
	if strings.HasPrefix(src, "#!") {
		l.fail(0, "a first line #!… has no meaning on a wiki page")
	}
	return l
}

func (l *lexer) top() *bracket { return &l.open[len(l.open)-1] }

func (l *lexer) fail(at int, msg string) token {
	if l.err == nil {
		l.err = &syntaxError{at, msg}
	}
	return token{at: at}
}

// next returns the next token; kindEOF at the end and after an error.
func (l *lexer) next() token {
	if l.err != nil || !l.skipSpace() || l.pos >= len(l.src) {
		return token{at: l.pos, newline: l.newline}
	}
	start := l.pos
	l.broken, l.newline = l.newline, false
	l.before, l.opened, l.closed = l.state, false, false
	t := l.scan()
	if l.err != nil {
		return token{at: l.err.at}
	}
	t.at, t.newline, t.text = start, l.broken, l.src[start:l.pos]
	l.prev3, l.prev2, l.prev = l.prev2, l.prev, t
	return t
}

func (l *lexer) scan() token {
	c := l.src[l.pos]
	switch {
	case isWordByte(c) && !isDigit(c), c == '#':
		return l.word()
	case isDigit(c), c == '.' && isDigit(l.peek(1)):
		return l.number()
	case c == '"', c == '\'':
		return l.quoted(c)
	case c == '`':
		l.pos++
		return l.template()
	case c == '/':
		return l.slash()
	case strings.IndexByte("([{", c) >= 0:
		return l.opening(c)
	case strings.IndexByte(")]}", c) >= 0:
		return l.closing(c)
	case c == '@':
		return l.fail(l.pos, "decorators (@) are not in any browser yet")
	}
	return l.punct(c)
}

func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func (l *lexer) has(s string) bool { return strings.HasPrefix(l.src[l.pos:], s) }

// skipSpace passes white space and comments, also the HTML-like ones of annex B.1.1.
func (l *lexer) skipSpace() bool {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			l.newline = true
			l.pos++
		case c == ' ', c == '\t', c == '\v', c == '\f':
			l.pos++
		case c >= utf8.RuneSelf && l.wideSpace():
		case l.has("//"), l.has("<!--"), l.newline && l.has("-->"):
			l.comment(lineLength(l.src[l.pos:]))
		case l.has("/*"):
			end := strings.Index(l.src[l.pos+2:], "*/")
			if end < 0 {
				l.fail(l.pos, "this comment is never closed: expected */")
				return false
			}
			body := l.src[l.pos : l.pos+2+end]
			l.newline = l.newline || lineLength(body) < len(body)
			l.comment(end + 4)
		default:
			return true
		}
	}
	return true
}

func (l *lexer) comment(length int) {
	if i := strings.Index(l.src[l.pos:l.pos+length], mapComment); i >= 0 {
		l.maps = append(l.maps, l.pos+i)
	}
	l.pos += length
}

// mapComment is what browsers and the minifier look for in comments to find the source map of a text.
const mapComment = "sourceMappingURL="

func (l *lexer) wideSpace() bool {
	r, n := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case r == '\u2028', r == '\u2029':
		l.newline = true
	case isWideSpace(r):
	default:
		return false
	}
	l.pos += n
	return true
}

// word reads a name, a keyword or a private name.
func (l *lexer) word() token {
	start := l.pos
	l.pos++
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if c == '\\' && l.has(`\u{`) {
			l.pos += 2
		} else if c == '{' || c == '}' {
			if !inUnicodeEscape(l.src[start:l.pos], c) {
				break
			}
		} else if !isWordByte(c) {
			break
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(l.src[l.pos:])
			if isWideSpace(r) || r == '\u2028' || r == '\u2029' {
				break
			}
			l.pos += n - 1
		}
		l.pos++
	}
	t := token{kind: kindWord, property: l.prev.text == "." || l.prev.text == "?."}
	l.state = afterWord(l.src[start:l.pos], t.property)
	return t
}

// inUnicodeEscape says whether a brace right after word belongs to an escape like \u{61}.
func inUnicodeEscape(word string, c byte) bool {
	i := strings.LastIndex(word, `\u`)
	if i < 0 {
		return false
	}
	rest := word[i+2:]
	if c == '{' {
		return rest == ""
	}
	return strings.HasPrefix(rest, "{") && !strings.Contains(rest, "}")
}

func (l *lexer) number() token {
	for l.pos < len(l.src) && (isWordByte(l.src[l.pos]) || l.src[l.pos] == '.') {
		l.pos++
	}
	l.state = afterValue
	return token{kind: kindNumber}
}

func (l *lexer) quoted(quote byte) token {
	start := l.pos
	for l.pos++; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; c {
		case quote:
			l.pos++
			l.state = afterValue
			return token{kind: kindString}
		case '\\':
			l.pos++
		case '\n':
			return l.fail(start, "this string is never closed on its line")
		}
	}
	return l.fail(start, "this string is never closed")
}

// template reads text of a template literal; l.pos stands after the backtick or the brace that leads into the text.
func (l *lexer) template() token {
	for ; l.pos < len(l.src); l.pos++ {
		switch {
		case l.src[l.pos] == '\\':
			l.pos++
		case l.src[l.pos] == '`':
			l.pos++
			l.state = afterValue
			return token{kind: kindTemplate}
		case l.has("${"):
			l.pos += 2
			l.push(bracket{open: '$'})
			l.state = afterOperator
			return token{kind: kindTemplate}
		}
	}
	return l.fail(len(l.src), "a template literal (`…`) is never closed")
}

func (l *lexer) punct(c byte) token {
	switch {
	case (c == '+' || c == '-') && l.peek(1) == c:
		l.pos += 2
		if l.state == afterValue && l.broken {
			l.state = afterOperator
		}
		return token{kind: kindPunct} // x++ stays a value, ++x still waits for one
	case l.has("=>"), l.has("&&"), l.has("||"), l.has("??"), l.has("?.") && !isDigit(l.peek(2)):
		l.pos += 2
	case l.has("..."):
		l.pos += 3
	default:
		l.pos++
	}
	l.state = afterOperator
	return token{kind: kindPunct}
}

// slash reads a regular expression or a division.
func (l *lexer) slash() token {
	if l.state == afterValue {
		return l.punct('/')
	}
	length, ok := regexpLength(l.src[l.pos:])
	if !ok {
		if l.state == afterUnsure {
			return l.punct('/') // it can only be a division
		}
		return l.fail(l.pos, "this regular expression is never closed on its line")
	}
	if l.state == afterUnsure {
		return l.unsureSlash(length)
	}
	t := token{kind: kindRegExp, at: l.pos, text: l.src[l.pos : l.pos+length]}
	l.regexps = append(l.regexps, t)
	l.pos += length
	l.state = afterValue
	return t
}

// maxUnsure bounds text that may be a regular expression or code, so that it cannot hide much of either.
const maxUnsure = 100

// unsureSlash passes text that is a regular expression in one reading and a division by a division in the other, when
// both leave the lexer in the same place. The next slash is then as unclear as this one.
func (l *lexer) unsureSlash(length int) token {
	text := l.src[l.pos : l.pos+length]
	if length > maxUnsure || strings.ContainsAny(text, "\"'`()[]{}\\@") || strings.Contains(text, "<!--") {
		return l.fail(l.pos, "it is not clear whether this slash begins a regular expression or divides: put the regular expression in parentheses")
	}
	l.pos += length
	return token{kind: kindPunct}
}

// regexpLength measures the literal at the start of s, flags included.
func regexpLength(s string) (int, bool) {
	class := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
			if i < len(s) && lineLength(s[i:]) == 0 {
				return 0, false
			}
		case lineLength(s[i:min(i+3, len(s))]) == 0:
			return 0, false
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			for i++; i < len(s) && isWordByte(s[i]) && s[i] < utf8.RuneSelf && s[i] != '\\'; i++ {
			}
			return i, true
		}
	}
	return 0, false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_' || c == '$' || c == '\\' || c >= utf8.RuneSelf
}

func isWideSpace(r rune) bool {
	switch {
	case r == '\u00a0', r == '\ufeff', r == '\u1680', '\u2000' <= r && r <= '\u200a', r == '\u202f', r == '\u205f', r == '\u3000':
		return true
	}
	return false
}

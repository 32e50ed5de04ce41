package gadget

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A node is a JSON value that remembers where it stands. encoding/json tells neither lines of nested values nor
// duplicate keys, and matches keys in any case, which MediaWiki does not.
type node struct {
	kind    kind
	at      int    // byte offset of its first character
	text    string // of a string: its value; of a number: as written
	truth   bool
	items   []node   // of an array
	members []member // of an object, in order
}

type member struct {
	key   string
	at    int // of the key
	value node
}

type kind byte

const (
	isNull kind = iota
	isBool
	isNumber
	isString
	isArray
	isObject
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// maxDepth is how far values may be nested.
const maxDepth = 32

// A scanner reads JSON as RFC 8259 has it, to the first mistake.
type scanner struct {
	text []byte
	at   int
}

// syntaxError is where reading stopped, and why.
type syntaxError struct {
	at      int
	message string
}

func (e *syntaxError) Error() string { return e.message }

func (s *scanner) fail(format string, args ...any) error {
	return &syntaxError{s.at, fmt.Sprintf(format, args...)}
}

// document reads one value and nothing after it. A byte order mark is tolerated.
func document(text []byte) (node, error) {
	s := &scanner{text: text}
	if strings.HasPrefix(string(text[:min(3, len(text))]), "\uFEFF") {
		s.at = 3
	}
	n, err := s.value(0)
	if err != nil {
		return node{}, err
	}
	if s.space(); s.at < len(s.text) {
		return node{}, s.fail("There is something after the end of the definition: %s. Remove it.", s.here())
	}
	return n, nil
}

func (s *scanner) space() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// here names the character at the scanner, for messages.
func (s *scanner) here() string {
	if s.at >= len(s.text) {
		return "the end of the page"
	}
	r, _ := utf8.DecodeRune(s.text[s.at:])
	if r == utf8.RuneError {
		return "a byte that is not UTF-8"
	}
	return strconv.QuoteRune(r)
}

func (s *scanner) value(depth int) (node, error) {
	s.space()
	if depth > maxDepth {
		return node{}, s.fail("Values are nested more than %d deep.", maxDepth)
	}
	if s.at >= len(s.text) {
		return node{}, s.fail("The page ends where a value should be.")
	}
	n := node{at: s.at}
	var err error
	switch c := s.text[s.at]; {
	case c == '{':
		n.kind = isObject
		n.members, err = s.object(depth)
	case c == '[':
		n.kind = isArray
		n.items, err = s.array(depth)
	case c == '"':
		n.kind = isString
		n.text, err = s.quoted()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = isNumber
		n.text, err = s.number()
	default:
		return s.word()
	}
	return n, err
}

func (s *scanner) word() (node, error) {
	n := node{at: s.at}
	for _, w := range []struct {
		text  string
		kind  kind
		truth bool
	}{{"true", isBool, true}, {"false", isBool, false}, {"null", isNull, false}} {
		if strings.HasPrefix(string(s.text[s.at:min(s.at+5, len(s.text))]), w.text) {
			s.at += len(w.text)
			n.kind, n.truth = w.kind, w.truth
			return n, nil
		}
	}
	switch s.text[s.at] {
	case '/':
		return n, s.fail(noComments)
	case '\'':
		return n, s.fail("Texts stand in double quotes in JSON, not in single ones.")
	case ']', '}', ',':
		return n, s.fail("A value is missing before %s; the last entry of a list takes no comma.", s.here())
	}
	return n, s.fail("%s does not begin a value; texts stand in double quotes.", s.here())
}

func (s *scanner) array(depth int) ([]node, error) {
	s.at++
	var items []node
	for first := true; ; first = false {
		done, err := s.next(']', first)
		if done || err != nil {
			return items, err
		}
		n, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, n)
	}
}

func (s *scanner) object(depth int) ([]member, error) {
	s.at++
	var members []member
	for first := true; ; first = false {
		done, err := s.next('}', first)
		if done || err != nil {
			return members, err
		}
		m, err := s.member(depth)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
}

// next moves to the next entry of a list or object, or past its end.
func (s *scanner) next(end byte, first bool) (done bool, err error) {
	s.space()
	switch {
	case s.at >= len(s.text):
		return false, s.fail("The page ends before %q.", end)
	case s.text[s.at] == end:
		s.at++
		return true, nil
	case first:
		return false, nil
	case s.text[s.at] != ',':
		return false, s.fail("Expected a comma or %q, found %s.", end, s.here())
	}
	s.at++
	return false, nil
}

func (s *scanner) member(depth int) (member, error) {
	s.space()
	m := member{at: s.at}
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return m, s.noKey()
	}
	var err error
	if m.key, err = s.quoted(); err != nil {
		return m, err
	}
	if s.space(); s.at >= len(s.text) || s.text[s.at] != ':' {
		return m, s.fail("Expected a colon after the key %q, found %s.", m.key, s.here())
	}
	s.at++
	m.value, err = s.value(depth + 1)
	return m, err
}

// noKey says what stands where a key should.
func (s *scanner) noKey() error {
	switch {
	case s.at < len(s.text) && s.text[s.at] == '}':
		return s.fail("The last entry of an object takes no comma after it.")
	case s.at < len(s.text) && s.text[s.at] == '/':
		return s.fail(noComments)
	}
	return s.fail("Expected a key in double quotes, found %s.", s.here())
}

const noComments = "JSON has no comments. Remove this one."

func (s *scanner) number() (string, error) {
	start := s.at
	for s.at < len(s.text) && strings.IndexByte("+-.0123456789eE", s.text[s.at]) >= 0 {
		s.at++
	}
	text := string(s.text[start:s.at])
	if !jsonNumber.MatchString(text) {
		s.at = start
		return "", s.fail("%q is not a number as JSON writes them.", text)
	}
	return text, nil
}

// quoted reads a string, the scanner standing on its first quote.
func (s *scanner) quoted() (string, error) {
	s.at++
	var b strings.Builder
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return b.String(), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case c < 0x20:
			return "", s.fail("A text runs over the end of its line or holds a control character. Close the quotes, or write \\n.")
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return "", s.fail("The page is not UTF-8 here.")
			}
			b.WriteRune(r)
			s.at += size
		}
	}
	return "", s.fail("The page ends inside a text. Close the quotes.")
}

// escape reads what a backslash begins.
func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.text) {
		return 0, s.fail("The page ends inside a text. Close the quotes.")
	}
	c := s.text[s.at+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		s.at += 2
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return 0, s.fail("A backslash stands before something it does not go with. Write two of them for one.")
	}
	r, ok := s.hex(s.at)
	if !ok {
		return 0, s.fail("\\u needs four hexadecimal digits.")
	}
	if !utf16.IsSurrogate(r) {
		s.at += 6
		return r, nil
	}
	low, ok := s.hex(s.at + 6)
	pair := utf16.DecodeRune(r, low)
	if !ok || pair == utf8.RuneError {
		return 0, s.fail("\\u%04x is one half of a character; the other half is missing.", r)
	}
	s.at += 12
	return pair, nil
}

// hex reads \uXXXX at an offset.
func (s *scanner) hex(at int) (rune, bool) {
	if at+6 > len(s.text) || s.text[at] != '\\' || s.text[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.text[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}

package bundle

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The minifier does not look into regular expressions, but a browser refuses a whole script for one bad literal, and
// with it every gadget in the same answer. So literals are checked here (ECMA-262 §22.2.1 with annex B.1.2).

// verdict on a regular expression literal.
type verdict struct {
	msg    string // why a browser refuses it; empty when it does not
	unsure bool   // newer or rarer than this check knows
}

const maxGroups = 200 // nested groups in one regular expression

// checkRegexp judges one literal, slashes and flags included.
func checkRegexp(literal string) verdict {
	end := strings.LastIndexByte(literal, '/')
	body, flags := literal[1:end], literal[end+1:]
	for i, f := range flags {
		if !strings.ContainsRune("dgimsuvy", f) || strings.ContainsRune(flags[i+1:], f) {
			return verdict{msg: "invalid regular expression flags"}
		}
	}
	if strings.Contains(flags, "v") {
		return verdict{unsure: true}
	}
	p := &pattern{src: body, unicode: strings.Contains(flags, "u")}
	p.named = strings.Contains(body, "(?<") && namesGroup(body)
	p.groups = countGroups(body)
	p.disjunction(0)
	if p.msg == "" && p.pos < len(p.src) {
		p.fail("unmatched )")
	}
	return p.verdict
}

type pattern struct {
	verdict
	src     string
	pos     int
	unicode bool
	named   bool // has a named group, which makes \k special also without the u flag
	groups  int
	names   []string
	refs    []string
}

func (p *pattern) fail(msg string) {
	if p.msg == "" {
		p.msg = "invalid regular expression: " + msg
	}
	p.pos = len(p.src)
}

// rest is what is still unread: nothing after an error, wherever pos has got to since.
func (p *pattern) rest() string { return p.src[min(p.pos, len(p.src)):] }

func (p *pattern) has(s string) bool { return strings.HasPrefix(p.rest(), s) }

func (p *pattern) take(s string) bool {
	if !p.has(s) {
		return false
	}
	p.pos += len(s)
	return true
}

// disjunction reads up to the closing parenthesis of its group or the end.
func (p *pattern) disjunction(depth int) {
	if depth > maxGroups {
		p.fail("too many groups inside each other")
	}
	for p.pos < len(p.src) && p.src[p.pos] != ')' {
		if !p.take("|") {
			p.term(depth)
		}
	}
	if depth > 0 {
		return
	}
	for _, r := range p.refs {
		if !contains(p.names, r) {
			p.fail("no group has the name " + r)
		}
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func (p *pattern) term(depth int) {
	quantifiable := true
	switch c := p.src[p.pos]; c {
	case '^', '$':
		p.pos++
		quantifiable = false
	case '(':
		quantifiable = p.group(depth)
	case '[':
		p.pos++
		p.class()
	case '\\':
		p.pos++
		quantifiable = !p.take("b") && !p.take("B")
		if quantifiable {
			p.escape(false)
		}
	case '*', '+', '?':
		p.fail("nothing to repeat")
	case '{', '}', ']':
		if _, _, ok := braced(p.rest()); ok && c == '{' {
			p.fail("nothing to repeat")
		}
		if p.unicode {
			p.fail("a lone " + string(c) + " with the u flag")
		}
		p.pos++
	default:
		p.char()
	}
	p.quantifier(quantifiable)
}

// char passes one character as the flags count them.
func (p *pattern) char() rune {
	r, n := utf8.DecodeRuneInString(p.rest())
	p.pos += n
	return r
}

func (p *pattern) quantifier(allowed bool) {
	if p.pos >= len(p.src) {
		return
	}
	switch p.src[p.pos] {
	case '*', '+', '?':
		p.pos++
	case '{':
		n, ordered, ok := braced(p.rest())
		if !ok {
			return // a literal brace, or an error found by term
		}
		if !ordered {
			p.fail("numbers out of order in {…}")
			return
		}
		p.pos += n
	default:
		return
	}
	if !allowed {
		p.fail("nothing to repeat")
	}
	p.take("?")
}

// braced measures {n}, {n,} or {n,m} at the start of s.
func braced(s string) (length int, ordered, ok bool) {
	end := strings.IndexByte(s, '}')
	if s[0] != '{' || end < 2 {
		return 0, false, false
	}
	low, high, two := strings.Cut(s[1:end], ",")
	if !digits(low) || two && high != "" && !digits(high) {
		return 0, false, false
	}
	low, high = strings.TrimLeft(low, "0"), strings.TrimLeft(high, "0")
	ordered = !two || strings.HasSuffix(s[:end], ",") || len(low) < len(high) || len(low) == len(high) && low <= high
	return end + 1, ordered, true
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// group reads a parenthesis and says whether a quantifier may follow.
func (p *pattern) group(depth int) bool {
	p.pos++
	quantifiable := true
	switch {
	case p.take("?="), p.take("?!"):
		quantifiable = !p.unicode
	case p.take("?<="), p.take("?<!"):
		quantifiable = false
	case p.take("?<"):
		p.groupName()
	case p.take("?:"):
	case p.take("?"):
		p.modifiers()
	}
	p.disjunction(depth + 1)
	if !p.take(")") {
		p.fail("unterminated group")
	}
	return quantifiable
}

func (p *pattern) groupName() {
	name, ok := p.name()
	if !ok {
		p.fail("invalid name of a group")
		return
	}
	if contains(p.names, name) {
		p.unsure = true // allowed since ES2025 in alternatives that exclude each other
	}
	p.names = append(p.names, name)
}

// name reads up to the closing angle bracket.
func (p *pattern) name() (string, bool) {
	end := strings.IndexByte(p.rest(), '>')
	if end <= 0 {
		return "", false
	}
	name := p.src[p.pos : p.pos+end]
	p.pos += end + 1
	for i, r := range name {
		if r == '\\' {
			p.unsure = true
			return name, true
		}
		if r != '$' && r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.IsMark(r)) {
			return name, false
		}
	}
	return name, true
}

// modifiers reads (?ims-ims: of ES2025, which not all browsers know.
func (p *pattern) modifiers() {
	end := strings.IndexByte(p.rest(), ':')
	if end < 0 || strings.Trim(p.src[p.pos:p.pos+end], "ims-") != "" {
		p.fail("invalid group")
		return
	}
	p.pos += end + 1
	p.unsure = true
}

// namesGroup says whether some "(?<" in the pattern is not a look-behind.
func namesGroup(s string) bool {
	for {
		_, after, found := strings.Cut(s, "(?<")
		if !found {
			return false
		}
		if !strings.HasPrefix(after, "=") && !strings.HasPrefix(after, "!") {
			return true
		}
		s = after
	}
}

// countGroups counts the capturing groups, which \1 and its like refer to.
func countGroups(s string) int {
	n, class := 0, false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '(':
			rest := s[i+1:]
			if !class && (!strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "?<") && namesGroup(s[i:min(i+4, len(s))])) {
				n++
			}
		}
	}
	return n
}

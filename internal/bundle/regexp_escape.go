package bundle

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape reads what follows a backslash. It returns the character meant, or -1 where a set of characters is meant.
func (p *pattern) escape(inClass bool) rune {
	if p.pos >= len(p.src) {
		p.fail("\\ at the end")
		return -1
	}
	c := p.char()
	switch {
	case strings.ContainsRune("dDsSwW", c):
		return -1
	case c == 'p' || c == 'P':
		return p.property(c)
	case c == 'k':
		return p.namedReference(inClass)
	case '0' <= c && c <= '9':
		return p.decimal(c, inClass)
	case c == 'x' || c == 'u':
		return p.hex(c)
	case c == 'c':
		return p.control(inClass)
	case strings.ContainsRune("fnrtv", c):
		return map[rune]rune{'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}[c]
	case inClass && c == 'b':
		return '\b'
	}
	if p.unicode && !strings.ContainsRune("^$\\.*+?()[]{}|/", c) && (!inClass || c != '-') {
		p.fail("invalid escape \\" + string(c))
	}
	return c
}

func (p *pattern) property(c rune) rune {
	if !p.unicode {
		return c
	}
	end := strings.IndexByte(p.rest(), '}')
	if !p.has("{") || end < 2 {
		p.fail("invalid property name")
		return -1
	}
	if !knownProperty(p.src[p.pos+1 : p.pos+end]) {
		p.unsure = true
	}
	p.pos += end + 1
	return -1
}

// Binary properties and long names of categories that scripts use; others are left to the browser to judge.
var knownProperties = words(`ASCII Any Assigned Alphabetic Emoji Emoji_Presentation Emoji_Modifier Extended_Pictographic
	ID_Start ID_Continue Ideographic Lowercase Uppercase White_Space Letter Mark Number Punctuation Symbol Separator
	Uppercase_Letter Lowercase_Letter Decimal_Number Nonspacing_Mark`)

func knownProperty(s string) bool {
	key, value, pair := strings.Cut(s, "=")
	switch {
	case !pair:
		return knownProperties[s] || len(s) <= 2 && unicode.Categories[s] != nil
	case key == "Script" || key == "sc" || key == "Script_Extensions" || key == "scx":
		return unicode.Scripts[value] != nil
	case key == "General_Category" || key == "gc":
		return len(value) <= 2 && unicode.Categories[value] != nil
	}
	return false
}

func (p *pattern) namedReference(inClass bool) rune {
	if !p.unicode && !p.named {
		return 'k'
	}
	if inClass || !p.take("<") {
		p.fail("invalid \\k")
		return -1
	}
	name, ok := p.name()
	if !ok {
		p.fail("invalid \\k")
	}
	p.refs = append(p.refs, name)
	return -1
}

// decimal reads a reference to a group, \0, or an old octal escape.
func (p *pattern) decimal(first rune, inClass bool) rune {
	start := p.pos - 1
	for p.pos < len(p.src) && isDigit(p.src[p.pos]) {
		p.pos++
	}
	text := p.src[start:p.pos]
	if text == "0" {
		return 0
	}
	if p.unicode {
		if n, err := strconv.Atoi(text); inClass || first == '0' || err != nil || n > p.groups {
			p.fail("invalid escape \\" + text)
		}
		return -1
	}
	return p.octal(start, text, inClass)
}

// octal takes as much of the digits as annex B does and gives the rest back.
func (p *pattern) octal(start int, text string, inClass bool) rune {
	if n, err := strconv.Atoi(text); !inClass && text[0] != '0' && err == nil && n <= p.groups {
		return -1
	}
	if text[0] >= '8' {
		p.pos = start + 1
		return rune(text[0])
	}
	n := rune(0)
	for i := 0; i < len(text) && i < 3 && text[i] < '8' && n*8+rune(text[i]-'0') < 256; i++ {
		n = n*8 + rune(text[i]-'0')
		p.pos = start + i + 1
	}
	return n
}

// hex reads \xHH, \uHHHH and \u{…}.
func (p *pattern) hex(c rune) rune {
	if c == 'u' && p.unicode && p.has("{") {
		end := strings.IndexByte(p.rest(), '}')
		if end > 1 {
			n, err := strconv.ParseUint(p.src[p.pos+1:p.pos+end], 16, 64)
			p.pos += end + 1
			if err == nil && n <= unicode.MaxRune {
				return rune(n)
			}
		}
		p.fail("invalid Unicode escape")
		return -1
	}
	n := 2
	if c == 'u' {
		n = 4
	}
	if p.pos+n <= len(p.src) {
		if v, err := strconv.ParseUint(p.src[p.pos:p.pos+n], 16, 32); err == nil {
			p.pos += n
			return p.lowSurrogate(rune(v))
		}
	}
	if p.unicode {
		p.fail("invalid escape \\" + string(c))
	}
	return c
}

// lowSurrogate joins \uD83D\uDE00 under the u flag.
func (p *pattern) lowSurrogate(high rune) rune {
	if !p.unicode || high < 0xd800 || high > 0xdbff || !p.has(`\u`) || p.pos+6 > len(p.src) {
		return high
	}
	low, err := strconv.ParseUint(p.src[p.pos+2:p.pos+6], 16, 32)
	if err != nil || low < 0xdc00 || low > 0xdfff {
		return high
	}
	p.pos += 6
	return 0x10000 + (high-0xd800)<<10 + rune(low) - 0xdc00
}

func (p *pattern) control(inClass bool) rune {
	if p.pos < len(p.src) {
		c := p.src[p.pos]
		if 'a' <= c|0x20 && c|0x20 <= 'z' || !p.unicode && inClass && (isDigit(c) || c == '_') {
			p.pos++
			return rune(c) % 32
		}
	}
	if p.unicode {
		p.fail("invalid \\c")
	}
	p.pos-- // annex B: a backslash for itself, then the letter c
	return '\\'
}

// class reads a character class; the opening bracket is behind.
func (p *pattern) class() {
	p.take("^")
	for p.pos < len(p.src) && p.src[p.pos] != ']' {
		low := p.classAtom()
		if !p.has("-") || strings.HasPrefix(p.rest(), "-]") {
			continue
		}
		p.pos++
		if p.pos >= len(p.src) {
			break
		}
		high := p.classAtom()
		if low < 0 || high < 0 {
			if p.unicode {
				p.fail("a set cannot be the end of a range")
			}
			continue
		}
		if codeUnit(low, p.unicode, false) > codeUnit(high, p.unicode, true) {
			p.fail("range out of order in a character class")
		}
	}
	if !p.take("]") {
		p.fail("unterminated character class")
	}
}

func (p *pattern) classAtom() rune {
	if p.take("\\") {
		return p.escape(true)
	}
	return p.char()
}

// codeUnit gives the code unit that stands next to the dash of a range: without the u flag a character beyond the basic
// plane counts as its two surrogates.
func codeUnit(r rune, unicodeFlag, high bool) rune {
	if unicodeFlag || r <= 0xffff || r > utf8.MaxRune {
		return r
	}
	if high {
		return 0xd800 + (r-0x10000)>>10
	}
	return 0xdc00 + (r-0x10000)&0x3ff
}

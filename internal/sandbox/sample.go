package sandbox

import (
	"regexp/syntax"
	"strings"
)

// sample is a text that a pattern of JavaScript fits, stretched to a length where that can be (0: as it comes); "" where none is found.
func sample(pattern string, length int) string {
	if body, ok := strings.CutPrefix(pattern, "/"); ok { // a literal with its flags
		if end := strings.LastIndexByte(body, '/'); end > 0 {
			pattern = body[:end]
		}
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	re = re.Simplify()
	text := spell(re, 1)
	for n := 2; len(text) < length && n <= length; n++ {
		if longer := spell(re, n); len(longer) <= length {
			text = longer
		}
	}
	return text
}

// spell writes out a pattern; what may be repeated stands there n times.
func spell(re *syntax.Regexp, n int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return letterOf(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpCapture:
		return spell(re.Sub[0], n)
	case syntax.OpQuest:
		return strings.Repeat(spell(re.Sub[0], 1), min(n-1, 1))
	case syntax.OpStar, syntax.OpPlus:
		return strings.Repeat(spell(re.Sub[0], 1), n)
	case syntax.OpAlternate:
		return spell(re.Sub[0], n)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(spell(sub, n))
			if sub.Op == syntax.OpStar || sub.Op == syntax.OpPlus {
				n = 1 // one of them is enough
			}
		}
		return b.String()
	}
	return ""
}

// letterOf is a character of a class: a letter where there is one.
func letterOf(ranges []rune) string {
	for _, want := range "aAn0 " {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= want && want <= ranges[i+1] {
				return string(want)
			}
		}
	}
	if len(ranges) > 0 {
		return string(ranges[0])
	}
	return ""
}

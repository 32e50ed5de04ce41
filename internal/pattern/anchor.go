package pattern

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// anchor is a text that stands in every match, some bytes behind its start. Where there are anchors, a regular expression
// is tried around them alone: Go's takes some thirty times as long for a byte as looking for a text does.
type anchor struct {
	text     string
	min, max int
}

const (
	maxReach  = 32 // bytes in front of an anchor
	minAnchor = 3
)

// anchorsOf are anchors one of which every match has, nil when there are none.
func anchorsOf(re *syntax.Regexp) []anchor {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 && len(string(re.Rune)) >= minAnchor {
			return []anchor{{text: string(re.Rune)}}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return anchorsOf(re.Sub[0])
	case syntax.OpConcat:
		return anchorsBehind(re.Sub)
	case syntax.OpAlternate:
		var all []anchor
		for _, sub := range re.Sub {
			some := anchorsOf(sub)
			if some == nil || len(all)+len(some) > maxLiterals {
				return nil
			}
			all = append(all, some...)
		}
		return all
	}
	return nil
}

// anchorsBehind are the first anchors in a row of parts, as far as what stands in front of them is short.
func anchorsBehind(parts []*syntax.Regexp) []anchor {
	from, to := 0, 0
	for _, part := range parts {
		if some := anchorsOf(part); some != nil {
			for i := range some {
				some[i].min += from
				some[i].max += to
			}
			return some
		}
		least, most := width(part)
		if from, to = from+least, to+most; to > maxReach {
			return nil
		}
	}
	return nil
}

// width is how many bytes a part can take, with something over maxReach for very many.
func width(re *syntax.Regexp) (least, most int) {
	switch re.Op {
	case syntax.OpLiteral:
		n := len(string(re.Rune))
		if re.Flags&syntax.FoldCase != 0 {
			return len(re.Rune), 4 * len(re.Rune) // a letter and its other case may differ in length
		}
		return n, n
	case syntax.OpCharClass:
		if last := re.Rune[len(re.Rune)-1]; last < 0x80 {
			return 1, 1
		}
		return 1, 4
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 4
	case syntax.OpCapture:
		return width(re.Sub[0])
	case syntax.OpQuest:
		_, most := width(re.Sub[0])
		return 0, most
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			a, b := width(sub)
			least, most = least+a, most+b
		}
		return least, most
	case syntax.OpAlternate:
		least, most = width(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			a, b := width(sub)
			least, most = min(least, a), max(most, b)
		}
		return least, most
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return 0, 0
	}
	return 0, maxReach + 1
}

// anchoredRegexp finds what a regular expression finds, from its anchors.
type anchoredRegexp struct {
	anchors []anchor
	first   *regexp.Regexp // at the beginning of the text
	behind  *regexp.Regexp // behind one letter, which ^ and \b look at
}

func newAnchored(text string) *anchoredRegexp {
	re, err := syntax.Parse(text, syntax.Perl&^syntax.OneLine)
	if err != nil {
		return nil
	}
	a := &anchoredRegexp{anchors: anchorsOf(re.Simplify())}
	if a.anchors == nil {
		return nil
	}
	first, err := regexp.Compile(`(?m)\A(?:` + text + `)`)
	if err != nil {
		return nil
	}
	behind, err := regexp.Compile(`(?m)\A(?s:.)(?:` + text + `)`)
	if err != nil {
		return nil
	}
	a.first, a.behind = first, behind
	return a
}

// starts are the offsets at which a match may begin, in order.
func (a *anchoredRegexp) starts(text string) []int {
	var out []int
	for _, c := range a.anchors {
		for from := 0; ; {
			i := strings.Index(text[from:], c.text)
			if i < 0 {
				break
			}
			for at := max(0, from+i-c.max); at <= from+i-c.min; at++ {
				if utf8.RuneStart(text[at]) {
					out = append(out, at)
				}
			}
			from += i + 1
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// find gives what regexp.FindAllStringSubmatchIndex would; step is asked before each attempt.
func (a *anchoredRegexp) find(text string, most int, step func() bool) [][]int {
	var out [][]int
	end := 0
	for _, at := range a.starts(text) {
		if at < end || len(out) == most || !step() {
			continue
		}
		if m := a.at(text, at); m != nil {
			out = append(out, m)
			end = max(m[1], at+1)
		}
	}
	return out
}

func (a *anchoredRegexp) at(text string, start int) []int {
	if start == 0 {
		return a.first.FindStringSubmatchIndex(text)
	}
	before := start - 1
	for before > 0 && !utf8.RuneStart(text[before]) {
		before--
	}
	m := a.behind.FindStringSubmatchIndex(text[before:])
	if m == nil {
		return nil
	}
	for i := range m {
		if m[i] >= 0 {
			m[i] += before
		}
	}
	m[0] = start
	return m
}

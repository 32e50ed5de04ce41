package gate

import (
	"math"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/js"
)

// maxValues bounds what one expression, list or table is read for; maxPattern and maxSpelled what is read of a regular
// expression; maxLength what is worth listing.
const (
	maxValues  = 256
	maxPattern = 1000
	maxSpelled = 64
	maxLength  = 300
)

// values are the constants that an expression may be.
func (s *Script) values(n js.Node) []string {
	if n == 0 {
		return nil
	}
	switch s.Kind(n) {
	case js.Regexp:
		return literals(s.Str(n))
	case js.Bool, js.Null, js.Function:
		return nil
	case js.Array:
		return s.members(n)
	}
	if f, ok := s.number(n, 0); ok {
		return []string{formatNumber(f)}
	}
	if re := s.regexpOf(n); re != "" {
		return literals(re)
	}
	var out []string
	for _, v := range s.graph.Str(n).Consts() {
		switch v {
		case "", "true", "false", "null", "undefined":
		default:
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return s.members(n)
	}
	return out
}

// members are the constants in a list, or the names in a table.
func (s *Script) members(n js.Node) []string {
	var out []string
	for _, e := range s.graph.Elements(n) {
		if len(out) >= maxValues {
			break
		}
		if f, ok := s.number(e, 0); ok {
			out = append(out, formatNumber(f))
			continue
		}
		out = append(out, s.graph.Str(e).Consts()...)
	}
	for _, f := range s.graph.Obj(n).Fields {
		if len(out) < maxValues {
			out = append(out, f.Name)
		}
	}
	return out
}

// regexpOf is the pattern that a variable or new RegExp( … ) holds.
func (s *Script) regexpOf(n js.Node) string {
	for range 4 {
		switch s.Kind(n) {
		case js.Regexp:
			return s.Str(n)
		case js.New, js.Call:
			if s.Name(s.Callee(n)) == "RegExp" {
				return s.text(s.Arg(n, 0))
			}
			return ""
		case js.Ident:
			n = s.onlyValue(n)
		default:
			return ""
		}
	}
	return ""
}

// onlyValue is what a variable is declared with, when nothing else is ever put there.
func (s *Script) onlyValue(n js.Node) js.Node {
	b := s.Binding(n)
	value, known := s.only[b]
	if b == 0 || known {
		return value
	}
	for _, r := range s.Refs(b) {
		if !s.Is(r, js.IsWritten) && !s.Is(r, js.IsDeclared) {
			continue
		}
		up := s.up[r]
		if s.Kind(up) != js.Declarator || s.Target(up) != r || value != 0 {
			value = 0
			break
		}
		value = s.Value(up)
	}
	s.only[b] = value
	return value
}

// number computes arithmetic on literals: 24 * 60 * 60 * 1000.
func (s *Script) number(n js.Node, depth int) (float64, bool) {
	if depth > maxDepth {
		return 0, false
	}
	switch s.Kind(n) {
	case js.Number:
		return s.Num(n), true
	case js.Ident:
		if v := s.onlyValue(n); v != 0 {
			return s.number(v, depth+1)
		}
	case js.Unary:
		f, ok := s.number(s.Operand(n), depth+1)
		switch s.Op(n) {
		case js.OpMinus:
			return -f, ok
		case js.OpPlus:
			return f, ok
		}
	case js.Binary:
		a, ok := s.number(s.Left(n), depth+1)
		b, too := s.number(s.Right(n), depth+1)
		if !ok || !too {
			return 0, false
		}
		switch s.Op(n) {
		case js.OpAdd:
			return a + b, true
		case js.OpSub:
			return a - b, true
		case js.OpMul:
			return a * b, true
		case js.OpDiv:
			return a / b, b != 0
		}
	}
	return 0, false
}

func formatNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// literals are the texts that a regular expression asks for: of /^(Special:Block|User:A.*)$/ they are Special:Block and
// User:A. Those of one letter say nothing.
func literals(pattern string) []string {
	if len(pattern) > maxPattern {
		return nil
	}
	re, err := syntax.Parse(translate(pattern), syntax.Perl)
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range spell(re, 0) {
		if len(t) > 1 && len(out) < maxValues {
			out = append(out, t)
		}
	}
	return out
}

// translate rewrites what Go's syntax lacks: \/ and look-ahead.
func translate(p string) string {
	return strings.NewReplacer(`\/`, `/`, `(?=`, `(?:`, `(?!`, `(?:`, `(?<=`, `(?:`, `(?<!`, `(?:`, `\-`, `-`).Replace(p)
}

// spell gives the longest literal stretches of each alternative.
func spell(re *syntax.Regexp, depth int) []string {
	if depth > maxDepth {
		return nil
	}
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return letters(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return spell(re.Sub[0], depth+1)
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			out = append(out, spell(sub, depth+1)...)
		}
		return out[:min(len(out), maxValues)]
	case syntax.OpConcat:
		return spellRow(re.Sub, depth)
	}
	return nil
}

// letters are those of a small class: the parser makes "sysop|system" sys(op|tem), and "ab|ac" a[bc].
func letters(ranges []rune) []string {
	var out []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(out) == 6 {
				return nil
			}
			out = append(out, string(r))
		}
	}
	if slices.Contains(out, "_") && slices.Contains(out, " ") { // titles are the same either way
		return []string{" "}
	}
	return out
}

// spellRow joins the literals of a row, each alternative with what stands right beside it.
func spellRow(row []*syntax.Regexp, depth int) []string {
	var done []string
	open := []string{""}
	for _, sub := range row {
		switch sub.Op {
		case syntax.OpBeginText, syntax.OpBeginLine, syntax.OpEndText, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpEmptyMatch, syntax.OpQuest:
			continue
		}
		parts := spell(sub, depth+1)
		if len(parts) == 0 {
			if len(done) < maxSpelled {
				done = append(done, open...)
			}
			open = []string{""}
			continue
		}
		var longer []string
		for _, a := range open {
			for _, b := range parts {
				if len(longer) < maxSpelled && len(a)+len(b) <= maxLength {
					longer = append(longer, a+b)
				}
			}
		}
		open = longer
	}
	return append(done, open...)
}

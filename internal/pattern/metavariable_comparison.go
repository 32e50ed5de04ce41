package pattern

import (
	"strconv"
	"strings"
)

// metavariableComparison is metavariable-comparison: an expression in which metavariables stand for the numbers and texts
// they are bound to. What cannot be computed does not hold.
type metavariableComparison struct {
	expression operand
	metavars   []int // that it names
	strip      bool
	base       int
}

func (c metavariableComparison) holds(r *run, h hit) []hit {
	got := c.expression.value(&comparison{r, h, c})
	if got.kind == truth && got.number != 0 {
		return []hit{h}
	}
	return nil
}

// comparison is one evaluation.
type comparison struct {
	*run
	hit
	metavariableComparison
}

// metavar is the value of a metavariable: a literal's own, a variable's where it is constant, else the code as text.
func (c *comparison) metavar(v int) scalar {
	x, ok := c.env.get(v)
	if !ok {
		return scalar{}
	}
	text, isConst := c.constant(x)
	if !isConst {
		return scalar{kind: codeText, text: c.code(x)}
	}
	quoted := x.kind == aText || strings.ContainsAny(c.code(x)[:min(1, len(c.code(x)))], "\"'`")
	if quoted && !c.strip && c.base == 0 {
		return scalar{kind: textual, text: text}
	}
	if n, ok := number(text, c.base); ok {
		return scalar{kind: numeric, number: n}
	}
	return scalar{kind: textual, text: text}
}

// number reads a number as JavaScript and Python write it.
func number(text string, base int) (float64, bool) {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "_", ""))
	text = strings.TrimSuffix(text, "n")
	if base != 0 {
		digits := text
		for _, prefix := range []string{"0x", "0o", "0b"} {
			digits = strings.TrimPrefix(digits, prefix)
		}
		n, err := strconv.ParseInt(digits, base, 64)
		return float64(n), err == nil
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return float64(n), true
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !strings.ContainsAny(text, "in")
}

package pattern

import (
	"math"
	"regexp"
	"strings"
)

// scalar is a value in a comparison.
type scalar struct {
	kind   scalarKind
	number float64 // of numbers; 1 for true
	text   string
	list   []scalar
}

type scalarKind uint8

const (
	unknown scalarKind = iota
	truth
	numeric
	textual
	codeText // code that is no constant: only str() makes a text of it
	listed
)

func boolean(b bool) scalar {
	if b {
		return scalar{kind: truth, number: 1}
	}
	return scalar{kind: truth}
}

// operand is a part of a comparison.
type operand interface {
	value(c *comparison) scalar
}

type constantOperand scalar

func (o constantOperand) value(*comparison) scalar { return scalar(o) }

type metavarOperand int

func (o metavarOperand) value(c *comparison) scalar { return c.metavar(int(o)) }

type listOperand []operand

func (o listOperand) value(c *comparison) scalar {
	out := scalar{kind: listed}
	for _, e := range o {
		out.list = append(out.list, e.value(c))
	}
	return out
}

type notOperand struct{ of operand }

func (o notOperand) value(c *comparison) scalar {
	if v := o.of.value(c); v.kind == truth {
		return boolean(v.number == 0)
	}
	return scalar{}
}

type minusOperand struct{ of operand }

func (o minusOperand) value(c *comparison) scalar {
	v := o.of.value(c)
	if v.kind != numeric {
		return scalar{}
	}
	v.number = -v.number
	return v
}

// callOperand is int(x), float(x), str(x), len(x), re.match(pattern, x).
type callOperand struct {
	name string
	args []operand
	re   *regexp.Regexp // of re.match
}

func (o callOperand) value(c *comparison) scalar {
	v := o.args[len(o.args)-1].value(c)
	switch o.name {
	case "int", "float":
		if v.kind == numeric {
			if o.name == "int" {
				v.number = math.Trunc(v.number)
			}
			return v
		}
		if n, ok := number(v.text, c.base); ok && v.kind == textual {
			return scalar{kind: numeric, number: n}
		}
	case "str":
		return scalar{kind: textual, text: v.spelled()}
	case "len":
		switch v.kind {
		case textual:
			return scalar{kind: numeric, number: float64(len([]rune(v.text)))}
		case listed:
			return scalar{kind: numeric, number: float64(len(v.list))}
		}
	case "re.match":
		if v.kind == textual || v.kind == codeText {
			return boolean(c.stepBy(len(v.text)/bytesPerStep) && o.re.MatchString(v.text))
		}
	}
	return scalar{}
}

func (s scalar) spelled() string {
	switch s.kind {
	case numeric:
		return spellNumber(s.number)
	case truth:
		if s.number != 0 {
			return "True"
		}
		return "False"
	}
	return s.text
}

// binaryOperand is a comparison, a sum, and, or.
type binaryOperand struct {
	op          string
	left, right operand
}

func (o binaryOperand) value(c *comparison) scalar {
	a := o.left.value(c)
	switch o.op {
	case "and", "or":
		if a.kind != truth {
			return scalar{}
		}
		if (o.op == "and") == (a.number == 0) {
			return a
		}
		return o.right.value(c)
	}
	b := o.right.value(c)
	switch o.op {
	case "in":
		return member(a, b)
	case "not in":
		v := member(a, b)
		return notOperand{constantOperand(v)}.value(c)
	case "==":
		return equalScalars(a, b)
	case "!=":
		return notOperand{constantOperand(equalScalars(a, b))}.value(c)
	case "<", "<=", ">", ">=":
		return ordered(o.op, a, b)
	}
	return arithmetic(o.op, a, b)
}

func member(a, b scalar) scalar {
	switch {
	case b.kind == listed:
		for _, e := range b.list {
			if equalScalars(a, e).number != 0 {
				return boolean(true)
			}
		}
		return boolean(false)
	case a.kind == textual && b.kind == textual:
		return boolean(strings.Contains(b.text, a.text))
	}
	return scalar{}
}

func equalScalars(a, b scalar) scalar {
	switch {
	case a.kind == unknown || b.kind == unknown || a.kind == codeText || b.kind == codeText:
		return scalar{}
	case a.kind != b.kind:
		return boolean(false)
	case a.kind == textual:
		return boolean(a.text == b.text)
	case a.kind == listed:
		return scalar{}
	}
	return boolean(a.number == b.number)
}

func ordered(op string, a, b scalar) scalar {
	if a.kind != b.kind || a.kind != numeric && a.kind != textual {
		return scalar{}
	}
	less, same := a.number < b.number, a.number == b.number
	if a.kind == textual {
		less, same = a.text < b.text, a.text == b.text
	}
	switch op {
	case "<":
		return boolean(less)
	case "<=":
		return boolean(less || same)
	case ">":
		return boolean(!less && !same)
	}
	return boolean(!less)
}

func arithmetic(op string, a, b scalar) scalar {
	if op == "+" && a.kind == textual && b.kind == textual && len(a.text)+len(b.text) < maxPattern {
		return scalar{kind: textual, text: a.text + b.text}
	}
	if a.kind != numeric || b.kind != numeric {
		return scalar{}
	}
	out := scalar{kind: numeric}
	switch op {
	case "+":
		out.number = a.number + b.number
	case "-":
		out.number = a.number - b.number
	case "*":
		out.number = a.number * b.number
	case "/":
		out.number = a.number / b.number
	case "%": // as in Python, with the sign of the right side
		out.number = math.Mod(math.Mod(a.number, b.number)+b.number, b.number)
	}
	if math.IsNaN(out.number) || math.IsInf(out.number, 0) {
		return scalar{}
	}
	return out
}

package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func spellNumber(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// comparisonReader reads the part of Python that comparisons are written in, by descent over levels of operators.
type comparisonReader struct {
	*vocabulary
	tokens []string
	used   []int
	depth  int
	err    error
}

var comparisonToken = regexp.MustCompile(`^(?:\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$(?:\.\.\.)?[A-Z0-9_]+|\d[\w.]*|[A-Za-z_][\w.]*|[=!<>]=|[-+*/%<>()\[\],])`)

// comparison reads an expression, and says which metavariables it names.
func (v *vocabulary) comparison(text string) (o operand, metavars []int, err error) {
	if len(text) > maxPattern {
		return nil, nil, errors.New("the comparison is too long")
	}
	c := &comparisonReader{vocabulary: v}
	for rest := text; rest != ""; {
		token := comparisonToken.FindString(rest)
		if token == "" {
			return nil, nil, fmt.Errorf("the comparison cannot be read at %q", clip(rest))
		}
		if strings.TrimSpace(token) != "" {
			c.tokens = append(c.tokens, token)
		}
		rest = rest[len(token):]
	}
	o = c.level(0)
	if c.err == nil && len(c.tokens) > 0 {
		c.fail("%q stands where the comparison should end", c.tokens[0])
	}
	return o, c.used, c.err
}

func (c *comparisonReader) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("the comparison cannot be read: "+format, args...)
	}
}

func (c *comparisonReader) peek() string {
	if len(c.tokens) == 0 || c.err != nil {
		return ""
	}
	return c.tokens[0]
}

func (c *comparisonReader) take(token string) bool {
	if c.peek() != token || token == "" {
		return false
	}
	c.tokens = c.tokens[1:]
	return true
}

var levels = [][]string{{"or"}, {"and"}, {"not"}, {"==", "!=", "<=", ">=", "<", ">", "in", "not"}, {"+", "-"}, {"*", "/", "%"}}

// level reads operators of one strength; level 2 is the word not before an operand.
func (c *comparisonReader) level(at int) operand {
	if c.depth++; c.depth > 200 {
		c.fail("it is nested too deep")
	}
	defer func() { c.depth-- }()
	switch {
	case c.err != nil:
		return nil
	case at == len(levels):
		return c.unary()
	case at == 2:
		if c.take("not") {
			return notOperand{c.level(at)}
		}
		return c.level(at + 1)
	}
	left := c.level(at + 1)
	for {
		op := c.operator(levels[at])
		if op == "" {
			return left
		}
		left = binaryOperand{op, left, c.level(at + 1)}
	}
}

func (c *comparisonReader) operator(ops []string) string {
	for _, op := range ops {
		if !c.take(op) {
			continue
		}
		if op == "not" && !c.take("in") {
			c.fail("not stands between two operands")
		}
		if op == "not" {
			return "not in"
		}
		return op
	}
	return ""
}

func (c *comparisonReader) unary() operand {
	token := c.peek()
	switch {
	case token == "":
		c.fail("it ends too early")
		return nil
	case c.take("-"):
		return minusOperand{c.unary()}
	case c.take("("):
		o := c.level(0)
		if !c.take(")") {
			c.fail("a parenthesis is not closed")
		}
		return o
	case c.take("["):
		return listOperand(c.list("]"))
	}
	c.tokens = c.tokens[1:]
	return c.atom(token)
}

func (c *comparisonReader) list(end string) []operand {
	var out []operand
	for c.err == nil && !c.take(end) {
		out = append(out, c.level(0))
		if !c.take(",") && c.peek() != end {
			c.fail("a list is not closed")
		}
	}
	return out
}

func (c *comparisonReader) atom(token string) operand {
	switch first := token[0]; {
	case first == '$':
		c.used = append(c.used, c.id(token))
		return metavarOperand(c.id(token))
	case first == '"' || first == '\'':
		return constantOperand{kind: textual, text: unquote(token)}
	case first >= '0' && first <= '9':
		n, ok := number(token, 0)
		if !ok {
			c.fail("%s is no number", token)
		}
		return constantOperand{kind: numeric, number: n}
	case token == "True" || token == "true":
		return constantOperand(boolean(true))
	case token == "False" || token == "false":
		return constantOperand(boolean(false))
	case c.take("("):
		return c.call(token, c.list(")"))
	}
	c.fail("%q is not known there: write a metavariable, a number, a string, a list, or int(), float(), str(), len(), re.match()", token)
	return nil
}

func (c *comparisonReader) call(name string, args []operand) operand {
	want := map[string]int{"int": 1, "float": 1, "str": 1, "len": 1, "re.match": 2}[name]
	switch {
	case c.err != nil:
		return nil
	case want == 0:
		c.fail("%s() is not supported: there are int(), float(), str(), len() and re.match()", name)
		return nil
	case len(args) != want:
		c.fail("%s() takes %d, and gets %d", name, want, len(args))
		return nil
	}
	out := callOperand{name: name, args: args}
	if name == "re.match" {
		text, ok := args[0].(constantOperand)
		if !ok || text.kind != textual {
			c.fail("re.match() takes its regular expression as a string")
			return nil
		}
		if out.re, c.err = compileAnchored(text.text); c.err != nil {
			return nil
		}
	}
	return out
}

func unquote(token string) string {
	body := token[1 : len(token)-1]
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] == '\\' && i+1 < len(body) {
			switch i++; body[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\\', '"', '\'':
				b.WriteByte(body[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(body[i])
			}
			continue
		}
		b.WriteByte(body[i])
	}
	return b.String()
}

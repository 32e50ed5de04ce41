package pattern

import (
	"strings"

	"sallyport/internal/js"
)

// Names that stand in rewritten patterns for what is no JavaScript. Both are letters of three bytes that nobody writes, so
// that a rewritten pattern keeps every offset of the text it came from.
const (
	ellipsis = "ꙮ" // ...
	deepCall = "ꚙ" // <... P ...> becomes ꚙ(P)
	anyLoop  = "_" // for (...) becomes for (_;;)
)

// rewriter turns the text of a pattern into JavaScript of the same length.
type rewriter struct {
	text  string
	out   []byte
	open  []byte // brackets around this point; $ for that of a template's expression
	last  byte   // last byte that is no white space or comment; 0 at the beginning
	deeps int
}

func rewrite(text string) string {
	w := &rewriter{text: text, out: []byte(text)}
	for i := 0; i < len(text); {
		i = w.piece(i)
	}
	return string(w.out)
}

// piece passes one token, or a part of one.
func (w *rewriter) piece(i int) int {
	rest := w.text[i:]
	switch c := rest[0]; {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return i + 1
	case strings.HasPrefix(rest, "//"):
		return i + until(rest, 2, "\n")
	case strings.HasPrefix(rest, "/*"):
		return i + until(rest, 2, "*/")
	case c == '/' && w.regexpMayStand(i):
		return w.pass(i, literal(rest))
	case c == '"' || c == '\'':
		return w.pass(i, literal(rest))
	case c == '`' || c == '}' && w.top() == '$':
		return w.template(i)
	case strings.HasPrefix(rest, "<..."):
		copy(w.out[i:], deepCall+"(")
		w.deeps++
		w.last = '('
		return i + 4
	case strings.HasPrefix(rest, "...>") && w.deeps > 0:
		copy(w.out[i:], "   )")
		w.deeps--
		w.last = ')'
		return i + 4
	case strings.HasPrefix(rest, "$...") && len(rest) > 4 && isUpper(rest[4]):
		copy(w.out[i+1:], ellipsis)
		w.last = 'a'
		return i + 4
	case strings.HasPrefix(rest, "..."):
		return w.dots(i)
	case c == '(' || c == '[' || c == '{':
		w.open = append(w.open, c)
	case (c == ')' || c == ']' || c == '}') && len(w.open) > 0:
		w.open = w.open[:len(w.open)-1]
	}
	return w.pass(i, 1)
}

func (w *rewriter) pass(i, n int) int {
	w.last = w.text[i+n-1]
	return i + n
}

func (w *rewriter) top() byte {
	if len(w.open) == 0 {
		return 0
	}
	return w.open[len(w.open)-1]
}

// dots rewrites an ellipsis. Three dots that touch a name are a spread, as in JavaScript.
func (w *rewriter) dots(i int) int {
	behind := w.text[i+3:]
	next := strings.TrimLeft(behind, " \t\r\n")
	touches := len(next) == len(behind)
	name := strings.HasSuffix(strings.TrimRight(w.text[:i], " \t*"), "function")
	if touches && !name && next != "" && !strings.ContainsAny(next[:1], ",)]};:.+-*%&|^=?!/<>`") && w.last != '.' {
		return w.pass(i, 3)
	}
	copy(w.out[i:], ellipsis)
	switch {
	case w.last == '(' && strings.HasPrefix(next, ")") && isFor(w.text[:i]):
		copy(w.out[i:], anyLoop+";;")
	case touches, next == "", strings.ContainsAny(next[:1], ",)]};:.+-*%&|^=?/"), w.top() == '(', w.top() == '[', w.top() == '$':
	default:
		w.out[i+3] = ';' // what follows is another statement
	}
	w.last = 'a'
	return i + 3
}

// isFor says whether a text ends with "for (".
func isFor(before string) bool {
	head, ok := strings.CutSuffix(strings.TrimRight(before, " \t\r\n"), "(")
	return ok && strings.HasSuffix(strings.TrimRight(head, " \t"), "for")
}

// template passes the text of a template up to its end or its next expression.
func (w *rewriter) template(i int) int {
	if w.text[i] == '}' {
		w.open = w.open[:len(w.open)-1]
	}
	for i++; i < len(w.text); i++ {
		switch {
		case w.text[i] == '\\':
			i++
		case w.text[i] == '`':
			w.last = '`'
			return i + 1
		case strings.HasPrefix(w.text[i:], "${"):
			w.open = append(w.open, '$')
			w.last = '{'
			return i + 2
		}
	}
	return len(w.text)
}

// regexpMayStand tells a regular expression from a division by what stands before it.
func (w *rewriter) regexpMayStand(i int) bool {
	if w.last == 0 || strings.IndexByte("(,=:[!&|?{};+-*%<>~^", w.last) >= 0 {
		return true
	}
	before := strings.TrimRight(w.text[:i], " \t\r\n")
	for _, word := range []string{"return", "typeof", "case", "in", "of", "void", "throw"} {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return false
}

// literal is the length of a string or regular expression, up to the end of the line at most.
func literal(text string) int {
	class := false
	for i := 1; i < len(text) && text[i] != '\n'; i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[0] == '/' && text[i] == '[':
			class = true
		case class:
			class = text[i] != ']'
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 1
}

// until is the length of a text through the end that is looked for.
func until(text string, from int, end string) int {
	if at := strings.Index(text[from:], end); at >= 0 {
		return from + at + len(end)
	}
	return len(text)
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' || c == '_' }

// trouble is why a pattern cannot be read, and where in its text.
type trouble struct {
	at  int
	say string
}

// parse reads a rewritten pattern: as one expression if it is one, else as statements.
func parse(text string) (*js.Script, *trouble) {
	limits := js.Limits{Lower: 1} // a pattern in another language is a mistake, not to be lowered
	expression := strings.TrimRight(text, " \t\r\n;")
	var first *js.Script
	for _, try := range []struct {
		text string
		goal js.Goal
	}{{expression, js.ExpressionGoal}, {text, js.FunctionGoal}, {text, js.ModuleGoal}} {
		s := js.Parse([]byte(try.text), js.Options{Goal: try.goal, Limits: limits})
		if s.Goal != js.Opaque && len(s.Problems) == 0 {
			return s, nil
		}
		if try.goal == js.FunctionGoal {
			first = s
		}
	}
	at, why := 0, "it is not JavaScript"
	if len(first.Problems) > 0 {
		at, why = first.Problems[0].Offset, first.Problems[0].Message
	}
	return nil, &trouble{at, why + hint(text)}
}

// hint names what people try that is no pattern here.
func hint(text string) string {
	switch {
	case typed.MatchString(text):
		return "; typed metavariables ($X: Type) are not supported"
	case jsx.MatchString(text):
		return "; JSX and HTML are not supported"
	case partial.MatchString(text):
		return "; a part of a statement is not supported: write its body too, as { ... }"
	}
	return ""
}

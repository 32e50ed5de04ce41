package gate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sallyport/internal/js"
)

// Form says what a condition belongs to.
type Form string

// Forms.
const (
	If     Form = "if"
	Cond   Form = "?:"
	And    Form = "&&"
	Or     Form = "||"
	Loop   Form = "loop" // while, do, for
	Switch Form = "switch"
	Case   Form = "case" // of switch ( true )
)

// Gate is one condition of a script.
type Gate struct {
	N    int // from 1, in the order of the text; the same whichever gates are rewritten
	Form Form
	Asks Asks // what it asks about, what hides most first
	// Want is the value that leads on: false for a guard such as if ( c ) return, true otherwise; of an if with two
	// branches both are worth a try.
	Want, Both   bool
	Cases        []string // of a switch: the source of its constant cases
	Line, Column int      // of the condition in the original
	Start, End   int      // byte offsets there
	Text         string   // its source, cut at 200 bytes

	node js.Node
}

// maxGates bounds what is listed.
const maxGates = 20_000

// Gates are the conditions of the script in the order of the text.
func (s *Script) Gates() []Gate {
	if !s.readable() {
		return nil
	}
	var out []Gate
	s.Walk(s.Root, func(n js.Node) bool {
		if len(out) < maxGates {
			out = s.gatesOf(out, n)
		}
		return true
	})
	slices.SortStableFunc(out, func(a, b Gate) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	for i := range out {
		out[i].N = i + 1
	}
	return out
}

// gatesOf adds the conditions that a node is about.
func (s *Script) gatesOf(out []Gate, n js.Node) []Gate {
	switch s.Kind(n) {
	case js.If:
		guard := s.Else(n) == 0 && s.leaves(s.Then(n))
		return append(out, s.gate(s.Test(n), If, !guard, s.Else(n) != 0))
	case js.Cond:
		return append(out, s.gate(s.Test(n), Cond, true, true))
	case js.While, js.DoWhile, js.For:
		if t := s.Test(n); t != 0 {
			return append(out, s.gate(t, Loop, true, false))
		}
	case js.Logical:
		switch s.Op(n) {
		case js.OpAnd:
			return s.operand(out, n, And)
		case js.OpOr:
			return s.operand(out, n, Or)
		}
	case js.Switch:
		return s.switchGates(out, n)
	}
	return out
}

// operand takes the left side of c && x. In a && b && c those are a and b; within a condition that is a gate itself only
// sides whose right neighbour does something.
func (s *Script) operand(out []Gate, n js.Node, f Form) []Gate {
	left := s.Left(n)
	if s.Kind(left) == js.Logical && s.Op(left) == s.Op(n) {
		left = s.Right(left)
	}
	if s.tested(n) && !s.acts(s.Right(n)) {
		return out
	}
	return append(out, s.gate(left, f, f == And, false))
}

// tested says whether an expression is only there to decide something that is a gate.
func (s *Script) tested(n js.Node) bool {
	for {
		up := s.up[n]
		switch s.Kind(up) {
		case js.Logical:
			if s.Op(up) == js.OpNullish {
				return false
			}
		case js.Unary:
			if s.Op(up) != js.OpNot {
				return false
			}
		case js.If, js.Cond, js.While, js.DoWhile, js.For:
			return s.Test(up) == n
		default:
			return false
		}
		n = up
	}
}

// acts says whether an expression does more than ask.
func (s *Script) acts(n js.Node) bool {
	found := false
	s.Walk(n, func(c js.Node) bool {
		switch s.Kind(c) {
		case js.Assign, js.Update, js.ImportCall, js.New:
			found = true
		case js.Call:
			found = found || !s.asks(c)
		case js.Function:
			return false
		}
		return !found
	})
	return found
}

// asks says whether a call is one of the usual questions.
func (s *Script) asks(n js.Node) bool {
	switch method, _ := s.KeyName(s.Callee(n)); method {
	case "includes", "indexOf", "test", "match", "startsWith", "endsWith", "hasClass", "is", "has", "hasOwnProperty", "inArray", "get", "exists", "isArray",
		"getItem", "toLowerCase", "contains", "getFullYear", "getTime", "getMonth", "now", "getName", "isAnon", "getElementById", "querySelector", "split", "some", "every":
		return true
	}
	return s.Kind(s.Callee(n)) == js.Ident && (s.Name(s.Callee(n)) == "$" || s.Name(s.Callee(n)) == "jQuery")
}

// leaves says whether a branch only leaves: if ( c ) return;
func (s *Script) leaves(n js.Node) bool {
	if s.Kind(n) == js.Block {
		list := s.List(n)
		if len(list) == 0 || len(list) > 3 {
			return false
		}
		n = list[len(list)-1]
	}
	switch s.Kind(n) {
	case js.Return, js.Throw, js.Break, js.Continue:
		return true
	}
	return false
}

func (s *Script) switchGates(out []Gate, n js.Node) []Gate {
	test := s.Test(n)
	if s.Kind(test) == js.Bool {
		for _, c := range s.List(n) {
			if t := s.Test(c); t != 0 {
				out = append(out, s.gate(t, Case, s.Op(test) == js.OpTrue, false))
			}
		}
		return out
	}
	g := s.gate(test, Switch, true, false)
	for _, c := range s.List(n) {
		if t := s.Test(c); (s.Kind(t) == js.String || s.Kind(t) == js.Number) && len(g.Cases) < 64 && s.End(t)-s.Start(t) < 200 {
			g.Cases = append(g.Cases, s.Source(t))
		}
	}
	return append(out, g)
}

func (s *Script) gate(n js.Node, f Form, want, both bool) Gate {
	g := Gate{Form: f, Want: want, Both: both, Start: s.Start(n), End: s.End(n), node: n, Asks: s.asksAbout(n)}
	g.Line, g.Column = s.Lines.Position(g.Start)
	g.Text = s.Source(n)
	if len(g.Text) > 200 {
		cut := 200
		for !utf8.RuneStart(g.Text[cut]) {
			cut--
		}
		g.Text = g.Text[:cut] + "…"
	}
	return g
}

// asksAbout is what a condition hides most behind.
func (s *Script) asksAbout(n js.Node) Asks {
	found, steps := Other, 0
	s.Walk(n, func(c js.Node) bool {
		if steps++; steps > 100 || s.Kind(c) == js.Function {
			return false
		}
		if v := s.about(c).Asks; slices.Index(rank, v) > slices.Index(rank, found) {
			found = v
		}
		if method, _ := s.KeyName(s.Callee(c)); found == Other && (method == "$" || strings.HasPrefix(s.graph.NameOf(c), "$()") || strings.HasPrefix(method, "getElement") || strings.HasPrefix(method, "querySelector")) {
			found = Elements
		}
		return true
	})
	return found
}

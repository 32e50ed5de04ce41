package pattern

import (
	"slices"

	"sallyport/internal/js"
)

// operator matches a + b and a && b. Chains of one operator are lists too, whichever way they are put in parentheses, and
// an ellipsis stands for any number of operands.
func (m *matcher) operator(p, n js.Node, k next) bool {
	t := m.tree
	if t.Kind(p) != m.Kind(n) || t.Op(p) != m.Op(n) {
		return false
	}
	ps := operands(t.Tree, p)
	dotted := slices.ContainsFunc(ps, func(q js.Node) bool { k := m.inList(q).kind; return k == dots || k == dotsVariable })
	if dotted {
		return m.list(ps, operands(m.Tree, n), k)
	}
	pair := func(a, b js.Node) bool {
		return m.node(t.Left(p), a, func() bool { return m.node(t.Right(p), b, k) })
	}
	if pair(m.Left(n), m.Right(n)) {
		return true
	}
	switch op := t.Op(p); op {
	case js.OpEq, js.OpNe, js.OpStrictEq, js.OpStrictNe:
		return m.symmetric && pair(m.Right(n), m.Left(n))
	case js.OpAnd, js.OpOr:
		// The tree has been tried: what is left are the other ways to put parentheses.
		ns := operands(m.Tree, n)
		return !m.flat && len(ps) > 2 && len(ps) == len(ns) && m.list(ps, ns, k)
	}
	return false
}

// operands are what a chain of one operator joins, from left to right.
func operands(t *js.Tree, n js.Node) []js.Node {
	kind, op := t.Kind(n), t.Op(n)
	var out []js.Node
	todo := []js.Node{n}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if t.Kind(at) == kind && t.Op(at) == op {
			todo = append(todo, t.Right(at), t.Left(at))
			continue
		}
		out = append(out, at)
	}
	return out
}

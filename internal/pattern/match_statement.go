package pattern

import (
	"slices"

	"sallyport/internal/js"
)

// statement matches those statements whose parts may be left out, or that may be written in two ways.
func (m *matcher) statement(p, n js.Node, k next) bool {
	t := m.tree
	switch t.Kind(p) {
	case js.ExprStmt:
		return m.expressionStatement(t.Operand(p), n, k)
	case js.Block:
		ns := []js.Node{n}
		if m.Kind(n) == js.Block {
			ns = m.List(n)
		}
		return m.block(t.List(p), ns, k)
	}
	if m.anyLoop(p) {
		return slices.Contains(loops, m.Kind(n)) && m.node(t.Body(p), m.Body(n), k)
	}
	if t.Kind(p) != m.Kind(n) {
		return false
	}
	switch t.Kind(p) {
	case js.If:
		return m.node(t.Test(p), m.Test(n), func() bool {
			return m.node(t.Then(p), m.Then(n), func() bool { return m.optional(t.Else(p), m.Else(n), k) })
		})
	case js.Try:
		return m.node(t.Body(p), m.Body(n), func() bool {
			return m.optional(t.Handler(p), m.Handler(n), func() bool { return m.optional(t.Finally(p), m.Finally(n), k) })
		})
	}
	return m.forLoop(p, n, k)
}

// expressionStatement matches one statement of a list. A metavariable stands for any.
func (m *matcher) expressionStatement(q, n js.Node, k next) bool {
	switch m.Kind(n) {
	case js.ExprStmt:
		return m.node(q, m.Operand(n), k)
	case js.VarDecl:
		if m.tree.Kind(q) == js.Assign {
			return m.assign(q, n, k)
		}
	}
	switch role := m.roles[q]; {
	case m.tree.Kind(q) == js.Dot:
	case role.kind == variable:
		return m.bind(role.v, m.nodeValue(n), k)
	case role.kind == anything:
		return k()
	}
	return false
}

// anyLoop knows for (...), which was rewritten to for (_;;) and means every for, for-in and for-of.
func (f *leaf) anyLoop(p js.Node) bool {
	t := f.tree
	init := t.Init(p)
	return t.Kind(init) == js.Ident && t.Name(init) == anyLoop && t.Test(p) == 0 && t.Step(p) == 0
}

// forLoop matches a for with the three parts of its head.
func (m *matcher) forLoop(p, n js.Node, k next) bool {
	t := m.tree
	body := func() bool { return m.node(t.Body(p), m.Body(n), k) }
	return m.part(t.Init(p), m.Init(n), func() bool {
		return m.part(t.Test(p), m.Test(n), func() bool { return m.part(t.Step(p), m.Step(n), body) })
	})
}

// part matches a part of a for's head, where dots also stand for nothing.
func (m *matcher) part(p, n js.Node, k next) bool {
	if p != 0 && m.inList(p).kind == dots {
		return k()
	}
	if p != 0 && m.tree.Kind(p) == js.Assign && m.Kind(n) == js.VarDecl {
		return m.assign(p, n, k)
	}
	return m.node(p, n, k)
}

// block matches all statements of a list.
func (m *matcher) block(ps, ns []js.Node, k next) bool {
	return m.statements(ps, m.line(ns), true, k)
}

// line is a list of statements that is being matched. Behind an ellipsis it also has, in the order of the text, the
// statements inside those statements; then after says for each where the next one beside it stands.
type line struct {
	list  []js.Node
	after []int
	at    int
	end   int // offset where the last one ends
}

func (m *matcher) line(ns []js.Node) line {
	l := line{list: ns}
	if len(ns) > 0 {
		l.end = m.End(ns[len(ns)-1])
	}
	return l
}

func (l line) following() line {
	if l.after == nil {
		l.at++
	} else {
		l.at = l.after[l.at]
	}
	return l
}

// statements matches the rest of a line: to its end when all must match.
func (m *matcher) statements(ps []js.Node, l line, all bool, k next) bool {
	if len(ps) == 0 {
		return (!all || l.at == len(l.list)) && k()
	}
	if !m.step() {
		return false
	}
	switch role := m.inList(ps[0]); role.kind {
	case dots:
		return m.skip(ps[1:], l, all, k)
	case dotsVariable:
		return m.take(role.v, ps[1:], l, all, k)
	}
	if l.at == len(l.list) {
		return false
	}
	n := l.list[l.at]
	return m.node(ps[0], n, func() bool {
		return m.reaching(m.End(n), func() bool { return m.statements(ps[1:], l.following(), all, k) })
	})
}

// reaching notes how far the statements that are matched go.
func (m *matcher) reaching(end int, k next) bool {
	old := m.end
	m.end = max(old, end)
	ok := k()
	m.end = old
	return ok
}

// skip matches an ellipsis: what follows it may stand anywhere further on, also deeper. At the end of a pattern it takes in
// the rest.
func (m *matcher) skip(ps []js.Node, l line, all bool, k next) bool {
	if len(ps) == 0 {
		return m.reaching(l.end, k)
	}
	if l.after == nil {
		l = m.flatten(l)
	}
	for ; l.at <= len(l.list) && m.step(); l.at++ {
		if m.statements(ps, l, all, k) {
			return true
		}
	}
	return false
}

// take matches $...X: any number of statements beside each other.
func (m *matcher) take(v int, ps []js.Node, l line, all bool, k next) bool {
	var taken []js.Node
	for m.step() {
		found := m.bind(v, m.listValue(taken, m.end), func() bool {
			return m.reaching(m.listValue(taken, 0).end, func() bool { return m.statements(ps, l, all, k) })
		})
		if found || l.at == len(l.list) {
			return found
		}
		taken = append(taken[:len(taken):len(taken)], l.list[l.at])
		l = l.following()
	}
	return false
}

// flatten lists statements with those inside them, but not those of functions.
func (m *matcher) flatten(l line) line {
	flat := line{end: l.end, after: []int{}}
	for _, n := range l.list[l.at:] {
		m.flattenInto(n, &flat)
	}
	return flat
}

func (m *matcher) flattenInto(n js.Node, l *line) {
	if n == 0 || !m.step() {
		return
	}
	at := len(l.list)
	l.list = append(l.list, n)
	l.after = append(l.after, 0)
	m.inner(n, func(s js.Node) { m.flattenInto(s, l) })
	l.after[at] = len(l.list)
}

// inner calls f for the statements directly inside a statement.
func (r *run) inner(n js.Node, f func(js.Node)) {
	branch := func(s js.Node) {
		switch {
		case s == 0:
		case r.Kind(s) == js.Block:
			for _, c := range r.List(s) {
				f(c)
			}
		default:
			f(s)
		}
	}
	switch r.Kind(n) {
	case js.Block:
		for _, s := range r.List(n) {
			f(s)
		}
	case js.If:
		branch(r.Then(n))
		branch(r.Else(n))
	case js.For, js.ForIn, js.ForOf, js.While, js.DoWhile, js.Labeled, js.With:
		branch(r.Body(n))
	case js.Try:
		branch(r.Body(n))
		branch(r.Body(r.Handler(n)))
		branch(r.Finally(n))
	case js.Switch:
		for _, c := range r.List(n) {
			for _, s := range r.List(c) {
				f(s)
			}
		}
	}
}

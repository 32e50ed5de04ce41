package pattern

import "sallyport/internal/js"

// assign matches x = y, with declarations as well: var x = y says the same.
func (m *matcher) assign(p, n js.Node, k next) bool {
	t := m.tree
	both := func(left, right js.Node) bool {
		return right != 0 && m.node(t.Left(p), left, func() bool { return m.node(t.Right(p), right, k) })
	}
	switch m.Kind(n) {
	case js.Assign:
		return t.Op(p) == m.Op(n) && both(m.Left(n), m.Right(n))
	case js.Declarator:
		return !m.strict && t.Op(p) == js.OpNone && both(m.Target(n), m.Value(n))
	case js.VarDecl:
		if m.strict || t.Op(p) != js.OpNone {
			return false
		}
		for _, d := range m.List(n) {
			if both(m.Target(d), m.Value(d)) {
				return true
			}
		}
	}
	return false
}

// declares says whether a declaration of the pattern means one that is written with var, let or const.
func (f *leaf) declares(p js.Node, op js.Op) bool {
	own := f.tree.Op(p)
	return own == js.OpVar || own == op
}

// declaration matches var, let and const. A pattern with var means all three; one variable is found among several.
func (m *matcher) declaration(p, n js.Node, k next) bool {
	t := m.tree
	if t.Kind(p) != m.Kind(n) {
		return false
	}
	if t.Kind(p) == js.Declarator {
		return m.node(t.Target(p), m.Target(n), func() bool { return m.node(t.Value(p), m.Value(n), k) })
	}
	if !m.declares(p, m.Op(n)) {
		return false
	}
	ps, ns := t.List(p), m.List(n)
	if len(ps) > 1 {
		return m.list(ps, ns, k)
	}
	for _, d := range ns {
		if m.node(ps[0], d, k) {
			return true
		}
	}
	return false
}

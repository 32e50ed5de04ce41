package pattern

import "sallyport/internal/js"

// members matches objects and classes: each member of the pattern with one of the code's, in any order. What the code has
// besides does not matter.
func (m *matcher) members(p, n js.Node, k next) bool {
	t := m.tree
	if t.Kind(p) != m.Kind(n) {
		return false
	}
	if t.Kind(p) == js.Class {
		inner := k
		k = func() bool {
			return m.optional(t.Ident(p), m.named(n), func() bool { return m.optional(t.Super(p), m.Super(n), inner) })
		}
	}
	ns := m.List(n)
	return m.unordered(t.List(p), ns, make([]bool, len(ns)), k)
}

func (m *matcher) unordered(ps, ns []js.Node, taken []bool, k next) bool {
	if len(ps) == 0 {
		return k()
	}
	role := m.inList(ps[0])
	switch role.kind {
	case dots:
		return m.unordered(ps[1:], ns, taken, k)
	case dotsVariable:
		return m.unordered(ps[1:], ns, taken, func() bool { return m.bind(role.v, m.untaken(ns, taken), k) })
	}
	for i, n := range ns {
		if taken[i] {
			continue
		}
		taken[i] = true
		ok := m.node(ps[0], n, func() bool { return m.unordered(ps[1:], ns, taken, k) })
		taken[i] = false
		if ok {
			return true
		}
	}
	return false
}

func (m *matcher) untaken(ns []js.Node, taken []bool) value {
	var rest []js.Node
	for i, n := range ns {
		if !taken[i] {
			rest = append(rest, n)
		}
	}
	return m.listValue(rest, m.where(ns))
}

// optional matches what the pattern may leave out.
func (m *matcher) optional(p, n js.Node, k next) bool {
	return p == 0 && k() || p != 0 && m.node(p, n, k)
}

// property matches a property, method or field: key and value.
func (m *matcher) property(p, n js.Node, k next) bool {
	t := m.tree
	switch kind := m.Kind(n); {
	case kind != js.Property && kind != js.Method && kind != js.Field, t.Kind(p) == js.Field && kind != js.Field:
		return false
	case (t.Op(p) == js.OpGet || t.Op(p) == js.OpSet || m.Op(n) == js.OpGet || m.Op(n) == js.OpSet) && t.Op(p) != m.Op(n):
		return false
	case t.Is(p, js.IsStatic) && !m.Is(n, js.IsStatic):
		return false
	}
	return m.propertyKey(p, n, func() bool { return m.optional(t.Value(p), m.Value(n), k) })
}

func (m *matcher) propertyKey(p, n js.Node, k next) bool {
	t := m.tree
	key := t.Key(p)
	role := m.roles[key]
	if t.Is(p, js.IsComputed) {
		return m.Is(n, js.IsComputed) && m.node(key, m.Key(n), k)
	}
	name, known := m.KeyName(n)
	switch {
	case role.kind == variable && known && !m.Is(n, js.IsComputed) && m.Kind(m.Key(n)) == js.Name:
		return m.bind(role.v, m.nodeValue(m.Key(n)), k)
	case role.kind != itself:
		return m.node(key, m.Key(n), k)
	}
	want, ok := t.KeyName(p)
	return ok && known && want == name && k()
}

package pattern

import "sallyport/internal/js"

// function matches functions of every sort with each other: declared, in expressions, arrows, methods. A name in the
// pattern is the function's own, or that of the variable, key or method it is given to. A pattern without a name means
// functions in expressions.
func (m *matcher) function(p, n js.Node, k next) bool {
	t := m.tree
	if m.Kind(n) == js.ExportDecl || m.Kind(n) == js.ExportDefault {
		n = m.Operand(n)
	}
	if m.Kind(n) != js.Function || t.Flags(p)&^m.Flags(n)&(js.IsAsync|js.IsGenerator) != 0 {
		return false
	}
	body := func() bool {
		return m.parameters(t.Params(p), m.Params(n), func() bool { return m.body(p, n, k) })
	}
	name := t.Ident(p)
	if name == 0 {
		return (t.Is(p, js.IsMethod) || !m.Is(n, js.IsDecl|js.IsMethod)) && body()
	}
	if m.roles[name].kind == dots {
		return body()
	}
	own := m.named(n)
	return own != 0 && m.node(name, own, body)
}

// named is the name of a function or class: its own, or the variable or key that it is given to; 0 when it has none.
func (r *run) named(n js.Node) js.Node {
	if own := r.Ident(n); own != 0 {
		return own
	}
	switch up := r.parent(n); r.Kind(up) {
	case js.Declarator:
		return r.Target(up)
	case js.Property, js.Method, js.Field:
		if !r.Is(up, js.IsComputed) {
			return r.Key(up)
		}
	}
	return 0
}

// parameters matches names with names that have a default, too.
func (m *matcher) parameters(ps, ns []js.Node, k next) bool {
	plain := ns
	for i, n := range ns {
		if m.Kind(n) == js.AssignPattern && (i >= len(ps) || m.tree.Kind(ps[i]) != js.AssignPattern) {
			if len(plain) > 0 && &plain[0] == &ns[0] {
				plain = append([]js.Node(nil), ns...)
			}
			plain[i] = m.Left(n)
		}
	}
	return m.list(ps, plain, k)
}

// body matches what functions do; => x and { return x } are one.
func (m *matcher) body(p, n js.Node, k next) bool {
	t := m.tree
	pb, nb := t.Body(p), m.Body(n)
	switch short, shorter := t.Is(p, js.IsExprBody), m.Is(n, js.IsExprBody); {
	case short && !shorter:
		list := m.List(nb)
		return m.roles[pb].kind == dots && k() || len(list) == 1 && m.Kind(list[0]) == js.Return && m.node(pb, m.Operand(list[0]), k)
	case !short && shorter:
		return m.shortBody(t.List(pb), nb, k)
	}
	return m.node(pb, nb, k)
}

// shortBody matches statements with the expression that is the whole body of an arrow function.
func (m *matcher) shortBody(ps []js.Node, n js.Node, k next) bool {
	if len(ps) == 0 {
		return false
	}
	switch role := m.inList(ps[0]); role.kind {
	case dots:
		return len(ps) == 1 && k() || len(ps) > 1 && m.shortBody(ps[1:], n, k)
	case dotsVariable:
		return len(ps) == 1 && m.bind(role.v, m.listValue([]js.Node{n}, m.Start(n)), k)
	}
	for _, p := range ps[1:] {
		if m.inList(p).kind != dots {
			return false
		}
	}
	switch m.tree.Kind(ps[0]) {
	case js.Return, js.ExprStmt:
		return m.optional(m.tree.Operand(ps[0]), n, k)
	}
	return false
}

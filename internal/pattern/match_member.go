package pattern

import "sallyport/internal/js"

// member matches o.p and o["p"], which are the same to us, also where the name is put together; ?. is as good as a dot.
func (m *matcher) member(p, n js.Node, k next) bool {
	t := m.tree
	role := m.roles[p]
	if t.Kind(p) == js.Dot && role.kind == dots {
		return m.chain(t.Object(p), n, k)
	}
	kind := m.Kind(n)
	if kind != js.Dot && kind != js.Index {
		return false
	}
	if t.Kind(p) == js.Index {
		return m.index(p, n, k)
	}
	name, ok := m.key(n)
	switch {
	case !ok:
		return false
	case role.kind == itself:
		return t.Name(p) == name && m.node(t.Object(p), m.Object(n), k)
	case role.kind == anything:
		return m.node(t.Object(p), m.Object(n), k)
	}
	return m.node(t.Object(p), m.Object(n), func() bool { return m.bind(role.v, m.keyValue(n, name), k) })
}

// index matches o[k]; where k is a text, o.k as well.
func (m *matcher) index(p, n js.Node, k next) bool {
	t := m.tree
	object := func() bool { return m.node(t.Object(p), m.Object(n), k) }
	if m.Kind(n) == js.Index {
		return m.node(t.Right(p), m.Right(n), object)
	}
	name, ok := t.Constant(t.Right(p))
	return ok && m.roles[t.Right(p)].kind == itself && name == m.Name(n) && object()
}

// key is the name of the property that a Dot or Index reads, as far as it is known.
func (r *run) key(n js.Node) (string, bool) {
	if name, ok := r.KeyName(n); ok {
		return name, true
	}
	if r.Kind(n) != js.Index {
		return "", false
	}
	switch r.Kind(r.Right(n)) {
	case js.Binary, js.Ident, js.Template, js.Dot, js.Call:
		return r.g.Str(r.Right(n)).Const()
	}
	return "", false
}

func (r *run) keyValue(n js.Node, name string) value {
	v := value{kind: aText, text: name, start: r.NameStart(n), end: r.End(n)}
	if r.Kind(n) == js.Index {
		v.start, v.end = r.Start(r.Right(n)), r.End(r.Right(n))
	}
	return v
}

// chain matches a. ... .b: what stands left of the dots matches the code, or what remains of it when calls and properties
// at its end are taken off.
func (m *matcher) chain(p, n js.Node, k next) bool {
	for n != 0 && m.step() {
		if m.node(p, n, k) {
			return true
		}
		switch m.Kind(n) {
		case js.Call:
			n = m.Callee(n)
		case js.Dot, js.Index:
			n = m.Object(n)
		default:
			return false
		}
	}
	return false
}

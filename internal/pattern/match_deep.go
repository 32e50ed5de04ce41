package pattern

import "sallyport/internal/js"

// deep matches <... P ...>: P at a node or anywhere below it.
func (m *matcher) deep(p, n js.Node, k next) bool {
	done := false
	m.Walk(n, func(at js.Node) bool {
		if done || !m.step() {
			return false
		}
		done = m.isExpression(at) && m.node(p, at, k)
		return !done
	})
	return done
}

// isExpression tells expressions from names that are only declared, keys, and the parts of other things.
func (r *run) isExpression(n js.Node) bool {
	switch k := r.Kind(n); k {
	case js.Ident:
		return !r.Is(n, js.IsDeclared)
	case js.Name, js.PrivateName, js.TemplateText, js.Property, js.Spread:
		return false
	case js.Function, js.Class:
		return !r.Is(n, js.IsDecl|js.IsMethod)
	default:
		return k > js.Ident && k < js.ArrayPattern
	}
}

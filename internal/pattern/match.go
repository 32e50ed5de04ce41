package pattern

import "sallyport/internal/js"

// matcher tries one pattern at one place. It goes through all ways to match: each method gives what comes next a turn for
// every way it finds, and stops when that says it is content.
type matcher struct {
	*run
	*leaf
	env   env
	end   int  // of the statements matched last
	at    hit  // what is kept when all matches
	ways  int  // that were found
	found next // keep
}

// next is what remains to be matched.
type next func() bool

// bind gives a metavariable a value, or compares it with the one it has.
func (m *matcher) bind(v int, x value, k next) bool {
	if have, ok := m.env.get(v); ok {
		return m.same(have, x) && k()
	}
	m.env = append(m.env, bound{v, x})
	ok := k()
	m.env = m.env[:len(m.env)-1]
	return ok
}

// node matches a node of the pattern with one of the script.
func (m *matcher) node(p, n js.Node, k next) bool {
	if p == 0 || n == 0 {
		return p == n && k()
	}
	if !m.step() {
		return false
	}
	if m.tree.Kind(p) != js.Dot {
		switch role := m.roles[p]; role.kind {
		case variable:
			return m.Kind(n) != js.TemplateText && m.bind(role.v, m.nodeValue(n), k)
		case anything, dots:
			return m.Kind(n) != js.TemplateText && k()
		case deep:
			return m.deep(m.tree.Arg(p, 0), n, k)
		}
	}
	return m.kind(p, n, k)
}

// kind sorts by the kind of the pattern's node.
func (m *matcher) kind(p, n js.Node, k next) bool {
	switch m.tree.Kind(p) {
	case js.Ident, js.Name:
		return m.tree.Name(p) == m.nameOrKey(n) && k()
	case js.String:
		return m.text(p, n, k)
	case js.Template:
		return m.template(p, n, k)
	case js.Regexp:
		return m.regexp(p, n, k)
	case js.Dot, js.Index:
		return m.member(p, n, k)
	case js.Call, js.New, js.ImportCall:
		return m.Kind(n) == m.tree.Kind(p) && m.node(m.tree.Callee(p), m.Callee(n), func() bool {
			return m.list(m.tree.Args(p), m.Args(n), k)
		})
	case js.Assign:
		return m.assign(p, n, k)
	case js.Binary, js.Logical:
		return m.operator(p, n, k)
	case js.Object, js.ObjectPattern, js.Class:
		return m.members(p, n, k)
	case js.Property, js.Method, js.Field:
		return m.property(p, n, k)
	case js.Function:
		return m.function(p, n, k)
	case js.VarDecl, js.Declarator:
		return m.declaration(p, n, k)
	case js.ExprStmt, js.Block, js.If, js.For, js.Try:
		return m.statement(p, n, k)
	}
	return m.alike(p, n, k)
}

// nameOrKey is the word of a name, "" for anything else.
func (m *matcher) nameOrKey(n js.Node) string {
	if kind := m.Kind(n); kind == js.Ident || kind == js.Name {
		return m.Name(n)
	}
	return ""
}

// alike matches nodes of one kind by what they say themselves and child by child.
func (m *matcher) alike(p, n js.Node, k next) bool {
	t := m.tree
	kind := t.Kind(p)
	if kind != m.Kind(n) || t.Op(p) != m.Op(n) || t.Name(p) != m.Name(n) {
		return false
	}
	switch kind {
	case js.Number:
		if t.Num(p) != m.Num(n) {
			return false
		}
	case js.BigInt, js.TemplateText:
		if t.Str(p) != m.Str(n) {
			return false
		}
	case js.Case:
		if (t.Test(p) == 0) != (m.Test(n) == 0) {
			return false
		}
	}
	var kids []js.Node
	t.Children(p, func(c js.Node) { kids = append(kids, c) })
	if kind == js.Array || kind == js.ArrayPattern {
		return m.list(kids, m.List(n), k)
	}
	return m.list(kids, m.run.children(n), k)
}

// list matches members in order; dots stand for any number of them.
func (m *matcher) list(ps, ns []js.Node, k next) bool {
	if len(ps) == 0 {
		return len(ns) == 0 && k()
	}
	switch role := m.inList(ps[0]); role.kind {
	case dots, dotsVariable:
		for i := 0; i <= len(ns) && m.step(); i++ {
			rest := func() bool { return m.list(ps[1:], ns[i:], k) }
			if role.kind == dots && rest() || role.kind == dotsVariable && m.bind(role.v, m.listValue(ns[:i], m.where(ns)), rest) {
				return true
			}
		}
		return false
	}
	return len(ns) > 0 && m.node(ps[0], ns[0], func() bool { return m.list(ps[1:], ns[1:], k) })
}

// where is a place for a list that may be empty.
func (m *matcher) where(ns []js.Node) int {
	if len(ns) > 0 && ns[0] != 0 {
		return m.Start(ns[0])
	}
	return 0
}

package pattern

import "sallyport/internal/js"

// nodesIn are the expressions of a hit: the very one, or all in it. What stands in a function inside happens at another
// time, and is left out.
func (r *run) nodesIn(h hit, exact bool) []js.Node {
	var out []js.Node
	top := h.node
	if top == 0 {
		return r.nodesOf(h, exact)
	}
	if exact {
		return []js.Node{r.valueOf(top)}
	}
	r.Walk(top, func(n js.Node) bool {
		if !r.step() {
			return false
		}
		if n == top || r.isExpression(n) {
			out = append(out, r.valueOf(n))
		}
		return n == top || r.Kind(n) != js.Function
	})
	return out
}

// nodesOf are the expressions of a stretch of text that is not one node.
func (r *run) nodesOf(h hit, exact bool) []js.Node {
	var out []js.Node
	for n := js.Node(1); int(n) < r.Len() && r.step(); n++ {
		s := hit{start: r.Start(n), end: r.End(n)}
		if r.isExpression(n) && (exact && s.sameSpan(h) || !exact && s.within(h)) {
			out = append(out, n)
		}
	}
	return out
}

// sourceNodes are the values that a source makes.
func (r *run) sourceNodes(h hit, s *spec) []js.Node {
	var out []js.Node
	if s.effect != onlySideEffect {
		out = r.nodesIn(h, s.exact)
	}
	if s.effect != noEffect {
		out = append(out, r.later(h.node)...)
	}
	return out
}

// valueOf is the node that has the value of a name that is declared or written: what is put there, or where package flow
// keeps what arrives from outside. Other nodes have their own.
func (r *run) valueOf(n js.Node) js.Node {
	if r.Kind(n) != js.Ident || r.Is(n, js.IsRead) {
		return n
	}
	for child, up := n, r.parent(n); ; child, up = up, r.parent(up) {
		switch r.Kind(up) {
		case js.AssignPattern:
			if r.Kind(r.parent(up)) == js.Function {
				return up
			}
		case js.Property, js.Rest, js.Catch:
			return up
		case js.Declarator:
			if v := r.Value(up); v != 0 && r.Target(up) == child {
				return v
			}
		case js.Assign:
			if r.Left(up) == child {
				return r.Right(up)
			}
			return n
		case js.VarDecl:
		case js.ForOf, js.ForIn:
			return up
		default:
			return n
		}
	}
}

// sinkNodes are the values that arrive at a sink: for a call its arguments, for an assignment what is assigned, for what
// focus-metavariable points at the value itself.
func (r *run) sinkNodes(h hit, exact bool) []js.Node {
	if h.node == 0 {
		return r.nodesOf(h, exact)
	}
	if !exact || h.focused {
		return r.nodesIn(h, exact)
	}
	var out []js.Node
	r.arriving(h.node, &out)
	return out
}

func (r *run) arriving(n js.Node, out *[]js.Node) {
	switch r.Kind(n) {
	case js.Call, js.New, js.ImportCall:
		for _, a := range r.Args(n) {
			if r.Kind(a) == js.Spread {
				a = r.Operand(a)
			}
			*out = append(*out, a)
		}
	case js.TaggedTemplate:
		*out = append(*out, r.List(r.Operand(n))...)
	case js.Assign:
		*out = append(*out, r.Right(n))
	case js.Declarator, js.Property:
		*out = append(*out, r.Value(n))
	case js.VarDecl:
		for _, d := range r.List(n) {
			r.arriving(d, out)
		}
	case js.ExprStmt, js.Return, js.Throw, js.Await, js.Spread, js.Yield:
		if v := r.Operand(n); v != 0 {
			*out = append(*out, v)
		}
	default:
		*out = append(*out, n)
	}
}

// later are the places where a variable, or a property of one, is read after a place and before something else is put
// there.
func (r *run) later(n js.Node) []js.Node {
	switch r.Kind(n) {
	case js.Ident:
		return r.laterReads(n)
	case js.Dot, js.Index:
		return r.laterEquals(n)
	}
	return nil
}

func (r *run) laterReads(n js.Node) []js.Node {
	var out []js.Node
	refs := r.Refs(r.Tree.Binding(n))
	for _, use := range refs {
		if r.Is(use, js.IsRead) && r.Start(use) >= r.End(n) && !r.overwritten(refs, r.End(n), use) {
			out = append(out, use)
		}
	}
	return out
}

// overwritten says whether something else is put into a variable between a place and a use: by a write in a block that the
// use stands in, too.
func (r *run) overwritten(refs []js.Node, from int, use js.Node) bool {
	for _, w := range refs {
		if !r.step() {
			return true
		}
		if !r.Is(w, js.IsWritten) || r.Is(w, js.IsRead) || r.Start(w) < from {
			continue
		}
		block := r.block(w)
		if r.End(r.parent(w)) <= r.Start(use) && r.Start(block) <= r.Start(use) && r.End(use) <= r.End(block) {
			return true
		}
	}
	return false
}

// block is the list of statements that a node stands in.
func (r *run) block(n js.Node) js.Node {
	for up := r.parent(n); up != 0; up = r.parent(up) {
		switch r.Kind(up) {
		case js.Program, js.Block, js.Case, js.StaticBlock:
			return up
		}
		n = up
	}
	return n
}

func (r *run) laterEquals(n js.Node) []js.Node {
	var out []js.Node
	for m := js.Node(1); int(m) < r.Len() && r.step(); m++ {
		if r.Kind(m) == r.Kind(n) && r.Start(m) >= r.End(n) && r.equal(m, n) {
			out = append(out, m)
		}
	}
	return out
}

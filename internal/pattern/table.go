package pattern

import "sallyport/internal/js"

// table says which leaves could match where: by the name that identifies a node, or by its kind alone. It is what makes a
// thousand rules cost hardly more than ten.
type table struct {
	named [slots]map[uint32][]*leaf
	kinds map[js.Kind][]*leaf
	any   bool // something is in it
}

func (t *table) put(f *leaf, names textNames, p js.Node) {
	t.any = true
	if s, name := f.head(p); s != noSlot {
		if t.named[s] == nil {
			t.named[s] = map[uint32][]*leaf{}
		}
		id := names.id(name)
		t.named[s][id] = append(t.named[s][id], f)
		return
	}
	f.words = f.required(names)
	if t.kinds == nil {
		t.kinds = map[js.Kind][]*leaf{}
	}
	for _, k := range f.kinds(p) {
		t.kinds[k] = append(t.kinds[k], f)
	}
}

// index sorts all leaves into the two tables: of patterns for one node, and of those for several statements.
func (s *Set) index() {
	for _, f := range s.leaves {
		switch {
		case f.lazy:
		case f.shape == sequence:
			first := f.top[0]
			if f.leadingDots() {
				s.openings = append(s.openings, f)
				continue
			}
			s.sequences.put(f, s.names, first)
		default:
			s.nodes.put(f, s.names, f.top[0])
		}
	}
}

// leadingDots says whether a pattern of several statements begins with an ellipsis, and so with its whole block.
func (f *leaf) leadingDots() bool {
	k := f.inList(f.top[0]).kind
	return k == dots || k == dotsVariable
}

// dispatch goes over the script once and tries each leaf where it could match.
func (r *run) dispatch() {
	r.readNames()
	nodes := r.enabled(&r.set.nodes)
	lists := r.enabled(&r.set.sequences)
	for n := js.Node(1); int(n) < r.Len(); n++ {
		if r.set.nodes.any {
			r.dispatchNode(&r.set.nodes, nodes, n)
		}
		if r.set.sequences.any || len(r.set.openings) > 0 {
			r.dispatchLists(lists, n)
		}
	}
}

// byKind are the leaves that no name identifies, by the kind of node they match.
type byKind [js.Rest + 1][]*leaf

// enabled are the leaves by kind whose names the script has.
func (r *run) enabled(t *table) *byKind {
	out := new(byKind)
	for kind, list := range t.kinds {
		for _, f := range list {
			if r.hasAll(f.words) {
				out[kind] = append(out[kind], f)
			}
		}
	}
	return out
}

func (r *run) hasAll(words []uint32) bool {
	for _, w := range words {
		if !r.present[w] {
			return false
		}
	}
	return true
}

// readNames finds out which names of the set the script has, also those of properties that it puts together.
func (r *run) readNames() {
	r.present = make([]bool, len(r.set.names)+1)
	r.words = make([]uint32, r.Atoms())
	for a := range r.words {
		if id := r.set.names[r.AtomText(js.Atom(a))]; id != 0 {
			r.words[a] = id
			r.present[id] = true
		}
	}
	for n := js.Node(1); int(n) < r.Len(); n++ {
		if r.Kind(n) == js.Index {
			r.present[r.nameID(n)] = true
		}
	}
}

// dispatchNode tries the leaves for one node.
func (r *run) dispatchNode(t *table, kinds *byKind, n js.Node) {
	kind := r.Kind(n)
	switch kind {
	case js.Call:
		r.tryNamed(t, atCall, r.nameID(r.Callee(n)), n)
		r.tryNamed(t, atOwner, r.nameID(r.Object(r.Callee(n))), n)
	case js.New:
		r.tryNamed(t, atNew, r.nameID(r.Callee(n)), n)
	case js.TaggedTemplate:
		r.tryNamed(t, atTag, r.nameID(r.Callee(n)), n)
	case js.Dot, js.Index:
		r.tryNamed(t, atMember, r.nameID(n), n)
		r.tryNamed(t, atObject, r.nameID(r.Object(n)), n)
	case js.Ident:
		if !r.Is(n, js.IsDeclared) {
			r.tryNamed(t, atIdent, r.nameID(n), n)
		}
	case js.String:
		r.tryNamed(t, atString, r.words[r.Atom(n)], n)
	case js.Assign:
		r.tryNamed(t, atLeft, r.nameID(r.Left(n)), n)
		r.tryNamed(t, atRight, r.nameID(r.Right(n)), n)
	case js.VarDecl:
		r.dispatchDeclared(t, kinds, n)
		return
	case js.ExprStmt, js.ExportDecl, js.ExportDefault:
		return // what is in them is tried by itself
	}
	for _, f := range kinds[kind] {
		r.try(f, n)
	}
}

// dispatchDeclared tries the leaves for each variable of a declaration. What matches the only one matches the whole.
func (r *run) dispatchDeclared(t *table, kinds *byKind, n js.Node) {
	list := r.List(n)
	for _, d := range list {
		wide := d
		if len(list) == 1 {
			wide = n
		}
		each := func(all []*leaf) {
			for _, f := range all {
				if p := f.top[0]; f.tree.Kind(p) != js.VarDecl {
					r.tryAs(f, f.top[0], d, wide)
				} else if ps := f.tree.List(p); len(ps) == 1 && f.declares(p, r.Op(n)) {
					r.tryAs(f, ps[0], d, wide)
				} else if len(ps) > 1 && d == list[0] {
					r.try(f, n)
				}
			}
		}
		each(t.named[atLeft][r.nameID(r.Target(d))])
		each(t.named[atRight][r.nameID(r.Value(d))])
		each(kinds[js.VarDecl])
	}
}

func (r *run) tryNamed(t *table, s slot, id uint32, n js.Node) {
	if id == 0 {
		return
	}
	for _, f := range t.named[s][id] {
		r.try(f, n)
	}
}

// dispatchLists tries the leaves of several statements on each list of statements.
func (r *run) dispatchLists(kinds *byKind, n js.Node) {
	var list []js.Node
	switch r.Kind(n) {
	case js.Program, js.Block, js.Case, js.StaticBlock:
		list = r.List(n)
	}
	if len(list) == 0 {
		return
	}
	for _, f := range r.set.openings {
		r.tryList(f, list, 0)
	}
	for i, s := range list {
		each := func(all []*leaf) {
			for _, f := range all {
				r.tryList(f, list, i)
			}
		}
		r.headsOf(s, func(at slot, id uint32) {
			if id != 0 {
				each(r.set.sequences.named[at][id])
			}
		})
		each(kinds[r.Kind(s)])
	}
}

// headsOf gives the slots and names by which a statement is found.
func (r *run) headsOf(n js.Node, f func(slot, uint32)) {
	switch r.Kind(n) {
	case js.VarDecl:
		for _, d := range r.List(n) {
			f(atLeft, r.nameID(r.Target(d)))
			f(atRight, r.nameID(r.Value(d)))
		}
		return
	case js.ExprStmt:
		n = r.Operand(n)
	default:
		return
	}
	switch r.Kind(n) {
	case js.Call:
		f(atCall, r.nameID(r.Callee(n)))
		f(atOwner, r.nameID(r.Object(r.Callee(n))))
	case js.New:
		f(atNew, r.nameID(r.Callee(n)))
	case js.TaggedTemplate:
		f(atTag, r.nameID(r.Callee(n)))
	case js.String:
		f(atString, r.words[r.Atom(n)])
	case js.Dot, js.Index:
		f(atMember, r.nameID(n))
		f(atObject, r.nameID(r.Object(n)))
	case js.Ident:
		f(atIdent, r.nameID(n))
	case js.Assign:
		f(atLeft, r.nameID(r.Left(n)))
		f(atRight, r.nameID(r.Right(n)))
	}
}

// nameID is the number of the name that identifies a node: that of a variable, of the property read, of what is called.
func (r *run) nameID(n js.Node) uint32 {
	for range 8 {
		switch r.Kind(n) {
		case js.Ident, js.Dot:
			return r.words[r.Atom(n)]
		case js.Index:
			name, ok := r.key(n)
			if !ok {
				return 0
			}
			return r.set.names[name]
		case js.Call, js.New, js.TaggedTemplate:
			n = r.Callee(n)
		default:
			return 0
		}
	}
	return 0
}

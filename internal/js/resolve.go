package js

// maxTree bounds the depth of a tree, so that whoever walks it may call itself. Only chains of operators and calls make
// trees deeper than [maxNesting].
const maxTree = 20_000

// resolver walks a tree once, declares and looks up names (ECMA-262 §9.1, §B.3.2).
//
// A use waits until its scope closes, since declarations may come later. Whatever finds no binding there waits on in
// the scope around it; what is left at the end is global.
type resolver struct {
	*Tree
	Scopes
	visible []BindingID // for each atom the innermost binding so far
	waiting []Node
	scope   ScopeID
	depth   int
	tooDeep bool
}

// resolve fills in the bindings of all Ident nodes; ok is false when the tree is too deep to walk.
func resolve(t *Tree, module bool) (s *Scopes, ok bool) {
	m := t.memory
	r := &resolver{Tree: t, visible: zeroed(m.visible, len(t.names)), waiting: room(m.waiting, 256)}
	r.Scopes.Scopes = append(room(m.scopes, 32), Scope{})
	r.Bindings = append(room(m.bindings, 128), Binding{})
	r.declared, r.refs = m.declared, m.refs
	strict := module || t.Is(t.Root, IsStrict)
	mark := r.open(ProgramScope, t.Root, strict)
	if t.is(t.Root, Program) {
		t.nodes[t.Root].b = uint32(r.scope)
		r.hoist(t.List(t.Root))
		r.all(t.List(t.Root))
	} else {
		r.walk(t.Root)
	}
	r.close(mark)
	r.globals()
	r.collect()
	r.group()
	m.visible, m.waiting = r.visible, r.waiting
	return &r.Scopes, !r.tooDeep
}

func (r *resolver) open(k ScopeKind, n Node, strict bool) (mark int) {
	id := ScopeID(len(r.Scopes.Scopes))
	s := Scope{Kind: k, Parent: r.scope, Node: n, Function: id}
	outer := &r.Scopes.Scopes[r.scope]
	s.Strict = strict || outer.Strict
	if k != ProgramScope && k != FunctionScope {
		s.Function = outer.Function
	}
	r.Scopes.Scopes = append(r.Scopes.Scopes, s)
	r.scope = id
	return len(r.waiting)
}

// close looks up what waits since mark and forgets the names of the scope.
func (r *resolver) close(mark int) {
	s := &r.Scopes.Scopes[r.scope]
	if s.count > 0 || s.Kind == WithScope {
		r.settle(s, mark)
	}
	if s.Dynamic {
		r.Scopes.Scopes[s.Parent].Dynamic = true
	}
	r.scope = s.Parent
}

func (r *resolver) settle(s *Scope, mark int) {
	left := r.waiting[:mark]
	for _, n := range r.waiting[mark:] {
		v := &r.nodes[n]
		if b := r.visible[v.a]; b != 0 && r.Bindings[b].Scope == r.scope {
			v.b = uint32(b)
			continue
		}
		if s.Kind == WithScope {
			v.flags |= IsDynamic
		}
		left = append(left, n)
	}
	r.waiting = left
	for b := s.last; b != 0; b = r.Bindings[b].before {
		v := &r.Bindings[b]
		r.visible[v.Name] = v.hidden
	}
}

// declare binds a name in a scope at or around the current one, or finds the binding it has there.
func (r *resolver) declare(ident Node, k BindingKind, scope ScopeID) {
	name := Atom(r.nodes[ident].a)
	b := r.bind(name, k, scope, ident)
	v := &r.nodes[ident]
	v.b = uint32(b)
	v.flags |= IsDeclared
}

func (r *resolver) bind(name Atom, k BindingKind, scope ScopeID, decl Node) BindingID {
	link := &r.visible[name]
	for *link != 0 && r.Bindings[*link].Scope > scope {
		link = &r.Bindings[*link].hidden
	}
	if b := *link; b != 0 && r.Bindings[b].Scope == scope {
		if k == FunctionDecl && r.Bindings[b].Kind == Var {
			r.Bindings[b].Kind = k
		}
		return b
	}
	b := BindingID(len(r.Bindings))
	s := &r.Scopes.Scopes[scope]
	made := Binding{Name: name, Kind: k, Scope: scope, Decl: decl, hidden: *link, before: s.last}
	*link = b
	r.Bindings = append(r.Bindings, made)
	s.last = b
	s.count++
	return b
}

// globals makes one binding for each name that nobody declared.
func (r *resolver) globals() {
	for _, n := range r.waiting {
		v := &r.nodes[n]
		v.b = uint32(r.bind(Atom(v.a), Global, 0, 0))
	}
}

// collect groups the Ident nodes by binding. Nodes are numbered in source order as far as leaves go.
func (r *resolver) collect() {
	for i := range r.nodes {
		if v := &r.nodes[i]; v.kind == Ident {
			r.Bindings[v.b].uses++
		}
	}
	at := uint32(0)
	for i := range r.Bindings {
		b := &r.Bindings[i]
		b.first = at
		at += b.uses
		b.uses = 0
	}
	r.refs = room(r.refs, int(at))[:at]
	for i := range r.nodes {
		v := &r.nodes[i]
		if v.kind != Ident {
			continue
		}
		b := &r.Bindings[v.b]
		r.refs[b.first+b.uses] = Node(i)
		b.uses++
	}
}

// group lists the bindings by scope. They are numbered as they were declared.
func (r *resolver) group() {
	at := uint32(0)
	for i := range r.Scopes.Scopes {
		s := &r.Scopes.Scopes[i]
		s.first = at
		at += s.count
		s.count = 0
	}
	r.declared = room(r.declared, int(at))[:at]
	for b := 1; b < len(r.Bindings); b++ {
		if r.Bindings[b].unseen {
			continue
		}
		s := &r.Scopes.Scopes[r.Bindings[b].Scope]
		r.declared[s.first+s.count] = BindingID(b)
		s.count++
	}
}

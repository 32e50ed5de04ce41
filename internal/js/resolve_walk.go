package js

func (r *resolver) all(list []Node) {
	for _, n := range list {
		r.walk(n)
	}
}

// walk visits a node whose value is used.
func (r *resolver) walk(n Node) {
	if n == 0 {
		return
	}
	if r.depth++; r.depth > maxTree {
		r.tooDeep = true
		r.depth--
		return
	}
	r.visit(n)
	r.depth--
}

func (r *resolver) visit(n Node) {
	v := &r.nodes[n]
	switch v.kind {
	case Ident:
		v.flags |= IsRead
		r.waiting = append(r.waiting, n)
	case Name, PrivateName, String, Number, BigInt, Regexp, Bool, Null, This, Super, TemplateText:
	case Dot, ExprStmt, Unary, Return:
		r.walk(Node(v.a))
	case Binary, Logical, Index:
		r.walk(Node(v.a))
		r.walk(Node(v.b))
	case Call:
		r.call(n)
	case Assign:
		r.target(Node(v.a), v.op != OpNone)
		r.walk(Node(v.b))
	case Update:
		r.target(Node(v.a), true)
	case Property:
		if v.flags&IsComputed != 0 {
			r.walk(Node(v.a))
		}
		r.walk(Node(v.b))
	case VarDecl:
		r.declarations(n, false)
	case Function:
		r.function(n)
	case Class:
		r.class(n)
	default:
		r.visitScoped(n, v)
	}
}

// visitScoped visits what opens a scope, and everything without a rule of its own.
func (r *resolver) visitScoped(n Node, v *node) {
	switch v.kind {
	case Block, StaticBlock:
		r.block(n, v.kind == StaticBlock)
	case For:
		mark := r.open(BlockScope, n, false)
		r.walk(Node(v.a))
		r.walk(Node(v.b))
		r.walk(Node(v.c))
		r.walk(Node(v.d))
		r.close(mark)
	case ForIn, ForOf:
		mark := r.open(BlockScope, n, false)
		v.d = uint32(r.scope)
		if left := Node(v.a); r.is(left, VarDecl) {
			r.declarations(left, true)
		} else {
			r.target(left, false)
		}
		r.walk(Node(v.b))
		r.walk(Node(v.c))
		r.close(mark)
	case Switch:
		r.switchStatement(n)
	case Catch:
		mark := r.open(CatchScope, n, false)
		v.d = uint32(r.scope)
		r.pattern(Node(v.a), CatchParam, r.scope, true)
		r.walk(Node(v.b))
		r.close(mark)
	case With:
		r.walk(Node(v.a))
		mark := r.open(WithScope, n, false)
		v.d = uint32(r.scope)
		r.walk(Node(v.b))
		r.close(mark)
	case Import:
		for _, s := range r.list(v.a) {
			r.pattern(Node(r.nodes[s].b), ImportBinding, r.scope, true)
		}
	case Labeled:
		r.walk(Node(v.b))
	default:
		r.Children(n, r.walk)
	}
}

// call looks for a direct eval, after which names may mean something else (ECMA-262 §13.3.6.1).
func (r *resolver) call(n Node) {
	v := &r.nodes[n]
	if callee := &r.nodes[v.a]; callee.kind == Ident && Atom(callee.a) == aEval {
		r.Scopes.Scopes[r.scope].Dynamic = true
	}
	r.walk(Node(v.a))
	r.all(r.list(v.b))
}

// target visits what is assigned to; read says whether its old value is used too.
func (r *resolver) target(n Node, read bool) {
	switch v := &r.nodes[n]; v.kind {
	case Ident:
		v.flags |= IsWritten
		if read {
			v.flags |= IsRead
		}
		r.waiting = append(r.waiting, n)
	case ArrayPattern, ObjectPattern:
		if r.depth++; r.depth < maxTree {
			for _, m := range r.list(v.a) {
				r.target(m, false)
			}
		}
		r.depth--
	case Property:
		if v.flags&IsComputed != 0 {
			r.walk(Node(v.a))
		}
		r.target(Node(v.b), false)
	case AssignPattern:
		r.target(Node(v.a), false)
		r.walk(Node(v.b))
	case Rest:
		r.target(Node(v.a), false)
	default:
		r.walk(n)
	}
}

// pattern declares the names of a pattern.
func (r *resolver) pattern(n Node, k BindingKind, scope ScopeID, written bool) {
	v := &r.nodes[n]
	switch v.kind {
	case Ident:
		r.declare(n, k, scope)
		if written {
			v.flags |= IsWritten
		}
	case ArrayPattern, ObjectPattern:
		for _, m := range r.list(v.a) {
			r.pattern(m, k, scope, written)
		}
	case Property:
		if v.flags&IsComputed != 0 {
			r.walk(Node(v.a))
		}
		r.pattern(Node(v.b), k, scope, written)
	case AssignPattern:
		r.pattern(Node(v.a), k, scope, written)
		r.walk(Node(v.b))
	case Rest:
		r.pattern(Node(v.a), k, scope, written)
	}
}

// declarations visits var, let or const. In a for header the values come from what is looped over.
func (r *resolver) declarations(n Node, looped bool) {
	k, scope := Let, r.scope
	switch r.nodes[n].op {
	case OpVar:
		k, scope = Var, r.Scopes.Scopes[r.scope].Function
	case OpConst:
		k = Const
	}
	for _, d := range r.list(r.nodes[n].a) {
		v := &r.nodes[d]
		if v.kind != Declarator {
			continue
		}
		r.pattern(Node(v.a), k, scope, looped || v.b != 0)
		r.walk(Node(v.b))
	}
}

// hoist declares the functions and classes of a list of statements before anything else. In sloppy code a function in a
// block belongs to the function around it (ECMA-262 §B.3.2), unless a name of the block is in the way.
func (r *resolver) hoist(list []Node) {
	s := &r.Scopes.Scopes[r.scope]
	scope := r.scope
	if !s.Strict {
		scope = s.Function
	}
	for _, n := range list {
		for r.is(n, ExportDecl) || r.is(n, ExportDefault) || r.is(n, Labeled) {
			n = r.inner(n)
		}
		v := &r.nodes[n]
		if v.flags&IsDecl == 0 || v.a == 0 {
			continue
		}
		switch v.kind {
		case Function:
			r.declare(Node(v.a), FunctionDecl, scope)
		case Class:
			r.declare(Node(v.a), ClassDecl, r.scope)
		}
		r.nodes[v.a].flags |= IsWritten
	}
}

func (r *resolver) inner(n Node) Node {
	if r.is(n, Labeled) {
		return Node(r.nodes[n].b)
	}
	return Node(r.nodes[n].a)
}

func (r *resolver) block(n Node, static bool) {
	k := BlockScope
	if static {
		k = FunctionScope
	}
	mark := r.open(k, n, static)
	r.nodes[n].b = uint32(r.scope)
	list := r.list(r.nodes[n].a)
	r.hoist(list)
	r.all(list)
	r.close(mark)
}

func (r *resolver) switchStatement(n Node) {
	v := &r.nodes[n]
	r.walk(Node(v.a))
	mark := r.open(BlockScope, n, false)
	v.d = uint32(r.scope)
	cases := r.list(v.b)
	for _, c := range cases {
		r.hoist(r.list(r.nodes[c].b))
	}
	for _, c := range cases {
		r.walk(Node(r.nodes[c].a))
		r.all(r.list(r.nodes[c].b))
	}
	r.close(mark)
}

func (r *resolver) function(n Node) {
	v := &r.nodes[n]
	name := Node(v.a)
	if v.flags&IsDecl != 0 && name != 0 && r.nodes[name].b == 0 {
		r.declare(name, FunctionDecl, r.Scopes.Scopes[r.scope].Function) // if (x) function f() {}
	}
	mark := r.open(FunctionScope, n, v.flags&IsStrict != 0)
	v.d = uint32(r.scope)
	for _, p := range r.list(v.b) {
		r.pattern(p, Param, r.scope, true)
	}
	if body := Node(v.c); v.flags&IsExprBody != 0 {
		r.walk(body)
	} else {
		list := r.list(r.nodes[body].a)
		r.hoist(list)
		r.all(list)
	}
	if v.flags&IsDecl == 0 && name != 0 {
		r.ownName(name)
	}
	if v.flags&IsArrow == 0 {
		r.arguments(mark)
	}
	r.close(mark)
}

// ownName lets a function or class expression see its own name, unless something inside has the same.
func (r *resolver) ownName(name Node) {
	id := Atom(r.nodes[name].a)
	r.nodes[name].flags |= IsWritten
	if b := r.visible[id]; b == 0 || r.Bindings[b].Scope != r.scope {
		r.declare(name, FunctionName, r.scope)
		return
	}
	r.nodes[name].b = uint32(len(r.Bindings))
	r.nodes[name].flags |= IsDeclared
	r.Bindings = append(r.Bindings, Binding{Name: id, Kind: FunctionName, Scope: r.scope, Decl: name, unseen: true})
}

// arguments binds the arguments object if somebody asks for it.
func (r *resolver) arguments(mark int) {
	for _, n := range r.waiting[mark:] {
		if Atom(r.nodes[n].a) == aArguments {
			r.bind(aArguments, ArgumentsObject, r.scope, 0)
			return
		}
	}
}

func (r *resolver) class(n Node) {
	v := &r.nodes[n]
	mark := r.open(ClassScope, n, true)
	v.d = uint32(r.scope)
	r.walk(Node(v.b))
	for _, m := range r.list(v.c) {
		r.walkMember(m)
	}
	if v.flags&IsDecl == 0 && v.a != 0 {
		r.ownName(Node(v.a))
	}
	r.close(mark)
}

func (r *resolver) walkMember(n Node) {
	v := &r.nodes[n]
	if v.kind == StaticBlock {
		r.walk(n)
		return
	}
	if v.flags&IsComputed != 0 {
		r.walk(Node(v.a))
	}
	r.walk(Node(v.b))
}

package js

// ScopeID names a scope of a script: 0 is the global one, 1 the script's own.
type ScopeID uint32

// BindingID names a binding; 0 is none.
type BindingID uint32

// ScopeKind says what made a scope.
type ScopeKind uint8

const (
	GlobalScope ScopeKind = iota
	ProgramScope
	FunctionScope // parameters and body share one scope
	BlockScope    // blocks, loops, switch, static blocks
	CatchScope
	ClassScope // holds the name of a class expression
	WithScope
)

// BindingKind says how a binding came to be.
type BindingKind uint8

const (
	Global BindingKind = iota // declared nowhere in this script
	Var
	Let
	Const
	FunctionDecl
	ClassDecl
	Param
	CatchParam
	ImportBinding
	FunctionName // the name of a function or class expression inside itself
	ArgumentsObject
)

// Scope is a region in which names are looked up.
type Scope struct {
	Kind     ScopeKind
	Strict   bool
	Dynamic  bool // a direct eval stands here or further in: names may appear that nobody sees
	Parent   ScopeID
	Function ScopeID // the nearest scope that var declares into
	Node     Node    // what made it; 0 for the global scope

	first, count uint32    // of its bindings in declared
	last         BindingID // declared in it so far
}

// Binding is one variable with all its uses.
type Binding struct {
	Name  Atom
	Kind  BindingKind
	Scope ScopeID
	Decl  Node // the first Ident that declares it; 0 for globals and arguments

	hidden      BindingID // the binding of this name that this one hid, while the walk was inside
	before      BindingID // the one declared in this scope before
	unseen      bool      // nobody can name it: its scope does not list it
	first, uses uint32
}

// Scopes are the resolved names of a script. Every Ident node has a binding, names declared nowhere included.
type Scopes struct {
	Scopes   []Scope
	Bindings []Binding // from 1

	refs     []Node
	declared []BindingID
}

// Declares are the bindings of a scope in the order of their declarations.
func (s *Scopes) Declares(id ScopeID) []BindingID {
	v := &s.Scopes[id]
	return s.declared[v.first : v.first+v.count]
}

// Refs are the Ident nodes of a binding in source order, declarations among them: [Tree.Is] tells IsDeclared, IsRead
// and IsWritten.
func (s *Scopes) Refs(b BindingID) []Node {
	v := &s.Bindings[b]
	return s.refs[v.first : v.first+v.uses]
}

// Binding is the binding an Ident speaks of, 0 for other nodes.
func (t *Tree) Binding(n Node) BindingID {
	if v := &t.nodes[n]; v.kind == Ident {
		return BindingID(v.b)
	}
	return 0
}

// ScopeOf is the scope that a Program, Function, Block, For, ForIn, ForOf, Switch, Catch, With, StaticBlock or named class
// expression opens, 0 when it opens none.
func (t *Tree) ScopeOf(n Node) ScopeID {
	switch v := &t.nodes[n]; v.kind {
	case Program, Block, StaticBlock:
		return ScopeID(v.b)
	case Function, Class, ForIn, ForOf, Switch, Catch, With:
		return ScopeID(v.d)
	}
	return 0
}

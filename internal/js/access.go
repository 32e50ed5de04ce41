package js

// Atom is the name that [Tree.Name] spells, 0 when there is none.
func (t *Tree) Atom(n Node) Atom {
	switch v := &t.nodes[n]; v.kind {
	case Ident, Name, PrivateName, Labeled, Break, Continue, String:
		return Atom(v.a)
	case Dot:
		return Atom(v.b)
	}
	return 0
}

// Name is the word of an Ident, Name or PrivateName, the property of a Dot, the label of a statement.
func (t *Tree) Name(n Node) string {
	if t.nodes[n].kind == String {
		return ""
	}
	return t.names[t.Atom(n)]
}

// Str is the value of a String, the cooked text of a TemplateText, the digits of a BigInt, the pattern of a Regexp.
func (t *Tree) Str(n Node) string {
	switch v := &t.nodes[n]; v.kind {
	case String, TemplateText, BigInt, Regexp:
		return t.names[v.a]
	}
	return ""
}

// RawStr is the text of a TemplateText as written.
func (t *Tree) RawStr(n Node) string {
	if v := &t.nodes[n]; v.kind == TemplateText {
		return t.names[v.b]
	}
	return ""
}

// RegexpFlags are the letters after the closing slash.
func (t *Tree) RegexpFlags(n Node) string {
	if v := &t.nodes[n]; v.kind == Regexp {
		return t.names[v.b]
	}
	return ""
}

// Num is the value of a Number.
func (t *Tree) Num(n Node) float64 {
	if v := &t.nodes[n]; v.kind == Number {
		return t.nums[v.a]
	}
	return 0
}

// List is what the kind calls List: statements, declarators, elements, members.
func (t *Tree) List(n Node) []Node {
	switch v := &t.nodes[n]; v.kind {
	case Program, Block, VarDecl, StaticBlock, Import, ExportNamed, Template, Array, Object, Sequence, ArrayPattern, ObjectPattern:
		return t.list(v.a)
	case Switch, Case:
		return t.list(v.b)
	case Class:
		return t.list(v.c)
	}
	return nil
}

// Args are the arguments of a Call, New or ImportCall.
func (t *Tree) Args(n Node) []Node {
	switch v := &t.nodes[n]; v.kind {
	case Call, New, ImportCall:
		return t.list(v.b)
	}
	return nil
}

// Arg is one argument, 0 when there are not so many.
func (t *Tree) Arg(n Node, i int) Node {
	if args := t.Args(n); i < len(args) {
		return args[i]
	}
	return 0
}

// Callee is what a Call, New or TaggedTemplate calls.
func (t *Tree) Callee(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Call, New, TaggedTemplate:
		return Node(v.a)
	}
	return 0
}

// Object is what a Dot or Index reads from.
func (t *Tree) Object(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Dot, Index:
		return Node(v.a)
	}
	return 0
}

// NameStart is where the name of a Dot begins.
func (t *Tree) NameStart(n Node) int {
	if v := &t.nodes[n]; v.kind == Dot {
		return int(v.c)
	}
	return t.Start(n)
}

// Left is the left side of Binary, Logical, Assign, AssignPattern, ForIn, ForOf.
func (t *Tree) Left(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Binary, Logical, Assign, AssignPattern, ForIn, ForOf:
		return Node(v.a)
	}
	return 0
}

// Right is the right side of what has a [Tree.Left], and the key of an Index.
func (t *Tree) Right(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Binary, Logical, Assign, AssignPattern, ForIn, ForOf, Index:
		return Node(v.b)
	}
	return 0
}

// Operand is the one operand of what has one.
func (t *Tree) Operand(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case ExprStmt, Return, Throw, With, ExportDecl, ExportDefault, Spread, Unary, Update, Await, Yield, Rest:
		return Node(v.a)
	case TaggedTemplate:
		return Node(v.b)
	}
	return 0
}

// Test is the condition of If, For, While, DoWhile, Cond, and what a Switch or Case compares.
func (t *Tree) Test(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case If, While, Cond, Switch, Case:
		return Node(v.a)
	case For, DoWhile:
		return Node(v.b)
	}
	return 0
}

// Then is what happens when Test holds.
func (t *Tree) Then(n Node) Node { return t.branch(n, t.nodes[n].b) }

// Else is what happens when Test does not hold.
func (t *Tree) Else(n Node) Node { return t.branch(n, t.nodes[n].c) }

func (t *Tree) branch(n Node, v uint32) Node {
	if k := t.nodes[n].kind; k == If || k == Cond {
		return Node(v)
	}
	return 0
}

// Init is the first part of a For header.
func (t *Tree) Init(n Node) Node {
	if v := &t.nodes[n]; v.kind == For {
		return Node(v.a)
	}
	return 0
}

// Step is the third part of a For header.
func (t *Tree) Step(n Node) Node {
	if v := &t.nodes[n]; v.kind == For {
		return Node(v.c)
	}
	return 0
}

// Body is the body of a function, loop, Labeled, With, Try or Catch.
func (t *Tree) Body(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case DoWhile, Try:
		return Node(v.a)
	case While, Labeled, Catch, With:
		return Node(v.b)
	case Function, ForIn, ForOf:
		return Node(v.c)
	case For:
		return Node(v.d)
	}
	return 0
}

// Handler is the Catch of a Try.
func (t *Tree) Handler(n Node) Node {
	if v := &t.nodes[n]; v.kind == Try {
		return Node(v.b)
	}
	return 0
}

// Finally is the last Block of a Try.
func (t *Tree) Finally(n Node) Node {
	if v := &t.nodes[n]; v.kind == Try {
		return Node(v.c)
	}
	return 0
}

// Target is what a Declarator or Catch declares: an Ident or a pattern.
func (t *Tree) Target(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Declarator, Catch:
		return Node(v.a)
	}
	return 0
}

// Key is the key of a Property, Method or Field, and the outer name of an ImportSpec, ExportSpec or ExportAll.
func (t *Tree) Key(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Property, Method, Field, ImportSpec, ExportAll:
		return Node(v.a)
	case ExportSpec:
		return Node(v.b)
	}
	return 0
}

// Value is the value of a Declarator, Property, Method or Field, and the local name of an ImportSpec or ExportSpec.
func (t *Tree) Value(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Declarator, Property, Method, Field, ImportSpec:
		return Node(v.b)
	case ExportSpec:
		return Node(v.a)
	}
	return 0
}

// Ident is the name of a Function or Class.
func (t *Tree) Ident(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Function, Class:
		return Node(v.a)
	}
	return 0
}

// Params are the parameters of a Function: Ident, pattern, AssignPattern or Rest.
func (t *Tree) Params(n Node) []Node {
	if v := &t.nodes[n]; v.kind == Function {
		return t.list(v.b)
	}
	return nil
}

// Super is the expression a Class extends.
func (t *Tree) Super(n Node) Node {
	if v := &t.nodes[n]; v.kind == Class {
		return Node(v.b)
	}
	return 0
}

// From is the String a module is imported from.
func (t *Tree) From(n Node) Node {
	switch v := &t.nodes[n]; v.kind {
	case Import, ExportNamed, ExportAll:
		return Node(v.b)
	}
	return 0
}

// KeyName is the name of the property that a Dot, Index, Property, Method or Field speaks of, where it is plain to see:
// a word, a string, a template without expressions, a whole number.
func (t *Tree) KeyName(n Node) (string, bool) {
	key, computed := t.Key(n), t.Is(n, IsComputed)
	switch t.nodes[n].kind {
	case Dot:
		return t.Name(n), true
	case Index:
		key, computed = t.Right(n), true
	}
	switch t.nodes[key].kind {
	case Name, PrivateName:
		return t.Name(key), !computed
	}
	return t.Constant(key)
}

// KeyAtom is the atom of [Tree.KeyName] where that is a word or a short string, 0 for others.
func (t *Tree) KeyAtom(n Node) Atom {
	key, computed := t.Key(n), t.Is(n, IsComputed)
	switch t.nodes[n].kind {
	case Dot:
		return t.Atom(n)
	case Index:
		key, computed = t.Right(n), true
	}
	switch t.nodes[key].kind {
	case Name, PrivateName:
		if computed {
			return 0
		}
		return t.Atom(key)
	case String:
		return t.Atom(key)
	}
	return 0
}

// Constant is the string a literal turns into: strings, templates without expressions, whole numbers below 2^53.
func (t *Tree) Constant(n Node) (string, bool) {
	switch v := &t.nodes[n]; v.kind {
	case String:
		return t.names[v.a], true
	case Template:
		if parts := t.list(v.a); len(parts) == 1 {
			return t.Str(parts[0]), true
		}
	case Number:
		return wholeNumber(t.nums[v.a])
	}
	return "", false
}

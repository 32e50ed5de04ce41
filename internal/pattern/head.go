package pattern

import "sallyport/internal/js"

// slot says which part of a node a name identifies it by. A pattern is looked for only at nodes that have its name in its
// slot.
type slot uint8

const (
	noSlot   slot = iota
	atCall        // what is called: f(…), x.f(…)
	atNew         // what is made
	atTag         // f`…`
	atMember      // the property of a Dot or Index
	atObject      // what a property is read from, when the pattern does not name that
	atOwner       // what a method is called on, likewise
	atIdent       // a variable that is used
	atString      // the text of a string
	atLeft        // what is assigned or declared
	atRight       // what goes there
	slots
)

// textNames gives names numbers, for the whole set.
type textNames map[string]uint32

func (t textNames) id(name string) uint32 {
	if id, ok := t[name]; ok {
		return id
	}
	id := uint32(len(t) + 1)
	t[name] = id
	return id
}

// head is the slot and name by which a pattern's first node is looked for; noSlot when only its kind is known.
func (f *leaf) head(p js.Node) (slot, string) {
	t := f.tree
	switch t.Kind(p) {
	case js.ExprStmt:
		return f.head(t.Operand(p))
	case js.Call:
		callee := t.Callee(p)
		if name := f.nameOf(callee); name != "" {
			return atCall, name
		}
		return orNone(atOwner, f.ownerOf(callee))
	case js.New:
		return orNone(atNew, f.nameOf(t.Callee(p)))
	case js.TaggedTemplate:
		return orNone(atTag, f.nameOf(t.Callee(p)))
	case js.Dot, js.Index:
		if name := f.nameOf(p); name != "" {
			return atMember, name
		}
		return orNone(atObject, f.ownerOf(p))
	case js.Ident:
		return orNone(atIdent, f.nameOf(p))
	case js.String:
		if f.roles[p].kind == itself {
			return atString, t.Str(p)
		}
	case js.Assign:
		return f.headOf(t.Left(p), t.Right(p))
	case js.VarDecl:
		if list := t.List(p); len(list) == 1 {
			return f.headOf(t.Target(list[0]), t.Value(list[0]))
		}
	}
	return noSlot, ""
}

// ownerOf is the name of what a property with any name is read from.
func (f *leaf) ownerOf(p js.Node) string {
	if k := f.tree.Kind(p); k != js.Dot && k != js.Index || f.roles[p].kind == dots {
		return ""
	}
	return f.nameOf(f.tree.Object(p))
}

// headOf is the head of something that is assigned.
func (f *leaf) headOf(left, right js.Node) (slot, string) {
	if name := f.nameOf(left); name != "" {
		return atLeft, name
	}
	return orNone(atRight, f.nameOf(right))
}

func orNone(s slot, name string) (slot, string) {
	if name == "" {
		return noSlot, ""
	}
	return s, name
}

// nameOf is the name that an expression of a pattern must have, "" when it may have any.
func (f *leaf) nameOf(p js.Node) string {
	t := f.tree
	if f.roles[p].kind != itself {
		return ""
	}
	switch t.Kind(p) {
	case js.Ident, js.Dot:
		return t.Name(p)
	case js.Index:
		if key := t.Right(p); f.roles[key].kind == itself {
			s, _ := t.Constant(key)
			return s
		}
	case js.Call, js.New, js.TaggedTemplate:
		return f.nameOf(t.Callee(p))
	}
	return ""
}

// required are the names that a script must have somewhere for a pattern to match at all.
func (f *leaf) required(names textNames) []uint32 {
	var out []uint32
	t := f.tree
	for n := js.Node(1); int(n) < t.Len(); n++ {
		if k := t.Kind(n); (k == js.Ident || k == js.Dot) && f.roles[n].kind == itself && t.Name(n) != deepCall && t.Name(n) != anyLoop {
			out = append(out, names.id(t.Name(n)))
		}
	}
	return out
}

// kinds are the kinds of nodes a pattern may match, for those that no name identifies.
func (f *leaf) kinds(p js.Node) []js.Kind {
	k := f.tree.Kind(p)
	switch k {
	case js.ExprStmt:
		if f.roles[f.tree.Operand(p)].kind == variable {
			return statements
		}
		return append(f.kinds(f.tree.Operand(p)), js.ExprStmt)
	case js.Assign:
		return []js.Kind{js.Assign, js.VarDecl}
	case js.Dot, js.Index:
		return []js.Kind{js.Dot, js.Index}
	case js.String, js.Template:
		return []js.Kind{js.String, js.Template}
	case js.For:
		if f.anyLoop(p) {
			return loops
		}
	case js.Function:
		return []js.Kind{js.Function, js.ExportDecl, js.ExportDefault}
	case js.Class, js.VarDecl:
		return []js.Kind{k, js.ExportDecl, js.ExportDefault}
	}
	return []js.Kind{k}
}

var loops = []js.Kind{js.For, js.ForIn, js.ForOf}

var statements = []js.Kind{
	js.Block, js.VarDecl, js.ExprStmt, js.If, js.For, js.ForIn, js.ForOf, js.While, js.DoWhile, js.Return, js.Throw, js.Break,
	js.Continue, js.Labeled, js.Switch, js.Try, js.With, js.Empty, js.Debugger, js.Import, js.ExportNamed, js.ExportDecl,
	js.ExportDefault, js.ExportAll, js.Function, js.Class,
}

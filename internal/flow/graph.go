package flow

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"sallyport/internal/js"
)

// Graph answers questions about one script. It is not safe for use by several goroutines at once.
type Graph struct {
	s *js.Script
	e *engine // nil for a script that has no tree, and after Release
	lists
}

// lists are what a graph works out of its engine.
type lists struct {
	calls   []Call
	assigns []Assign
	circumstances
}

// Analyse follows the values of a script. Style sheets, JSON and opaque scripts have nothing to follow: the graph is empty.
func Analyse(s *js.Script, o Options) *Graph {
	g := &Graph{s: s}
	if s.Root == 0 || s.Goal == js.CSSGoal || s.Goal == js.JSONGoal {
		return g
	}
	g.e = spare.Get().(*engine)
	g.e.start(s, o)
	g.e.run()
	g.lists = g.e.lists
	g.settleCircumstances()
	g.listCalls()
	g.listAssigns()
	return g
}

// Script is the script that was analysed.
func (g *Graph) Script() *js.Script { return g.s }

// Calls are all calls in source order, by where they begin; of two that begin together the longer comes first.
func (g *Graph) Calls() []Call { return g.calls }

// EachCall is Calls for loops: a Call is large, and copying each for each rule takes longer than looking at it.
func (g *Graph) EachCall() iter.Seq[*Call] {
	return func(yield func(*Call) bool) {
		for i := range g.calls {
			if !yield(&g.calls[i]) {
				return
			}
		}
	}
}

// Assigns are all writes to properties and global variables in source order.
func (g *Graph) Assigns() []Assign { return g.assigns }

// EachAssign is Assigns for loops.
func (g *Graph) EachAssign() iter.Seq[*Assign] {
	return func(yield func(*Assign) bool) {
		for i := range g.assigns {
			if !yield(&g.assigns[i]) {
				return
			}
		}
	}
}

// Notes say which limits were reached, and so what may be missing.
func (g *Graph) Notes() []string {
	if g.e == nil {
		return nil
	}
	return g.e.notes
}

// Str is what is known about the text of a node.
func (g *Graph) Str(n js.Node) Abstract {
	if g.e == nil || n == 0 {
		return Abstract{Texts: []Text{{{Hole: SomeText, Node: n}}}}
	}
	return g.e.fold(ref(n))
}

// KindOf is what a node holds.
func (g *Graph) KindOf(n js.Node) Kind {
	if g.e == nil || n == 0 {
		return Unknown
	}
	k, _ := g.e.kindOf(ref(n))
	return k
}

// NameOf is the canonical name of what a node holds, as in [Call], "" when it has none.
func (g *Graph) NameOf(n js.Node) string {
	if g.e == nil || n == 0 {
		return ""
	}
	name := ""
	g.e.each(ref(n), func(f fact) {
		if name == "" {
			name = g.e.facts.info[f].name
		}
	})
	return name
}

// Functions are the functions of the script that a node may hold.
func (g *Graph) Functions(n js.Node) []js.Node {
	var out []js.Node
	if g.e == nil || n == 0 {
		return nil
	}
	g.e.each(ref(n), func(f fact) {
		if i := g.e.facts.info[f]; i.kind == funcFact || i.kind == boundFact {
			out = append(out, js.Node(i.a))
		}
	})
	return out
}

// kindOf is the kind of what a ref holds, and its element name.
func (e *engine) kindOf(at ref) (Kind, string) {
	kind, tag := Unknown, ""
	e.each(at, func(f fact) {
		i := &e.facts.info[f]
		if tag == "" {
			tag = i.tag
		}
		if kind == Unknown || kind == Known && i.recv != Unknown {
			kind = i.recv
		}
	})
	if kind == answerKind {
		kind = Known
	}
	if kind == Unknown && int(at) < e.Len() {
		kind = e.kindOfExpr(js.Node(at), 0)
	}
	return kind, tag
}

// kindOfExpr tells texts by how they are made.
func (e *engine) kindOfExpr(n js.Node, depth int) Kind {
	switch e.Kind(n) {
	case js.String, js.Template:
		return String
	case js.Binary:
		if e.Op(n) != js.OpAdd {
			return Unknown
		}
		for at := n; ; at = e.Left(at) {
			if e.Kind(at) != js.Binary {
				return e.kindOfExpr(at, depth+1)
			}
			if e.kindOfExpr(e.Right(at), depth+1) == String {
				return String
			}
		}
	case js.Call:
		if c := e.Callee(n); e.Kind(c) == js.Dot && isStringMethod(e.Name(c)) {
			switch e.Name(c) {
			case "replace", "toLowerCase", "toUpperCase", "trim", "substr", "substring", "charAt":
				return String
			}
		}
	case js.Ident:
		if e.refs[n].in != 0 && depth < 6 {
			if from := e.edges[e.refs[n].in].from; int(from) < e.Len() {
				return e.kindOfExpr(js.Node(from), depth+1)
			} else if i := e.refs[from].in; i != 0 && e.edges[i].nextIn == 0 && int(e.edges[i].from) < e.Len() {
				return e.kindOfExpr(js.Node(e.edges[i].from), depth+1)
			}
		}
	}
	return Unknown
}

// before sorts by where nodes begin; of two that begin together the longer comes first.
func (g *Graph) before(a, b js.Node) bool {
	if x, y := g.s.Start(a), g.s.Start(b); x != y {
		return x < y
	}
	return g.s.End(a) > g.s.End(b)
}

// places gives each of n calls or writes its index in the order of the source. What is sorted are small records: calls and
// writes themselves are large.
func (g *Graph) places(n int, node func(int) js.Node) []int32 {
	type span struct{ start, end, index int32 }
	list := make([]span, n)
	for i := range list {
		list[i] = span{int32(g.s.Start(node(i))), int32(g.s.End(node(i))), int32(i)}
	}
	slices.SortFunc(list, func(a, b span) int {
		return int(cmp.Or(a.start-b.start, b.end-a.end, a.index-b.index))
	})
	at := make([]int32, n)
	for place, v := range list {
		at[v.index] = int32(place)
	}
	return at
}

func (g *Graph) listCalls() {
	list := g.e.calls[1:]
	g.calls = resized(g.calls, len(list))
	for i, at := range g.places(len(list), func(i int) js.Node { return list[i].node }) {
		g.describe(&g.calls[at], &list[i])
	}
}

// describe says what is known of a call.
func (g *Graph) describe(out *Call, c *callRecord) {
	e := g.e
	*out = Call{
		Node: c.node, Object: c.object, Args: c.args, Targets: c.targets, New: e.Kind(c.node) == js.New,
		Tagged: e.Kind(c.node) == js.TaggedTemplate, Where: g.where(c.place), Method: e.methodOf(c),
	}
	for _, f := range c.names {
		addName(out, e.facts.info[f].name)
	}
	if c.object != 0 {
		out.Receiver, out.Tag = e.kindOf(ref(c.object))
	}
	if out.Callee == "" && out.Method != "" {
		switch out.Receiver {
		case String, Array, Promise:
			out.Callee = string(out.Receiver)
		}
		out.Callee += "." + out.Method
	}
	if out.Method == "" {
		out.Method = lastPart(out.Callee)
	}
}

func addName(c *Call, name string) {
	switch {
	case name == "":
	case c.Callee == "":
		c.Callee = name
	case c.Callee != name:
		c.Others = append(c.Others, name)
	}
}

func lastPart(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}

func (g *Graph) listAssigns() {
	list := g.e.writes
	g.assigns = resized(g.assigns, len(list))
	for i, at := range g.places(len(list), func(i int) js.Node { return list[i].node }) {
		g.describeWrite(&g.assigns[at], &list[i])
	}
}

// describeWrite says what is known of a write.
func (g *Graph) describeWrite(out *Assign, w *writeRecord) {
	e := g.e
	*out = Assign{Node: w.node, Value: w.value, Adds: w.adds, Where: g.where(w.place)}
	if e.Kind(w.left) == js.Ident {
		out.Property = e.AtomText(e.Atom(w.left))
		out.Target = e.facts.info[e.global(out.Property)].name
		return
	}
	out.Object = e.Object(w.left)
	out.Receiver, out.Tag = e.kindOf(ref(out.Object))
	name, ok := e.keyName(w.left)
	if !ok {
		name, ok = e.known[w.left]
	}
	if !ok {
		return
	}
	out.Property = e.nameText(name)
	e.each(ref(out.Object), func(f fact) {
		if i := &e.facts.info[f]; out.Target == "" && (i.kind == pathFact || i.kind == promiseFact) {
			out.Target = e.facts.info[e.member(f, name)].name
		}
	})
	if out.Target == "" {
		out.Target = "." + out.Property
	}
}

// Taint says which data reaches a node, one [Flow] for each source.
func (g *Graph) Taint(n js.Node) []Flow {
	if n == 0 {
		return nil
	}
	return g.flows(ref(n))
}

// TaintDeep is Taint of a node and of everything inside the objects and arrays it holds.
func (g *Graph) TaintDeep(n js.Node) []Flow {
	if g.e == nil || n == 0 {
		return nil
	}
	out := g.flows(ref(n))
	seen := map[fact]bool{}
	var inside func(at ref, depth int)
	inside = func(at ref, depth int) {
		g.e.each(at, func(f fact) {
			if seen[f] || depth > 4 || g.e.facts.info[f].site == 0 {
				return
			}
			seen[f] = true
			any := g.e.site(f).any
			out = merge(out, g.flows(any))
			inside(any, depth+1)
		})
	}
	inside(ref(n), 0)
	return out
}

func merge(a, b []Flow) []Flow {
next:
	for _, f := range b {
		for i := range a {
			if a[i].Source == f.Source {
				a[i].Unsafe |= f.Unsafe
				continue next
			}
		}
		a = append(a, f)
	}
	sort.SliceStable(a, func(i, j int) bool { return a[i].Source < a[j].Source })
	return a
}

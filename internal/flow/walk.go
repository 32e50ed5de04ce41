package flow

import (
	"slices"
	"sort"

	"sallyport/internal/js"
)

// walker is the state of the one walk over the tree.
//
// Variables are followed from write to read inside the function that declares them, as long as no other function writes to
// them; see [walker.current]. Everybody else sees all that a variable ever holds.
type walker struct {
	current []ref  // for each binding what it holds here; 0 when only its binding ref is known
	shared  []bool // bindings that several functions write to
	log     []oldValue
	defs    []newValue
	written []js.Node // declarations and writes of bindings with more than one, by place
	stamp   []uint32
	epoch   uint32
	dead    bool // what follows is not reached
	fn      uint32
	place   uint32
	todo    []uint32 // functions to walk
	partAt  map[js.BindingID]part
	methods map[string]js.Node // nil until somebody asks
	helpers int                // functions that are being looked into
	inlined int
}

func (w *walker) start(bindings int) {
	*w = walker{
		current: zeros(w.current, bindings), shared: zeros(w.shared, bindings), stamp: zeros(w.stamp, bindings),
		log: w.log[:0], defs: w.defs[:0], written: w.written[:0], todo: w.todo[:0],
	}
}

type oldValue struct {
	b   js.BindingID
	old ref
}

type newValue struct {
	b js.BindingID
	r ref
}

// function is what is known of a function of the script; 0 is the script itself.
type function struct {
	node   js.Node
	scope  js.ScopeID
	ret    ref
	this   ref
	args   ref // the arguments object
	params []ref
	place  uint32
	called bool // somebody in the script calls it with arguments that are followed
}

func (e *engine) walkScript() {
	e.fresh() // funcs[0].ret must not be 0
	e.funcs[0] = function{node: 0, scope: 1, ret: e.fresh(), this: e.fresh()}
	e.xhr, e.posted = e.fresh(), e.fresh()
	e.learn(e.funcs[0].this, e.global("window"))
	e.globals()
	e.findShared()
	e.fn = 0
	if e.Kind(e.Root) == js.Program {
		e.hoist(e.List(e.Root))
		e.statements(e.List(e.Root))
	} else if e.Root != 0 {
		e.expr(e.Root)
	}
	e.rollBack(0)
	e.log = e.log[:0]
	for i := 0; i < len(e.todo); i++ {
		e.walkFunction(e.todo[i])
	}
}

// globals tells what names nobody declares stand for.
func (e *engine) globals() {
	for b := 1; b < len(e.Bindings); b++ {
		v := &e.Bindings[b]
		if v.Kind != js.Global {
			continue
		}
		if name := e.AtomText(v.Name); name != "undefined" && name != "NaN" && name != "Infinity" {
			f := e.global(name)
			e.learn(e.binding(js.BindingID(b)), f)
			if from := e.facts.info[f].from; from != NoSource && name != "name" { // a script that says name mostly means one of its own
				e.bring(f, e.binding(js.BindingID(b)))
			}
		}
	}
}

// readGlobal joins window.x with the variable x of the script.
func (e *engine) readGlobal(f fact, name uint32, to ref) {
	if e.facts.info[f].name != "window" {
		return
	}
	text := e.nameText(name)
	for _, scope := range []js.ScopeID{0, 1} {
		if int(scope) >= len(e.Scopes.Scopes) {
			return
		}
		for _, b := range e.Declares(scope) {
			if e.AtomText(e.Bindings[b].Name) == text {
				e.linkOnce(e.binding(b), to)
			}
		}
	}
}

// findShared finds the bindings that functions other than their own write to, and those with several writes.
func (e *engine) findShared() {
	var inner []js.Node
	for n := js.Node(1); int(n) < e.Len(); n++ {
		if e.Kind(n) == js.Function {
			inner = append(inner, n)
		}
	}
	byStart := func(a, b js.Node) int { return e.Start(a) - e.Start(b) }
	slices.SortStableFunc(inner, byStart)
	var writes []js.Node
	for b := 1; b < len(e.Bindings); b++ {
		v := &e.Bindings[b]
		if v.Kind == js.Global || v.Kind == js.ArgumentsObject {
			e.shared[b] = true
			continue
		}
		writes = writes[:0]
		for _, n := range e.Refs(js.BindingID(b)) {
			if e.Is(n, js.IsWritten) {
				writes = append(writes, n)
			}
		}
		if len(writes) < 2 {
			continue
		}
		own := e.ownFunction(v.Scope)
		for _, n := range writes {
			if e.innermost(inner, n) != own {
				e.shared[b] = true
				break
			}
		}
		if !e.shared[b] {
			e.written = append(e.written, writes...)
		}
	}
	slices.SortStableFunc(e.written, byStart)
}

// ownFunction is the function whose scope a scope belongs to, 0 for the script.
func (e *engine) ownFunction(s js.ScopeID) js.Node {
	if n := e.Scopes.Scopes[e.Scopes.Scopes[s].Function].Node; e.Kind(n) == js.Function {
		return n
	}
	return 0
}

// innermost is the function around a node. Functions are sorted by where they begin.
func (e *engine) innermost(inner []js.Node, n js.Node) js.Node {
	at := e.Start(n)
	i := sort.Search(len(inner), func(i int) bool { return e.Start(inner[i]) > at })
	for steps := 0; i > 0 && steps < 2000; steps++ {
		if i--; e.End(inner[i]) > at {
			if e.Is(inner[i], js.IsDecl) && e.Ident(inner[i]) == n {
				continue
			}
			return inner[i]
		}
	}
	return 0
}

// function registers a function, which is walked later.
func (e *engine) function(n js.Node) {
	if e.funcAt[n] != 0 {
		return
	}
	f := function{node: n, scope: e.ScopeOf(n), ret: e.fresh(), place: e.place}
	if e.Is(n, js.IsArrow) {
		f.this = e.funcs[e.fn].this
	} else {
		f.this = e.fresh()
	}
	for _, p := range e.Params(n) {
		in := ref(p)
		if e.Kind(p) == js.Ident {
			in = e.binding(e.Binding(p))
		}
		f.params = append(f.params, in)
	}
	if !e.Is(n, js.IsArrow) && f.scope != 0 {
		for _, b := range e.Declares(f.scope) {
			if e.Bindings[b].Kind == js.ArgumentsObject {
				f.args = e.binding(b)
				e.learn(f.args, e.made(arrayFact, n))
			}
		}
	}
	id := uint32(len(e.funcs))
	e.funcs = append(e.funcs, f)
	e.funcAt[n] = id
	e.todo = append(e.todo, id)
	e.learn(ref(n), e.made(funcFact, n))
}

func (e *engine) thisOf(n js.Node) ref { return e.funcs[e.funcAt[n]].this }

func (e *engine) walkFunction(id uint32) {
	f := e.funcs[id]
	e.fn = id
	e.place = e.enter(f.place, inFunction, f.node, false)
	e.dead = false
	mark := len(e.log)
	e.defs = e.defs[:0]
	for _, p := range e.Params(f.node) {
		if e.Kind(p) != js.Ident {
			e.target(p, ref(p))
		}
	}
	if name := e.Ident(f.node); name != 0 && !e.Is(f.node, js.IsDecl) {
		e.link(ref(f.node), e.binding(e.Binding(name)), asIs)
	}
	if e.Is(f.node, js.IsExprBody) {
		body := e.Body(f.node)
		e.expr(body)
		e.giveBack(ref(body))
	} else {
		list := e.List(e.Body(f.node))
		e.hoist(list)
		e.statements(list)
	}
	e.rollBack(mark)
	e.log = e.log[:mark]
}

// giveBack is a return of the function under way.
func (e *engine) giveBack(v ref) {
	f := &e.funcs[e.fn]
	if e.Is(f.node, js.IsAsync) && f.node != 0 {
		p := e.made(promiseFact, f.node)
		e.link(v, e.content(p), asIs)
		e.learn(f.ret, p)
		return
	}
	e.link(v, f.ret, asIs)
}

// hoist declares the functions of a list before anything else.
func (e *engine) hoist(list []js.Node) {
	for _, n := range list {
		for e.Kind(n) == js.ExportDecl || e.Kind(n) == js.ExportDefault || e.Kind(n) == js.Labeled {
			if e.Kind(n) == js.Labeled {
				n = e.Body(n)
			} else {
				n = e.Operand(n)
			}
		}
		if e.Kind(n) == js.Function && e.Is(n, js.IsDecl) {
			e.function(n)
			if name := e.Ident(n); name != 0 {
				e.link(ref(n), e.binding(e.Binding(name)), asIs)
			}
		}
	}
}

// set is a write to a variable.
func (e *engine) set(b js.BindingID, v ref) {
	if b == 0 {
		return
	}
	e.link(v, e.binding(b), asIs)
	if e.shared[b] {
		return
	}
	e.defs = append(e.defs, newValue{b, v})
	e.hold(b, v)
}

func (e *engine) hold(b js.BindingID, v ref) {
	e.log = append(e.log, oldValue{b, e.current[b]})
	e.current[b] = v
}

// get is what a variable holds here.
func (e *engine) get(b js.BindingID) ref {
	if r := e.current[b]; r != 0 {
		return r
	}
	return e.binding(b)
}

func (e *engine) rollBack(mark int) {
	for i := len(e.log) - 1; i >= mark; i-- {
		e.current[e.log[i].b] = e.log[i].old
	}
}

// changed lists what the log since mark changed, each once, and takes it back.
func (e *engine) changed(mark int) []newValue {
	e.epoch++
	var list []newValue
	for _, l := range e.log[mark:] {
		if e.stamp[l.b] != e.epoch {
			e.stamp[l.b] = e.epoch
			list = append(list, newValue{l.b, e.current[l.b]})
		}
	}
	e.rollBack(mark)
	e.log = e.log[:mark]
	return list
}

// join goes on with what two ways leave behind.
func (e *engine) join(a, b []newValue, aDead, bDead bool) {
	e.dead = aDead && bDead
	if aDead || bDead {
		if aDead {
			a = b
		}
		for _, v := range a {
			e.hold(v.b, v.r)
		}
		return
	}
	done := map[js.BindingID]bool(nil)
	other := func(list []newValue, id js.BindingID) ref {
		for _, v := range list {
			if v.b == id {
				return v.r
			}
		}
		return e.current[id]
	}
	for _, v := range a {
		e.phi(v.b, v.r, other(b, v.b))
		if len(b) > 0 {
			if done == nil {
				done = map[js.BindingID]bool{}
			}
			done[v.b] = true
		}
	}
	for _, v := range b {
		if !done[v.b] {
			e.phi(v.b, e.current[v.b], v.r)
		}
	}
}

func (e *engine) phi(b js.BindingID, x, y ref) {
	if x == y {
		e.hold(b, x)
		return
	}
	r := e.fresh()
	e.link(e.orAll(b, x), r, asIs)
	e.link(e.orAll(b, y), r, asIs)
	e.hold(b, r)
}

func (e *engine) orAll(b js.BindingID, r ref) ref {
	if r == 0 {
		return e.binding(b)
	}
	return r
}

// around walks something that may run any number of times, or leave early: what it writes joins what was there.
func (e *engine) around(n js.Node, body func()) {
	type open struct {
		b js.BindingID
		r ref
	}
	var phis []open
	start, end := e.Start(n), e.End(n)
	e.epoch++
	for i := sort.Search(len(e.written), func(i int) bool { return e.Start(e.written[i]) >= start }); i < len(e.written); i++ {
		w := e.written[i]
		if e.Start(w) >= end {
			break
		}
		b := e.Binding(w)
		if e.stamp[b] == e.epoch || e.ownFunction(e.Bindings[b].Scope) != e.funcs[e.fn].node {
			continue
		}
		e.stamp[b] = e.epoch
		r := e.fresh()
		e.link(e.get(b), r, asIs)
		phis = append(phis, open{b, r})
	}
	for _, p := range phis {
		e.hold(p.b, p.r)
	}
	mark := len(e.defs)
	dead := e.dead
	body()
	e.dead = dead
	// Inner loops cut the list back to nothing they did not write, so all since mark were written here.
	for _, p := range phis {
		for _, d := range e.defs[mark:] {
			if d.b == p.b {
				e.linkOnce(d.r, p.r)
			}
		}
		e.hold(p.b, p.r)
	}
}

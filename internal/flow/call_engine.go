package flow

import (
	"sallyport/internal/capability"
	"sallyport/internal/js"
)

// callRecord is a call while the engine works.
type callRecord struct {
	node    js.Node
	callee  js.Node // what is called; for .call, .apply and .bind what they are asked of
	object  js.Node // receiver
	args    []js.Node
	via     string // "call", "apply", "bind" or ""
	this    js.Node
	place   uint32
	names   []fact
	targets []js.Node
	assumed bool
}

// writeRecord is a write to a property or global.
type writeRecord struct {
	node, left, value js.Node
	adds              bool
	place             uint32
}

// callback is something that will be called by something outside of the script.
type callback struct {
	params  []ref // what it is called with; 0 for nothing of interest
	rest    ref   // every further parameter
	this    ref
	ret     ref // where its result goes
	trigger capability.Trigger
	loop    bool
	unknown bool // nobody knows what it is called with
	place   uint32
	call    uint32
	done    []fact
}

// invocation is one way in which a function comes to run.
type invocation struct {
	fn      js.Node
	place   uint32
	trigger capability.Trigger // "" for whenever the place is reached
	loop    bool
}

func (e *engine) recordWrite(n, left, value js.Node, adds bool) {
	e.writes = append(e.writes, writeRecord{n, left, value, adds, e.place})
}

func (e *engine) call(n js.Node) {
	c := callRecord{node: n, callee: e.Callee(n), args: e.Args(n), place: e.place}
	if e.Kind(n) == js.TaggedTemplate {
		c.args = e.List(e.Operand(n))
		e.expr(e.Operand(n))
	}
	if k := e.Kind(c.callee); k == js.Dot || k == js.Index {
		c.object = e.Object(c.callee)
	}
	if e.Kind(c.callee) == js.Sequence { // (0, x.y)(…) calls y without its object
		if l := e.List(c.callee); len(l) > 0 && e.Kind(l[len(l)-1]) == js.Dot {
			c.object = e.Object(l[len(l)-1])
		}
	}
	e.unwrap(&c)
	for _, a := range c.args {
		if e.Kind(a) != js.TemplateText {
			e.expr(a)
		}
	}
	if c.this != 0 {
		e.expr(c.this)
	}
	if e.Kind(n) == js.ImportCall {
		e.calls = append(e.calls, c)
		e.funcAt[n] = uint32(len(e.calls) - 1)
		e.calls[len(e.calls)-1].names = []fact{e.path(noFact, "import")}
		return
	}
	e.expr(c.callee)
	e.calls = append(e.calls, c)
	id := uint32(len(e.calls) - 1)
	e.funcAt[n] = id
	if e.Kind(c.callee) == js.Super {
		e.superCall(id)
		return
	}
	e.watch(ref(c.callee), callIt, 0, ref(id))
}

// unwrap sees through f.call(this, …), f.apply(this, […]) and f.bind(this, …).
func (e *engine) unwrap(c *callRecord) {
	if e.Kind(c.callee) != js.Dot || e.Kind(c.node) != js.Call {
		return
	}
	via := e.Name(c.callee)
	switch via {
	case "call", "apply", "bind":
	default:
		return
	}
	if via == "bind" && len(c.args) > 0 && e.Kind(c.args[0]) == js.String {
		return // jQuery's old name for on
	}
	inner := e.Object(c.callee)
	if via == "apply" && len(c.args) == 3 && e.Kind(inner) == js.Ident && e.Name(inner) == "Reflect" { // Reflect.apply( f, this, list )
		inner, c.args = c.args[0], c.args[1:]
	}
	c.via, c.callee, c.object = via, inner, 0
	if k := e.Kind(inner); k == js.Dot || k == js.Index {
		c.object = e.Object(inner)
	}
	if len(c.args) == 0 {
		return
	}
	c.this, c.args = c.args[0], c.args[1:]
	if via == "apply" && len(c.args) == 1 && e.Kind(c.args[0]) == js.Array {
		e.expr(c.args[0])
		c.args = e.List(c.args[0])
	}
	// Array.prototype.forEach.call(list, f) is list.forEach(f).
	if e.isPrototypeMethod(inner) {
		c.object = c.this
	}
}

func (e *engine) isPrototypeMethod(n js.Node) bool {
	o := e.Object(n)
	return e.Kind(o) == js.Dot && e.Name(o) == "prototype" || e.Kind(o) == js.Array && len(e.List(o)) == 0
}

// superCall runs the constructor of the parent.
func (e *engine) superCall(id uint32) {
	c := &e.calls[id]
	ctor := e.fresh()
	e.watch(e.funcs[e.fn].this, readField, constructorName, ctor)
	e.watch(ctor, callIt, 0, ref(id))
	e.link(e.funcs[e.fn].this, ref(c.node), asIs)
}

// callFact is told what a call calls.
func (e *engine) callFact(at ref, f fact) {
	id := uint32(at)
	c := &e.calls[id]
	i := e.facts.info[f]
	n := c.node
	if c.via == "bind" && i.kind != pathFact {
		if i.kind != funcFact || c.this == 0 {
			e.learn(ref(n), f)
			return
		}
		e.learn(ref(n), e.bound(js.Node(i.a), len(c.args)))
		e.link(ref(c.this), e.thisOf(js.Node(i.a)), asIs)
		e.fixed(c.args, js.Node(i.a))
		return
	}
	switch i.kind {
	case boundFact:
		e.connect(id, js.Node(i.a), int(i.b))
	case funcFact:
		e.connect(id, js.Node(i.a), 0)
		if e.Kind(n) == js.New {
			inst := e.made(instFact, js.Node(i.a))
			e.learn(ref(n), inst)
			e.learn(e.thisOf(js.Node(i.a)), inst)
		}
	case classFact:
		c.targets = append(c.targets, js.Node(i.a))
		inst := e.made(instFact, js.Node(i.a))
		if e.Kind(n) == js.New {
			e.learn(ref(n), inst)
		}
		e.watch(e.field(inst, constructorName), callIt, 0, at)
	case settleFact:
		if len(c.args) > 0 {
			e.link(ref(c.args[0]), e.content(e.made(promiseFact, js.Node(i.a))), asIs)
		}
	case pathFact:
		for _, k := range c.names {
			if k == f {
				return
			}
		}
		c.names = append(c.names, f)
		if c.via == "bind" {
			e.learn(ref(n), f)
			return
		}
		e.model(id, f, i.name)
	}
}

// maxFixed bounds the parameters that are told to be fixed.
const maxFixed = 16

// bound is a function of which the first parameters are fixed.
func (e *engine) bound(fn js.Node, fixed int) fact {
	fixed = min(fixed, maxFixed)
	if fixed == 0 {
		return e.made(funcFact, fn)
	}
	if id := e.facts.get(boundFact, uint32(fn), uint32(fixed)); id != noFact {
		return id
	}
	return e.facts.put(factInfo{kind: boundFact, a: uint32(fn), b: uint32(fixed), recv: Function})
}

// fixed hands the arguments that bind fixes to the function.
func (e *engine) fixed(args []js.Node, fn js.Node) {
	p := e.funcs[e.funcAt[fn]].params
	for i, a := range args {
		if i < len(p) {
			e.link(ref(a), p[i], asIs)
		}
	}
}

// connect joins a call with a function of the script, whose first parameters may be fixed already.
func (e *engine) connect(id uint32, fn js.Node, fixed int) {
	c := &e.calls[id]
	for _, t := range c.targets {
		if t == fn {
			return
		}
	}
	c.targets = append(c.targets, fn)
	fi := e.funcAt[fn]
	f := &e.funcs[fi]
	f.called = true
	args := c.args
	if e.Kind(c.node) == js.TaggedTemplate {
		args = e.tagArguments(args)
	}
	if fixed > 0 {
		args = append(make([]js.Node, fixed), args...)
	}
	e.handOver(args, id, fi)
	ret, this, n := f.ret, f.this, c.node
	if c.via == "apply" && len(args) == 1 {
		for _, p := range f.params {
			e.watch(ref(args[0]), readAny, 0, p)
			e.link(ref(args[0]), p, passOn)
		}
	}
	switch {
	case c.this != 0:
		e.link(ref(c.this), this, asIs)
	case c.object != 0 && e.Kind(c.object) != js.This && !e.Is(fn, js.IsArrow):
		e.link(ref(c.object), this, asIs)
	}
	e.invoke(c.place, fn, "")
	if e.Is(fn, js.IsGenerator) && !e.Is(fn, js.IsAsync) {
		e.link(ret, e.site(e.made(arrayFact, fn)).loose, asIs)
		e.learn(ref(n), e.made(arrayFact, fn))
	}
	e.linkCall(ret, ref(n), comeOut, id, fi)
}

// handOver gives arguments to parameters.
func (e *engine) handOver(args []js.Node, id, fi uint32) {
	f := e.funcs[fi]
	params := e.Params(f.node)
	for i, a := range args {
		if a == 0 {
			continue
		}
		if e.Kind(a) == js.Spread {
			for _, p := range f.params[min(i, len(f.params)):] {
				e.watch(ref(e.Operand(a)), readAny, 0, p)
				e.linkCall(ref(e.Operand(a)), p, passOn, id, fi)
			}
			break
		}
		if i < len(params) && e.Kind(params[i]) != js.Rest {
			e.linkCall(ref(a), f.params[i], goIn, id, fi)
		}
		if last := len(params) - 1; last >= 0 && i >= last && e.Kind(params[last]) == js.Rest {
			list := e.made(arrayFact, params[last])
			e.learn(ref(params[last]), list)
			e.linkCall(ref(a), e.site(list).loose, goIn, id, fi)
		}
		if f.args != 0 {
			e.linkCall(ref(a), e.field(e.made(arrayFact, f.node), e.name(digits(i))), goIn, id, fi)
		}
	}
}

// invoke notes that a function runs when a place is reached, or on a trigger set there.
func (e *engine) invoke(at uint32, fn js.Node, t capability.Trigger) {
	e.invoked = append(e.invoked, invocation{fn: fn, place: at, trigger: t})
}

// handler makes an argument a callback.
func (e *engine) handler(at ref, cb callback) {
	if at == 0 || e.isPlain(at) {
		return
	}
	e.callbacks = append(e.callbacks, cb)
	e.watch(at, callBack, 0, ref(len(e.callbacks)-1))
}

// isPlain knows values that are no functions, which half of all arguments are.
func (e *engine) isPlain(at ref) bool {
	if int(at) >= e.Len() {
		return false
	}
	switch e.Kind(js.Node(at)) {
	case js.String, js.Number, js.Bool, js.Null, js.Regexp, js.Template, js.Binary, js.Unary:
		return true
	}
	return false
}

// callBackFact is told which function a callback is.
func (e *engine) callBackFact(cb *callback, f fact) {
	i := e.facts.info[f]
	if i.kind == settleFact {
		if len(cb.params) > 0 && cb.params[0] != 0 {
			e.link(cb.params[0], e.content(e.made(promiseFact, js.Node(i.a))), asIs)
		}
		return
	}
	if i.kind != funcFact && i.kind != boundFact {
		return
	}
	for _, d := range cb.done {
		if d == f {
			return
		}
	}
	cb.done = append(cb.done, f)
	fn := js.Node(i.a)
	fi := e.funcAt[fn]
	c := *cb
	if i.kind == boundFact {
		c.params = append(make([]ref, i.b), c.params...)
	}
	e.funcs[fi].called = e.funcs[fi].called || !c.unknown
	f2 := e.funcs[fi]
	if len(f2.params) == 0 && byPerson(c.trigger) && e.anywhere(c.call) {
		c.trigger = "" // it does not look at what was pressed
	}
	e.invoked = append(e.invoked, invocation{fn, c.place, c.trigger, c.loop})
	for k, p := range f2.params {
		v := c.rest
		if k < len(c.params) {
			v = c.params[k]
		}
		e.linkCall(v, p, goIn, c.call, fi)
	}
	if f2.args != 0 {
		for k, v := range c.params {
			e.link(v, e.field(e.made(arrayFact, fn), e.name(digits(k))), asIs)
		}
	}
	if !e.Is(fn, js.IsArrow) {
		e.link(c.this, f2.this, asIs)
	}
	if c.ret != 0 {
		e.linkCall(f2.ret, c.ret, comeOut, c.call, fi)
	}
}

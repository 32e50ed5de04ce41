package flow

import "sallyport/internal/js"

// fact is one thing that a value may be. 0 is none.
type fact uint32

type factKind uint8

const (
	pathFact    factKind = iota + 1 // a global or what is reached from one: parent, name
	funcFact                        // a function of the script: node
	classFact                       // a class of the script: node
	objectFact                      // an object literal: node
	arrayFact                       // an array literal or what a method made: node
	instFact                        // what a class or constructor of the script makes, and its prototype: node
	promiseFact                     // a promise: the node that made it
	settleFact                      // resolve of new Promise: the node that made it
	boundFact                       // a function of the script with its first parameters fixed: node, how many
	moreFact                        // something else besides: there were too many facts to keep
)

// factInfo describes a fact.
type factInfo struct {
	kind factKind
	recv Kind
	a, b uint32 // node, or parent and name
	name string // canonical; "" for what has none
	tag  string // of elements
	deep uint8  // how many names behind a global
	from Source // what reading it brings in
	bad  Contexts

	site    uint32 // of objects, once somebody asks for a field
	content ref    // of promises: what they give

	// Kept with the name from when somebody asks first.
	holed bool
	hole  Hole  // what stands for it in a text
	gate  uint8 // what a condition that has it asks about: its rank and 1
}

type facts struct {
	info []factInfo
	ids  numbers
	more fact
}

// cell is one fact of a ref.
type cell struct {
	fact fact
	next uint32
}

// news is a fact that just reached a ref.
type news struct {
	at   ref
	fact fact
}

func (f *facts) start(expected int) {
	f.info = append(f.info[:0], factInfo{})
	f.ids.start(expected)
	f.more = f.put(factInfo{kind: moreFact})
}

// get is the fact of a kind with two numbers, noFact when it is new.
func (f *facts) get(k factKind, a, b uint32) fact { return fact(f.ids.get(a, second(k, b))) }

func (f *facts) put(i factInfo) fact {
	f.info = append(f.info, i)
	id := uint32(len(f.info) - 1)
	f.ids.put(i.a, second(i.kind, i.b), id)
	return fact(id)
}

// second puts a kind into the second number. Only paths have one, a name, and there are never as many of those; and bound
// functions, with at most maxFixed parameters.
func second(k factKind, b uint32) uint32 {
	switch k {
	case pathFact:
		return b
	case boundFact:
		return 1<<32 - 1<<8 + b
	}
	return 1<<32 - 1 - uint32(k)
}

var kindOfFact = [...]Kind{
	pathFact: Known, funcFact: Function, classFact: Function, objectFact: Plain, arrayFact: Array, instFact: Instance,
	promiseFact: Promise, settleFact: Function, boundFact: Function, moreFact: Unknown,
}

// made is the fact for something that a node makes.
func (e *engine) made(k factKind, n js.Node) fact {
	if id := e.facts.get(k, uint32(n), 0); id != noFact {
		return id
	}
	i := factInfo{kind: k, a: uint32(n), recv: kindOfFact[k]}
	switch k {
	case arrayFact:
		i.name = "array"
	case promiseFact:
		i.name = "promise"
	}
	return e.facts.put(i)
}

// learn tells a ref a fact.
func (e *engine) learn(at ref, f fact) {
	if at == 0 || f == 0 {
		return
	}
	n := 0
	for c := e.refs[at].held; c != 0; c = e.cells[c].next {
		if e.cells[c].fact == f {
			return
		}
		n++
	}
	if n >= e.o.Limits.Facts && f != e.facts.more && !e.roomFor(f, n) {
		if k := e.facts.info[f].kind; k == funcFact || k == classFact {
			e.note("a value may be more functions than are followed")
		}
		f = e.facts.more
		for c := e.refs[at].held; c != 0; c = e.cells[c].next {
			if e.cells[c].fact == f {
				return
			}
		}
	}
	e.cells = append(e.cells, cell{f, e.refs[at].held})
	e.refs[at].held = uint32(len(e.cells) - 1)
	e.queue = append(e.queue, news{at, f})
}

// roomFor lets a value be more functions than other things: tables of handlers are common.
func (e *engine) roomFor(f fact, n int) bool {
	return e.facts.info[f].kind == funcFact && n < 2*e.o.Limits.Facts
}

// spread carries all news along the edges and tells the uses.
func (e *engine) spread() {
	for i := 0; i < len(e.queue); i++ {
		if e.work++; e.work > e.o.Limits.Work {
			e.note("values were not followed to their end: the script takes too many steps")
			break
		}
		n := e.queue[i]
		for l := e.refs[n.at].out; l != 0; l = e.edges[l].nextOut {
			if e.edges[l].how <= comeOut {
				e.learn(e.edges[l].to, n.fact)
			}
		}
		for u := e.refs[n.at].used; u != 0; u = e.uses[u].next {
			e.apply(e.uses[u], n.fact)
		}
	}
	e.queue = e.queue[:0]
}

// each calls f for the facts of a ref in the order in which they came.
func (e *engine) each(at ref, f func(fact)) {
	var few [8]fact
	list := few[:0]
	for c := e.refs[at].held; c != 0; c = e.cells[c].next {
		list = append(list, e.cells[c].fact)
	}
	for i := len(list) - 1; i >= 0; i-- {
		f(list[i])
	}
}

// use is what waits for facts at a ref.
type use struct {
	kind useKind
	name uint32
	to   ref // result of a read, value of a write, index of a call or callback
	next uint32
}

type useKind uint8

const (
	readField  useKind = iota + 1 // to = at.name
	writeField                    // at.name = to
	readAny                       // to = at[?]
	writeAny                      // at[?] = to
	callIt                        // at(…)
	callBack                      // somebody calls at
	awaitIt                       // to = await at
	copyInto                      // fields of at go to the objects of to
	copyFrom                      // the objects of at get the fields of to
	ownedBy                       // functions at this field have its owner as this
	inherit                       // class to extends at
	writeKey                      // at[to] = …
	readKeys                      // to = some key of at
	readInside                    // to = at[?], of objects that the script makes
	readText                      // to = at as a text: what its toString gives
)

// watch adds a use.
func (e *engine) watch(at ref, k useKind, name uint32, to ref) {
	u := use{k, name, to, e.refs[at].used}
	e.uses = append(e.uses, u)
	e.refs[at].used = uint32(len(e.uses) - 1)
	if e.refs[at].held != 0 {
		e.each(at, func(f fact) { e.apply(u, f) })
	}
}

func (e *engine) apply(u use, f fact) {
	switch u.kind {
	case readField:
		if f == e.facts.more {
			e.linkOnce(e.wherever(u.name), u.to)
			return
		}
		e.readFact(f, u.name, u.to)
	case writeField:
		e.writeFact(f, u.name, u.to)
	case readAny:
		e.readAnyFact(f, u.to)
	case writeAny:
		e.writeAnyFact(f, u.to)
	case callIt:
		e.callFact(u.to, f)
	case callBack:
		e.callBackFact(&e.callbacks[u.to], f)
	case awaitIt:
		if e.facts.info[f].kind == promiseFact {
			e.linkOnce(e.content(f), u.to)
		}
	case copyInto:
		e.each(u.to, func(t fact) { e.copyFields(f, t) })
	case copyFrom:
		e.each(u.to, func(s fact) { e.copyFields(s, f) })
	case ownedBy:
		if e.facts.info[f].kind == funcFact {
			e.learn(e.thisOf(js.Node(e.facts.info[f].a)), fact(u.to))
		}
	case inherit:
		e.inheritFact(js.Node(u.to), f)
	case writeKey:
		e.writeKeyFact(f, u.to)
	case readKeys:
		e.readKeysFact(f, u.to)
	case readInside:
		if k := e.facts.info[f].kind; k == objectFact || k == arrayFact || k == instFact {
			e.linkOnce(e.site(f).any, u.to)
		}
	case readText:
		e.readTextFact(f, u.to)
	}
}

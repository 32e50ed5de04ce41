package flow

import "sallyport/internal/js"

// ref is a place where a value can be. The nodes of the tree come first, then one for each binding (whatever it ever holds),
// then those made on the way: fields, results, variables at a point of the program.
type ref uint32

// edge says that a value moves from one place to another.
type edge struct {
	from, to        ref
	nextOut, nextIn uint32
	call            uint32 // for moves into and out of a function: which call
	fn              uint32 // and which function
	how             move
}

// engine is one analysis under way. Everything is numbered in the order of the text, and worked off in that order.
type engine struct {
	*js.Script
	o Options

	edges   []edge
	out, in []uint32 // for each ref its first edge
	held    []uint32 // for each ref its first cell of facts
	cells   []cell
	used    []uint32 // for each ref its first use
	uses    []use
	facts   facts
	queue   []news
	work    int

	names    map[string]uint32
	nameText []string
	nameOf   []uint32 // for each atom

	sites     map[fact]*site
	fields    map[uint64]ref
	anyField  map[uint32]ref // by name: what is written to it wherever
	contents  map[fact]ref   // what a promise gives
	callbacks []callback

	funcs        []function
	funcAt       []uint32 // for Function nodes their place in funcs, for calls in calls
	calls        []callRecord
	writes       []writeRecord
	plain        []use // property reads, whose objects may turn out to be unknown: next is the object
	open         []js.Node
	known        map[js.Node]uint32 // computed property names that turned out constant
	assumedReads int

	places  []place // circumstances, from 1
	seeds   []seed
	invoked []invocation

	walker
	labels
	texts
	machine  *machine
	requests []request
	answered int
	xhr      ref // what any XMLHttpRequest gets
	when     map[ref][]ref
	notes    []string
}

const noFact fact = 0

func (e *engine) fresh() ref {
	e.out = append(e.out, 0)
	e.in = append(e.in, 0)
	e.held = append(e.held, 0)
	e.used = append(e.used, 0)
	return ref(len(e.out) - 1)
}

func (e *engine) binding(b js.BindingID) ref { return ref(e.Len()) + ref(b) }

// link adds an edge and moves what is known already.
func (e *engine) link(from, to ref, how move) { e.linkCall(from, to, how, 0, 0) }

// linkCall is link for what goes into a function, or out of it, at one call.
func (e *engine) linkCall(from, to ref, how move, call, fn uint32) {
	if from == 0 || to == 0 || from == to {
		return
	}
	e.edges = append(e.edges, edge{from, to, e.out[from], e.in[to], call, fn, how})
	id := uint32(len(e.edges) - 1)
	e.out[from], e.in[to] = id, id
	if how <= comeOut {
		for c := e.held[from]; c != 0; c = e.cells[c].next {
			e.learn(to, e.cells[c].fact)
		}
	}
}

// linkOnce is link for edges that may come up again.
func (e *engine) linkOnce(from, to ref) {
	// The shorter of the two lists decides.
	i, o := e.in[to], e.out[from]
	for i != 0 && o != 0 {
		if e.edges[i].from == from && e.edges[i].how == asIs || e.edges[o].to == to && e.edges[o].how == asIs {
			return
		}
		i, o = e.edges[i].nextIn, e.edges[o].nextOut
	}
	e.link(from, to, asIs)
}

func (e *engine) note(msg string) {
	for _, n := range e.notes {
		if n == msg {
			return
		}
	}
	e.notes = append(e.notes, msg)
}

func newEngine(s *js.Script, o Options) *engine {
	o.Limits = o.Limits.orDefaults(s.Len())
	n := s.Len() + len(s.Bindings)
	e := &engine{
		Script: s, o: o,
		edges: make([]edge, 1, n), out: make([]uint32, n, n+n/4), in: make([]uint32, n, n+n/4),
		held: make([]uint32, n, n+n/4), used: make([]uint32, n, n+n/4),
		cells: make([]cell, 1, n/4+1), uses: make([]use, 1, n/4+1),
		names: map[string]uint32{}, nameText: make([]string, 1), nameOf: make([]uint32, s.Atoms()),
		sites: map[fact]*site{}, fields: map[uint64]ref{}, anyField: map[uint32]ref{}, contents: map[fact]ref{}, when: map[ref][]ref{}, known: map[js.Node]uint32{},
		funcs: make([]function, 1), funcAt: make([]uint32, s.Len()), calls: make([]callRecord, 1),
		callbacks: make([]callback, 1), places: make([]place, 1),
	}
	e.facts.init()
	return e
}

// run does the whole analysis.
func (e *engine) run() {
	e.walkScript()
	e.spread()
	for round := 0; round < 3; round++ {
		e.assume()
		e.spread()
		if !e.unfoldKeys() {
			break
		}
		e.spread()
	}
	e.strangers()
	e.label()
	e.settled = true
}

func (e *engine) name(s string) uint32 {
	if id, ok := e.names[s]; ok {
		return id
	}
	e.nameText = append(e.nameText, s)
	id := uint32(len(e.nameText) - 1)
	e.names[s] = id
	return id
}

func (e *engine) nameAtom(a js.Atom) uint32 {
	if e.nameOf[a] == 0 {
		e.nameOf[a] = e.name(e.AtomText(a))
	}
	return e.nameOf[a]
}

// keyName is the name of a property as far as it is plain to see.
func (e *engine) keyName(n js.Node) (uint32, bool) {
	if e.Kind(n) == js.Dot {
		return e.nameAtom(e.Atom(n)), true
	}
	if s, ok := e.KeyName(n); ok {
		return e.name(s), true
	}
	return 0, false
}

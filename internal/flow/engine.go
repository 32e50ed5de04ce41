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

// links are the chains that begin at a ref, each by the number of its first link, 0 for none.
type links struct {
	out, in uint32 // edges
	held    uint32 // facts
	used    uint32 // uses
}

// engine is one analysis under way. Everything is numbered in the order of the text, and worked off in that order.
//
// Its memory serves one script after the other: [engine.start] empties all that is here.
type engine struct {
	*js.Script
	o Options

	refs  []links
	edges []edge
	cells []cell
	uses  []use
	facts facts
	queue []news
	work  int
	names

	sites     []*site // from 1
	fields    numbers // by object and name
	callbacks []callback

	funcs        []function
	funcAt       []uint32 // for Function nodes their place in funcs, for calls in calls
	calls        []callRecord
	writes       []writeRecord
	plain        []use // property reads, whose objects may turn out to be unknown: next is the object
	open         []js.Node
	known        map[js.Node]uint32 // computed property names that turned out constant
	assumedReads int
	eithers      int // conditions of which one is enough

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
	posted   ref // what is sent to windows and workers
	when     map[ref][]ref
	refusals map[ref]ref      // what the wiki says when it refuses, by what it would have answered
	workers  map[string]bool  // names of variables and fields that hold workers; nil until somebody asks
	storage  map[string]ref   // what is kept in the browser, by its name
	database ref              // what is in IndexedDB, 0 until somebody asks
	channels map[string][]ref // what is sent with events and through hooks, by their names
	notes    []string

	lists lists // memory for the next graph
}

const noFact fact = 0

func (e *engine) fresh() ref {
	e.refs = append(e.refs, links{})
	return ref(len(e.refs) - 1)
}

func (e *engine) binding(b js.BindingID) ref { return ref(e.Len()) + ref(b) }

// link adds an edge and moves what is known already.
func (e *engine) link(from, to ref, how move) { e.linkCall(from, to, how, 0, 0) }

// linkCall is link for what goes into a function, or out of it, at one call.
func (e *engine) linkCall(from, to ref, how move, call, fn uint32) {
	if from == 0 || to == 0 || from == to {
		return
	}
	out, in := &e.refs[from].out, &e.refs[to].in
	e.edges = append(e.edges, edge{from, to, *out, *in, call, fn, how})
	*out = uint32(len(e.edges) - 1)
	*in = *out
	if how <= comeOut {
		for c := e.refs[from].held; c != 0; c = e.cells[c].next {
			e.learn(to, e.cells[c].fact)
		}
	}
}

// linkOnce is link for edges that may come up again.
func (e *engine) linkOnce(from, to ref) {
	// The shorter of the two lists decides.
	i, o := e.refs[to].in, e.refs[from].out
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

// run does the whole analysis.
func (e *engine) run() {
	e.walkScript()
	e.textsOfObjects()
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
	if e.machine != nil {
		clear(e.machine.failed) // what an object holds is known now
	}
}

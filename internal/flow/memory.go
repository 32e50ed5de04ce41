package flow

import (
	"sync"

	"sallyport/internal/js"
)

// spare keeps the memory of analyses that are over. One analysis takes forty times the bytes of its script, and asking for
// them anew each time took a quarter of a scan.
var spare = sync.Pool{New: func() any { return &engine{} }}

// maxSpare is the number of refs from which memory is not kept: a scan shall not hold on to what one large script needed.
const maxSpare = 1 << 18

// Release ends the use of a graph and of all it gave out but plain strings: calls, gates, texts, flows. The next analysis
// then works in the same memory. A graph that is not released is as good, and takes the garbage collector's time.
func (g *Graph) Release() {
	e := g.e
	if e == nil {
		return
	}
	e.lists = g.lists
	*g = Graph{s: g.s}
	if len(e.refs) <= maxSpare {
		e.end()
		spare.Put(e)
	}
}

// start makes an engine ready for a script, whatever it was used for before.
func (e *engine) start(s *js.Script, o Options) {
	o.Limits = o.Limits.orDefaults(s.Len())
	n := s.Len() + len(s.Bindings)
	*e = engine{
		Script: s, o: o,
		refs: zeros(e.refs, n), edges: first(e.edges, n), cells: first(e.cells, n/4), uses: first(e.uses, n/4), facts: e.facts,
		queue: e.queue[:0], names: e.names, sites: first(e.sites, 0), fields: e.fields, callbacks: first(e.callbacks, 0),
		funcs: first(e.funcs, 0), funcAt: zeros(e.funcAt, s.Len()), calls: first(e.calls, 0), writes: e.writes[:0],
		plain: e.plain[:0], open: e.open[:0], places: first(e.places, 0), seeds: e.seeds[:0], invoked: e.invoked[:0],
		walker: e.walker, labels: e.labels, texts: e.texts, requests: e.requests[:0], lists: e.lists,
		known: map[js.Node]uint32{}, when: map[ref][]ref{},
	}
	e.names.start(s.Atoms())
	e.facts.start(n / 8)
	e.fields.start(n / 8)
	e.walker.start(len(s.Bindings))
	e.labels.start()
	e.texts.start()
}

// end lets go of the script and of all that was made for it elsewhere: what is kept shall not keep other things.
func (e *engine) end() {
	e.Script, e.o, e.machine, e.known, e.when, e.notes = nil, Options{}, nil, nil, nil, nil
	e.partAt, e.methods, e.storage, e.channels, e.workers, e.refusals = nil, nil, nil, nil, nil, nil
	e.database = 0
	clear(e.facts.info)
	e.names.end()
	clear(e.callbacks)
	clear(e.funcs)
	clear(e.calls)
	clear(e.found[:cap(e.found)])
	clear(e.lasting)
	clear(e.parts[:cap(e.parts)])
	e.pieces.reset()
	e.room.texts.reset()
	e.lists.gating.room.reset()
	clear(e.lists.calls)
	clear(e.lists.assigns)
	clear(e.lists.around)
	clear(e.lists.gates)
}

// zeros is a slice of zeros of a length, in the memory of another one if that is large enough.
func zeros[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n, n+n/4)
	}
	s = s[:n]
	clear(s)
	return s
}

// resized is zeros for what is written anew from end to end.
func resized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// first is a slice with nothing but the place of number 0, which stands for none.
func first[T any](s []T, room int) []T {
	var none T
	if s == nil {
		s = make([]T, 0, 1+room)
	}
	return append(s[:0], none)
}

// blocks hands out slices of any length, cut from larger ones.
type blocks[T any] struct {
	all  [][]T
	used int // of them
	rest []T // of the last
}

const (
	blockLength = 128
	maxBlocks   = 64 // that are kept for the next script
)

func (b *blocks[T]) take(n int) []T {
	if n > len(b.rest) {
		b.next(n)
	}
	out := b.rest[:n:n]
	b.rest = b.rest[n:]
	return out
}

func (b *blocks[T]) next(n int) {
	if n > blockLength {
		b.rest = make([]T, n) // a block of its own, for once
		return
	}
	if b.used == len(b.all) {
		b.all = append(b.all, make([]T, blockLength))
	}
	b.rest = b.all[b.used]
	b.used++
}

// reset takes everything back.
func (b *blocks[T]) reset() {
	b.all = b.all[:min(len(b.all), maxBlocks)]
	for _, block := range b.all[:min(b.used, len(b.all))] {
		clear(block)
	}
	b.used, b.rest = 0, nil
}

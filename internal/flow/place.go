package flow

import "sallyport/internal/js"

// place is a circumstance: what has to happen for a part of the script to run. Places form chains from inside out.
type place struct {
	parent uint32
	fn     uint32  // function it is in
	node   js.Node // condition, loop or function
	kind   placeKind
	not    bool // the condition must not hold
	looped bool // in a loop of its own function
}

type placeKind uint8

const (
	inFunction placeKind = iota + 1
	inLoop
	inGate
)

// maxPlaces bounds chains, which early returns make long.
const maxPlaces = 1 << 20

func (e *engine) enter(parent uint32, k placeKind, n js.Node, not bool) uint32 {
	if len(e.places) > maxPlaces {
		return parent
	}
	p := place{parent: parent, fn: e.places[parent].fn, node: n, kind: k, not: not, looped: e.places[parent].looped || k == inLoop}
	if k == inFunction {
		p.fn, p.looped = e.funcAt[n], false
	}
	e.places = append(e.places, p)
	return uint32(len(e.places) - 1)
}

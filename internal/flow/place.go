package flow

import "sallyport/internal/js"

// place is a circumstance: what has to happen for a part of the script to run. Places form chains from inside out.
type place struct {
	parent uint32
	kind   placeKind
	node   js.Node // condition, loop or function
	not    bool    // the condition must not hold
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
	e.places = append(e.places, place{parent, k, n, not})
	return uint32(len(e.places) - 1)
}

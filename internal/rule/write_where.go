package rule

import (
	"slices"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// prepared takes into account where a write's parameters are put together. Scripts have one function that sends whatever
// it is given: who asks for this change, when and how often, shows where its action stands.
func (p *Pass) prepared(w *write) {
	at := js.Node(0)
	for _, n := range w.q.nodes("action") {
		if slices.Contains(p.Graph.Str(n).Consts(), w.action) {
			if at != 0 {
				return // several places ask for it
			}
			at = n
		}
	}
	where, ok := p.around(at)
	if !ok || where.Func == w.Func || where.Func == 0 {
		return
	}
	if asked(where) && !asked(w.Where) {
		w.Where.Trigger = where.Trigger
	}
	w.InLoop = where.InLoop || w.InLoop && p.eachOf(w.node)
	w.Gates = append(slices.Clone(w.Gates), where.Gates...)
}

// around is where the nearest call around a node is made.
func (p *Pass) around(n js.Node) (flow.Where, bool) {
	for up := p.parent(n); n != 0 && up != 0 && p.Kind(up) != js.Function; up = p.parent(up) {
		if k := p.Kind(up); k != js.Call && k != js.New {
			continue
		}
		calls := p.Graph.Calls()
		i, found := slices.BinarySearchFunc(calls, up, func(c flow.Call, want js.Node) int {
			if x, y := p.Start(c.Node), p.Start(want); x != y {
				return x - y
			}
			return p.End(want) - p.End(c.Node)
		})
		if found {
			return calls[i].Where, true
		}
	}
	return flow.Where{}, false
}

package flow

import (
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/js"
)

// circumstances are what makes functions run.
type circumstances struct {
	invoked []invocation // by function
	first   []uint32     // for each function its first in invoked, and one behind
	trigger []triggers
	loops   []bool
	gating
}

type triggers uint8

const (
	byLoad triggers = 1 << iota
	byTimer
	byClick
	byTyping
)

func (g *Graph) settleCircumstances() {
	e := g.e
	n := len(e.funcs)
	g.sortRuns()
	g.trigger, g.loops = zeros(g.trigger, n), zeros(g.loops, n)
	g.gating.start(e)
	g.trigger[0] = byLoad
	for changed, round := true, 0; changed && round < 64; round++ {
		changed = false
		for _, v := range e.invoked {
			id := e.funcAt[v.fn]
			from := e.places[v.place].fn
			t, l := g.trigger[from], g.loops[id] || v.loop || g.loops[from] && !byPerson(v.trigger) || e.places[v.place].looped
			switch v.trigger {
			case capability.OnClick:
				t = byClick
			case onTyping:
				t = byTyping
			case capability.OnTimer:
				if t&byLoad != 0 {
					t = t&^byLoad | byTimer
				}
			}
			if t&(byLoad|byTimer) != 0 && g.confirmedAt(v.place) {
				t = byClick
			}
			t = g.madeBefore(id, t)
			if t|g.trigger[id] != g.trigger[id] || l != g.loops[id] {
				g.trigger[id] |= t
				g.loops[id] = l
				changed = true
			}
		}
	}
	g.findRecursion()
}

// confirmedAt says whether the person is asked in words on the way to a place, in the function that it is in.
func (g *Graph) confirmedAt(at uint32) bool {
	places := g.e.places
	for p, local := at, 0; p != 0 && local < maxLocal && places[p].kind != inFunction; p = places[p].parent {
		if v := &places[p]; v.kind == inGate {
			local++
			if gate := g.gate(v.node, v.not); gate.Kind == GateConfirm && !gate.Negated {
				return true
			}
		}
	}
	return false
}

// madeBefore takes into account that a function runs only after the one around it has made it: what a click makes, however
// it is then passed around, waits for the click.
func (g *Graph) madeBefore(id uint32, t triggers) triggers {
	at := g.e.funcs[id].place
	maker := g.e.places[at].fn
	if maker == id {
		maker = g.e.places[g.e.places[at].parent].fn
	}
	if maker == 0 || maker == id || g.trigger[maker]&(byLoad|byTimer) != 0 || g.trigger[maker] == 0 {
		return t
	}
	return g.trigger[maker]
}

// sortRuns sorts the ways in which functions come to run by function, in the order in which they turned up.
func (g *Graph) sortRuns() {
	e := g.e
	g.first = zeros(g.first, len(e.funcs)+1)
	for _, v := range e.invoked {
		g.first[e.funcAt[v.fn]+1]++
	}
	for id := range e.funcs {
		g.first[id+1] += g.first[id]
	}
	g.invoked = resized(g.invoked, len(e.invoked))
	at := slices.Clone(g.first)
	for _, v := range e.invoked {
		id := e.funcAt[v.fn]
		g.invoked[at[id]] = v
		at[id]++
	}
}

// runs are the ways in which a function comes to run.
func (g *Graph) runs(id uint32) []invocation { return g.invoked[g.first[id]:g.first[id+1]] }

// findRecursion marks functions that come to run themselves, callbacks and timers counted, clicks not.
func (g *Graph) findRecursion() {
	n := len(g.e.funcs)
	s := components{g: g, index: make([]int, n), low: make([]int, n), on: make([]bool, n), loops: g.loops}
	for id := 1; id < n; id++ {
		if s.index[id] == 0 {
			s.visit(uint32(id), 0)
		}
	}
}

// components finds the strongly connected parts of the call graph (Tarjan 1972).
type components struct {
	g          *Graph
	index, low []int
	on         []bool
	stack      []uint32
	count      int
	loops      []bool
}

func (s *components) visit(v uint32, depth int) {
	s.count++
	s.index[v], s.low[v] = s.count, s.count
	s.stack = append(s.stack, v)
	s.on[v] = true
	for _, run := range s.g.runs(v) {
		switch w := s.g.e.places[run.place].fn; {
		case byPerson(run.trigger):
		case w == v:
			s.loops[v] = true
		case s.index[w] == 0 && depth < 10_000:
			s.visit(w, depth+1)
			s.low[v] = min(s.low[v], s.low[w])
		case s.on[w]:
			s.low[v] = min(s.low[v], s.index[w])
		}
	}
	if s.low[v] != s.index[v] {
		return
	}
	for first := true; ; first = false {
		w := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.on[w] = false
		if w != v || !first {
			s.loops[w] = true
		}
		if w == v {
			return
		}
	}
}

// WhereIs is the circumstance of a node that is a call, an assignment to a property or a function.
func (g *Graph) WhereIs(n js.Node) Where {
	if g.e == nil || n == 0 {
		return Where{}
	}
	switch g.s.Kind(n) {
	case js.Call, js.New, js.TaggedTemplate, js.ImportCall:
		return g.where(g.e.calls[g.e.funcAt[n]].place)
	case js.Function:
		if id := g.e.funcAt[n]; id != 0 {
			return Where{n, g.name(g.trigger[id]), g.trigger[id] == byTyping, g.loops[id], g.functionGates(id)}
		}
	}
	for _, w := range g.e.writes {
		if w.node == n {
			return g.where(w.place)
		}
	}
	return Where{}
}

func (g *Graph) where(at uint32) Where {
	p := &g.e.places[at]
	id := p.fn
	w := Where{Func: g.e.funcs[id].node, Typing: g.trigger[id] == byTyping, InLoop: g.loops[id] || p.looped}
	w.Gates = g.placeGates(at)
	w.Trigger = g.name(g.trigger[id])
	if w.Trigger != "" {
		for _, k := range w.Gates {
			if k.Kind == GateConfirm {
				w.Trigger = capability.OnConfirmation
			}
		}
	}
	return w
}

// name picks what is worst.
func (g *Graph) name(t triggers) capability.Trigger {
	switch {
	case t&byLoad != 0:
		return capability.OnLoad
	case t&byTimer != 0:
		return capability.OnTimer
	case t&(byClick|byTyping) != 0:
		return capability.OnClick
	}
	return ""
}

// byPerson says whether a trigger is something that a person does.
func byPerson(t capability.Trigger) bool { return t == capability.OnClick || t == onTyping }

package flow

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/js"
)

// circumstances are what makes functions run.
type circumstances struct {
	runs     [][]invocation // for each function
	trigger  []triggers
	loops    []bool
	gates    [][]Gate
	state    []uint8 // of gates: 0 unknown, 1 under way, 2 known
	kinds    map[js.Node]GateKind
	around   [][]Gate // for each place
	asked    []bool
	underWay int
}

type triggers uint8

const (
	byLoad triggers = 1 << iota
	byTimer
	byClick
)

func (g *Graph) settleCircumstances() {
	e := g.e
	n := len(e.funcs)
	g.circumstances = circumstances{make([][]invocation, n), make([]triggers, n), make([]bool, n), make([][]Gate, n), make([]uint8, n), map[js.Node]GateKind{}, make([][]Gate, len(e.places)), make([]bool, len(e.places)), 0}
	for _, v := range e.invoked {
		id := e.funcAt[v.fn]
		g.runs[id] = append(g.runs[id], v)
	}
	g.trigger[0] = byLoad
	for changed, round := true, 0; changed && round < 64; round++ {
		changed = false
		for _, v := range e.invoked {
			id := e.funcAt[v.fn]
			from := g.functionOf(v.place)
			t, l := g.trigger[from], g.loops[id] || v.loop || g.loops[from] && v.trigger != capability.OnClick || e.looped(v.place)
			switch v.trigger {
			case capability.OnClick:
				t = byClick
			case capability.OnTimer:
				if t&byLoad != 0 {
					t = t&^byLoad | byTimer
				}
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

// madeBefore takes into account that a function runs only after the one around it has made it: what a click makes, however
// it is then passed around, waits for the click.
func (g *Graph) madeBefore(id uint32, t triggers) triggers {
	f := &g.e.funcs[id]
	maker := g.functionOf(f.place)
	if maker == id {
		maker = g.functionOf(g.e.places[f.place].parent)
	}
	if maker == 0 || maker == id || g.trigger[maker]&(byLoad|byTimer) != 0 || g.trigger[maker] == 0 {
		return t
	}
	return g.trigger[maker]
}

// functionOf is the function a place is in.
func (g *Graph) functionOf(at uint32) uint32 {
	for p := at; p != 0; p = g.e.places[p].parent {
		if g.e.places[p].kind == inFunction {
			return g.e.funcAt[g.e.places[p].node]
		}
	}
	return 0
}

// looped says whether a place is in a loop of its own function.
func (e *engine) looped(at uint32) bool {
	for p := at; p != 0; p = e.places[p].parent {
		switch e.places[p].kind {
		case inLoop:
			return true
		case inFunction:
			return false
		}
	}
	return false
}

// findRecursion marks functions that come to run themselves, callbacks and timers counted, clicks not.
func (g *Graph) findRecursion() {
	n := len(g.runs)
	callers := make([][]uint32, n)
	for id := range g.runs {
		for _, v := range g.runs[id] {
			if v.trigger != capability.OnClick {
				callers[id] = append(callers[id], g.functionOf(v.place))
			}
		}
	}
	s := components{edges: callers, index: make([]int, n), low: make([]int, n), on: make([]bool, n), loops: g.loops}
	for id := 1; id < n; id++ {
		if s.index[id] == 0 {
			s.visit(uint32(id), 0)
		}
	}
}

// components finds the strongly connected parts of the call graph (Tarjan 1972).
type components struct {
	edges      [][]uint32
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
	for _, w := range s.edges[v] {
		switch {
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
			return Where{n, g.name(g.trigger[id]), g.loops[id], g.functionGates(id)}
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
	id := g.functionOf(at)
	w := Where{Func: g.e.funcs[id].node, InLoop: g.loops[id] || g.e.looped(at)}
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
	case t&byClick != 0:
		return capability.OnClick
	}
	return ""
}

// placeGates are the conditions around a place, outermost first, those around its function included.
func (g *Graph) placeGates(at uint32) []Gate {
	if g.asked[at] {
		return g.around[at]
	}
	out, whole := g.findGates(at)
	if whole {
		g.around[at], g.asked[at] = out, true
	}
	return out
}

// findGates also says whether that is all: not while functions that call each other are under way.
func (g *Graph) findGates(at uint32) ([]Gate, bool) {
	var local []Gate
	for p := at; p != 0 && len(local) < 64; p = g.e.places[p].parent {
		v := g.e.places[p]
		if v.kind == inFunction {
			break
		}
		if v.kind == inGate {
			local = append(local, g.gate(v.node, v.not))
		}
	}
	id := g.functionOf(at)
	outer := g.functionGates(id)
	if len(local) == 0 {
		return outer, g.underWay == 0
	}
	out := make([]Gate, 0, len(outer)+len(local))
	out = append(out, outer...)
	for i := len(local) - 1; i >= 0; i-- {
		out = append(out, local[i])
	}
	return out, g.underWay == 0
}

// gate drops the ! of a condition.
func (g *Graph) gate(n js.Node, not bool) Gate {
	for g.s.Kind(n) == js.Unary && g.s.Op(n) == js.OpNot {
		n, not = g.s.Operand(n), !not
	}
	return Gate{g.gateKind(n), n, not}
}

// functionGates are the conditions that hold whichever way a function comes to run.
func (g *Graph) functionGates(id uint32) []Gate {
	if id == 0 || g.state[id] == 1 {
		return nil
	}
	if g.state[id] == 2 {
		return g.gates[id]
	}
	g.state[id] = 1
	g.underWay++
	var out []Gate
	for i, v := range g.runs[id] {
		if i >= 16 {
			out = nil
			break
		}
		gates := g.placeGates(v.place)
		if i == 0 {
			out = gates
			continue
		}
		out = common(out, gates)
	}
	g.underWay--
	g.gates[id], g.state[id] = out, 2
	return out
}

// common keeps the gates of a that b has too, by kind.
func common(a, b []Gate) []Gate {
	var out []Gate
	for _, x := range a {
		for _, y := range b {
			if x.Kind == y.Kind && x.Negated == y.Negated {
				out = append(out, x)
				break
			}
		}
	}
	return out
}

// gateKind says what a condition asks about, by the names that its parts come from.
func (g *Graph) gateKind(n js.Node) GateKind {
	e := g.e
	if k, ok := g.kinds[n]; ok {
		return k
	}
	kind := GateOther
	steps := 0
	seen := map[ref]bool{}
	var look func(at ref, depth int)
	look = func(at ref, depth int) {
		if seen[at] || steps > 200 || depth > 6 {
			return
		}
		seen[at] = true
		steps++
		e.each(at, func(f fact) { kind = stronger(kind, gateOfName(e.facts.info[f].name)) })
		for i := e.in[at]; i != 0; i = e.edges[i].nextIn {
			look(e.edges[i].from, depth+1)
		}
	}
	e.Walk(n, func(c js.Node) bool {
		if e.Kind(c) == js.Function || steps > 200 {
			return false
		}
		look(ref(c), 0)
		if id := e.funcAt[c]; id != 0 {
			for _, f := range e.calls[id].names {
				kind = stronger(kind, gateOfName(e.facts.info[f].name))
			}
		}
		return true
	})
	g.kinds[n] = kind
	return kind
}

var gateRank = map[GateKind]int{
	GateConfirm: 10, GateRandom: 9, GateDate: 8, GateUser: 7, GateGroup: 6, GateReferrer: 5, GateWiki: 4, GateStorage: 3, GatePage: 2,
	GateOther: 0, "": 0,
}

func stronger(a, b GateKind) GateKind {
	if gateRank[b] > gateRank[a] {
		return b
	}
	return a
}

func gateOfName(name string) GateKind {
	switch name {
	case "confirm", "prompt", "confirm()", "prompt()", "OO.ui.confirm", "OO.ui.confirm()", "OO.ui.prompt()", "OO.ui.prompt":
		return GateConfirm
	case "Math.random", "Math.random()":
		return GateRandom
	case "Date", "Date.now", "Date.now()", "Date()":
		return GateDate
	case "mw.config.wgUserName", "mw.config.wgUserId", "mw.user.getName", "mw.user.getName()", "mw.user.getId", "mw.user.id":
		return GateUser
	case "mw.config.wgUserGroups", "mw.config.wgUserRights", "mw.user.getGroups", "mw.user.getRights", "mw.user.isAnon",
		"mw.config.wgGlobalGroups", "mw.config.wgUserEditCount":
		return GateGroup
	case "document.referrer":
		return GateReferrer
	case "mw.config.wgDBname", "mw.config.wgServer", "mw.config.wgServerName", "mw.config.wgSiteName", "mw.config.wgWikiID",
		"mw.config.wgContentLanguage", "location.host", "location.hostname", "location.origin":
		return GateWiki
	}
	switch {
	case strings.HasPrefix(name, "localStorage") || strings.HasPrefix(name, "sessionStorage") || strings.HasPrefix(name, "mw.storage") ||
		strings.HasPrefix(name, "mw.cookie") || name == "document.cookie":
		return GateStorage
	case strings.HasPrefix(name, "mw.config.") || strings.HasPrefix(name, "location") || strings.HasPrefix(name, "mw.util.getParamValue"):
		return GatePage
	case strings.HasPrefix(name, "Date."):
		return GateDate
	}
	return ""
}

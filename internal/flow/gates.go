package flow

import (
	"strings"

	"sallyport/internal/js"
)

// gating finds the conditions around places. Nearly all places are asked for, most of them several times.
type gating struct {
	gates      [][]Gate // for each function
	state      []uint8  // of gates: 0 unknown, 1 under way, 2 known
	underWay   int
	around     [][]Gate // for each place
	asked      []bool
	room       blocks[Gate]
	ranks      []uint8  // for each node what it asks about as a condition: its place in gateRanks and 1, 0 when not known yet
	looked     []uint32 // for each ref the last condition that looked at it
	conditions uint32
}

func (g *gating) start(e *engine) {
	funcs, places := len(e.funcs), len(e.places)
	*g = gating{
		gates: zeros(g.gates, funcs), state: zeros(g.state, funcs), around: zeros(g.around, places), asked: zeros(g.asked, places),
		room: g.room, ranks: zeros(g.ranks, e.Len()), looked: g.looked[:0],
	}
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

// maxLocal bounds the conditions of one function around a place.
const maxLocal = 64

// findGates also says whether that is all: not while functions that call each other are under way.
func (g *Graph) findGates(at uint32) ([]Gate, bool) {
	places := g.e.places
	local := 0
	for p := at; p != 0 && local < maxLocal && places[p].kind != inFunction; p = places[p].parent {
		if places[p].kind == inGate {
			local++
		}
	}
	outer := g.functionGates(places[at].fn)
	if local == 0 {
		return outer, g.underWay == 0
	}
	out := g.room.take(len(outer) + local)
	copy(out, outer)
	for p, left := at, local; left > 0; p = places[p].parent {
		if v := &places[p]; v.kind == inGate {
			left--
			out[len(outer)+left] = g.gate(v.node, v.not)
		}
	}
	return out, g.underWay == 0
}

// gate drops the ! of a condition.
func (g *Graph) gate(n js.Node, not bool) Gate {
	for g.s.Kind(n) == js.Unary && g.s.Op(n) == js.OpNot {
		n, not = g.s.Operand(n), !not
	}
	if g.ranks[n] == 0 {
		g.ranks[n] = 1 + g.gateRank(n)
	}
	return Gate{gateRanks[g.ranks[n]-1], n, not}
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
	for i, v := range g.runs(id) {
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

// gateRanks orders what conditions ask about. Of a condition that asks several things the last one counts.
var gateRanks = [...]GateKind{
	GateOther, GatePage, GateStorage, GateWiki, GateReferrer, GateGroup, GateUser, GateDate, GateRandom, GateConfirm,
}

// How far the parts of a condition are followed back to what they come from.
const (
	maxGateSteps = 200
	maxGateDepth = 6
)

// gateRank says what a condition asks about, by the names that its parts come from.
func (g *Graph) gateRank(n js.Node) uint8 {
	e := g.e
	if more := len(e.refs) - len(g.looked); more > 0 {
		g.looked = append(g.looked, make([]uint32, more)...)
	}
	g.conditions++
	look := gateLook{e: e, looked: g.looked, condition: g.conditions}
	e.Walk(n, func(c js.Node) bool {
		if e.Kind(c) == js.Function || look.steps > maxGateSteps {
			return false
		}
		look.at(ref(c), 0)
		if id := e.funcAt[c]; id != 0 {
			for _, f := range e.calls[id].names {
				look.found(f)
			}
		}
		return true
	})
	return look.rank
}

// gateLook is a look at one condition.
type gateLook struct {
	e         *engine
	looked    []uint32
	condition uint32
	steps     int
	rank      uint8
}

func (l *gateLook) at(at ref, depth int) {
	if l.looked[at] == l.condition || l.steps > maxGateSteps || depth > maxGateDepth {
		return
	}
	l.looked[at] = l.condition
	l.steps++
	e := l.e
	for c := e.refs[at].held; c != 0; c = e.cells[c].next {
		l.found(e.cells[c].fact)
	}
	for i := e.refs[at].in; i != 0 && l.steps <= maxGateSteps; i = e.edges[i].nextIn {
		l.at(e.edges[i].from, depth+1)
	}
	if int(at) < e.Len() { // the condition stands in a function, or was kept in a variable
		switch n := js.Node(at); e.Kind(n) {
		case js.Binary, js.Logical, js.Unary, js.Cond:
			e.Children(n, func(c js.Node) { l.at(ref(c), depth+1) })
		case js.Call:
			for _, f := range e.calls[e.funcAt[n]].names {
				l.found(f)
			}
		}
	}
}

// found takes in a name. What a name asks about is kept with it, since the same few come up in most conditions.
func (l *gateLook) found(f fact) {
	info := &l.e.facts.info[f]
	if info.gate == 0 {
		info.gate = 1 + rankOfName(info.name)
	}
	l.rank = max(l.rank, info.gate-1)
}

func rankOfName(name string) uint8 {
	kind := gateOfName(name)
	for rank := len(gateRanks) - 1; rank > 0; rank-- {
		if gateRanks[rank] == kind {
			return uint8(rank)
		}
	}
	return 0
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

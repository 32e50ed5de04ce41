package pattern

import (
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// run is a set of rules reading one script.
type run struct {
	*js.Script
	g    *flow.Graph
	set  *Set
	path string

	steps   int // that are left
	tired   bool
	up      []js.Node
	words   []uint32 // for each atom of the script the number of its name in the set; 0 for none
	present []bool   // for each name of the set whether the script has it
	found   [][]hit  // for each leaf
	looked  []bool   // for each lazy leaf
	matcher *matcher
	calls   map[js.Node]*flow.Call
	methods []flow.Link
}

// hit is a stretch of the script that a formula matches.
type hit struct {
	start, end int
	node       js.Node // 0 when it is not exactly one
	env        env
	inside     bool // only says where others must be
	focused    bool // narrowed to a metavariable
}

func (h hit) within(o hit) bool   { return o.start <= h.start && h.end <= o.end }
func (h hit) sameSpan(o hit) bool { return o.start == h.start && h.end == o.end }

func (s *Set) newRun(script *js.Script, g *flow.Graph, path string) *run {
	return &run{
		Script: script, g: g, set: s, path: path,
		steps: min(stepsBase+stepsPerNode*script.Len(), stepsMost),
		found: make([][]hit, len(s.leaves)), looked: make([]bool, len(s.leaves)),
	}
}

func (r *run) step() bool { return r.stepBy(1) }

func (r *run) stepBy(n int) bool {
	r.steps -= n
	if r.steps < 0 {
		r.tired = true
		return false
	}
	return true
}

func (r *run) parent(n js.Node) js.Node {
	if r.up == nil {
		r.up = r.Parents()
	}
	return r.up[n]
}

// try matches a leaf at a node and keeps the hits.
func (r *run) try(f *leaf, n js.Node) { r.tryAs(f, f.top[0], n, n) }

// tryAs is try for a part of a pattern, where the hit is wider than what is matched.
func (r *run) tryAs(f *leaf, p, n, wide js.Node) {
	if m := r.begin(f); m != nil {
		m.at = hit{start: r.Start(wide), end: r.End(wide), node: wide}
		m.node(p, n, m.found)
	}
}

// tryList matches a leaf of several statements from one statement of a list on.
func (r *run) tryList(f *leaf, list []js.Node, from int) {
	m := r.begin(f)
	if m == nil {
		return
	}
	m.at = hit{start: r.Start(list[from])}
	l := m.line(list)
	l.at = from
	m.statements(f.top, l, false, m.found)
}

// begin makes the matcher ready for a leaf; nil when that has more hits than are kept. There is one matcher for the whole
// run: patterns are tried one after the other.
func (r *run) begin(f *leaf) *matcher {
	if len(r.found[f.id]) >= maxHits {
		r.tired = true
		return nil
	}
	if r.matcher == nil {
		r.matcher = &matcher{run: r}
		r.matcher.found = r.matcher.keep
	}
	m := r.matcher
	m.leaf, m.env, m.end, m.ways = f, m.env[:0], 0, 0
	return m
}

// keep is what comes last: it keeps the hit, and goes on to the next way as long as they may differ.
func (m *matcher) keep() bool {
	h := m.at
	h.end = max(h.end, m.end, h.start)
	h.env = append(env(nil), m.env...)
	m.run.found[m.id] = append(m.run.found[m.id], h)
	m.ways++
	return !m.free || m.ways == maxSolutions
}

// hits are those of a leaf. Leaves that could match anywhere are looked for when they are asked for.
func (r *run) hits(f *leaf) []hit {
	if !f.lazy || r.looked[f.id] {
		return r.found[f.id]
	}
	r.looked[f.id] = true
	for n := js.Node(1); int(n) < r.Len() && r.step(); n++ {
		if r.isExpression(n) {
			r.try(f, n)
		}
	}
	return r.found[f.id]
}

// callAt is what package flow knows of a call.
func (r *run) callAt(n js.Node) *flow.Call {
	if r.calls == nil {
		r.calls = map[js.Node]*flow.Call{}
		all := r.g.Calls()
		for i := range all {
			r.calls[all[i].Node] = &all[i]
		}
	}
	return r.calls[n]
}

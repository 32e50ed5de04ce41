package pattern

import (
	"slices"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// following is one rule's data on its way through a script.
type following struct {
	*run
	*taint
	sinks   []sink
	sources []entry
	begins  map[js.Node]bool // nodes of sources
	clean   map[js.Node]bool
	links   []flow.Link
	marked  []*flow.Marked // by label
}

// entry is one place where data enters.
type entry struct {
	*spec
	hit
	nodes []js.Node
}

// prepare finds sources, sanitizers and propagators, and follows the data. It says whether there is any.
func (f *following) prepare() bool {
	for i := range f.taint.sources {
		s := &f.taint.sources[i]
		if s.trust != flow.NoSource {
			f.sources = append(f.sources, f.trusted(s)...)
			continue
		}
		for _, h := range s.find(f.run, nil) {
			f.sources = append(f.sources, entry{s, h, f.sourceNodes(h, s)})
		}
	}
	if len(f.sources) == 0 {
		return false
	}
	f.begins = map[js.Node]bool{}
	for i := range f.sources {
		for _, n := range f.sources[i].nodes {
			f.begins[n] = true
		}
	}
	f.sanitize()
	f.links = slices.Clone(f.methodLinks())
	for _, p := range f.propagators {
		f.propagate(p)
	}
	f.mark()
	return true
}

// mark follows each label's data. Sources may wait for other labels, so then it goes round as often as there are labels.
func (f *following) mark() {
	f.marked = make([]*flow.Marked, len(f.labels)+1)
	rounds := 1
	if slices.ContainsFunc(f.sources, func(s entry) bool { return s.requires != nil }) {
		rounds = len(f.marked)
	}
	for range rounds {
		for label := range f.marked {
			f.marked[label] = f.g.Mark(flow.Marking{Sources: f.enter(label), Clean: f.isClean, Links: f.links, Step: f.step})
		}
	}
}

// enter are the nodes where data of a label enters, as far as what it requires is there.
func (f *following) enter(label int) []js.Node {
	var out []js.Node
	for i := range f.sources {
		s := &f.sources[i]
		if s.label != label {
			continue
		}
		for _, n := range s.nodes {
			if !f.clean[n] && (s.requires == nil || s.requires.holds(f.labelsAt(n, 0))) {
				out = append(out, n)
			}
		}
	}
	return out
}

func (f *following) isClean(n js.Node) bool {
	if f.clean[n] {
		return true
	}
	if f.safeCalls && f.Kind(n) == js.Call && !f.begins[n] {
		c := f.callAt(n)
		return c != nil && len(c.Targets) == 0
	}
	return false
}

// labelsAt are the labels that reach a node, in one of the contexts if any are named.
func (f *following) labelsAt(n js.Node, context flow.Contexts) []bool {
	out := make([]bool, len(f.marked))
	for label, m := range f.marked {
		if m != nil {
			unsafe, ok := m.At(n)
			out[label] = ok && (context == 0 || unsafe&context != 0)
		}
	}
	return out
}

// arrives is the first node of a sink that data reaches, with the way it takes; 0 when none does.
func (f *following) arrives(s *sink) (js.Node, []flow.Step) {
	for _, n := range s.nodes {
		if f.clean[n] {
			continue
		}
		labels := f.labelsAt(n, s.context)
		if s.requires != nil && !s.requires.holds(labels) {
			continue
		}
		label := slices.Index(labels, true)
		if label < 0 {
			continue
		}
		return n, f.marked[label].Steps(n)
	}
	return 0, nil
}

// origin is the source that a way begins at.
func (f *following) origin(way []flow.Step) *entry {
	if len(way) == 0 {
		return nil
	}
	for i := range f.sources {
		if slices.Contains(f.sources[i].nodes, way[0].Node) {
			return &f.sources[i]
		}
	}
	return nil
}

// trusted are the places where data of a kind enters that package flow knows, as far as it reaches sinks.
func (f *following) trusted(s *spec) []entry {
	var out []entry
	seen := map[js.Node]bool{}
	for i := range f.sinks {
		for _, n := range f.sinks[i].nodes {
			for _, way := range f.g.Taint(n) {
				bad := f.sinks[i].context
				if way.Source != s.trust || way.Origin == 0 || seen[way.Origin] || bad != 0 && way.Unsafe&bad == 0 {
					continue
				}
				seen[way.Origin] = true
				h := hit{start: f.Start(way.Origin), end: f.End(way.Origin), node: way.Origin}
				out = append(out, entry{s, h, []js.Node{way.Origin}})
			}
		}
	}
	return out
}

// sanitize collects what counts as clean.
func (f *following) sanitize() {
	f.clean = map[js.Node]bool{}
	for i := range f.sanitizers {
		s := &f.sanitizers[i]
		for _, h := range s.find(f.run, nil) {
			if s.effect != onlySideEffect {
				for _, n := range f.nodesIn(h, s.exact) {
					f.clean[n] = true
				}
			}
			if s.effect != noEffect {
				for _, n := range f.later(h.node) {
					f.clean[n] = true
				}
			}
		}
	}
}

// propagate links what a propagator goes from to what it goes to.
func (f *following) propagate(p propagator) {
	for _, h := range p.find(f.run, nil) {
		from, ok := h.env.get(p.from)
		to, ok2 := h.env.get(p.to)
		if !ok || !ok2 || from.node == 0 || to.node == 0 {
			continue
		}
		targets := []js.Node{f.valueOf(to.node)}
		if p.effect {
			targets = append(targets, f.later(to.node)...)
		}
		for _, t := range targets {
			f.links = append(f.links, flow.Link{From: from.node, To: t})
		}
	}
}

package pattern

import (
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// taint is a rule of mode taint: data of a source that reaches a sink, unless a sanitizer stands between.
type taint struct {
	sources, sinks, sanitizers []spec
	propagators                []propagator
	labels                     []string
	safeCalls                  bool // taint_assume_safe_functions
}

// spec is one entry of pattern-sources, pattern-sinks or pattern-sanitizers.
type spec struct {
	formula
	exact    bool // the very expression, not what is in it
	effect   effect
	label    int           // of a source; 0 for none
	requires requirement   // nil for none
	context  flow.Contexts // of a sink: where the data would do harm; 0 for anywhere
	trust    flow.Source   // of a source: one that package flow knows, instead of a formula
}

// effect says whether a variable is changed by being matched.
type effect uint8

const (
	noEffect effect = iota
	sideEffect
	onlySideEffect
)

// propagator is one entry of pattern-propagators.
type propagator struct {
	formula
	from, to int
	effect   bool
}

// needs is what the sinks need.
func (t *taint) needs() need {
	sinks := make(either, len(t.sinks))
	for i := range t.sinks {
		sinks[i] = t.sinks[i].formula
	}
	return sinks.needs()
}

// sink is one place where data must not arrive.
type sink struct {
	*spec
	hit
	nodes []js.Node
}

// follow finds the sinks that data reaches.
func (r *run) follow(rule *Rule) []Match {
	t := rule.taint
	sinks := r.sinks(t)
	if len(sinks) == 0 {
		return nil
	}
	f := &following{run: r, taint: t, sinks: sinks}
	if !f.prepare() {
		return nil
	}
	var out []Match
	for i := range sinks {
		s := &sinks[i]
		n, way := f.arrives(s)
		if n == 0 {
			continue
		}
		e := s.env
		if m := f.origin(way); m != nil {
			e = r.mixed(s.env, m.env)
		}
		match := r.match(rule, hit{start: s.start, end: s.end, env: e})
		if last := len(way) - 1; last > 0 && way[last].Node == n {
			way = way[:last]
		}
		match.Way = append(way, flow.Step{Node: n, Message: "it arrives here"})
		out = append(out, match)
	}
	return out
}

func (r *run) sinks(t *taint) []sink {
	var out []sink
	for i := range t.sinks {
		s := &t.sinks[i]
		for _, h := range s.find(r, nil) {
			if nodes := r.sinkNodes(h, s.exact); len(nodes) > 0 && r.step() {
				out = append(out, sink{s, h, nodes})
			}
		}
	}
	return out
}

// mixed are the metavariables of sink and source; where both have one, the sink's counts.
func (r *run) mixed(a, b env) env {
	out := append(env(nil), a...)
	for _, x := range b {
		if _, ok := a.get(x.v); !ok {
			out = append(out, x)
		}
	}
	return out
}

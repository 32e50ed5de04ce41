package pattern

import "slices"

// all is patterns: what all positive parts find in the same place, less what the negative parts find, filtered by
// conditions, narrowed by focus-metavariable. The order in the file does not matter, as Semgrep documents it.
type all struct {
	positive []formula
	negative []not
	where    []condition
	focus    [][]int // metavariables, each list from one focus-metavariable
}

// condition keeps a hit, drops it, or gives it more metavariables.
type condition interface {
	holds(r *run, h hit) []hit
}

func (f *all) find(r *run, context *hit) []hit {
	found := f.positives(r, context)
	for _, n := range f.negative {
		if len(found) == 0 {
			return nil
		}
		found = n.from(r, found, context)
	}
	for _, c := range f.where {
		var kept []hit
		for _, h := range found {
			if !r.step() {
				return nil
			}
			kept = append(kept, c.holds(r, h)...)
		}
		found = kept
	}
	for _, list := range f.focus {
		found = r.focus(found, list)
	}
	return found
}

// positives intersects the positive parts. Without any, the context itself is what is filtered.
func (f *all) positives(r *run, context *hit) []hit {
	var found []hit
	if context != nil {
		h := *context
		h.inside = len(f.positive) > 0
		found = []hit{h}
	}
	for i, part := range f.positive {
		if i > 0 && len(found) == 0 {
			return nil
		}
		more := part.find(r, context)
		if i == 0 && context == nil {
			found = more
			continue
		}
		found = r.intersect(found, more)
	}
	return r.distinct(found)
}

// intersect keeps those stretches of either side that lie in one of the other and agree with it.
func (r *run) intersect(a, b []hit) []hit {
	var out []hit
	keep := func(x, y hit) {
		if !x.within(y) || x.inside && !y.inside {
			return
		}
		if e, ok := r.join(x.env, y.env); ok {
			x.env = e
			out = append(out, x)
		}
	}
	for _, x := range a {
		for _, y := range b {
			if !r.step() || len(out) > maxHits {
				r.tired = true
				return out
			}
			keep(x, y)
			if !x.sameSpan(y) || x.inside != y.inside {
				keep(y, x)
			}
		}
	}
	return out
}

// distinct drops hits that say what another one says.
func (r *run) distinct(list []hit) []hit {
	if len(list) < 2 {
		return list
	}
	seen := map[[2]int][]int{}
	var out []hit
	for _, h := range list {
		at := [2]int{h.start, h.end}
		if slices.ContainsFunc(seen[at], func(i int) bool { return r.step() && out[i].inside == h.inside && sameEnv(out[i].env, h.env) }) {
			continue
		}
		seen[at] = append(seen[at], len(out))
		out = append(out, h)
	}
	return out
}

// sameEnv compares by place: equal code elsewhere is another solution.
func sameEnv(a, b env) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		v, ok := b.get(a[i].v)
		if !ok || v.start != a[i].start || v.end != a[i].end || v.kind != a[i].kind {
			return false
		}
	}
	return true
}

// needs is what the cheapest part needs.
func (f *all) needs() need {
	var best need
	for i, part := range f.positive {
		if n := part.needs(); i == 0 || n.cost() < best.cost() {
			best = n
		}
	}
	return best
}

// order puts what is looked up before what is searched for, so that most rules end early.
func (f *all) order() {
	slices.SortStableFunc(f.positive, func(a, b formula) int { return a.needs().cost() - b.needs().cost() })
}

package risk

import (
	"cmp"
	"slices"
)

// mostReliefs is how many ways of lowering a score are said.
const mostReliefs = 5

// lower says what would lower a score: each way is tried, and the sum done again.
func lower(code, reach []group, score int) []Relief {
	out := []Relief{}
	harm, far := together(code), together(reach)
	for i := range code {
		out = append(out, code[i].reliefs(func(less float64) int { return points(instead(code, i, less), far) })...)
	}
	for i := range reach {
		out = append(out, reach[i].reliefs(func(less float64) int { return points(harm, instead(reach, i, less)) })...)
	}
	out = slices.DeleteFunc(out, func(r Relief) bool { return r.Score >= score })
	slices.SortStableFunc(out, func(a, b Relief) int { return cmp.Compare(a.Score, b.Score) })
	return out[:min(len(out), mostReliefs)]
}

// instead is what groups come to when one of them has another weight.
func instead(groups []group, which int, weight float64) (all float64) {
	for i := range groups {
		if i == which {
			all = either(all, weight)
			continue
		}
		all = either(all, groups[i].weight)
	}
	return all
}

// reliefs are the different things that can be done about a group, and for imports all of them at once. Score says what the
// score is when the group weighs less.
func (g *group) reliefs(score func(weight float64) int) []Relief {
	var out []Relief
	for _, i := range g.items {
		r := Relief{Kind: i.Kind, Name: i.Name, Target: i.target, Do: i.do}
		if i.do == "" || len(out) == mostReliefs || slices.ContainsFunc(out, func(had Relief) bool { return had.Do == r.Do && had.Target == r.Target }) {
			continue
		}
		r.Score = score(g.without(func(one *item) bool { return one.do == i.do && one.target == i.target }))
		out = append(out, r)
	}
	if g.Kind == ByImport && len(out) > 1 {
		all := Relief{Kind: g.Kind, Name: g.Name, Do: "pin all imports", Score: score(g.without(func(one *item) bool { return one.do != "" }))}
		out = append(out, all)
	}
	return out
}

// without is what the group weighs once something was done about some of its items.
func (g *group) without(done func(*item) bool) float64 {
	after := group{items: slices.Clone(g.items)}
	for n := range after.items {
		if one := &after.items[n]; done(one) {
			one.weight = one.better
		}
	}
	after.settle()
	return after.weight
}

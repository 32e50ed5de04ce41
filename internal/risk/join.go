package risk

import (
	"cmp"
	"math"
	"slices"
)

// item is one piece of evidence.
type item struct {
	Reason
	weight float64
	again  float64 // the share that is left of the next item of the same kind and name

	better float64 // its weight once somebody did something about it; meaningless without do
	do     string
	target string
}

// group is all items that have kind and name in common. The worst of them speaks for all.
type group struct {
	Reason
	items  []item
	weight float64
}

// join makes groups, and puts the weightiest first.
func join(items []item) []group {
	at := map[[2]string]int{}
	var out []group
	for _, i := range items {
		key := [2]string{string(i.Kind), i.Name}
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			out = append(out, group{})
		}
		out[n].items = append(out[n].items, i)
	}
	for n := range out {
		out[n].settle()
	}
	slices.SortFunc(out, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// settle sorts a group and says what it weighs: each further item a share of what it would weigh alone.
func (g *group) settle() {
	slices.SortStableFunc(g.items, func(a, b item) int { return cmp.Compare(b.weight, a.weight) })
	g.Reason, g.weight = g.items[0].Reason, 0
	count, share := 0, 1.0
	for _, i := range g.items {
		g.weight = either(g.weight, i.weight*share)
		if share > 0 {
			count += i.Count
		}
		share *= i.again
	}
	g.Count = count
}

// either is the chance of one or the other.
func either(a, b float64) float64 { return 1 - (1-a)*(1-b) }

func together(groups []group) (all float64) {
	for i := range groups {
		all = either(all, groups[i].weight)
	}
	return all
}

// part is a reason and the points that are its own, before rounding.
type part struct {
	Reason
	points float64
}

// share deals points to groups, each its weight of what those before it left, and adds them to parts.
func share(groups []group, points float64, parts []part) []part {
	all, before := together(groups), 0.0
	if all == 0 {
		return parts
	}
	for i := range groups {
		now := either(before, groups[i].weight)
		parts = append(parts, part{groups[i].Reason, points * (now - before) / all})
		before = now
	}
	return parts
}

// deal rounds the parts so that they add up to the score: down, and those that lose most get what is left. Parts of no
// points are left out.
func deal(score int, parts []part) []Reason {
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.points, a.points) })
	left := score
	byLoss := make([]int, len(parts))
	for i := range parts {
		byLoss[i] = i
		parts[i].Points = int(parts[i].points)
		left -= parts[i].Points
	}
	lost := func(i int) float64 { return parts[i].points - math.Floor(parts[i].points) }
	slices.SortStableFunc(byLoss, func(a, b int) int { return cmp.Compare(lost(b), lost(a)) })
	for _, i := range byLoss[:min(max(left, 0), len(byLoss))] {
		parts[i].Points++
	}
	out := []Reason{}
	for i := range parts {
		if parts[i].Points > 0 {
			out = append(out, parts[i].Reason)
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	return out
}

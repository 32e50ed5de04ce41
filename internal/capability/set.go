package capability

import (
	"cmp"
	"slices"
)

// Set is what a script can do, each thing once: with what is most at stake first, then by target, how and trigger.
type Set []Capability

// NewSet gathers capabilities. Of several that differ in certainty and line only, the most certain is kept, and of those
// the first.
func NewSet(all []Capability) Set {
	sorted := slices.Clone(all)
	ranks := map[Name]int{}
	for _, c := range all {
		ranks[c.Name] = rank(c.Name)
	}
	slices.SortFunc(sorted, func(a, b Capability) int {
		return cmp.Or(
			cmp.Compare(ranks[a.Name], ranks[b.Name]), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Target, b.Target),
			cmp.Compare(a.How, b.How), cmp.Compare(a.Trigger, b.Trigger), cmp.Compare(a.Through, b.Through),
			cmp.Compare(b.Certainty.weight(), a.Certainty.weight()), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(sorted, func(a, b Capability) bool { return a.same() == b.same() })
}

// Diff says which capabilities a revision gains and which it loses. What happens on load now and happened on a click
// before is gained; a matter of certainty alone is neither.
func Diff(old, revised Set) (gained, lost Set) { return revised.without(old), old.without(revised) }

func (s Set) without(other Set) Set {
	had := map[Capability]bool{}
	for _, c := range other {
		had[c.same()] = true
	}
	rest := Set{}
	for _, c := range s {
		if !had[c.same()] {
			rest = append(rest, c)
		}
	}
	return rest
}

// same is the capability without what may differ between two sightings of it.
func (c Capability) same() Capability {
	c.Certainty, c.Line = "", 0
	return c
}

func (c Certainty) weight() int { return slices.Index([]Certainty{Possible, Likely, Certain}, c) }

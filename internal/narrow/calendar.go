package narrow

import (
	"cmp"
	"slices"
	"time"
)

// Permission is an origin that somebody once allowed, with who answers for it.
type Permission struct {
	Directive string    `json:"directive"`
	Source    string    `json:"source"`
	For       string    `json:"for,omitempty"` // the gadget whose readers have it; empty: everybody
	Owner     string    `json:"owner"`
	Reason    string    `json:"reason"`
	Given     time.Time `json:"given"`
	Expires   time.Time `json:"expires"` // zero: never
	Used      time.Time `json:"used"`    // last seen in use; zero: never
}

// Due is a permission that ends, or should.
type Due struct {
	Permission
	When time.Time `json:"when"` // not before now
	Why  string    `json:"why"`
	Says Saying    `json:"why_says"` // the same
}

// Calendar says which permissions fall when: at their end, or when nobody has used them for a while. Soonest first.
func Calendar(list []Permission, now time.Time, idle time.Duration) []Due {
	var all []Due
	for _, p := range list {
		used := p.Used
		why := say("last-used", used)
		if used.Before(p.Given) {
			used, why = p.Given, say("never-used")
		}
		when := used.Add(idle)
		if !p.Expires.IsZero() && p.Expires.Before(when) {
			when, why = p.Expires, say("given-until")
		}
		if when.Before(now) {
			when = now
		}
		all = append(all, Due{p, when, why.String(), why})
	}
	slices.SortStableFunc(all, func(a, b Due) int {
		return cmp.Or(a.When.Compare(b.When), cmp.Compare(a.Directive, b.Directive), cmp.Compare(a.Source, b.Source), cmp.Compare(a.For, b.For))
	})
	return all
}

package narrow

import (
	"cmp"
	"slices"

	"sallyport/internal/csp"
)

// Loss is something that people would no longer get.
type Loss struct {
	Directive string   `json:"directive"` // as browsers reported it
	Blocked   string   `json:"blocked"`   // an origin, or "inline", "eval" and their like
	People    int      `json:"people"`
	Scripts   []string `json:"scripts,omitempty"` // that want it, as far as known
	Why       string   `json:"why,omitempty"`     // when it is not certain
	WhySays   Saying   `json:"why_says,omitzero"` // the same
}

// Impact is what a draft would do to the people whose browsers reported something.
type Impact struct {
	People  int    `json:"people"`  // who reported anything
	Broken  int    `json:"broken"`  // of them, who would lose something
	Scripts int    `json:"scripts"` // that would lose something
	Exact   bool   `json:"exact"`   // false: some rows know only about how many people they are about
	Lost    []Loss `json:"lost,omitempty"`
	// Unclear is what reports cannot say: they have no paths, and name where a redirect began.
	Unclear []Loss `json:"unclear,omitempty"`
}

// Simulate asks a draft what it would have done with everything in the history. current are the policies the reports were
// made under, as far as known: what they allow was reported because of a redirect or a path, and a draft that allows it may
// block it just as well.
func (h *History) Simulate(draft, current csp.Set, page csp.Address) Impact {
	q := question{draft: enforced(draft), current: enforced(current), page: page, paths: namesPaths(draft)}
	impact := Impact{Exact: !h.crowds}
	all, broken := h.crowd(), h.crowd()
	scripts := map[int]bool{}
	for i := range h.asks {
		a := &h.asks[i]
		verdict, why := q.verdict(a)
		for j := range a.uses {
			all.add(&a.uses[j])
			if verdict == lost {
				broken.add(&a.uses[j])
				scripts[a.uses[j].script] = true
			}
		}
		switch verdict {
		case lost:
			impact.Lost = append(impact.Lost, h.loss(a, Saying{}))
		case unclear:
			impact.Unclear = append(impact.Unclear, h.loss(a, why))
		}
	}
	impact.People, impact.Broken, impact.Scripts = all.people(), broken.people(), len(h.scriptNames(scripts))
	for _, list := range [][]Loss{impact.Lost, impact.Unclear} {
		slices.SortFunc(list, func(a, b Loss) int {
			return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Directive, b.Directive), cmp.Compare(a.Blocked, b.Blocked))
		})
	}
	return impact
}

type outcome int

const (
	kept outcome = iota
	lost
	unclear
)

// question is what is asked about everything in a history.
type question struct {
	draft   csp.Set
	current csp.Set // empty: not known
	page    csp.Address
	paths   bool // the draft names some
}

func (q *question) verdict(a *ask) (o outcome, why Saying) {
	r := csp.Request{Kind: a.kind, URL: a.url, Page: q.page}
	if q.draft.Allows(r).Allowed {
		if len(q.current) > 0 && a.url.Host != "" && q.current.Allows(r).Allowed {
			return unclear, say("redirected")
		}
		return kept, Saying{}
	}
	if r.Redirected = true; q.paths && q.draft.Allows(r).Allowed {
		return unclear, say("paths")
	}
	return lost, Saying{}
}

// namesPaths says whether it could matter that reports have no paths.
func namesPaths(set csp.Set) bool {
	for _, p := range set {
		for i := range p.Directives {
			if slices.ContainsFunc(p.Directives[i].Sources, func(s csp.Source) bool { return s.Path != "" }) {
				return true
			}
		}
	}
	return false
}

func (h *History) loss(a *ask, why Saying) Loss {
	who := h.crowd()
	scripts := map[int]bool{}
	for i := range a.uses {
		who.add(&a.uses[i])
		scripts[a.uses[i].script] = true
	}
	return Loss{Directive: a.directive, Blocked: a.blocked, People: who.people(), Scripts: h.scriptNames(scripts), Why: why.String(), WhySays: why}
}

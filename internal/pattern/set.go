package pattern

import (
	"slices"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// Set is an operator's rules, made ready. It does not change; several goroutines may use it at once.
type Set struct {
	Rules []*Rule // in the order of the files

	leaves    []*leaf
	metavars  *vocabulary
	names     textNames
	nodes     table
	sequences table
	openings  []*leaf
	wakes     [][]int // for each leaf the rules that cannot match without a hit of it, or of others
	always    []int   // rules that nothing wakes
	words     []wordRule

	everywhere bool
}

// Everywhere is the same set without regard to the paths that its rules are for: their tests stand beside them.
func (s *Set) Everywhere() *Set {
	all := *s
	all.everywhere = true
	return &all
}

// Match finds what the rules say about one script. The note says that not everything was tried, "" when it was. The graph
// must be that of the script. Matches come in the order of rules, then of the text.
func (s *Set) Match(script *js.Script, g *flow.Graph, path string) (matches []Match, note string) {
	if len(s.Rules) == 0 || script.Goal == js.CSSGoal || script.Goal == js.JSONGoal {
		return nil, ""
	}
	r := s.newRun(script, g, path)
	if script.Root != 0 {
		r.dispatch()
	}
	for _, i := range r.awake() {
		matches = append(matches, r.rule(s.Rules[i])...)
	}
	if r.tired {
		note = "the operator's rules were not tried everywhere: the script takes too many steps"
	}
	return matches, note
}

// awake are the rules that can match, in order.
func (r *run) awake() []int {
	out := slices.Clone(r.set.always)
	for id, hits := range r.found {
		if len(hits) > 0 {
			out = append(out, r.set.wakes[id]...)
		}
	}
	out = append(out, r.worded()...)
	slices.Sort(out)
	return slices.Compact(out)
}

// wake sorts the rules by what they need to match at all.
func (s *Set) wake() {
	s.wakes = make([][]int, len(s.leaves))
	for i, rule := range s.Rules {
		if rule.behaviours != nil {
			continue
		}
		n := rule.needs()
		if n.leaves == nil && n.words == nil {
			s.always = append(s.always, i)
			continue
		}
		for _, l := range n.leaves {
			s.wakes[l.id] = append(s.wakes[l.id], i)
		}
		if n.words != nil {
			s.words = append(s.words, wordRule{i, n.words})
		}
	}
}

func (r *Rule) needs() need {
	if r.taint != nil {
		return r.taint.needs()
	}
	return r.search.needs()
}

// need is what a formula cannot match without: a hit of one of some leaves, or one of some words in the text. Nothing at
// all when that is not known.
type need struct {
	leaves []*leaf
	words  []string
}

// cost says how much is searched in vain when only this is asked for.
func (n need) cost() int {
	switch {
	case n.leaves == nil && n.words == nil:
		return 2
	case n.words != nil:
		return 1
	}
	return 0
}

func (r *run) rule(rule *Rule) []Match {
	if !rule.applies(r.set, r.path) {
		return nil
	}
	var out []Match
	if rule.taint != nil {
		out = r.follow(rule)
	} else {
		for _, h := range rule.search.find(r, nil) {
			out = append(out, r.match(rule, h))
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	out = slices.CompactFunc(out, func(a, b Match) bool { return a.Start == b.Start && a.End == b.End })
	if len(out) > maxMatches {
		out, r.tired = out[:maxMatches], true
	}
	return out
}

func (r *run) match(rule *Rule, h hit) Match {
	return Match{Rule: rule, Start: h.start, End: h.end, Message: r.interpolate(rule.Message, h.env), Advice: r.advice(rule.Fix, h.env)}
}

// applies says whether a rule is for a script.
func (r *Rule) applies(s *Set, path string) bool {
	return (!r.vueOnly || isVue(path)) && (s.everywhere || r.paths.takes(path))
}

func isVue(path string) bool { return len(path) > 4 && path[len(path)-4:] == ".vue" }

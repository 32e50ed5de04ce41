package entry

import (
	"cmp"
	"slices"
)

// Case is a script and the people who run it now.
type Case struct {
	Script Script
	Uses   []Person
}

// Person is one account's use of a script.
type Person struct {
	ID int64 // of the account
	Use
}

// Change is what new rules would do to one script's readers that the rules in force do not.
type Change struct {
	Script string `json:"script"`
	Rule   string `json:"rule"` // the one that would decide
	From   Action `json:"from"`
	To     Action `json:"to"`
	People int    `json:"people"`
}

// Effect is what would change if rules became live.
type Effect struct {
	Changes []Change `json:"changes"` // the stricter ones first, and of those the ones that most people would feel
	// Scripts and People would be refused and are not now, each counted once.
	Scripts int `json:"scripts_refused"`
	People  int `json:"people_refused"`
	// Freed is how many scripts would run for somebody for whom they are refused now.
	Freed int `json:"scripts_freed"`
}

// Simulate compares rules with those in force, over what is run now.
func (rs *Rules) Simulate(inForce *Rules, cases []Case) Effect {
	refused, freed, people := map[string]bool{}, map[string]bool{}, map[int64]bool{}
	count := map[Change]int{}
	for i := range cases {
		c := &cases[i]
		for j := range c.Uses {
			p := &c.Uses[j]
			was, now := inForce.Decide(&c.Script, &p.Use), rs.Decide(&c.Script, &p.Use)
			if was.Action == now.Action {
				continue
			}
			count[Change{Script: c.Script.Title, Rule: now.Rule, From: was.Action, To: now.Action}]++
			if now.Action == Refuse {
				refused[c.Script.Title], people[p.ID] = true, true
			} else if was.Action == Refuse {
				freed[c.Script.Title] = true
			}
		}
	}
	e := Effect{Scripts: len(refused), People: len(people), Freed: len(freed)}
	for change, n := range count {
		change.People = n
		e.Changes = append(e.Changes, change)
	}
	slices.SortFunc(e.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(strictness(b.To), strictness(a.To)), cmp.Compare(b.People, a.People),
			cmp.Compare(a.Script, b.Script), cmp.Compare(a.Rule, b.Rule), cmp.Compare(strictness(a.From), strictness(b.From)))
	})
	return e
}

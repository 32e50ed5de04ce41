package narrow

import (
	"cmp"
	"slices"
	"time"

	"sallyport/internal/csp"
)

// Wanted says what a derived policy should be like.
type Wanted struct {
	Page csp.Address
	Base *csp.Policy // what stays allowed in any case
	// Share of the pairs of a person and a script that must go on working, for instance 0.999.
	Share float64
	// An origin counts only when at least so many people met it on so many days: reports come from anybody.
	People, Days int
	// Known names the scripts whose text contains a host. nil: nothing is known, and none is needed.
	Known func(host string) []string
}

// Candidate is an origin that the base does not allow, with what speaks for it and against it.
type Candidate struct {
	Directive string    `json:"directive"`
	Origin    string    `json:"origin"`
	Kept      bool      `json:"kept"`
	Why       string    `json:"why"`      // a sentence
	WhySays   Saying    `json:"why_says"` // the same
	People    int       `json:"people"`
	Breaks    int       `json:"breaks"` // people to whom nothing else is lost when it goes
	Days      int       `json:"days"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Scripts   []string  `json:"scripts,omitempty"` // seen to want it
	Known     []string  `json:"known,omitempty"`   // whose text has it
	Risk      float64   `json:"risk"`              // 0 to 1
	Reasons   []string  `json:"reasons,omitempty"`
	Against   []Saying  `json:"against,omitempty"` // the same as Reasons
}

func (c *Candidate) because(why Saying) { c.WhySays, c.Why = why, why.String() }

// Proposal is a policy with its evidence.
type Proposal struct {
	Policy     *csp.Policy
	Candidates []Candidate // those kept first, each by people
	Pairs      int         // of a person and a script
	Working    int         // of them, to which nothing is lost
}

// Derive looks for the smallest policy that keeps a share of what people do with their scripts working. What is reported by
// too few, or wanted by no script anybody knows, stays out. Of the rest the riskiest that the fewest need goes first, while
// the share allows; the answer depends on nothing but the history.
func (h *History) Derive(w Wanted) Proposal {
	d := &derivation{h: h, Wanted: w, pairs: map[pair][]int{}}
	d.find()
	d.refuse()
	d.drop()
	return d.proposal()
}

// pair is a person and a script.
type pair struct {
	user   uint32
	script int
}

type derivation struct {
	Wanted
	h     *History
	list  []Candidate
	ask   []int          // of each candidate
	pairs map[pair][]int // to the candidates each needs
	gone  map[pair]bool
	needs [][]pair // by candidate
}

// find makes a candidate of every origin the base does not allow.
func (d *derivation) find() {
	d.gone = map[pair]bool{}
	q := question{draft: csp.Set{d.Base}, page: d.Page}
	for i := range d.h.asks {
		a := &d.h.asks[i]
		if o, _ := q.verdict(a); o == kept || a.url.Host == "" {
			continue
		}
		n := len(d.list)
		c := Candidate{Directive: a.directive, Origin: a.blocked, Kept: true}
		c.Risk, c.Against = Risk(a.directive, a.url)
		for _, s := range c.Against {
			c.Reasons = append(c.Reasons, s.String())
		}
		who, scripts := d.h.crowd(), map[int]bool{}
		var mine []pair
		for j := range a.uses {
			u := &a.uses[j]
			who.add(u)
			scripts[u.script] = true
			c.Days = max(c.Days, u.days)
			if c.First.IsZero() || u.first.Before(c.First) {
				c.First = u.first
			}
			if u.last.After(c.Last) {
				c.Last = u.last
			}
			for _, user := range u.users {
				p := pair{user, u.script}
				d.pairs[p] = append(d.pairs[p], n)
				mine = append(mine, p)
			}
		}
		c.People, c.Scripts = who.people(), d.h.scriptNames(scripts)
		if d.Known != nil {
			c.Known = d.Known(a.url.Host)
		}
		d.list, d.ask, d.needs = append(d.list, c), append(d.ask, i), append(d.needs, mine)
	}
	for i := range d.list {
		alone := map[uint32]bool{}
		for _, p := range d.needs[i] {
			if len(d.pairs[p]) == 1 {
				alone[p.user] = true
			}
		}
		d.list[i].Breaks = len(alone)
	}
}

// refuse leaves out what lacks evidence.
func (d *derivation) refuse() {
	for i := range d.list {
		c := &d.list[i]
		switch {
		case c.People < d.People:
			d.out(i, say("few-people", c.People, d.People))
		case c.Days < d.Days:
			d.out(i, say("few-days", c.Days, d.Days))
		case d.Known != nil && len(c.Known) == 0:
			d.out(i, say("unnamed"))
		}
	}
}

func (d *derivation) out(i int, why Saying) {
	d.list[i].Kept = false
	d.list[i].because(why)
	for _, p := range d.needs[i] {
		d.gone[p] = true
	}
}

// drop leaves out what the share does not need.
func (d *derivation) drop() {
	left := len(d.pairs) - len(d.gone) - int(d.Share*float64(len(d.pairs))+0.999999)
	for left >= 0 {
		best, bestCost := -1, 0
		for i := range d.list {
			c := &d.list[i]
			if !c.Kept || c.Risk == 0 || d.crowded(i) {
				continue
			}
			cost := d.cost(i)
			if cost > left {
				continue
			}
			if best < 0 || float64(cost)/c.Risk < float64(bestCost)/d.list[best].Risk {
				best, bestCost = i, cost
			}
		}
		if best < 0 {
			return
		}
		left -= bestCost
		d.out(best, say("within-share", bestCost))
	}
}

// cost is how many pairs break that have not already.
func (d *derivation) cost(i int) (n int) {
	for _, p := range d.needs[i] {
		if !d.gone[p] {
			n++
		}
	}
	return n
}

// crowded says that so many people want it that they are not told apart: it stays.
func (d *derivation) crowded(i int) bool {
	return slices.ContainsFunc(d.h.asks[d.ask[i]].uses, func(u use) bool { return u.crowd.Count() > 0 })
}

func (d *derivation) proposal() Proposal {
	policy := d.Base.Clone()
	for i := range d.list {
		if c := &d.list[i]; c.Kept {
			source, why := csp.ParseSource(c.Origin)
			switch {
			case source.Wild: // "*" may stand in an address, and a script that wants many hosts can ask for one that has it
				c.Kept = false
				c.because(say("many-hosts"))
				continue
			case why != "":
				c.Kept = false
				c.because(say("not-nameable"))
				c.Why += ": " + why
				continue
			}
			c.because(say("needed", c.People))
			policy = policy.Grant(grantIn(c.Directive), source)
		}
	}
	slices.SortStableFunc(d.list, func(a, b Candidate) int {
		if a.Kept != b.Kept {
			if a.Kept {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.People, a.People)
	})
	return Proposal{Policy: policy.Minimise(), Candidates: d.list, Pairs: len(d.pairs), Working: len(d.pairs) - len(d.gone)}
}

// grantIn is the directive that policies are written with: reports say script-src-elem where script-src is meant.
func grantIn(directive string) string {
	switch directive {
	case "script-src-elem", "script-src-attr":
		return "script-src"
	case "style-src-elem", "style-src-attr":
		return "style-src"
	}
	return directive
}

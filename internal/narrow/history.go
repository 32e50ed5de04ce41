package narrow

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"sallyport/internal/csp"
	"sallyport/internal/violation"
)

// History is what browsers reported, arranged so that a draft can be replayed in a moment: what was asked for, and by whom.
type History struct {
	asks    []ask
	scripts []string // by number
	people  int      // told apart; they are numbered below this
	crowds  bool     // some rows know only about how many people they are about
}

// ask is one thing that policies are asked: may pages load this from there?
type ask struct {
	directive string
	blocked   string // as in [violation.Key]
	kind      csp.Kind
	url       csp.Address
	uses      []use // by script
}

// use is what a script did, over all days.
type use struct {
	script int
	users  []uint32         // ascending
	crowd  violation.People // of rows with too many people to tell apart
	days   int
	first  time.Time
	last   time.Time
}

// Remember arranges rows. Those about noise are left out, and those about directives that block no request.
func Remember(rows []violation.Row) *History {
	h := &History{}
	number := map[uint64]uint32{}
	script := map[string]int{}
	var before *violation.Row
	for _, r := range arranged(rows) {
		if before == nil || before.Directive != r.Directive || before.Blocked != r.Blocked {
			kind, _ := csp.KindOf(r.Directive, r.Blocked)
			h.asks = append(h.asks, ask{directive: r.Directive, blocked: r.Blocked, kind: kind, url: csp.ParseAddress(r.Blocked)})
		}
		if _, known := script[r.Source]; !known {
			script[r.Source] = len(h.scripts)
			h.scripts = append(h.scripts, r.Source)
		}
		h.asks[len(h.asks)-1].add(r, script[r.Source], number, before != nil && before.Day == r.Day)
		before = r
	}
	for i := range h.asks {
		for j := range h.asks[i].uses {
			u := &h.asks[i].uses[j]
			slices.Sort(u.users)
			u.users = slices.Compact(u.users)
			h.crowds = h.crowds || u.crowd.Count() > 0
		}
	}
	h.people = len(number)
	return h
}

// arranged are the rows that count, ordered by what was asked for, script and day.
func arranged(rows []violation.Row) []*violation.Row {
	list := make([]*violation.Row, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if _, ok := csp.KindOf(r.Directive, r.Blocked); ok && r.Noise == violation.None && r.Blocked != violation.Other {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b *violation.Row) int {
		if c := strings.Compare(a.Directive, b.Directive); c != 0 {
			return c
		}
		if c := strings.Compare(a.Blocked, b.Blocked); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(a.Source, b.Source), cmp.Compare(a.Day, b.Day))
	})
	return list
}

// add joins a row with those of the same script. Rows come ordered, so that script is the last one.
func (a *ask) add(r *violation.Row, script int, number map[uint64]uint32, sameDay bool) {
	if len(a.uses) == 0 || a.uses[len(a.uses)-1].script != script {
		a.uses, sameDay = append(a.uses, use{script: script, first: r.First, last: r.Last}), false
	}
	u := &a.uses[len(a.uses)-1]
	if !sameDay {
		u.days++
	}
	if r.First.Before(u.first) {
		u.first = r.First
	}
	if r.Last.After(u.last) {
		u.last = r.Last
	}
	who, exact := r.Users.Exact()
	if !exact {
		u.crowd.Merge(&r.Users)
		return
	}
	for _, w := range who {
		n, known := number[w]
		if !known {
			n = uint32(len(number))
			number[w] = n
		}
		u.users = append(u.users, n)
	}
}

// crowd counts people, exactly as far as they are told apart.
type crowd struct {
	seen  []uint64 // a bit a person
	count int
	rough violation.People
}

func (h *History) crowd() *crowd { return &crowd{seen: make([]uint64, (h.people+63)/64)} }

func (c *crowd) add(u *use) {
	for _, n := range u.users {
		if bit := uint64(1) << (n % 64); c.seen[n/64]&bit == 0 {
			c.seen[n/64] |= bit
			c.count++
		}
	}
	if u.crowd.Count() > 0 {
		c.rough.Merge(&u.crowd)
	}
}

// people are at least those told apart, and at least as many as the fullest row has.
func (c *crowd) people() int { return max(c.count, c.rough.Count()) }

// scriptNames are the names of numbers, sorted.
func (h *History) scriptNames(numbers map[int]bool) []string {
	var list []string
	for n := range maps.Keys(numbers) {
		if h.scripts[n] != "" {
			list = append(list, h.scripts[n])
		}
	}
	slices.Sort(list)
	return list
}

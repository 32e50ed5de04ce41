package flow

import "sallyport/internal/js"

// choice follows what a switch says about the variable it asks: in a case it is one of the texts that lead there.
type choice struct {
	b      js.BindingID // 0 when nothing can be said
	before ref
	from   ref // the texts that lead to the case under way, 0 for none
	all    []ref
	open   bool // anything may lead there
	rest   bool // what is none of the texts goes no further than its default
}

// maxRefs bounds the mentions of a variable that a switch looks through.
const maxRefs = 1000

func (e *engine) choose(n js.Node) choice {
	b := e.Binding(e.Test(n))
	if b == 0 || e.shared[b] {
		return choice{}
	}
	refs := e.Refs(b)
	if len(refs) > maxRefs {
		return choice{}
	}
	for _, r := range refs {
		if e.Is(r, js.IsWritten) && e.Start(r) >= e.Start(n) && e.Start(r) < e.End(n) {
			return choice{}
		}
	}
	return choice{b: b, before: e.current[b]}
}

// enterCase makes the variable hold what leads to a case.
func (e *engine) enterCase(c *choice, clause js.Node) {
	if c.b == 0 {
		return
	}
	test := e.Test(clause)
	if _, ok := e.Constant(test); ok {
		next := e.fresh()
		e.link(c.from, next, asIs)
		e.link(ref(test), next, asIs)
		c.from, c.all = next, append(c.all, ref(test))
	} else {
		c.open = true
	}
	if c.open {
		e.hold(c.b, c.before)
		return
	}
	e.hold(c.b, c.from)
}

// leaveCase begins anew behind a break; without one the next case is reached from here too.
func (e *engine) leaveCase(c *choice, clause js.Node, dead bool) {
	if c.b == 0 {
		return
	}
	if list := e.List(clause); dead && e.Test(clause) == 0 && len(list) > 0 {
		k := e.Kind(list[len(list)-1])
		c.rest = k == js.Return || k == js.Throw
	}
	if dead {
		c.from, c.open = 0, false
	}
}

// leaveChoice makes the variable hold what gets behind the switch.
func (e *engine) leaveChoice(c *choice) {
	switch {
	case c.b == 0:
	case c.rest && len(c.all) > 0:
		r := e.fresh()
		for _, v := range c.all {
			e.link(v, r, asIs)
		}
		e.hold(c.b, r)
	default:
		e.hold(c.b, c.before)
	}
}

// maxEithers bounds the conditions that are weighed so. Long chains are gone through once for each of their members.
const maxEithers = 20_000

// refineEither is for conditions of which one is enough: a variable that each of them narrows is what one of them says.
func (e *engine) refineEither(left, right js.Node, holds bool) {
	if e.eithers++; e.eithers > maxEithers {
		return
	}
	mark := len(e.log)
	e.refine(left, holds)
	a := e.changed(mark)
	if len(a) == 0 {
		return
	}
	e.refine(right, holds)
	for _, v := range e.changed(mark) {
		for _, w := range a {
			if w.b == v.b {
				e.phi(v.b, w.r, v.r)
			}
		}
	}
}

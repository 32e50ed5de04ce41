package pattern

// binds collects the metavariables that a formula can bind.
func binds(f formula, out map[int]bool) {
	switch f := f.(type) {
	case onePattern:
		for _, r := range f.leaf.roles {
			switch r.kind {
			case variable, dotsVariable, stringVariable, regexpVariable:
				out[r.v] = true
			}
		}
	case regex:
		for i, v := range f.groups {
			out[v] = true
			if f.named[i] >= 0 {
				out[f.named[i]] = true
			}
		}
	case inside:
		binds(f.formula, out)
	case either:
		for _, part := range f {
			binds(part, out)
		}
	case *all:
		for _, part := range f.positive {
			binds(part, out)
		}
		for _, c := range f.where {
			if c, ok := c.(metavariablePattern); ok {
				binds(c.formula, out)
			}
		}
	}
}

// asks are the metavariables that a condition looks at.
func asks(c condition) []int {
	switch c := c.(type) {
	case metavariableRegex:
		return []int{c.v}
	case metavariablePattern:
		return []int{c.v}
	case metavariableComparison:
		return c.metavars
	}
	return nil
}

// unbound refuses conditions on metavariables that nothing binds: they would never hold. What stands in
// metavariable-pattern may ask for those around it.
func (d *door) unbound(f field, a *all) {
	have := map[int]bool{}
	binds(a, have)
	want := []int{}
	for _, c := range a.where {
		want = append(want, asks(c)...)
	}
	for _, list := range a.focus {
		want = append(want, list...)
	}
	for _, v := range want {
		if !have[v] {
			d.wrong(f.key, "nothing in these patterns binds %s, so the condition on it never holds", d.names[v])
			have[v] = true
		}
	}
}

package pattern

// metavariablePattern is metavariable-pattern: a formula that must find something in what a metavariable is bound to.
type metavariablePattern struct {
	v       int
	formula formula
}

func (c metavariablePattern) holds(r *run, h hit) []hit {
	x, ok := h.env.get(c.v)
	if !ok {
		return nil
	}
	context := hit{start: x.start, end: x.end, node: x.node, env: h.env}
	var out []hit
	for _, f := range c.formula.find(r, &context) {
		if e, ok := r.join(h.env, f.env); ok && len(out) < maxSolutions {
			h.env = e
			out = append(out, h)
			h.env = context.env
		}
	}
	return r.distinct(out)
}

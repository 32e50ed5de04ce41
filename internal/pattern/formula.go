package pattern

// formula finds the stretches of a script that an operator describes. With a context it finds those inside of it, as
// metavariable-pattern wants; a context may come without a node.
type formula interface {
	find(r *run, context *hit) []hit
	needs() need
}

// onePattern is pattern.
type onePattern struct{ leaf *leaf }

func (f onePattern) find(r *run, context *hit) []hit { return r.inContext(r.hits(f.leaf), context) }

func (f onePattern) needs() need {
	if f.leaf.lazy {
		return need{}
	}
	return need{leaves: []*leaf{f.leaf}}
}

func (r *run) inContext(all []hit, context *hit) []hit {
	if context == nil || !r.stepBy(len(all)/8) {
		return all
	}
	var out []hit
	for _, h := range all {
		if h.within(*context) {
			out = append(out, h)
		}
	}
	return out
}

// inside is pattern-inside: its stretches say where others must be.
type inside struct{ formula }

func (f inside) find(r *run, context *hit) []hit {
	found := f.formula.find(r, context)
	out := make([]hit, len(found))
	for i, h := range found {
		h.inside = true
		out[i] = h
	}
	return out
}

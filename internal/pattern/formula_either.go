package pattern

// either is pattern-either: what any of its parts finds.
type either []formula

func (f either) find(r *run, context *hit) []hit {
	if len(f) == 1 {
		return f[0].find(r, context)
	}
	var out []hit
	for _, part := range f {
		out = append(out, part.find(r, context)...)
	}
	return out
}

func (f either) needs() need {
	var out need
	for _, part := range f {
		n := part.needs()
		if n.leaves == nil && n.words == nil {
			return need{}
		}
		out.leaves = append(out.leaves, n.leaves...)
		out.words = append(out.words, n.words...)
	}
	return out
}

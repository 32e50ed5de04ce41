package pattern

// not is pattern-not, pattern-not-inside or pattern-not-regex.
type not struct {
	formula
	how notHow
}

type notHow uint8

const (
	notEqual    notHow = iota // the very same stretch
	notInside                 // anything inside of it
	notTouching               // anything inside of it, or around it
)

// from drops what the formula excludes. Metavariables that both have must be the same code for that.
func (n not) from(r *run, found []hit, context *hit) []hit {
	bad := n.find(r, context)
	if len(bad) == 0 {
		return found
	}
	var out []hit
	for _, h := range found {
		if !n.excludes(r, h, bad) {
			out = append(out, h)
		}
	}
	return out
}

func (n not) excludes(r *run, h hit, bad []hit) bool {
	for _, b := range bad {
		if !r.step() {
			return false
		}
		var out bool
		switch n.how {
		case notEqual:
			out = h.sameSpan(b)
		case notInside:
			out = h.within(b)
		case notTouching:
			out = h.within(b) || b.within(h)
		}
		if out && r.agree(h.env, b.env) {
			return true
		}
	}
	return false
}

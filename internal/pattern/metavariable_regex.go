package pattern

import "regexp"

// metavariableRegex is metavariable-regex: it matches from the beginning of the code, quotes of strings included.
type metavariableRegex struct {
	v        int
	re       *regexp.Regexp
	constant bool // constant-propagation: what a variable holds is matched instead
}

func (c metavariableRegex) holds(r *run, h hit) []hit {
	x, ok := h.env.get(c.v)
	if !ok {
		return nil
	}
	text := r.code(x)
	if c.constant {
		if s, ok := r.constant(x); ok {
			text = s
		}
	}
	if !r.stepBy(len(text)/bytesPerStep) || !c.re.MatchString(text) {
		return nil
	}
	return []hit{h}
}

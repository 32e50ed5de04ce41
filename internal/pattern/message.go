package pattern

import "regexp"

var inMessage = regexp.MustCompile(`value\((\$[A-Z_0-9]+)\)|\$(?:\.\.\.)?[A-Z_0-9]+`)

// interpolate puts code in place of metavariables, and constants in place of value($X). What is bound to nothing stays.
func (r *run) interpolate(text string, e env) string {
	if len(e) == 0 {
		return text
	}
	return inMessage.ReplaceAllStringFunc(text, func(word string) string {
		name := word
		m := inMessage.FindStringSubmatch(word)
		if m[1] != "" {
			name = m[1]
		}
		id, ok := r.set.metavar(name)
		if !ok {
			return word
		}
		v, ok := e.get(id)
		if !ok {
			return word
		}
		if m[1] != "" {
			if s, ok := r.constant(v); ok {
				return clip(s)
			}
		}
		return clip(r.code(v))
	})
}

// advice is what a rule's fix says about one match.
func (r *run) advice(fix string, e env) string {
	if fix == "" {
		return ""
	}
	return "Write instead: " + r.interpolate(fix, e)
}

func (s *Set) metavar(name string) (int, bool) {
	id, ok := s.metavars.ids[name]
	return id, ok
}

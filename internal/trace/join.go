package trace

import (
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// Join makes one list of what was read and what was seen running. A capability that both speak of becomes one, one step
// surer than the surer of the two; it keeps the place in the text that was read and the target that was seen.
func Join(static, dynamic []capability.Capability) capability.Set {
	var out []capability.Capability
	met := make([]bool, len(static))
	for _, d := range capability.NewSet(dynamic) {
		for i, s := range static {
			if alike(s, d) {
				d = together(s, d)
				met[i] = true
			}
		}
		out = append(out, d)
	}
	for i, s := range static {
		if !met[i] {
			out = append(out, s)
		}
	}
	return capability.NewSet(out)
}

// alike says whether a reading and a sighting are of the same thing. What was read may have holes, as "User:<me>/common.js" has;
// nothing known about a part matches anything.
func alike(s, d capability.Capability) bool {
	return s.Name == d.Name && (s.How == d.How || s.How == "" || d.How == "") && sameTrigger(s.Trigger, d.Trigger) &&
		(s.Target == "" || d.Target == "" || matches(plainTarget(s.Target), plainTarget(d.Target)))
}

// sameTrigger: a confirmation comes after a click as often as not, and reading cannot always tell.
func sameTrigger(s, d capability.Trigger) bool {
	asked := []capability.Trigger{capability.OnClick, capability.OnConfirmation}
	return s == d || s == "" || d == "" || slices.Contains(asked, s) && slices.Contains(asked, d)
}

// plainTarget spells a page the same way however it was given: by its title, or by the address of its text.
func plainTarget(t string) string {
	if title := pageOf(t); title != "" {
		t = title
	}
	t = strings.ReplaceAll(t, "_", " ")
	if !strings.Contains(t, "<") {
		return t
	}
	if _, query, ok := strings.Cut(t, "?"); ok { // a pattern of an address
		for _, part := range strings.Split(query, "&") {
			if title, ok := strings.CutPrefix(part, "title="); ok {
				return title
			}
		}
	}
	return t
}

// matches says whether a text fits a pattern in which <…> stands for anything.
func matches(pattern, text string) bool {
	parts := holes(pattern)
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// holes are the literal parts of a pattern.
func holes(pattern string) []string {
	var parts []string
	for {
		before, rest, ok := strings.Cut(pattern, "<")
		if !ok {
			return append(parts, pattern)
		}
		_, after, ok := strings.Cut(rest, ">")
		if !ok {
			return append(parts, pattern)
		}
		parts = append(parts, before)
		pattern = after
	}
}

func together(s, d capability.Capability) capability.Capability {
	if s.Line > 0 {
		d.Line = s.Line
	}
	if d.Target == "" {
		d.Target = s.Target
	}
	if d.How == "" {
		d.How = s.How
	}
	if d.Trigger == "" {
		d.Trigger = s.Trigger
	}
	d.Certainty = surer(s.Certainty, d.Certainty)
	return d
}

// surer is one step above the surer of two.
func surer(a, b capability.Certainty) capability.Certainty {
	steps := []capability.Certainty{capability.Possible, capability.Likely, capability.Certain}
	at := max(slices.Index(steps, a), slices.Index(steps, b)) + 1
	return steps[min(at, len(steps)-1)]
}

package pattern

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// behaviour is one entry of a rule of mode behaviour: not how a script is written but what it can do, as Sallyport's own
// rules find out. It is ours; Semgrep has nothing of the kind.
type behaviour struct {
	names    []capability.Name
	target   *regexp.Regexp // nil for any
	how      []string
	triggers []capability.Trigger
	sure     bool // nothing that is only possible
}

// Sighting is a rule about behaviour that a script has.
type Sighting struct {
	Rule    *Rule
	Line    int // 0 when it stands nowhere in particular
	Message string
}

// Behaviours finds what the rules say about what a script can do.
func (s *Set) Behaviours(path string, can []capability.Capability) []Sighting {
	var out []Sighting
	for _, r := range s.Rules {
		if r.behaviours == nil || !r.applies(s, path) {
			continue
		}
		for _, c := range can {
			if slices.ContainsFunc(r.behaviours, func(b behaviour) bool { return b.fits(c) }) {
				out = append(out, Sighting{r, c.Line, spelled(r.Message, c)})
			}
		}
	}
	return out
}

func (b behaviour) fits(c capability.Capability) bool {
	return slices.Contains(b.names, c.Name) &&
		(b.target == nil || b.target.MatchString(c.Target)) &&
		(b.how == nil || slices.Contains(b.how, c.How)) &&
		(b.triggers == nil || slices.Contains(b.triggers, c.Trigger)) &&
		(!b.sure || c.Certainty != capability.Possible)
}

// spelled puts into a message what was seen.
func spelled(message string, c capability.Capability) string {
	return strings.NewReplacer(
		"$CAPABILITY", string(c.Name), "$SENTENCE", clip(c.Sentence()), "$TARGET", clip(c.Target), "$TRIGGER", string(c.Trigger),
	).Replace(message)
}

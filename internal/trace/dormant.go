package trace

import (
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var dormant = &Rule{
	Name:     "dormant",
	Severity: finding.High,
	CWE:      []int{511},
	Doc: `waits for a date, a person or a right

What was found only behind a turned condition, only on another day, or only for people with rights is what a look at the script
in use does not show. The condition is given with its place.`,
	Capabilities: []capability.Name{capability.Dormant},
	Run: func(p *Pass) {
		for _, f := range slices.Clone(p.findings) {
			e := p.firstOf(&f)
			if e == nil || f.Severity < finding.Medium {
				continue
			}
			if what, s := p.hidden(&f, e); what != "" {
				p.capabilities = append(p.capabilities, Capability{
					capability.Capability{Name: capability.Dormant, Target: what, Certainty: capability.Likely, Line: placeOf(&f)}, f.Stage,
				})
				p.Report(e, s, "waits for %s, and then %s", what, f.Message)
			}
		}
	},
}

func placeOf(f *Finding) int {
	if f.Gate != nil && f.Gate.Line > 0 {
		return f.Gate.Line
	}
	return f.Line
}

// firstOf is the first event of a finding that was seen in its strongest stage.
func (p *Pass) firstOf(f *Finding) *Event {
	for _, ev := range f.Evidence {
		for _, e := range p.runs[ev.Run].Events {
			if e.T == ev.T && e.Stage == f.Stage {
				return e
			}
		}
	}
	return nil
}

// hidden says what a finding was behind, in the words of package rule where it has any; "" when it was in the open.
func (p *Pass) hidden(f *Finding, e *Event) (string, finding.Severity) {
	switch {
	case f.Stage == Forced && f.Gate != nil:
		return f.Gate.waits(), finding.Medium
	case f.Stage == Forced:
		return "a condition that was turned", finding.Medium
	case f.Stage == Clock && f.Severity >= finding.High:
		if p.runs[e.Run].Setup.Clock != 0 {
			return "a date", finding.High
		}
		return "time to pass", finding.High
	case f.Stage == Natural && f.Severity >= finding.High && p.chosen(f):
		if slices.ContainsFunc(f.Personas, privileged) {
			return "people with rights", finding.High
		}
		return "a person", finding.High
	}
	return "", finding.Note
}

// chosen says whether a finding was made only for some people, on pages where others were too.
func (p *Pass) chosen(f *Finding) bool {
	if len(f.Personas) == 0 || slices.ContainsFunc(f.Personas, ordinary) {
		return false
	}
	return slices.ContainsFunc(p.log.Runs, func(r *Run) bool {
		return !r.Setup.Base && r.Invalid == "" && r.Stage == Natural && ordinary(r.Persona) && slices.Contains(f.Pages, r.Page)
	})
}

// ordinary says whether a persona has no more rights than most.
func ordinary(persona string) bool {
	switch strings.ToLower(persona) {
	case "anonymous", "temporary", "editor", "user", "reader", "newcomer":
		return true
	}
	return false
}

// privileged says whether a persona has rights that only few people have.
func privileged(persona string) bool {
	persona = strings.ToLower(persona)
	return slices.ContainsFunc([]string{"sysop", "admin", "steward", "bureaucrat", "checkuser", "suppress", "oversight", "bot", "founder"}, func(w string) bool {
		return strings.Contains(persona, w)
	})
}

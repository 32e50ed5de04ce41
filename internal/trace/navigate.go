package trace

import (
	"regexp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var navigate = &Rule{
	Name:     "navigate",
	Severity: finding.Critical,
	CWE:      []int{601},
	Doc: `takes you to another site

A page that turns into another one by itself can look like the wiki's log-in. A link that you press is nothing, unless it leads elsewhere
than it said until you pressed it.`,
	Capabilities: []capability.Name{capability.Navigate},
	Run: func(p *Pass) {
		for _, e := range p.Of(Navigate) {
			host := p.foreign(e)
			switch {
			case p.misled[e]:
				p.Can(e, capability.Capability{Name: capability.Navigate, Target: host})
				p.ReportWhen(e, p.Weigh(e, finding.High, finding.High), "takes you to %s, where the link said otherwise", host)
			case host == "" || p.followed(e):
			case asksToLogIn.MatchString(e.Data.URL):
				p.Can(e, capability.Capability{Name: capability.Navigate, Target: host})
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Note), "takes you to %s, to log in", host)
			default:
				p.Can(e, capability.Capability{Name: capability.Navigate, Target: host})
				p.ReportWhen(e, p.Weigh(e, finding.High, finding.Note), "takes you to %s", host)
			}
		}
	},
}

// asksToLogIn is an address of a page on which people log in, by the words that such addresses have.
var asksToLogIn = regexp.MustCompile(`(?i)\b(?:user-?)?(?:log|sign)-?(?:in|on)\b|userlogin|passw(?:or)?d|\bcaptcha\b`)

// followed says whether a link was followed that was pressed, and nothing went along: what links are for.
func (p *Pass) followed(e *Event) bool {
	return e.Kind == Navigate && e.Stage == Explored && e.Script == nil && len(e.Canary) == 0
}

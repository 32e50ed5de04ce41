package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var navigate = &Rule{
	Name:     "navigate",
	Severity: finding.High,
	CWE:      []int{601},
	Doc: `takes you to another site

A page that turns into another one by itself can look like the wiki's log-in. A link that you press is nothing.`,
	Capabilities: []capability.Name{capability.Navigate},
	Run: func(p *Pass) {
		for _, e := range p.Of(Navigate) {
			if host := p.foreign(e); host != "" {
				p.Can(e, capability.Capability{Name: capability.Navigate, Target: host})
				p.ReportWhen(e, p.Weigh(e, finding.High, finding.Note), "takes you to %s", host)
			}
		}
	},
}

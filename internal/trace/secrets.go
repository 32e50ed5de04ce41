package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var secretsRule = &Rule{
	Name:     "secrets",
	Severity: finding.Low,
	CWE:      []int{200},
	Doc: `reads what lets it act as you

Reading the edit token is how scripts edit, so it is only said, not held against it. Cookies are nothing that a script needs
itself: mw.cookie reads those that are meant for scripts.`,
	Capabilities: []capability.Name{capability.TokenRead, capability.CookieRead, capability.Storage},
	Run: func(p *Pass) {
		for _, e := range p.Of(TokenRead, CookieRead, Storage) {
			if e.Script == nil && !p.compared[e.Run] { // the wiki reads them all the time
				continue
			}
			switch e.Kind {
			case TokenRead:
				p.Can(e, capability.Capability{Name: capability.TokenRead})
			case CookieRead:
				p.Can(e, capability.Capability{Name: capability.CookieRead})
				p.Report(e, p.Weigh(e, finding.Low, finding.Note), "reads all cookies of the wiki")
			case Storage:
				p.Can(e, capability.Capability{Name: capability.Storage})
			}
		}
	},
}

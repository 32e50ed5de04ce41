package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var persist = &Rule{
	Name:     "persist",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `stays after you switch it off

A service worker, code in ResourceLoader's store, a function of the browser or of MediaWiki that was replaced, code kept in
storage and run on the next page: all of them outlive the script's removal, or see what other scripts do.`,
	Capabilities: []capability.Name{capability.Persist},
	Run: func(p *Pass) {
		for _, e := range p.Of(Persist) {
			where := orElse(e.Data.Name, "hook")
			p.Can(e, capability.Capability{Name: capability.Persist, Target: where})
			p.Report(e, p.Weigh(e, finding.High, finding.High), "installs itself to stay: %s", where)
		}
		for _, e := range p.Of(ScriptEval) {
			if e.Data.From == "stored" {
				p.Can(e, capability.Capability{Name: capability.Persist, Target: "code kept in storage"})
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs code that is kept in the browser or in your options")
			}
		}
	},
}

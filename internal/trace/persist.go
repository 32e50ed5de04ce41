package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var persist = &Rule{
	Name:     "persist",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `stays after you switch it off

A service worker, code in ResourceLoader's store, a function of the browser or of MediaWiki that was replaced, code kept in
storage and run on the next page: all of them outlive the script's removal, or see what other scripts do.`,
	Capabilities: []capability.Name{capability.Persist},
	Run: func(p *Pass) {
		for _, e := range p.Of(Persist) {
			where := orElse(e.Data.Name, "hook")
			p.Can(e, capability.Capability{Name: capability.Persist, Target: where})
			s := finding.High
			if where == "service worker" || where == "module store" {
				s = finding.Critical // nothing that a page shows needs them
			}
			p.Report(e, p.Weigh(e, s, s), "installs itself to stay: %s", where)
		}
		for _, e := range p.Of(Storage, APIWrite) {
			where := e.Data.On
			switch {
			case e.Kind == Storage && e.Data.Action == "set":
			case e.Kind == APIWrite && e.Data.Action == "options":
				where = "your options"
			default:
				continue
			}
			if host := p.plants(e, e.Data.Text); host != "" {
				p.Can(e, capability.Capability{Name: capability.Persist, Target: "code kept in storage"})
				p.Report(e, p.Weigh(e, finding.High, finding.High), "keeps code of %s for later: %s", host, orElse(where, "in the browser"))
			}
		}
		for _, e := range p.Of(ScriptEval) {
			if e.Data.From == "stored" {
				p.Can(e, capability.Capability{Name: capability.Persist, Target: "code kept in storage"})
				if host := p.plants(e, e.Data.Text); host != "" {
					p.Report(e, p.Weigh(e, finding.Critical, finding.High), "runs code that is kept in the browser or in your options, which loads code of %s", host)
					continue
				}
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs code that is kept in the browser or in your options")
			}
		}
	},
}

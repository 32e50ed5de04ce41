package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var siteCodeRule = &Rule{
	Name:     "site-code",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `writes code that runs for everybody

The script was seen to write a page of the MediaWiki namespace or a gadget: code that runs as every reader. By itself that is
an attack; on a click it deserves a look, unless what is written loads another site's code.`,
	Capabilities: []capability.Name{capability.WriteSiteCode},
	Run: func(p *Pass) {
		for _, e := range p.codeWrites(siteCode + " " + gadget) {
			p.Can(e, capability.Capability{Name: capability.WriteSiteCode, Target: e.Data.Title})
			if host := p.plants(e, e.Data.Text); host != "" {
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Critical), "plants code of %s in %s, which runs for everybody", host, e.Data.Title)
				continue
			}
			p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.High), "writes %s, which runs for everybody", e.Data.Title)
		}
	},
}

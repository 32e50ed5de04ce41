package trace

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var otherCodeRule = &Rule{
	Name:     "other-code",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `writes other people's scripts

The script was seen to write code in somebody else's user space, which runs as that person.`,
	Capabilities: []capability.Name{capability.WriteOtherCode},
	Run: func(p *Pass) {
		for _, e := range p.codeWrites(otherCode) {
			p.Can(e, capability.Capability{Name: capability.WriteOtherCode, Target: e.Data.Title})
			if host := p.plants(e, e.Data.Text); host != "" {
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Critical), "plants code of %s in %s, somebody else's code", host, e.Data.Title)
				continue
			}
			p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Medium), "writes %s, somebody else's code", e.Data.Title)
		}
	},
}

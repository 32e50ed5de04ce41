package trace

import (
	"cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var rights = &Rule{
	Name:     "rights",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `changes who has which rights

The script was seen to change groups or rights of an account. Whoever gives out rights by itself makes administrators of
strangers.`,
	Capabilities: []capability.Name{capability.Rights},
	Run: func(p *Pass) {
		for _, e := range p.Of(RightsWrite, APIWrite, PageWrite) {
			if p.doubled(e) || e.Kind != RightsWrite && e.Data.Action != "userrights" && e.Data.Action != "globaluserrights" {
				continue
			}
			p.Can(e, capability.Capability{Name: capability.Rights})
			p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Medium), "changes the rights of %s", cmp.Or(e.Data.Title, "somebody"))
		}
	},
}

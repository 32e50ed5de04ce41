package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var rights = &Rule{
	Name:     "rights",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `changes who has which rights

A script that gives rights away by itself needs one bureaucrat or steward to load it.`,
	Capabilities: []capability.Name{capability.Rights},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			switch w.action {
			case "userrights", "globaluserrights", "setglobalaccountstatus":
				p.does(&w, capability.Rights, "")
				if s := w.weigh(finding.Critical, finding.Medium, finding.Note); s > finding.Note {
					p.Report(w.node, s, "changes rights %s", w.when())
				}
			}
		}
	},
}

package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var siteCodeRule = &Rule{
	Name:     "site-code",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `writes code that runs for everybody

Whoever can change MediaWiki:Common.js or a gadget runs code as every reader of the wiki. A script that writes there by
itself needs only one interface administrator to load it. Deploy such pages by hand, or from outside of the wiki.`,
	Capabilities: []capability.Name{capability.WriteSiteCode},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			if !w.edits() {
				continue
			}
			for _, t := range w.of(siteCode) {
				p.does(&w, capability.WriteSiteCode, spell(t))
				clicked := finding.High
				if w.confirmed() {
					clicked = finding.Medium // an honest deploy script
				}
				p.Report(w.node, w.weigh(finding.Critical, finding.High, clicked), "writes %s, which runs for everybody, %s", spell(t), w.when())
			}
			for _, t := range w.of(siteText) {
				p.does(&w, capability.WriteSiteCode, spell(t))
				p.Report(w.node, w.weigh(finding.High, finding.Medium, finding.Low), "writes the interface message %s %s", spell(t), w.when())
			}
		}
	},
}

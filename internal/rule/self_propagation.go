package rule

import "sallyport/internal/finding"

var selfPropagation = &Rule{
	Name:     "self-propagation",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `puts a loader into somebody's scripts

A script that writes "load this script" into the pages of whoever runs it spreads from person to person: that is a worm.
An installer does the same thing once, for you, when you press its button, and says so.`,
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			code := append(append(w.of(ownCode), w.of(otherCode)...), w.of(siteCode)...)
			if !w.edits() || len(code) == 0 || !w.spread() {
				continue
			}
			p.Report(w.node, w.weigh(finding.Critical, finding.Medium, finding.Low), "puts a loader into %s %s", spell(code[0]), w.when())
		}
	},
}

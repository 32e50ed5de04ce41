package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var ownCodeRule = &Rule{
	Name:     "own-code",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `writes your own scripts

What stands in your common.js runs on every page you open, on every device. An installer may write there when you press
its button; nothing may do so by itself.`,
	Capabilities: []capability.Name{capability.WriteOwnCode},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			if w.action == "changecontentmodel" && w.model {
				if len(w.of(ownCode)) == 0 {
					p.does(&w, capability.WriteOwnCode, "a page that was no code")
				}
				p.Report(w.node, finding.High, "makes a page one whose text is run as code, %s", w.when())
			}
			if !w.edits() {
				continue
			}
			for _, t := range w.of(ownCode) {
				p.does(&w, capability.WriteOwnCode, spell(t))
				p.Report(w.node, w.weigh(finding.High, finding.Medium, finding.Note), "writes %s, your own code, %s", spell(t), w.when())
			}
		}
	},
}

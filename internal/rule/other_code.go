package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

var otherCodeRule = &Rule{
	Name:     "other-code",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `writes other people's scripts

A script in somebody's user space runs as that person. Nobody but its owner should write it; interface administrators can.`,
	Capabilities: []capability.Name{capability.WriteOtherCode},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			if !w.edits() {
				continue
			}
			for _, t := range w.of(otherCode) {
				p.does(&w, capability.WriteOtherCode, spell(t))
				s := w.weigh(finding.Critical, finding.Medium, finding.Medium)
				if ownerUnknown(t) {
					s = min(s, finding.Medium)
				}
				p.Report(w.node, s, "writes %s, somebody else's code, %s", spell(t), w.when())
			}
		}
	},
}

// ownerUnknown says whether the name in a title may, for all that is known, be the person's own.
func ownerUnknown(t flow.Text) bool {
	for _, piece := range t {
		switch piece.Hole {
		case "":
		case flow.SomeText, flow.FromFunc, flow.Input:
			return true
		default:
			return false
		}
	}
	return false
}

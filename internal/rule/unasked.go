package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var unaskedRule = &Rule{
	Name:     "unasked",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `acts in your name without asking

Deleting, blocking, protecting, moving, uploading, importing, sending e-mail and editing are yours to decide. A script does them
when you press its button.`,
	Capabilities: []capability.Name{
		capability.Delete, capability.Block, capability.Protect, capability.Move, capability.Upload, capability.ImportPages, capability.WritePage,
	},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			name, itself := deed(&w)
			if name != "" {
				p.does(&w, name, w.target())
			}
			if s := w.weigh(itself, min(itself, finding.Low), finding.Note); s > finding.Note && !w.mine() {
				p.Report(w.node, s, "%s %s: %s", actionWord(w.action), w.when(), orUnknown(w.target()))
			}
		}
	},
}

// deed is the capability of a write, "" when the vocabulary has none, and how bad it is when it happens by itself.
func deed(w *write) (capability.Name, finding.Severity) {
	switch w.action {
	case "delete", "undelete", "revisiondelete", "massdelete", "nuke":
		return capability.Delete, finding.High
	case "block", "unblock", "globalblock":
		return capability.Block, finding.High
	case "protect", "stabilize":
		return capability.Protect, finding.High
	case "move", "mergehistory":
		return capability.Move, finding.High
	case "upload", "filerevert":
		return capability.Upload, finding.Medium
	case "import":
		return capability.ImportPages, finding.High
	case "emailuser", "massmessage":
		return "", finding.High
	case "edit", "rollback", "visualeditoredit", "discussiontoolsedit", "flow", "changecontentmodel", "wbeditentity":
		return capability.WritePage, finding.Medium
	}
	return "", finding.Note
}

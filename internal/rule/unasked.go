package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

var unaskedRule = &Rule{
	Name:     "unasked",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `acts in your name without asking

Deleting, blocking, protecting, moving, uploading, importing, sending e-mail and editing are yours to decide. A script does them
when you press its button. What you paste is no such button: a file that takes the place of another is to have a name that you gave.`,
	Capabilities: []capability.Name{
		capability.Delete, capability.Block, capability.Protect, capability.Move, capability.Upload, capability.ImportPages, capability.WritePage,
	},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			name, itself := deed(&w)
			if name != "" {
				p.does(&w, name, w.target())
			}
			if itself == finding.High && w.Typing && !w.typed && !w.confirmed() {
				p.Report(w.node, finding.Medium, "%s at the press of a key: %s", actionWord(w.action), orUnknown(w.target()))
				continue
			}
			if w.overwrites() && !w.typed && !w.confirmed() && (w.Typing || unasked(w.Where)) {
				p.Report(w.node, finding.High, "puts a file in the place of another without asking: %s", orUnknown(w.target()))
				continue
			}
			if s := w.weigh(itself, min(itself, finding.Low), finding.Note); s > finding.Note && !w.mine() {
				p.Report(w.node, s, "%s %s: %s", actionWord(w.action), w.when(), orUnknown(w.target()))
			}
		}
		for _, r := range p.requests() {
			p.unreadAction(&r)
		}
	},
}

// unreadAction reports changes of which the script does not say what they are: an action that is put together, or read off
// the page, can be any.
func (p *Pass) unreadAction(r *request) {
	if !r.api || !r.post || r.q["action"] == nil || len(r.q.consts("action")) > 0 {
		return
	}
	for _, t := range r.q.texts("action") {
		for _, piece := range t {
			if piece.Hole == flow.FromFunc || piece.Hole == flow.Input {
				return // whoever calls it says, or whoever types
			}
		}
	}
	w := write{request: *r, typed: false}
	p.does(&w, capability.WritePage, "<action>")
	if s := w.weigh(finding.High, finding.Medium, finding.Low); s > finding.Note {
		p.Report(r.node, s, "asks the wiki for an action that cannot be read here, %s: it can be any", w.when())
	}
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
	case "emailuser", "massmessage", "abusefilter":
		return "", finding.High
	case "patrol", "review":
		return "", finding.Medium
	case "edit", "rollback", "visualeditoredit", "discussiontoolsedit", "flow", "changecontentmodel", "wbeditentity":
		return capability.WritePage, finding.Medium
	}
	return "", finding.Note
}

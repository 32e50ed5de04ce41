package trace

import (
	"cmp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var unasked = &Rule{
	Name:     "unasked",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `acts in your name without asking

Deleting, blocking, protecting, moving, importing, uploading, sending e-mail and editing are yours to decide. The script did it
in a run in which nobody pressed anything of its.`,
	Capabilities: []capability.Name{
		capability.Delete, capability.Block, capability.Protect, capability.Move, capability.Upload, capability.ImportPages, capability.WritePage,
	},
	Run: func(p *Pass) {
		for _, e := range p.Of(PageWrite, APIWrite) {
			name, itself := privilege(e)
			if p.doubled(e) || name == "" && itself == finding.Note {
				continue
			}
			if name != "" {
				p.Can(e, capability.Capability{Name: name, Target: e.Data.Title})
			}
			p.ReportWhen(e, p.Weigh(e, itself, finding.Note), "%s (%s)", actionName(e.Data.Action), cmp.Or(e.Data.Title, "not known which"))
		}
	},
}

// privilege is the capability of a write, and how bad it is when it happens by itself. Code pages have rules of their own.
func privilege(e *Event) (capability.Name, finding.Severity) {
	switch e.Data.Action {
	case "delete", "undelete", "revisiondelete", "massdelete", "nuke":
		return capability.Delete, finding.Critical
	case "block", "unblock", "globalblock":
		return capability.Block, finding.Critical
	case "protect", "stabilize", "abusefilter":
		return capability.Protect, finding.Critical
	case "import":
		return capability.ImportPages, finding.Critical
	case "move", "mergehistory":
		return capability.Move, finding.High
	case "upload", "filerevert":
		return capability.Upload, finding.Medium
	case "emailuser", "massmessage":
		return "", finding.Critical
	case "patrol", "review":
		return "", finding.High
	case "thank", "tag", "managetags", "createaccount", "setpagelanguage", "logout":
		return "", finding.Medium
	case "edit", "rollback", "visualeditoredit", "discussiontoolsedit", "flow", "changecontentmodel", "wbeditentity":
		if c := e.Data.Class; c == siteCode || c == gadget || c == otherCode || c == ownCode {
			return "", finding.Note
		}
		return capability.WritePage, finding.Medium
	}
	return "", finding.Note
}

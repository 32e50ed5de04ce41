package trace

import (
	"sallyport/internal/finding"
)

var massAction = &Rule{
	Name:     "mass-action",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `does the same to many pages or people, without asking

In one run it changed one page or person after the other by itself. A mass tool shows its list and starts on a click.`,
	Run: func(p *Pass) {
		type series struct {
			run    int
			action string
		}
		targets := map[series][]string{}
		for _, e := range p.Of(PageWrite, APIWrite, RightsWrite) {
			if p.Asked(e) || p.doubled(e) || !massive[action(e)] {
				continue
			}
			key := series{e.Run, action(e)}
			targets[key] = oneMore(targets[key], e.Data.Title)
			if len(targets[key]) == many {
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Note), "%s one after the other", actionName(action(e)))
			}
		}
	},
}

// many is the number of different targets in one run from which on a change is done by list.
const many = 5

// massive are changes that do harm in numbers.
var massive = set("edit move delete undelete protect block unblock userrights import rollback upload emailuser massmessage globalblock nuke massdelete revisiondelete visualeditoredit")

// actionName is a change as a noun.
func actionName(action string) string {
	names := map[string]string{
		"edit": "edits pages", "visualeditoredit": "edits pages", "move": "moves pages", "delete": "deletes pages", "undelete": "undeletes pages", "protect": "protects pages",
		"block": "blocks people", "unblock": "unblocks people", "userrights": "changes people's rights", "import": "imports pages", "rollback": "rolls back edits",
		"upload": "uploads files", "emailuser": "sends e-mail as you", "massmessage": "sends messages as you", "globalblock": "blocks people everywhere",
		"nuke": "deletes pages", "patrol": "marks changes as patrolled", "review": "marks changes as reviewed", "thank": "thanks people as you", "massdelete": "deletes pages", "revisiondelete": "hides revisions", "abusefilter": "changes an abuse filter",
	}
	if n := names[action]; n != "" {
		return n
	}
	return "does " + clip(action, 40)
}

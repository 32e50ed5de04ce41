package trace

import (
	"regexp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var conceal = &Rule{
	Name:     "conceal",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `hides traces

A script that hides the history, the watch list, contributions or notifications and changes the wiki by itself does not want to be
found out. Hiding such things is a matter of taste as long as the script changes nothing. To stand between other scripts and the wiki is not:
whoever leaves changes out of answers, or saves something else than was asked for, deceives the tools with which people look.`,
	Capabilities: []capability.Name{capability.HideUI},
	Run: func(p *Pass) {
		writes := false
		for _, e := range p.Of(PageWrite, APIWrite, RightsWrite) {
			writes = writes || !p.Asked(e) && massive[action(e)]
		}
		for _, e := range p.Of(Conceal) {
			if p.between(e) {
				continue
			}
			what := traces.FindString(e.Data.Name)
			p.Can(e, capability.Capability{Name: capability.HideUI, Target: orElse(what, e.Data.Name)})
			switch {
			case what != "" && writes:
				p.Report(e, p.Weigh(e, finding.High, finding.Medium), "hides %s while it changes the wiki by itself", what)
			case what != "":
				p.Report(e, p.Weigh(e, finding.Low, finding.Note), "hides %s", what)
			}
		}
	},
}

// between says what the sandbox's own requests through the page met with, and whether an event is about that.
func (p *Pass) between(e *Event) bool {
	s := finding.High
	if e.Stage == Forced {
		s = finding.Low // whose edits, and which answers, is what such a script's conditions ask about
	}
	switch e.Data.Name {
	case AlteredEdit:
		p.Report(e, s, "changes what other scripts save: %s", clip(e.Data.Text, 200))
	case AlteredAnswer:
		p.Report(e, s, "keeps from other scripts what the wiki answers: %s", clip(e.Data.Text, 200))
	default:
		return false
	}
	p.Can(e, capability.Capability{Name: capability.HideUI, Target: e.Data.Name})
	return true
}

// traces are the parts of MediaWiki's pages that show what was done.
var traces = regexp.MustCompile(`(?i)#?(ca-history|pagehistory|pt-notifications|pt-mycontris|pt-watchlist|mw-changeslist|mw-history|mw-contributions|mw-logevent|mw-userlink|mw-notification|mw-rcfilters|mw-diff|diff-[on]title|usermessage|mw-echo|t-contributions|mw-enhanced-rc)[\w-]*`)

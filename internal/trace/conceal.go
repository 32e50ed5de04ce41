package trace

import (
	"regexp"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var conceal = &Rule{
	Name:     "conceal",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `hides traces

A script that hides the history, the watch list, contributions or notifications and changes the wiki by itself does not want to be
found out. Hiding such things is a matter of taste as long as the script changes nothing. To stand between other scripts and the wiki is not:
whoever leaves changes out of answers, or saves something else than was asked for, deceives the tools with which people look. So does who
leaves one person's changes out of a list that shows everybody else's.`,
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
	case AlteredForm:
		p.altered(e)
	case AlteredEdit:
		p.Report(e, s, "changes what other scripts save: %s", clip(e.Data.Text, 200))
	case AlteredAnswer:
		p.Report(e, s, "keeps from other scripts what the wiki answers: %s", clip(e.Data.Text, 200))
	case AlteredCode:
		if host := p.plants(e, e.Data.Text); host != "" {
			p.Report(e, p.Weigh(e, finding.Critical, finding.Critical), "puts code of %s into what other scripts save", host)
			break
		}
		p.Report(e, s, "changes the code that other scripts save")
	case OneGone:
		if notJustAnybody.MatchString(e.Data.Text) {
			s = finding.Low
		}
		p.Report(e, min(s, p.Weigh(e, finding.High, finding.Low)), "hides what %s does, and nobody else", clip(e.Data.Text, 60))
	default:
		return false
	}
	p.Can(e, capability.Capability{Name: capability.HideUI, Target: e.Data.Name})
	return true
}

// notJustAnybody are names of bots and of people without an account, whom lists can leave out for everybody.
var notJustAnybody = regexp.MustCompile(`(?i)bot\b|^~|^[\d.:]+$`)

// traces are the parts of MediaWiki's pages that show what was done.
var traces = regexp.MustCompile(`(?i)#?(ca-history|pagehistory|pt-notifications|pt-mycontris|pt-watchlist|mw-changeslist|mw-history|mw-contributions|mw-logevent|mw-userlink|mw-notification|mw-rcfilters|mw-diff|diff-[on]title|usermessage|mw-echo|t-contributions|mw-enhanced-rc)[\w-]*`)

package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

var account = &Rule{
	Name:     "account",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `changes your account

E-mail address, password, connected applications and the list of gadgets that run as you: whoever changes them has the
account. Options that begin with userjs- are a script's own and are no finding.`,
	Capabilities: []capability.Name{capability.Account},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			what, itself := accountPart(&w)
			if what == "" {
				continue
			}
			if itself < finding.High && p.turnsOff(&w) {
				what, itself = "notices and safeguards", finding.High
			}
			p.does(&w, capability.Account, what)
			if s := w.weigh(itself, min(itself, finding.Medium), finding.Note); s > finding.Note {
				p.Report(w.node, s, "changes your %s %s", what, w.when())
			}
		}
	},
}

// accountPart says what of the account a write changes, and how bad it is when it happens by itself.
func accountPart(w *write) (string, finding.Severity) {
	switch w.action {
	case "changeemail":
		return "e-mail address", finding.Critical
	case "changeauthenticationdata", "removeauthenticationdata", "resetpassword", "linkaccount", "unlinkaccount", "oathauth":
		return "password", finding.Critical
	case "botpasswords", "oauth":
		return "connected applications", finding.Critical
	case "options", "globalpreferences", "globalpreferenceoverrides", "preferences":
		return optionPart(w)
	}
	return "", finding.Note
}

func optionPart(w *write) (string, finding.Severity) {
	what, s := "", finding.Note
	for _, t := range w.q.texts("optionname", "change", "option") {
		for _, name := range strings.Split(t.Pattern(), "|") {
			part, severity := optionNamed(strings.ToLower(name))
			if what == "" || severity > s {
				what, s = part, severity
			}
		}
	}
	if what == "" {
		return "preferences", finding.Medium
	}
	return what, s
}

func optionNamed(name string) (string, finding.Severity) {
	name, _, _ = strings.Cut(name, "=")
	switch {
	case guardOptions[name]:
		return "notices and safeguards", finding.High
	case strings.HasPrefix(name, "userjs-"):
		return "preferences (userjs-)", finding.Note
	case strings.HasPrefix(name, "gadget-"), strings.HasPrefix(name, "forcesafemode"), strings.HasPrefix(name, "usergadget"):
		return "gadgets", finding.High
	case strings.Contains(name, "email"):
		return "e-mail address", finding.High
	case strings.HasPrefix(name, "<"+string(flow.SomeText)):
		return "preferences", finding.Low
	}
	return "preferences", finding.Low
}

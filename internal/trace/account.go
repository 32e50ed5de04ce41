package trace

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
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
		for _, e := range p.Of(APIWrite, PageWrite) {
			what, itself, asked := accountPart(e)
			if what == "" || p.doubled(e) {
				continue
			}
			p.Can(e, capability.Capability{Name: capability.Account, Target: what})
			p.ReportWhen(e, p.Weigh(e, itself, asked), "changes your %s", what)
		}
	},
}

// accountPart says what of the account a write changes, and how bad that is by itself and on a click.
func accountPart(e *Event) (what string, itself, asked finding.Severity) {
	switch e.Data.Action {
	case "changeemail":
		return "e-mail address", finding.Critical, finding.Medium
	case "changeauthenticationdata", "removeauthenticationdata", "resetpassword", "linkaccount", "unlinkaccount", "oathauth":
		return "password", finding.Critical, finding.Medium
	case "botpasswords", "oauth":
		return "connected applications", finding.Critical, finding.Medium
	case "options", "globalpreferences", "globalpreferenceoverrides", "preferences":
		return optionPart(e.Data.Name)
	}
	return "", finding.Note, finding.Note
}

// optionPart reads the names of the options that are set.
func optionPart(names string) (what string, itself, asked finding.Severity) {
	what = "preferences (userjs-)"
	for _, name := range strings.FieldsFunc(strings.ToLower(names), func(r rune) bool { return r == ' ' || r == '|' || r == ',' }) {
		part, s := "preferences", finding.Low
		switch {
		case strings.HasPrefix(name, "userjs-"):
			continue
		case strings.HasPrefix(name, "gadget-"), strings.HasPrefix(name, "forcesafemode"), strings.HasPrefix(name, "usergadget"):
			part, s = "gadgets", finding.High
		case strings.Contains(name, "email"):
			part, s = "e-mail address", finding.Critical
		}
		if s > itself {
			what, itself, asked = part, s, min(s-1, finding.Low)
		}
	}
	return what, itself, asked
}

package trace

import (
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var leak = &Rule{
	Name:     "leak",
	Severity: finding.Critical,
	CWE:      []int{200, 506},
	Doc: `sends your secrets elsewhere

Values that stood nowhere but in the token, the cookies, a password field, the account or the text under way were found in what
left for another host, or in a page that everybody can read. Whoever has the first three is you.`,
	Capabilities: []capability.Name{capability.CredentialRead},
	Run: func(p *Pass) {
		for _, e := range p.Of(Request, Socket, WebTransport, Peer, Navigate, Worker) {
			if host := p.foreign(e); host != "" || e.Kind == Peer {
				p.leaks(e, orElse(host, "another computer"), under(host, p.o.Allowed))
			}
		}
		p.posted()
		for _, e := range p.Of(PageWrite) {
			if said := stolen(e.Canary); len(said) > 0 {
				p.Report(e, p.Weigh(e, finding.Critical, finding.High), "writes %s into %s, where others read it", Secrets(said), orElse(e.Data.Title, "a page"))
			}
		}
	},
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// leaks weighs what an event took along. A user name or the text under way may go to a tool that the person uses.
func (p *Pass) leaks(e *Event, host string, allowed bool) {
	for _, name := range e.Canary {
		itself, asked := finding.Critical, finding.Critical
		switch name {
		case CanaryScript:
			continue
		case CanaryPassword:
			p.Can(e, capability.Capability{Name: capability.CredentialRead})
		case CanaryName:
			itself, asked = finding.Medium, finding.Low
			if allowed {
				itself, asked = finding.Low, finding.Note
			} else if aside(e) {
				asked = finding.Medium // nobody looks at the answer, so that it is no part of what was asked for
			}
		case CanaryDraft:
			itself, asked = finding.High, finding.Medium
			if allowed {
				itself, asked = finding.Medium, finding.Low
			}
		case CanaryStorage, CanaryFeed:
			asked = finding.High // somebody may want a copy of it elsewhere
		case CanaryFew:
			itself, asked = finding.Critical, finding.Medium
		}
		if p.misled[e] {
			asked = itself // it was something else that the person wanted
		}
		p.ReportWhen(e, p.Weigh(e, itself, asked), "sends %s to %s", Secrets([]string{name}), host)
	}
}

// aside says whether a request goes out beside what the person did, past all that could show its answer.
func aside(e *Event) bool {
	return e.Data.How == "ping" || e.Data.How == "beacon" || e.Data.How == HowHint
}

// stolen are the canaries that no page should hold.
func stolen(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return n != CanaryToken && n != CanaryCookie && n != CanaryPassword && n != CanaryEmail && n != CanaryFeed
	})
}

// Secrets names canaries in words.
func Secrets(names []string) string {
	var out []string
	for _, n := range names {
		if w := secretWords[n]; w != "" {
			n = w
		}
		out = append(out, n)
	}
	return strings.Join(out, ", ")
}

var secretWords = map[string]string{
	CanaryToken: "your edit token", CanaryCookie: "your session cookie", CanaryEmail: "your e-mail address", CanaryName: "your user name",
	CanaryFeed: "the key of your watch list", CanaryFew: "what the wiki shows to few people only",
	CanaryDraft: "the text you are writing", CanaryStorage: "what is kept in your browser", CanaryPassword: "your password", CanaryKeys: "what you type",
	CanaryScript: "the script itself",
}

package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var secrets = &Rule{
	Name:     "secrets",
	Severity: finding.Medium,
	CWE:      []int{522},
	Doc: `reads what is secret, or what you type

A remark: reading an edit token is what tools do that edit without mw.Api. What becomes of it is the matter of leak. A field
for a password is more than that: only the wiki's own form has a reason to ask for one.`,
	Capabilities: []capability.Name{
		capability.TokenRead, capability.CookieRead, capability.CredentialRead, capability.Keys, capability.Storage,
	},
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			p.secretCall(c)
		}
		p.passwordFields()
		for a := range p.Graph.EachAssign() {
			if strings.HasPrefix(a.Target, "localStorage.") || strings.HasPrefix(a.Target, "sessionStorage.") {
				p.Can(a.Node, capability.Capability{Name: capability.Storage})
			}
		}
		p.each(func(n js.Node) {
			if p.Name(n) == "cookie" && p.Graph.NameOf(n) == "document.cookie" && !p.isTarget(n) {
				p.Can(n, capability.Capability{Name: capability.CookieRead})
				p.Report(n, finding.Note, "reads all cookies: mw.cookie.get( name ) reads one")
			}
		}, js.Dot)
	},
}

func (p *Pass) secretCall(c *flow.Call) {
	switch {
	case c.Is("mw.user.tokens.get"), c.Method == "getToken" || c.Method == "getEditToken":
		if len(c.Targets) == 0 {
			p.Can(c.Node, capability.Capability{Name: capability.TokenRead})
		}
	case c.Is("mw.storage.set", "mw.storage.setObject", "localStorage.setItem", "sessionStorage.setItem", "mw.storage.session.set", "mw.storage.session.setObject",
		"mw.cookie.set", "indexedDB.open"):
		p.Can(c.Node, capability.Capability{Name: capability.Storage})
	case p.listensToKeys(c):
		p.Can(c.Node, capability.Capability{Name: capability.Keys})
	case c.Is("$"), c.Method == "find", c.Method == "querySelector", c.Method == "querySelectorAll", c.Method == "getElementById", c.Method == "closest":
		for _, t := range p.Graph.Str(c.Arg(0)).Texts {
			if s, known := t.Const(); known && len(s) < 200 && (strings.Contains(s, "wpPassword") || strings.Contains(s, "type=password") || strings.Contains(s, `type="password`)) {
				p.Can(c.Node, capability.Capability{Name: capability.CredentialRead, Certainty: capability.Likely})
			}
		}
	}
}

// listensToKeys knows listeners for keys on the whole page.
func (p *Pass) listensToKeys(c *flow.Call) bool {
	name := c.Method
	if name == "addEventListener" || name == "on" {
		name, _ = p.Graph.Str(c.Arg(0)).Const()
	}
	name, _, _ = strings.Cut(name, ".")
	switch name {
	case "keydown", "keypress", "keyup":
		begin := p.chain(c.Object)
		if p.Kind(begin) == js.Call {
			begin = p.Arg(begin, 0)
		}
		switch p.Graph.NameOf(begin) {
		case "document", "window", "document.body", "document.documentElement":
			return true
		}
		s, _ := p.Graph.Str(begin).Const()
		return s == "body" || s == "html"
	}
	return false
}

// isTarget says whether a value is put here.
func (p *Pass) isTarget(n js.Node) bool {
	up := p.parent(n)
	return p.Kind(up) == js.Assign && p.Left(up) == n
}

package rule

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/js"
)

// passwordFields reports fields for passwords that a script makes. Browsers fill them in, and people type into them what they
// would give to the wiki alone.
func (p *Pass) passwordFields() {
	for _, n := range p.madePasswordFields() {
		p.Can(n, capability.Capability{Name: capability.CredentialRead, Certainty: capability.Likely})
		if plain := p.Str(n); strings.Contains(plain, "autocomplete=\"off") || strings.Contains(plain, "new-password") {
			continue // asks for something of its own
		}
		p.Report(n, finding.Medium, "makes a field for a password: what is typed or filled in there is the script's to read")
	}
}

// asksPassword says whether the script makes a field for passwords.
func (p *Pass) asksPassword() bool {
	if p.known.fields == 0 {
		p.known.fields = 1
		if len(p.madePasswordFields()) > 0 {
			p.known.fields = 2
		}
	}
	return p.known.fields == 2
}

// madePasswordFields are the places where type becomes "password", and markup that has such a field.
func (p *Pass) madePasswordFields() []js.Node {
	var out []js.Node
	is := func(n js.Node) bool {
		return n != 0 && slices.ContainsFunc(p.Graph.Str(n).Consts(), func(s string) bool { return strings.EqualFold(s, "password") })
	}
	for a := range p.Graph.EachAssign() {
		if a.Property == "type" && is(a.Value) {
			out = append(out, a.Node)
		}
	}
	for c := range p.Graph.EachCall() {
		if setsAttribute(c) && len(c.Args) == 2 {
			if s, _ := p.Graph.Str(c.Arg(0)).Const(); s == "type" && is(c.Arg(1)) {
				out = append(out, c.Node)
			}
		}
	}
	p.each(func(n js.Node) {
		if name, _ := p.KeyName(n); name == "type" && is(p.Value(n)) {
			out = append(out, n)
		}
	}, js.Property)
	p.each(func(n js.Node) {
		if s := p.Str(n); strings.Contains(s, "assword") && strings.Contains(s, "<") && passwordMarkup.MatchString(s) {
			out = append(out, n)
		}
	}, js.String, js.TemplateText)
	return out
}

var passwordMarkup = regexp.MustCompile(`(?i)<input\b[^>]*\btype\s*=\s*["']?password`)

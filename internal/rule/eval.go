package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var eval = &Rule{
	Name:     "eval",
	Severity: finding.Critical,
	CWE:      []int{95},
	Doc: `runs text as code

What is run is not in the script, so nobody can have reviewed it. Where the text comes from a page, an address or another
server, whoever controls that runs code as you. Use JSON.parse for data and mw.loader for code.`,
	Capabilities: []capability.Name{capability.Eval},
	Run: func(p *Pass) {
		for _, r := range p.runs() {
			p.Can(r.node, capability.Capability{Name: capability.Eval, Trigger: r.Trigger})
			if _, constant := p.Graph.Str(r.code).Const(); constant {
				p.Report(r.node, finding.Note, "runs a constant text as code: write it as a function")
				continue
			}
			worst, s := flow.Flow{}, finding.Low
			for _, f := range p.Graph.Taint(r.code) {
				t := evalSeverity(f.Source)
				if p.isMessage(f) {
					t = finding.High
				}
				if t > s && f.Unsafe&flow.InJS != 0 {
					worst, s = f, t
				}
			}
			if s == finding.Low {
				p.Report(r.node, s, "runs a computed text as code")
				continue
			}
			p.Way(p.Report(r.node, s, "runs %s as code", sourceWord(worst.Source)), worst)
		}
	},
}

// isMessage says whether data is the text of a message: more people may edit messages than the code of the site, which is of the same
// source where a page of it is read.
func (p *Pass) isMessage(f flow.Flow) bool {
	if f.Source != flow.FromInterface || p.Kind(f.Origin) != js.Call {
		return false
	}
	name := p.Graph.NameOf(p.Callee(f.Origin))
	return strings.HasPrefix(name, "mw.message") || name == "mw.msg" || strings.HasSuffix(name, ".getMessages")
}

func evalSeverity(s flow.Source) finding.Severity {
	switch s {
	case flow.FromURL, flow.FromPostMessage, flow.FromThirdParty:
		return finding.Critical
	case flow.FromPage, flow.FromAPI, flow.FromUserJSON, flow.FromTitle:
		return finding.High
	case flow.FromStorage, flow.FromInterface:
		return finding.Medium
	}
	return finding.Low
}

// sourceWord names a source for people.
func sourceWord(s flow.Source) string {
	switch s {
	case flow.FromURL:
		return "text from the address"
	case flow.FromPage:
		return "text of the page"
	case flow.FromTitle:
		return "a page or user name"
	case flow.FromAPI:
		return "text from the wiki's API"
	case flow.FromUserJSON:
		return "text of a wiki page"
	case flow.FromInterface:
		return "an interface message"
	case flow.FromStorage:
		return "text kept in the browser or in options"
	case flow.FromPostMessage:
		return "a message from another window"
	case flow.FromThirdParty:
		return "another server's answer"
	case flow.FromUnknown:
		return "what a caller hands in"
	case flow.FromInput:
		return "what is typed in"
	case flow.FromGlobalConfig:
		return "a variable that other scripts set"
	}
	return "text of " + s.String()
}

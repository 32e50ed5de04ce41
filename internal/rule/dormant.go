package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var dormant = &Rule{
	Name:     "dormant",
	Severity: finding.High,
	CWE:      []int{511},
	Doc: `waits for a date, a person or a right

What a script does only after a day, only for one person, only for people with rights or only now and then is what a
review does not see. Offering a link to administrators is honest; changing pages or loading a stranger's code only when an
administrator comes by is not.`,
	Capabilities: []capability.Name{capability.Dormant},
	Run: func(p *Pass) {
		for _, w := range p.writes() {
			if !w.asked() && massive[w.action] && w.matters() {
				p.waits(w.node, w.Where, actionWord(w.action))
			}
		}
		for _, r := range p.runs() {
			if !asked(r.Where) && len(p.strangers(r.code, flow.InJS)) > 0 {
				p.waits(r.node, r.Where, "runs what it is given as code")
			}
		}
		for _, i := range p.imported() {
			if !asked(i.Where) && (i.kind == personalPage || i.kind == thirdParty) {
				p.waits(i.node, i.Where, "loads "+i.target)
			}
		}
	},
}

// waits reports an act behind a gate that hides it from most people.
func (p *Pass) waits(n js.Node, w flow.Where, does string) {
	for _, g := range w.Gates {
		what, s := gateWord(p.gateKind(g))
		if what == "" {
			continue
		}
		p.Can(n, capability.Capability{Name: capability.Dormant, Target: what, Certainty: capability.Likely})
		p.Report(n, s, "waits for %s, and then %s", what, strings.ReplaceAll(does, "\n", " "))
		return
	}
}

// gateKind knows a question about rights by the names of rights in it, where the flow does not.
func (p *Pass) gateKind(g flow.Gate) flow.GateKind {
	if g.Kind != flow.GateOther {
		return g.Kind
	}
	kind := g.Kind
	p.Walk(g.Node, func(n js.Node) bool {
		for _, s := range p.Graph.Str(n).Consts() {
			if privileged[s] {
				kind = flow.GateGroup
			}
		}
		return kind == g.Kind
	})
	return kind
}

// privileged are groups and rights that only few people have.
var privileged = words("sysop interface-admin bureaucrat steward checkuser suppress oversight founder editinterface editsitejs editsitecss " +
	"editsitejson edituserjs editusercss userrights userrights-interwiki globalgroupmembership")

func gateWord(k flow.GateKind) (string, finding.Severity) {
	switch k {
	case flow.GateDate:
		return "a date", finding.High
	case flow.GateUser:
		return "a person", finding.High
	case flow.GateGroup:
		return "people with rights", finding.High
	case flow.GateRandom:
		return "a chance", finding.High
	case flow.GateReferrer:
		return "where you come from", finding.High
	case flow.GateWiki:
		return "a wiki", finding.Note
	}
	return "", finding.Note
}

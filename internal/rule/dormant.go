package rule

import (
	"slices"
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
				p.waits(w.node, w.Where, finding.High, actionWord(w.action))
			}
		}
		for _, r := range p.runs() {
			if !asked(r.Where) && len(p.strangers(r.code, flow.InJS)) > 0 {
				p.waits(r.node, r.Where, finding.High, "runs what it is given as code")
			}
		}
		for _, a := range p.alters() {
			switch {
			case a.link && p.pressedLink(a.node):
				p.Report(a.node, finding.High, "%s as somebody presses them", a.does)
			case !asked(a.Where):
				p.waits(a.node, a.Where, finding.High, a.does)
			}
		}
		for _, i := range p.imported() {
			if !asked(i.Where) && !i.style && (i.kind == personalPage || i.kind == thirdParty) {
				most := finding.High
				switch {
				case p.fitsDevice(&i):
					most = finding.Low
				case i.kind == personalPage && slices.ContainsFunc(i.Gates, func(g flow.Gate) bool { return p.gateKind(g) == flow.GateGroup }):
					most = finding.Medium // the page is there to be read; tools for people with rights are often put so
				}
				p.waits(i.node, i.Where, most, "loads "+i.target)
			}
		}
	},
}

// waits reports an act behind a gate that hides it from most people, as bad as most at most.
func (p *Pass) waits(n js.Node, w flow.Where, most finding.Severity, does string) {
	for _, g := range w.Gates {
		what, s := gateWord(p.gateKind(g))
		if what == "" {
			if what = p.surroundings(g.Node, 0); what == "" {
				continue
			}
			s = finding.High
		}
		p.Can(n, capability.Capability{Name: capability.Dormant, Target: what, Certainty: capability.Likely})
		p.Report(n, min(s, most), "waits for %s, and then %s", what, strings.ReplaceAll(does, "\n", " "))
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

// surroundings is what a condition finds out about the browser that tells reviewers and machines from readers: "" for nothing
// of the kind.
func (p *Pass) surroundings(n js.Node, depth int) string {
	what := ""
	p.Walk(n, func(c js.Node) bool {
		if what != "" {
			return false
		}
		switch p.Kind(c) {
		case js.Binary:
			if p.Op(c) == js.OpMod && p.counted(p.Left(c)) {
				what = "a certain number of visits"
			}
		case js.Dot, js.Ident, js.Call:
			what = surroundingWord(p.Graph.NameOf(c))
			if what == "" && p.Kind(c) == js.Dot {
				what = surroundingWord(p.Name(c))
			}
			if what == "" && p.Kind(c) == js.Call && p.asksDevice(c) {
				what = device
			}
			if what == "" && depth < 3 {
				if o := p.origin(c); o != c && p.Kind(o) != js.Function {
					what = p.surroundings(o, depth+1)
				}
			}
			if what == "" && depth < 3 && p.Kind(c) == js.Call {
				for _, f := range p.Graph.Functions(p.Callee(c)) {
					if what == "" {
						what = p.surroundings(p.Body(f), depth+1)
					}
				}
			}
		case js.Function:
			return false
		}
		return what == ""
	})
	return what
}

// counted says whether a number is kept in the browser from visit to visit.
func (p *Pass) counted(n js.Node) bool {
	for _, f := range p.Graph.TaintDeep(n) {
		if f.Source == flow.FromStorage {
			return true
		}
	}
	return false
}

func surroundingWord(name string) string {
	name = strings.TrimPrefix(name, "window.")
	switch {
	case name == "crypto.subtle.digest" || name == "Math.imul":
		return hashed
	case name == "outerWidth" || name == "outerHeight" || name == "navigator.webdriver" || name == "webdriver":
		return "nobody to look with developer tools"
	case strings.HasSuffix(name, ".timeZone") || name == "timeZone":
		return "a time zone"
	case strings.HasSuffix(name, "maxTouchPoints"), strings.HasSuffix(name, ".userAgentData.mobile"):
		return device
	}
	return ""
}

// hashed is somebody whose name a script holds a number against, so that it need not say it.
const hashed = "somebody whose name it does not say"

// device is what machines that look at scripts are mostly not, and many readers have.
const device = "a kind of device"

// asksDevice says whether a call asks how the browser is pointed at things.
func (p *Pass) asksDevice(c js.Node) bool {
	if p.Graph.NameOf(p.Callee(c)) != "matchMedia" {
		return false
	}
	query, _ := p.Graph.Str(p.Arg(c, 0)).Const()
	return strings.Contains(query, "pointer") || strings.Contains(query, "hover")
}

// fitsDevice says whether an import is one that may well be for some devices: not code of a server that nobody looks at.
func (p *Pass) fitsDevice(i *imported) bool {
	if s, _ := i.judge(); i.kind == thirdParty && s >= finding.Medium {
		return false
	}
	return slices.ContainsFunc(i.Gates, func(g flow.Gate) bool { return p.surroundings(g.Node, 0) == device })
}

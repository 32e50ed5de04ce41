package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var rights = &Rule{
	Name:     "rights",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `changes who has which rights

A script that gives rights away by itself needs one bureaucrat or steward to load it.`,
	Capabilities: []capability.Name{capability.Rights},
	Run: func(p *Pass) {
		p.ticksGroups()
		for _, w := range p.writes() {
			switch w.action {
			case "userrights", "globaluserrights", "setglobalaccountstatus":
				p.does(&w, capability.Rights, "")
				s := w.weigh(finding.Critical, finding.Medium, finding.Note)
				if names := w.q.consts("user"); len(names) > 0 && names[0] != "" {
					s = max(s, finding.High) // nobody's tool is for one account alone
				}
				if s > finding.Note {
					p.Report(w.node, s, "changes rights %s", w.when())
				}
			}
		}
	},
}

// ticksGroups reports scripts that tick a box of the form for rights as the form is sent, or by themselves.
func (p *Pass) ticksGroups() {
	if !p.writesOut("wpGroup-") {
		return
	}
	for c := range p.Graph.EachCall() {
		if c.Method != "prop" && c.Method != "attr" || len(c.Args) != 2 || p.Source(c.Arg(1)) == "false" {
			continue
		}
		if name, _ := p.Graph.Str(c.Arg(0)).Const(); name == "checked" && powerful.MatchString(p.words(c.Object)) {
			p.ticked(c.Node, c.Where)
		}
	}
	for a := range p.Graph.EachAssign() {
		if a.Property == "checked" && a.Object != 0 && p.Source(a.Value) != "false" && powerful.MatchString(p.words(a.Object)) {
			p.ticked(a.Node, a.Where)
		}
	}
}

func (p *Pass) ticked(n js.Node, w flow.Where) {
	if unasked(w) || p.onSubmit(n) {
		p.Can(n, capability.Capability{Name: capability.Rights, Certainty: capability.Likely, Trigger: trigger(w)})
		p.Report(n, finding.High, "ticks a group of rights in a form that somebody else is about to send")
	}
}

// onSubmit says whether a node is in a handler for the sending of a form.
func (p *Pass) onSubmit(n js.Node) bool {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) != js.Call {
			continue
		}
		switch name, _ := p.KeyName(p.Callee(up)); name {
		case "submit":
			return true
		case "on", "addEventListener", "one":
			if event, _ := p.Graph.Str(p.Arg(up, 0)).Const(); strings.HasPrefix(event, "submit") {
				return true
			}
		}
	}
	return false
}

// powerful are the groups whose rights let one change code, or give rights on.
var powerful = regexp.MustCompile(`interface-admin|bureaucrat|steward|sysop|checkuser|suppress`)

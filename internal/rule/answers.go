package rule

import (
	"slices"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

// Answers of the wiki can be thinned out before any script, the wiki's own among them, gets to see them.

// thinned reports functions that jQuery hands all answers to, and that leave out what one account did, or entries of logs.
func (p *Pass) thinned() {
	for a := range p.Graph.EachAssign() {
		if a.Property == "dataFilter" && a.Object != 0 {
			p.thins(a.Node, a.Value)
		}
	}
	for c := range p.Graph.EachCall() {
		if !c.Is("$.ajaxSetup", "$.ajaxPrefilter") {
			continue
		}
		options := p.Graph.Obj(c.Arg(0))
		for _, n := range options.All("dataFilter") {
			p.thins(c.Node, n)
		}
		for _, n := range options.All("converters") {
			for _, f := range p.Graph.Obj(n).Fields {
				p.thins(c.Node, f.Value)
			}
		}
	}
}

func (p *Pass) thins(at, hook js.Node) {
	for _, f := range p.Graph.Functions(hook) {
		switch {
		case p.leavesOut(f, p.comparesUser):
			p.Report(at, finding.High, "leaves out of the wiki's answers what one account did, whom the script names")
		case p.leavesOut(f, p.comparesKind) && p.spellsOption(warnings):
			p.Report(at, finding.High, "leaves out of the wiki's answers what warns its reader of others")
		}
	}
}

// warnings are kinds of notifications (Echo, extension.json) that tell people of what is done to them and with their accounts.
var warnings = words("login-fail login-success user-rights reverted emailuser")

// comparesKind says whether a text or function looks for the kind of something in a list that the script writes down.
func (p *Pass) comparesKind(in js.Node) bool {
	found := false
	kind := func(n js.Node) bool {
		name, _ := p.KeyName(n)
		return p.Kind(n) == js.Dot && (name == "type" || name == "category")
	}
	p.Walk(in, func(n js.Node) bool {
		found = found || p.Kind(n) == js.Call && p.picksOut(n, kind)
		return !found
	})
	return found
}

// leavesOut says whether a function filters a list by what is compared so.
func (p *Pass) leavesOut(f js.Node, compares func(js.Node) bool) bool {
	found := false
	p.Walk(p.Body(f), func(n js.Node) bool {
		if p.Kind(n) == js.Call {
			if name, _ := p.KeyName(p.Callee(n)); name == "filter" || name == "splice" || name == "findIndex" || name == "forEach" {
				found = found || slices.ContainsFunc(p.Graph.Functions(p.Arg(n, 0)), func(inner js.Node) bool { return compares(p.Body(inner)) })
			}
		}
		return !found
	})
	return found
}

// comparesUser says whether a text or function compares a field that names an account with a name that stands in the script.
func (p *Pass) comparesUser(in js.Node) bool {
	found := false
	user := func(n js.Node) bool {
		name, _ := p.KeyName(n)
		return p.Kind(n) == js.Dot && (name == "user" || name == "actor" || name == "performer")
	}
	p.Walk(in, func(n js.Node) bool {
		switch p.Kind(n) {
		case js.Binary:
			switch p.Op(n) {
			case js.OpEq, js.OpStrictEq, js.OpNe, js.OpStrictNe:
				found = found || user(p.Left(n)) && p.named(p.Right(n)) || user(p.Right(n)) && p.named(p.Left(n))
			}
		case js.Call:
			found = found || p.picksOut(n, user)
		}
		return !found
	})
	return found
}

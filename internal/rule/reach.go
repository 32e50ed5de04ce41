package rule

import (
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// reaches reports what is called under a name that is put together on the objects from which everything can be reached: what
// it is, nobody can read.
func (p *Pass) reaches() {
	for c := range p.Graph.EachCall() {
		switch {
		case c.Is("Reflect.get", "Reflect.set") && p.powerful(c.Arg(0)) && p.unreadable(c.Arg(1)):
			p.Report(c.Node, finding.Medium, "may hide what it does: a part of %s is named when it runs", p.Graph.NameOf(c.Arg(0)))
		case (c.Method == "reduce" || c.Method == "reduceRight") && p.powerful(c.Arg(1)) && p.indexes(c.Arg(0)):
			p.Report(c.Node, finding.Medium, "may hide what it does: goes from %s to whatever a text names", p.Graph.NameOf(c.Arg(1)))
		default:
			p.calledByName(c)
		}
	}
}

// calledByName knows mw[ name ]( … ), and window[ name ]( … ) for a name that is put together.
func (p *Pass) calledByName(c *flow.Call) {
	callee := p.Callee(c.Node)
	if p.Kind(callee) != js.Index || len(c.Targets) > 0 {
		return
	}
	object := p.Object(callee)
	if _, named := p.KeyName(callee); named || !p.powerful(object) || !p.unreadable(p.Right(callee)) {
		return
	}
	p.Report(c.Node, finding.Medium, "may hide what it does: calls a part of %s that is named when it runs", p.Graph.NameOf(object))
}

func (p *Pass) powerful(n js.Node) bool {
	switch p.Graph.NameOf(n) {
	case "window", "document", "mw", "mw.loader", "mw.Api", "mw.user", "mw.user.tokens", "navigator", "$":
		return n != 0
	}
	return false
}

// unreadable says whether a name is neither known nor handed in by somebody else.
func (p *Pass) unreadable(n js.Node) bool {
	a := p.Graph.Str(n)
	for _, t := range a.Texts {
		if _, known := t.Const(); known {
			return false
		}
		for _, piece := range t {
			if piece.Hole == flow.FromFunc {
				return false
			}
		}
	}
	return p.Graph.KindOf(n) != flow.Function
}

// indexes says whether a function takes parts of what it is given by names that it does not know.
func (p *Pass) indexes(f js.Node) bool {
	found := false
	for _, fn := range p.Graph.Functions(f) {
		p.Walk(p.Body(fn), func(n js.Node) bool {
			if p.Kind(n) == js.Index {
				_, named := p.KeyName(n)
				found = found || !named
			}
			return !found
		})
	}
	return found
}

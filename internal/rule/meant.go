package rule

import (
	"sallyport/internal/js"
)

// neverMeant says whether a node stands in a branch that the script's own constants keep shut: if ( options.html ) where html is
// false wherever options are made.
func (p *Pass) neverMeant(n js.Node) bool {
	below := n
	for up := p.parent(n); up != 0; below, up = up, p.parent(up) {
		switch p.Kind(up) {
		case js.If, js.Cond:
			if p.Then(up) == below && p.alwaysFalse(p.Test(up)) {
				return true
			}
		case js.Function:
			return false
		}
	}
	return false
}

// alwaysFalse says whether all that a variable or property may hold is false, as far as the script sets it.
func (p *Pass) alwaysFalse(n js.Node) bool {
	if k := p.Kind(n); k != js.Ident && k != js.Dot {
		return false
	}
	a := p.Graph.Str(n)
	for _, t := range a.Texts {
		if s, constant := t.Const(); !constant || s != "false" {
			return false
		}
	}
	return len(a.Texts) > 0 && !a.More
}

// callStart is where a call is named: in a chain over many lines that is not where the chain begins.
func (p *Pass) callStart(n js.Node) int {
	callee := p.Callee(n)
	if k := p.Kind(n); k != js.Call || p.Kind(callee) != js.Dot {
		return p.Start(n)
	}
	at := p.End(callee) - len(p.Name(callee))
	if p.lineOf(at) == p.lineOf(p.Start(n)) {
		return p.Start(n)
	}
	return at
}

func (p *Pass) lineOf(offset int) int {
	line, _ := p.Lines.Position(offset)
	return line
}

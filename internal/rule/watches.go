package rule

import (
	"slices"

	"sallyport/internal/js"
)

// onlyWatches says whether a function that takes another's place hands everything on as it came, and looks at nothing of it:
// it counts, or takes times.
func (p *Pass) onlyWatches(hook js.Node) bool {
	functions := p.Graph.Functions(hook)
	return len(functions) == 1 && p.handsOn(functions[0])
}

func (p *Pass) handsOn(f js.Node) bool {
	handed, looks := false, false
	params := map[js.BindingID]bool{}
	for _, param := range p.Params(f) {
		b := p.Tree.Binding(param)
		if b == 0 { // taken apart
			return false
		}
		params[b] = true
	}
	var look func(n js.Node) bool
	look = func(n js.Node) bool {
		switch p.Kind(n) {
		case js.Call:
			if p.appliesAll(n, params) {
				switch p.Kind(p.parent(n)) {
				case js.Return, js.ExprStmt, js.Function:
					handed = true
				default: // something is done with the answer
					looks = true
				}
				return false
			}
		case js.Ident:
			looks = looks || p.Name(n) == "arguments" || params[p.Tree.Binding(n)]
		case js.Dot, js.Index, js.Property:
			name, known := p.KeyName(n)
			looks = looks || !known || answerParts[name]
		}
		return !looks
	}
	p.Walk(p.Body(f), look)
	return handed && !looks
}

// answerParts are where a request keeps what came back.
var answerParts = words("response responseText responseXML responseURL getResponseHeader getAllResponseHeaders")

// appliesAll says whether a call hands on this and all arguments: open.apply( this, arguments ), open.call( this, a, b ).
func (p *Pass) appliesAll(n js.Node, params map[js.BindingID]bool) bool {
	name, _ := p.KeyName(p.Callee(n))
	args := p.Args(n)
	if len(args) < 2 || p.Kind(args[0]) != js.This {
		return false
	}
	switch name {
	case "apply":
		return len(args) == 2 && (p.Name(args[1]) == "arguments" || params[p.Tree.Binding(args[1])])
	case "call":
		return !slices.ContainsFunc(args[1:], func(a js.Node) bool {
			if p.Kind(a) == js.Spread {
				a = p.Operand(a)
			}
			return p.Name(a) != "arguments" && !params[p.Tree.Binding(a)]
		})
	}
	return false
}

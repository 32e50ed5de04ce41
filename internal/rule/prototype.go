package rule

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var prototypeRule = &Rule{
	Name:     "prototype",
	Severity: finding.Medium,
	CWE:      []int{1321},
	Doc: `writes below a name that a stranger chooses

Objects have a property called __proto__, which is what all objects share: what is written below it turns up as a default
everywhere, options of other scripts among them. Copy own names only into Object.create( null ) or a Map, leave out
__proto__, constructor and prototype, or use $.extend( true, … ), which does.`,
	Run: func(p *Pass) {
		p.each(func(n js.Node) {
			if left := p.Left(n); p.Kind(left) == js.Index && p.isOpenKey(left) {
				p.deepWrite(n, left)
			}
		}, js.Assign)
	},
}

// isOpenKey says whether the name in object[ name ] is computed, and may be any text.
func (p *Pass) isOpenKey(index js.Node) bool {
	if _, known := p.KeyName(index); known {
		return false
	}
	switch key := p.Right(index); p.Kind(key) {
	case js.Ident, js.Dot, js.Index, js.Call:
		_, constant := p.Graph.Str(key).Const()
		return !constant
	}
	return false
}

// deepWrite reports object[ name ] = value where the object was itself found by a name that comes from the same hands.
func (p *Pass) deepWrite(n, left js.Node) {
	object, key := p.Object(left), p.Right(left)
	keys := []js.Node{key}
	switch {
	case p.Kind(object) == js.Index && p.isOpenKey(object): // table[ x ][ y ] = …
		keys = []js.Node{p.Right(object)}
	case !p.descends(n, object):
		return
	}
	f, ok := p.namesKeys(keys)
	if !ok || p.guardsKeys(n, object) || p.bare(object) || p.madeHere(n, object) {
		return
	}
	p.Way(p.Report(n, finding.Medium, "%s may name __proto__ here, below which all objects look", sourceWord(f.Source)), f)
}

// madeHere says whether table[ x ] was given an object of its own just before: table[ x ] = {}.
func (p *Pass) madeHere(n, object js.Node) bool {
	if p.Kind(object) != js.Index {
		return false
	}
	b, key := p.Tree.Binding(p.Object(object)), p.Tree.Binding(p.Right(object))
	made := false
	p.each(func(a js.Node) {
		left := p.Left(a)
		if k := p.Kind(p.Right(a)); k != js.Object && k != js.Array && k != js.New || p.Kind(left) != js.Index {
			return
		}
		made = made || b != 0 && key != 0 && p.Tree.Binding(p.Object(left)) == b && p.Tree.Binding(p.Right(left)) == key &&
			p.runsBefore(a, n)
	}, js.Assign)
	return made
}

// runsBefore says whether an expression has run whenever another one that stands in the same list, or deeper, does.
func (p *Pass) runsBefore(a, n js.Node) bool {
	for up := p.parent(a); up != 0 && p.Start(a) < p.Start(n); up = p.parent(up) {
		if p.Start(up) <= p.Start(n) && p.End(n) <= p.End(up) {
			return true
		}
		switch p.Kind(up) {
		case js.ExprStmt, js.Sequence, js.Block:
		default:
			return false
		}
	}
	return false
}

// namesKeys is the flow of a stranger's text into names. A name that was looked up in a list is none.
func (p *Pass) namesKeys(keys []js.Node) (flow.Flow, bool) {
	for _, k := range keys {
		for _, f := range p.Graph.Taint(k) {
			if (outsider(f.Source) || f.Source == flow.FromAPI) && f.Unsafe&(flow.InHTML|flow.InAttr|flow.InJS) != 0 {
				return f, true
			}
		}
	}
	return flow.Flow{}, false
}

// maxAround bounds the functions around a write that are looked at.
const maxAround = 4

// descends says whether a function goes down into object[ name ] by names one after the other: it calls itself with
// object[ name ], or puts that where the object was.
func (p *Pass) descends(n, object js.Node) bool {
	b := p.Tree.Binding(object)
	if b == 0 {
		return false
	}
	into := func(v js.Node) bool { // object[ anything ], also within object[ a ] = object[ a ] || {}
		found := false
		p.Walk(v, func(m js.Node) bool {
			found = found || p.Kind(m) == js.Index && p.Tree.Binding(p.Object(m)) == b && p.isOpenKey(m)
			return !found && p.Kind(m) != js.Function
		})
		return found
	}
	for f, steps := p.functionAround(n), 0; f != 0 && steps < maxAround; f, steps = p.functionAround(f), steps+1 {
		if params := p.Params(f); len(params) > 1 && p.Tree.Binding(params[0]) == b && p.reduces(f) {
			return true
		}
		for _, v := range p.moves(b) {
			if into(v) {
				return true
			}
		}
		at := slices.IndexFunc(p.Params(f), func(n js.Node) bool { return p.Tree.Binding(n) == b })
		if at >= 0 && p.recurses(f, at, into) {
			return true
		}
	}
	return false
}

// moves are the values that a variable is given after its first.
func (p *Pass) moves(b js.BindingID) []js.Node {
	var out []js.Node
	for _, r := range p.Refs(b) {
		if up := p.parent(r); p.Kind(up) == js.Assign && p.Left(up) == r {
			out = append(out, p.Right(up))
		}
	}
	return out
}

// recurses says whether a function calls itself with a parameter that goes down.
func (p *Pass) recurses(f js.Node, at int, into func(js.Node) bool) bool {
	for c := range p.Graph.EachCall() {
		if p.Start(c.Node) < p.Start(f) || p.End(c.Node) > p.End(f) || !slices.Contains(c.Targets, f) {
			continue
		}
		if a := c.Arg(at); a != 0 && into(a) {
			return true
		}
	}
	return false
}

// reduces says whether a function is handed to reduce().
func (p *Pass) reduces(f js.Node) bool {
	up := p.parent(f)
	name, _ := p.KeyName(p.Callee(up))
	return p.Kind(up) == js.Call && p.Arg(up, 0) == f && name == "reduce" && p.givesMember(f)
}

// givesMember says whether a function gives back a member of its first parameter.
func (p *Pass) givesMember(f js.Node) bool {
	found := false
	p.Walk(p.Body(f), func(n js.Node) bool {
		if p.Kind(n) == js.Return {
			k := p.Kind(p.Operand(n))
			found = found || k == js.Index || k == js.Assign
		}
		return !found
	})
	return found || p.Is(f, js.IsExprBody) && (p.Kind(p.Body(f)) == js.Assign || p.Kind(p.Body(f)) == js.Index)
}

// guardsKeys says whether a function around a write knows of __proto__, or asks whether the object has such a property of its own.
func (p *Pass) guardsKeys(n, object js.Node) bool {
	b := p.Tree.Binding(object)
	for f, steps := p.functionAround(n), 0; f != 0 && steps < maxAround; f, steps = p.functionAround(f), steps+1 {
		found := false
		p.Walk(f, func(m js.Node) bool {
			switch p.Kind(m) {
			case js.String:
				found = found || p.Str(m) == "__proto__" || p.Str(m) == "constructor"
			case js.Regexp:
				found = found || strings.Contains(p.Str(m), "__proto__")
			case js.Call:
				found = found || b != 0 && p.asksOwn(m, b)
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// asksOwn knows object.hasOwnProperty( x ), Object.hasOwn( object, x ) and hasOwnProperty.call( object, x ).
func (p *Pass) asksOwn(call js.Node, b js.BindingID) bool {
	callee := p.Callee(call)
	switch name, _ := p.KeyName(callee); name {
	case "hasOwnProperty":
		return p.Tree.Binding(p.Object(callee)) == b
	case "hasOwn", "call":
		return p.Tree.Binding(p.Arg(call, 0)) == b && strings.Contains(p.Source(callee), "hasOwn")
	}
	return false
}

// bare knows objects without a prototype: Object.create( null ), maps.
func (p *Pass) bare(object js.Node) bool {
	for p.Kind(object) == js.Index {
		object = p.Object(object)
	}
	made := p.origin(object)
	name, _ := p.KeyName(p.Callee(made))
	return p.Kind(made) == js.Call && name == "create" && p.Kind(p.Arg(made, 0)) == js.Null
}

package rule

import (
	"strings"

	"sallyport/internal/js"
)

// parent is the node around a node.
func (p *Pass) parent(n js.Node) js.Node {
	if p.known.up == nil {
		p.known.up = p.Parents()
	}
	return p.known.up[n]
}

// each calls f for all nodes of some kinds, one kind after the other, in the order in which they were read.
func (p *Pass) each(f func(js.Node), kinds ...js.Kind) {
	if p.known.kinds == nil {
		p.known.kinds = map[js.Kind][]js.Node{}
		for n := js.Node(1); int(n) < p.Len(); n++ {
			if k := p.Kind(n); sought(k) {
				p.known.kinds[k] = append(p.known.kinds[k], n)
			}
		}
	}
	for _, k := range kinds {
		for _, n := range p.known.kinds[k] {
			f(n)
		}
	}
}

// sought are the kinds of nodes that rules go through.
func sought(k js.Kind) bool {
	switch k {
	case js.Ident, js.Dot, js.Index, js.Call, js.String, js.Template, js.TemplateText, js.Binary, js.Return, js.Function, js.ExprStmt, js.Switch,
		js.Declarator, js.Property:
		return true
	}
	return false
}

// origin follows variables that are written once to what they hold.
func (p *Pass) origin(n js.Node) js.Node {
	for range 8 {
		b := p.Tree.Binding(n)
		if b == 0 {
			break
		}
		value, writes := js.Node(0), 0
		for _, r := range p.Refs(b) {
			if !p.Is(r, js.IsWritten|js.IsDeclared) {
				continue
			}
			switch up := p.parent(r); {
			case p.Kind(up) == js.Declarator && p.Target(up) == r:
				if p.Value(up) != 0 {
					value, writes = p.Value(up), writes+1
				}
			case p.Kind(up) == js.Assign && p.Left(up) == r && p.Op(up) == js.OpNone:
				value, writes = p.Right(up), writes+1
			default:
				writes += 2
			}
		}
		if writes != 1 {
			break
		}
		n = value
	}
	return n
}

// chain is the expression a chain of calls and properties begins with: $( x ) for $( x ).find( y ).hide().
func (p *Pass) chain(n js.Node) js.Node {
	for range 64 {
		n = p.origin(n)
		switch p.Kind(n) {
		case js.Dot, js.Index:
			n = p.Object(n)
		case js.Call:
			callee := p.Callee(n)
			if k := p.Kind(callee); k != js.Dot && k != js.Index {
				return n
			}
			n = p.Object(callee)
		default:
			return n
		}
	}
	return n
}

// words are the constant texts in the chain of calls that a node begins or stands in, and in the calls around it:
// the selectors that say which elements are meant.
func (p *Pass) words(n js.Node) string {
	var b strings.Builder
	p.chainWords(n, &b, 0)
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) == js.Call && b.Len() < 2000 {
			p.chainWords(p.Callee(up), &b, 0)
		}
	}
	return b.String()
}

func (p *Pass) chainWords(n js.Node, b *strings.Builder, depth int) {
	if depth > 16 {
		return
	}
	n = p.origin(n)
	switch p.Kind(n) {
	case js.Dot, js.Index:
		p.chainWords(p.Object(n), b, depth+1)
	case js.Call:
		for _, a := range p.Args(n) {
			for _, s := range p.Graph.Str(a).Consts() {
				b.WriteString(s)
				b.WriteByte(' ')
			}
		}
		p.chainWords(p.Callee(n), b, depth+1)
	}
}

// inside says whether a node stands in an argument of a call of the named function.
func (p *Pass) inside(n js.Node, name string) bool {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) == js.Call && p.Graph.NameOf(p.Callee(up)) == name {
			return true
		}
	}
	return false
}

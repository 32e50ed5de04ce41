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

// kinds are the nodes of a text by kind, each kind in the order in which its nodes were read.
type kinds struct {
	nodes []js.Node
	ends  []int // for each kind where its nodes end; nil when they are not sorted yet
}

// sort looks at each node twice, which is less than one look for each rule.
func (k *kinds) sort(t *js.Tree) {
	var count [1 << 8]int // a Kind is a byte
	for n := js.Node(1); int(n) < t.Len(); n++ {
		count[t.Kind(n)]++
	}
	k.ends, k.nodes = make([]int, len(count)), make([]js.Node, t.Len()-1)
	at := 0
	for kind, n := range count {
		k.ends[kind] = at
		at += n
	}
	for n := js.Node(1); int(n) < t.Len(); n++ {
		end := &k.ends[t.Kind(n)]
		k.nodes[*end] = n
		*end++
	}
}

// of are the nodes of a kind; there is none of kind 0.
func (k *kinds) of(kind js.Kind) []js.Node { return k.nodes[k.ends[kind-1]:k.ends[kind]] }

// each calls f for all nodes of some kinds, one kind after the other, in the order in which they were read.
func (p *Pass) each(f func(js.Node), some ...js.Kind) {
	if p.known.kinds.ends == nil {
		p.known.kinds.sort(p.Tree)
	}
	for _, k := range some {
		for _, n := range p.known.kinds.of(k) {
			f(n)
		}
	}
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
			if p.Kind(a) == js.Call { // [].slice.call( document.querySelectorAll( … ) )
				p.chainWords(a, b, depth+4)
			}
		}
		p.chainWords(p.Callee(n), b, depth+1)
		for _, f := range p.Graph.Functions(p.Callee(n)) { // a helper that picks elements
			for _, v := range p.returns(f) {
				p.chainWords(v, b, depth+4)
			}
		}
	case js.Array:
		for _, one := range p.List(n) {
			if p.Kind(one) == js.Spread { // [ ...document.querySelectorAll( … ) ]
				p.chainWords(p.Operand(one), b, depth+4)
			}
		}
	case js.Logical: // known && e.target.closest( … )
		p.chainWords(p.Right(n), b, depth+4)
	case js.Ident:
		p.chainWords(p.oneOf(n), b, depth+4)
	}
}

// oneOf is the list that a name stands for one of: x for the parameter of x.forEach( … ) and the variable of for ( … of x ); 0 for
// other names.
func (p *Pass) oneOf(n js.Node) js.Node {
	b := p.Tree.Binding(n)
	if b == 0 {
		return 0
	}
	if call := p.givenBy(n); call != 0 {
		switch name, _ := p.KeyName(p.Callee(call)); name {
		case "each", "every", "filter", "find", "forEach", "map", "some":
			return p.Object(p.Callee(call))
		}
		return 0
	}
	for _, r := range p.Refs(b) {
		if loop := p.parent(p.parent(p.parent(r))); p.Is(r, js.IsDeclared) && p.Kind(loop) == js.ForOf && p.Kind(p.parent(r)) == js.Declarator {
			return p.Right(loop)
		}
	}
	return 0
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

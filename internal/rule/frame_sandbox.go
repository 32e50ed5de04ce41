package rule

import (
	"strings"

	"sallyport/internal/js"
)

// sandboxed says whether the frame whose srcdoc is set at a node is sandboxed, so that what is in it is nobody's of this site:
// in the same object of attributes, or anywhere in the script on the same variable (HTML Standard §7.1.5).
func (p *Pass) sandboxed(n js.Node) bool {
	if p.Kind(n) == js.Property {
		for _, f := range p.List(p.parent(n)) {
			if name, _ := p.KeyName(f); name == "sandbox" {
				return p.keepsOut(p.Value(f))
			}
		}
		return false
	}
	frame := p.frameAt(n)
	if frame == 0 {
		return false
	}
	same := func(object js.Node) bool {
		return p.Tree.Binding(object) != 0 && p.Tree.Binding(object) == p.Tree.Binding(frame) || p.chain(object) == p.chain(frame) || p.sameField(object, frame)
	}
	for a := range p.Graph.EachAssign() {
		if a.Property == "sandbox" && same(a.Object) {
			return p.keepsOut(a.Value)
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case setsAttribute(c):
			if name, _ := p.Graph.Str(c.Arg(0)).Const(); name == "sandbox" && same(c.Object) {
				return p.keepsOut(c.Arg(1))
			}
		case c.Method == "add" && p.Name(p.Object(p.Callee(c.Node))) == "sandbox" && same(p.Object(c.Object)):
			return p.keepsOut(c.Arg(0))
		}
	}
	return false
}

// sameField says whether two nodes are this.x of one class.
func (p *Pass) sameField(a, b js.Node) bool {
	class := func(n js.Node) js.Node {
		if p.Kind(n) != js.Dot || p.Kind(p.Object(n)) != js.This {
			return 0
		}
		for n != 0 && p.Kind(n) != js.Class {
			n = p.parent(n)
		}
		return n
	}
	return class(a) != 0 && class(a) == class(b) && p.Name(a) == p.Name(b)
}

// frameAt is what a srcdoc is set on.
func (p *Pass) frameAt(n js.Node) js.Node {
	switch p.Kind(n) {
	case js.Assign:
		return p.Object(p.Left(n))
	case js.Call:
		return p.Object(p.Callee(n))
	}
	return 0
}

// keepsOut says whether a sandbox keeps scripts out, or keeps them in an origin of their own.
func (p *Pass) keepsOut(n js.Node) bool {
	text, known := p.Graph.Str(n).Const()
	return known && !(strings.Contains(text, "allow-scripts") && strings.Contains(text, "allow-same-origin"))
}

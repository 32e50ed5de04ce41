package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// running is a place where text is run as code.
type running struct {
	node js.Node
	code js.Node
	sink string
	flow.Where
}

// runs are the places where the script runs text as code, once computed.
func (p *Pass) runs() []running {
	if !p.known.looked {
		p.known.looked, p.known.runs = true, p.findRuns()
	}
	return p.known.runs
}

func (p *Pass) findRuns() []running {
	var out []running
	for c := range p.Graph.EachCall() {
		add := func(code js.Node, sink string) {
			if code != 0 {
				out = append(out, running{c.Node, code, sink, c.Where})
			}
		}
		switch {
		case c.Is("eval", "execScript"):
			add(c.Arg(0), "eval")
		case p.Kind(c.Node) == js.ImportCall:
			add(p.blobText(c.Arg(0)), "module")
		case c.Is("$.globalEval"):
			add(c.Arg(0), "$.globalEval")
		case c.Is("Function", "GeneratorFunction", "AsyncFunction") && len(c.Args) > 0:
			add(c.Args[len(c.Args)-1], "Function")
		case c.Is("Reflect.construct", "Reflect.apply") && p.Graph.NameOf(c.Arg(0)) == "Function":
			if list := p.Graph.Elements(c.Args[len(c.Args)-1]); len(list) > 0 {
				add(list[len(list)-1], "Function")
			}
		case p.constructs(c):
			add(c.Args[len(c.Args)-1], "constructor")
		case c.Is("setTimeout", "setInterval") && p.isText(c.Arg(0)):
			add(c.Arg(0), c.Method)
		case setsAttribute(c):
			for _, code := range p.handlerTexts(c) {
				add(code, "event attribute")
			}
		case (c.Method == "append" || c.Method == "appendChild" || c.Method == "text" || c.Method == "html") && (c.Tag == "script" || p.tagOf(c.Object) == "script"):
			add(c.Arg(0), "script element")
		}
	}
	for a := range p.Graph.EachAssign() {
		switch {
		case a.Tag == "script" && (a.Property == "text" || a.Property == "textContent" || a.Property == "innerHTML" || a.Property == "innerText"):
			out = append(out, running{a.Node, a.Value, "script element", a.Where})
		}
	}
	return out
}

// blobText is the text in URL.createObjectURL( new Blob( [ text ] ) ), 0 for any other address.
func (p *Pass) blobText(address js.Node) js.Node {
	made := p.origin(address)
	if p.Kind(made) != js.Call || p.Graph.NameOf(p.Callee(made)) != "URL.createObjectURL" {
		return 0
	}
	blob := p.origin(p.Arg(made, 0))
	if p.Kind(blob) != js.New || p.Graph.NameOf(p.Callee(blob)) != "Blob" {
		return 0
	}
	if parts := p.origin(p.Arg(blob, 0)); p.Kind(parts) == js.Array && len(p.List(parts)) > 0 {
		return p.List(parts)[0]
	}
	return 0
}

// constructs knows [].filter.constructor( text )(), and the same with the constructor kept in a variable.
func (p *Pass) constructs(c *flow.Call) bool {
	if len(c.Args) == 0 || c.New && p.Kind(p.Callee(c.Node)) != js.Ident || len(c.Targets) > 0 {
		return false
	}
	return p.isConstructor(p.Callee(c.Node)) && p.isText(c.Args[len(c.Args)-1])
}

func (p *Pass) isConstructor(callee js.Node) bool {
	if p.Kind(callee) == js.Ident {
		if p.takenOut(callee) == "constructor" {
			return true
		}
		callee = p.origin(callee)
	}
	if p.Kind(callee) != js.Dot && p.Kind(callee) != js.Index {
		return false
	}
	name, _ := p.KeyName(callee)
	return name == "constructor" && p.Kind(p.Object(callee)) != js.This
}

// takenOut is the property that a variable is declared with: a for const { a: x } = y.
func (p *Pass) takenOut(n js.Node) string {
	b := p.Tree.Binding(n)
	if b == 0 {
		return ""
	}
	for _, r := range p.Refs(b) {
		if up := p.parent(r); p.Is(r, js.IsDeclared) && p.Kind(up) == js.Property && p.Kind(p.parent(up)) == js.ObjectPattern {
			name, _ := p.KeyName(up)
			return name
		}
	}
	return ""
}

// isText says whether a node holds text and not a function.
func (p *Pass) isText(n js.Node) bool {
	if n == 0 || len(p.Graph.Functions(n)) > 0 || p.Kind(n) == js.Function {
		return false
	}
	if p.Graph.KindOf(n) == flow.String {
		return true
	}
	if p.grows(n) {
		return true
	}
	for _, t := range p.Graph.Str(n).Texts {
		if t.Prefix() != "" || t.Suffix() != "" {
			return true
		}
	}
	return len(p.strangers(n, flow.InJS)) > 0 || slices.ContainsFunc(p.Graph.Taint(n), func(f flow.Flow) bool { return f.Source == flow.FromInterface && f.Unsafe&flow.InJS != 0 })
}

// grows says whether a variable begins as a text and is added to.
func (p *Pass) grows(n js.Node) bool {
	begins, adds := false, false
	b := p.Tree.Binding(n)
	if b == 0 {
		return false
	}
	for _, r := range p.Refs(b) {
		switch up := p.parent(r); p.Kind(up) {
		case js.Declarator:
			begins = begins || p.Target(up) == r && p.Kind(p.Value(up)) == js.String
		case js.Assign:
			adds = adds || p.Left(up) == r && p.Op(up) == js.OpAdd
		}
	}
	return begins && adds
}

// strangers are the flows of other people's data that reach a node and are not safe in a context.
func (p *Pass) strangers(n js.Node, context flow.Contexts) []flow.Flow {
	var out []flow.Flow
	for _, f := range p.Graph.Taint(n) {
		switch f.Source {
		case flow.FromURL, flow.FromPage, flow.FromAPI, flow.FromUserJSON, flow.FromThirdParty, flow.FromPostMessage, flow.FromStorage:
			if f.Unsafe&context != 0 {
				out = append(out, f)
			}
		}
	}
	return out
}

// handlerTexts are the texts that el.setAttribute( 'onclick', text ) and $el.attr( { onclick: text } ) make code of, where the script does
// not begin them itself.
func (p *Pass) handlerTexts(c *flow.Call) []js.Node {
	var out []js.Node
	take := func(name string, text js.Node) {
		if len(name) > 3 && strings.EqualFold(name[:2], "on") && text != 0 && p.foreignCode(text) {
			out = append(out, text)
		}
	}
	if len(c.Args) > 1 {
		name, _ := p.Graph.Str(c.Arg(0)).Const()
		take(name, c.Arg(1))
		return out
	}
	for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
		take(f.Name, f.Value)
	}
	return out
}

func (p *Pass) foreignCode(n js.Node) bool {
	if p.Kind(p.origin(n)) == js.Function || len(p.Graph.Functions(n)) > 0 {
		return false
	}
	return !slices.ContainsFunc(p.Graph.Str(n).Texts, func(t flow.Text) bool { return t.Prefix() != "" })
}

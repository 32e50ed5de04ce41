package rule

import (
	"strings"

	"sallyport/internal/js"
)

// maxUses bounds the places that one value is followed to.
const maxUses = 60

// onlyText says whether a value is used as text and nothing else, wherever it goes: a tag in it stays what it looks like.
// What leaves the script, or is kept in a place that others read, may be used as anything.
func (p *Pass) onlyText(n js.Node) bool {
	left := maxUses
	return p.asText(n, &left)
}

func (p *Pass) asText(n js.Node, left *int) bool {
	up := p.parent(n)
	if *left--; *left < 0 || up == 0 {
		return false
	}
	switch p.Kind(up) {
	case js.Binary:
		return p.Op(up) != js.OpAdd || p.asText(up, left)
	case js.Template, js.Logical, js.Spread:
		return p.asText(up, left)
	case js.Cond:
		return p.Test(up) == n || p.asText(up, left)
	case js.If, js.While, js.Switch, js.ExprStmt:
		return true
	case js.Declarator:
		return p.Value(up) == n && p.allUses(p.Target(up), left)
	case js.Assign:
		return p.Right(up) == n && p.keepsText(p.Left(up), left)
	case js.Property:
		name, _ := p.KeyName(up)
		return p.Value(up) == n && textField(name)
	case js.Return:
		return p.allCalls(p.functionAround(up), left)
	case js.Function:
		return p.Is(up, js.IsExprBody) && p.Body(up) == n && p.allCalls(up, left)
	case js.Dot:
		return p.Object(up) == n && p.textMethod(up, left)
	case js.Call:
		return p.takesText(up, n, left)
	}
	return false
}

// textMethod follows ( text ).trim() and its like to what they give.
func (p *Pass) textMethod(member js.Node, left *int) bool {
	if name := p.Name(member); name == "length" {
		return true
	}
	call := p.parent(member)
	return p.Kind(call) == js.Call && p.Callee(call) == member && p.asText(call, left)
}

// allUses says the same of all places that read a variable.
func (p *Pass) allUses(name js.Node, left *int) bool {
	b := p.Tree.Binding(name)
	if b == 0 || p.Bindings[b].Scope == 0 {
		return false
	}
	read := false
	for _, r := range p.Refs(b) {
		if p.Is(r, js.IsWritten|js.IsDeclared) {
			continue
		}
		if !p.asText(r, left) {
			return false
		}
		read = true
	}
	return read
}

// keepsText knows what shows text as it is: el.textContent = text.
func (p *Pass) keepsText(target js.Node, left *int) bool {
	if p.Kind(target) == js.Ident {
		return p.allUses(target, left)
	}
	switch name, _ := p.KeyName(target); name {
	case "textContent", "innerText", "outerText", "nodeValue", "value", "title", "alt", "placeholder":
		return true
	}
	return false
}

// textField knows parameters that are text or wikitext.
func textField(name string) bool {
	switch name {
	case "text", "appendtext", "prependtext", "summary", "wikitext", "title", "alt", "placeholder", "value", "textContent":
		return true
	}
	return false
}

// allCalls says whether what a function returns is text to all who call it.
func (p *Pass) allCalls(f js.Node, left *int) bool {
	up := p.parent(f)
	switch p.Kind(up) {
	case js.Call: // $x.text( function () { … } )
		return p.Callee(up) != f && p.takesText(up, f, left)
	case js.Declarator:
		return p.calledForText(p.Target(up), left)
	}
	if p.Is(f, js.IsDecl) {
		return p.calledForText(p.Ident(f), left)
	}
	return false
}

func (p *Pass) calledForText(name js.Node, left *int) bool {
	b := p.Tree.Binding(name)
	if b == 0 || p.Bindings[b].Scope == 0 {
		return false
	}
	called := false
	for _, r := range p.Refs(b) {
		if r == name || p.Is(r, js.IsDeclared) {
			continue
		}
		up := p.parent(r)
		if p.Kind(up) != js.Call || p.Callee(up) == r && !p.asText(up, left) || p.Callee(up) != r && !p.takesText(up, r, left) {
			return false
		}
		called = true
	}
	return called
}

func (p *Pass) functionAround(n js.Node) js.Node {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) == js.Function {
			return up
		}
	}
	return 0
}

// takesText says whether a call uses an argument as text.
func (p *Pass) takesText(call, arg js.Node, left *int) bool {
	if p.Callee(call) == arg || len(p.Graph.Functions(p.Callee(call))) > 0 {
		return false
	}
	method, _ := p.KeyName(p.Callee(call))
	if method == "" {
		method = p.Name(p.Callee(call))
	}
	switch method {
	case "text", "val":
		return p.Arg(call, 0) == arg && p.Arg(call, 1) == 0
	case "createTextNode", "createComment", "insertAdjacentText", "alert", "confirm", "prompt", "parse", "writeText", "escape", "encodeURIComponent",
		"newSection", "setValue", "test", "indexOf", "includes", "startsWith", "saveOption":
		return true
	case "notify", "log", "warn", "error", "info", "debug":
		name := p.Graph.NameOf(p.Callee(call))
		return strings.HasPrefix(name, "mw.") || strings.HasPrefix(name, "console.")
	case "attr", "prop", "setAttribute":
		for _, name := range p.Graph.Str(p.Arg(call, 0)).Consts() {
			if p.Arg(call, 1) == arg && plainAttribute(name) {
				return true
			}
		}
	case "trim", "concat", "replace", "String", "slice":
		return p.asText(call, left)
	}
	return false
}

// plainAttribute knows attributes that are only ever shown.
func plainAttribute(name string) bool {
	switch name {
	case "title", "alt", "placeholder", "value", "label", "aria-label":
		return true
	}
	return false
}

// answered says whether a value is a field of an answer of the wiki's API: what is in those is known by their names.
func (p *Pass) answered(n js.Node) bool {
	name := p.Graph.NameOf(n)
	return strings.HasPrefix(name, "answer.") || p.isParsed(n)
}

// isParsed knows data.parse.text, whoever was asked for it.
func (p *Pass) isParsed(n js.Node) bool {
	if k := p.Kind(n); k != js.Dot && k != js.Index {
		return false
	}
	outer, _ := p.KeyName(p.Object(n))
	return outer == "parse"
}

package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// rewrites reports functions that jQuery hands every request of the page to, and that change what is sent.
func (p *Pass) rewrites() {
	for c := range p.Graph.EachCall() {
		for _, f := range p.requestHooks(c) {
			if n := p.rewritten(f); n != 0 {
				r := p.stays(n, "hook", "changes what other scripts send to the wiki")
				if !p.substitutes(f) {
					r.Severity = finding.Medium
				}
			}
		}
	}
}

// requestHooks are the functions of the script that see the requests of all others (https://api.jquery.com/category/ajax/).
func (p *Pass) requestHooks(c *flow.Call) []js.Node {
	var out []js.Node
	switch {
	case c.Is("$.ajaxPrefilter", "$.ajaxTransport"), c.Method == "ajaxSend" && c.Receiver == flow.JQuery:
		for _, a := range c.Args {
			out = append(out, p.Graph.Functions(a)...)
		}
	case c.Is("$.ajaxSetup"):
		for _, a := range p.Graph.Obj(c.Arg(0)).All("beforeSend") {
			out = append(out, p.Graph.Functions(a)...)
		}
	}
	return out
}

// rewritten is a place where such a function changes the body or the address of a request, 0 when there is none.
func (p *Pass) rewritten(f js.Node) js.Node {
	for a := range p.Graph.EachAssign() {
		if a.Property != "data" && a.Property != "url" || !p.within(a.Node, f) {
			continue
		}
		for _, param := range p.Params(f) {
			if b := p.Tree.Binding(param); b != 0 && p.Tree.Binding(a.Object) == b {
				return a.Node
			}
		}
	}
	return 0
}

// substitutes says whether a function names parameters that say what is done, or that let it be seen.
func (p *Pass) substitutes(f js.Node) bool {
	found := false
	p.Walk(f, func(n js.Node) bool {
		switch p.Kind(n) {
		case js.Call:
			switch name, _ := p.KeyName(p.Callee(n)); name {
			case "set", "append", "delete", "replace":
				for _, s := range p.Graph.Str(p.Arg(n, 0)).Consts() {
					found = found || telling[strings.Trim(s, "&?=")]
				}
			}
		case js.Assign:
			name, _ := p.KeyName(p.Left(n))
			found = found || telling[name]
		case js.String, js.TemplateText:
			for _, part := range strings.FieldsFunc(p.Str(n), func(r rune) bool { return r == '&' || r == '?' }) {
				name, _, whole := strings.Cut(part, "=")
				found = found || whole && telling[name] && name != "action"
			}
		}
		return !found
	})
	return found
}

var telling = words("title text appendtext prependtext summary bot tags user reason target token watchlist add expiry")

// within says whether a node stands inside another.
func (p *Pass) within(n, outer js.Node) bool {
	return p.Start(outer) <= p.Start(n) && p.End(n) <= p.End(outer)
}

package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// inModules are the addresses that a script element's text imports from.
func (p *Pass) inModules() []imported {
	var out []imported
	for _, r := range p.runs() {
		for _, t := range p.Graph.Str(r.code).Texts {
			for _, m := range importing.FindAllStringSubmatch(written(t), 8) {
				if i, ok := p.fromURL(flow.Text{{Text: m[1]}}); ok && i.kind == thirdParty {
					i.node, i.from, i.Where = r.node, r.code, r.Where
					out = append(out, i)
				}
			}
		}
	}
	return out
}

var importing = regexp.MustCompile(`\bimport\b[^;"'()]*["']((?:https?:)?//[^"'\s]+)`)

// addedSources are the hosts that mw.loader.addSource( { id: url } ) and addSource( id, url ) take modules from.
func (p *Pass) addedSources(c *flow.Call) []imported {
	var out []imported
	for _, u := range p.sourceAddresses(c) {
		for _, t := range p.Graph.Str(u).Texts {
			if i, ok := p.fromURL(t); ok && i.kind == thirdParty {
				i.node, i.from, i.source, i.Where = c.Node, u, true, c.Where
				out = append(out, i)
			}
		}
	}
	return out
}

// sourceAddresses are the addresses in mw.loader.addSource( id, address ) and mw.loader.addSource( { id: address } ), under names
// that are put together, too.
func (p *Pass) sourceAddresses(c *flow.Call) []js.Node {
	if len(c.Args) > 1 {
		return c.Args[1:]
	}
	var out []js.Node
	for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
		out = append(out, f.Value)
	}
	if o := p.origin(c.Arg(0)); p.Kind(o) == js.Object {
		for _, f := range p.List(o) {
			if p.Kind(f) == js.Property && p.Is(f, js.IsComputed) {
				out = append(out, p.Value(f))
			}
		}
	}
	return out
}

// inMarkup are script elements with an address in markup that the script puts together. Whoever cuts the tag into pieces
// does not want it to be found.
func (p *Pass) inMarkup() []imported {
	var out []imported
	seen := map[js.Node]bool{}
	p.each(func(n js.Node) {
		s := p.Str(n)
		if !opensScript(s) {
			return
		}
		whole := p.expressionAround(n)
		if seen[whole] {
			return
		}
		seen[whole] = true
		var b strings.Builder
		p.markupOf(whole, &b, 0)
		for _, m := range scriptTag.FindAllStringSubmatch(b.String(), 8) {
			i, ok := p.fromURL(flow.Text{{Text: m[1]}})
			if !ok || i.kind != thirdParty {
				continue
			}
			i.node, i.from, i.split = n, n, !strings.Contains(strings.ToLower(s), "<script")
			i.Where = p.whereAround(n)
			out = append(out, i)
		}
	}, js.String, js.TemplateText)
	return out
}

// opensScript says whether a text has "<scr", as "<script" begins where it is cut in two.
func opensScript(s string) bool {
	for {
		_, rest, found := strings.Cut(s, "<")
		if !found {
			return false
		}
		if len(rest) >= 3 && strings.EqualFold(rest[:3], "scr") {
			return true
		}
		s = rest
	}
}

var scriptTag = regexp.MustCompile(`(?i)<script\b[^<>]*?\bsrc\s*=\s*["']?\s*((?:https?:)?//[^"'\s<>]+)`)

// expressionAround is the whole of the text that a literal is a piece of, as far as it stands in one place.
func (p *Pass) expressionAround(n js.Node) js.Node {
	for {
		up := p.parent(n)
		switch p.Kind(up) {
		case js.Binary, js.Template, js.Array:
		case js.Call:
			if p.Callee(up) == n {
				return n
			}
		default:
			return n
		}
		n = up
	}
}

// markupOf writes the literals of an expression one after the other.
func (p *Pass) markupOf(n js.Node, b *strings.Builder, depth int) {
	if depth > 200 || p.Kind(n) == js.Function {
		return
	}
	b.WriteString(p.Str(n))
	if p.Kind(n) == js.Call {
		for _, a := range p.Args(n) {
			p.markupOf(a, b, depth+1)
		}
		return
	}
	p.Children(n, func(c js.Node) { p.markupOf(c, b, depth+1) })
}

// whereAround is the circumstance of the function or call that a node stands in.
func (p *Pass) whereAround(n js.Node) flow.Where {
	if w, ok := p.around(n); ok {
		return w
	}
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) == js.Function {
			return p.Graph.WhereIs(up)
		}
	}
	return flow.Where{Trigger: capability.OnLoad}
}

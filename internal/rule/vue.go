package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// vueSinks looks at what templates show as HTML: v-html and :inner-html, by name in the component's script.
func (p *Pass) vueSinks() {
	for _, part := range p.Parts {
		name := strings.ReplaceAll(strings.ToLower(part.Attribute), "-", "")
		if part.Script == nil || name != "vhtml" && name != "innerhtml" {
			continue
		}
		p.text.out.Capabilities = append(p.text.out.Capabilities, capability.Capability{
			Name: capability.DOMHTML, Certainty: capability.Certain, Line: p.span(part.Start, part.End).Start.Line,
		})
		worst := p.vueValue(&part)
		if worst.severity > finding.Note {
			p.ReportAt(part.Start, part.End, worst.severity, "%s becomes HTML through %s", sourceWord(worst.Source), part.Attribute)
		}
	}
}

// vueValue is the worst that reaches the names an expression of the template uses.
func (p *Pass) vueValue(part *js.Part) danger {
	names := map[string]bool{}
	s := part.Script
	s.Walk(s.Root, func(n js.Node) bool {
		if k := s.Kind(n); k == js.Ident || k == js.Dot {
			names[s.Name(n)] = true
		}
		return true
	})
	var worst danger
	take := func(q *Pass, n js.Node) {
		if w := q.worstHTML(n); w.severity > worst.severity {
			worst = w
		}
	}
	expression := &Pass{Script: s, Graph: flow.Analyse(s, p.text.o.Flow), text: p.text, known: &known{}}
	take(expression, s.Root)
	for _, other := range p.Parts {
		if other.Kind == js.PartScript && other.Script != nil {
			q := &Pass{Script: other.Script, Graph: flow.Analyse(other.Script, p.text.o.Flow), text: p.text, known: &known{}}
			q.named(names, func(n js.Node) { take(q, n) })
		}
	}
	return worst
}

// named calls f with the values of variables and properties that have one of the names, and with what functions of
// that name, computed() among them, return.
func (p *Pass) named(names map[string]bool, f func(js.Node)) {
	values := func(n js.Node) {
		f(n)
		o := p.origin(n)
		if p.Kind(o) == js.Call {
			o = p.Arg(o, 0)
		}
		for _, fn := range append(p.Graph.Functions(n), p.Graph.Functions(o)...) {
			for _, r := range p.returns(fn) {
				f(r)
			}
		}
	}
	for a := range p.Graph.EachAssign() { // hello.value = …, this.hello = …
		if names[a.Property] || a.Property == "value" && names[p.Name(a.Object)] {
			f(a.Value)
		}
	}
	p.each(func(n js.Node) {
		name, _ := p.KeyName(n)
		if p.Kind(n) == js.Declarator {
			name = p.Name(p.Target(n))
		}
		if names[name] && p.Value(n) != 0 {
			values(p.Value(n))
		}
	}, js.Declarator, js.Property)
}

package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var obfuscation = &Rule{
	Name:     "obfuscation",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `written so as not to be read

Text that is decoded and then run, string tables that are shuffled first, loops that jump from piece to piece, characters that
show code in another order than it runs. What unfolds is analysed as well and said to come from here. Minified code
is not obfuscated: short names and missing spaces hide nothing.`,
	Run: func(p *Pass) {
		p.decodedRuns()
		p.tricks()
		p.reaches()
	},
}

// decodedRuns reports code that does not stand in the script as it runs.
func (p *Pass) decodedRuns() {
	for _, r := range p.runs() {
		text, ok := p.Graph.Str(r.code).Const()
		switch {
		case ok && !p.plain(r.code, text):
			p.Report(r.node, finding.High, "runs text that it decodes first: %s", excerpt(text))
		case !ok && p.decodes(r.code):
			p.Report(r.node, finding.High, "runs text that it decodes first")
		}
	}
}

// plain says whether a text stands in the script in literals, in the order in which it is run.
func (p *Pass) plain(n js.Node, text string) bool {
	var b strings.Builder
	p.literals(n, &b, 0)
	return strings.Contains(b.String(), text) || len(text) < 8
}

func (p *Pass) literals(n js.Node, b *strings.Builder, depth int) {
	if depth > 200 {
		return
	}
	switch n = p.origin(n); p.Kind(n) {
	case js.Call, js.New, js.Function:
		// what a function makes of text is not plain
	default:
		b.WriteString(p.Str(n))
		p.Children(n, func(c js.Node) { p.literals(c, b, depth+1) })
	}
}

// decodes says whether a node is made by a decoder from text in the script: atob, fromCharCode, unescape, or a function
// made for it on the spot, as packers do.
func (p *Pass) decodes(n js.Node) bool {
	if p.grows(n) {
		for _, r := range p.Refs(p.Tree.Binding(n)) {
			if up := p.parent(r); p.Kind(up) == js.Assign && p.Left(up) == r && p.decodes(p.Right(up)) {
				return true
			}
		}
		return false
	}
	n = p.origin(n)
	found := false
	p.Walk(n, func(c js.Node) bool {
		if p.Kind(c) == js.Call {
			switch p.Graph.NameOf(p.Callee(c)) {
			case "atob", "unescape", "String.fromCharCode", "decodeURIComponent", "decodeURI":
				found = found || len(p.strangers(p.Arg(c, 0), flow.Data)) == 0 && p.hasLiteral(c)
			}
		}
		return !found && p.Kind(c) != js.Function
	})
	if found || p.Kind(n) != js.Call || p.Kind(p.Callee(n)) != js.Function {
		return found
	}
	for _, a := range p.Args(n) {
		s, ok := p.Graph.Str(a).Const()
		found = found || ok && len(s) > 5
	}
	return found && len(p.Args(n)) >= 3
}

func (p *Pass) hasLiteral(n js.Node) bool {
	found := false
	p.Walk(n, func(c js.Node) bool {
		o := p.origin(c)
		found = found || p.Kind(o) == js.String || p.Kind(o) == js.Number || p.Kind(o) == js.Array
		return !found
	})
	return found
}

func excerpt(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

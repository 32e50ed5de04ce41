package rule

import (
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var syncXHR = &Rule{
	Name:     "sync-xhr",
	Severity: finding.Low,
	Doc: `a synchronous request

The whole page stands still until the answer is there, and browsers are about to refuse it. Use the asynchronous form.`,
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			switch {
			case c.Is("XMLHttpRequest.open") && p.isFalse(c.Arg(2)):
				p.Report(c.Node, finding.Low, "the page stands still until the answer is there")
			case c.Is("$.ajax", "$.post", "$.get", "$.ajaxSetup", "mw.Api.ajax", "mw.Api.get", "mw.Api.post"):
				p.syncOptions(c)
			}
		}
	},
}

func (p *Pass) syncOptions(c *flow.Call) {
	for _, a := range c.Args {
		for _, n := range p.Graph.Obj(a).All("async") {
			if p.isFalse(n) {
				p.Report(c.Node, finding.Low, "the page stands still until the answer is there")
				return
			}
		}
	}
}

// isFalse knows false and !1.
func (p *Pass) isFalse(n js.Node) bool {
	n = p.origin(n)
	if p.Kind(n) == js.Unary && p.Op(n) == js.OpNot {
		k := p.Kind(p.Operand(n))
		return k == js.Number && p.Num(p.Operand(n)) != 0
	}
	return p.Kind(n) == js.Bool && p.Op(n) == js.OpFalse
}

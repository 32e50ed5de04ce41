package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var regexpRule = &Rule{
	Name:     "regexp",
	Severity: finding.Low,
	CWE:      []int{625},
	Doc: `a name or text used as a regular expression

A user called ".*" matches everything: where the expression decides who may do what, the check is gone. Use
mw.util.escapeRegExp( text ).`,
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			if !c.Is("RegExp") || p.escapesRegexp(c.Arg(0)) {
				continue
			}
			for _, f := range p.Graph.Taint(c.Arg(0)) {
				if f.Unsafe&flow.InRegexp != 0 && namesSomething(f.Source) {
					p.Way(p.Report(c.Node, finding.Low, "%s becomes a regular expression unescaped", sourceWord(f.Source)), f)
					break
				}
			}
		}
	},
}

// escapesRegexp knows x.replace( /[…]/g, '\\$&' ), what people write themselves.
func (p *Pass) escapesRegexp(n js.Node) bool {
	found := false
	p.Walk(p.origin(n), func(c js.Node) bool {
		o := p.origin(c)
		name, _ := p.KeyName(p.Callee(o))
		to, _ := p.Graph.Str(p.Arg(o, 1)).Const()
		found = found || name == "replace" && strings.Contains(to, `\$`)
		return !found
	})
	return found
}

func namesSomething(s flow.Source) bool {
	switch s {
	case flow.FromURL, flow.FromPage, flow.FromTitle, flow.FromAPI, flow.FromUserJSON, flow.FromThirdParty, flow.FromPostMessage, flow.FromUser:
		return true
	}
	return false
}

package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var cssLeak = &Rule{
	Name:     "css-leak",
	Severity: finding.High,
	CWE:      []int{200},
	Doc: `a style sheet that reads values

input[value^="a"] { background: url(…a) } tells a server letter by letter what stands in a field, an edit token for instance.
-moz-binding, behavior and expression() ran script in old browsers.`,
	Capabilities: []capability.Name{capability.TokenRead},
	Run: func(p *Pass) {
		read := -1 // where the selector that reads a field ends
		for _, s := range p.Styles {
			switch {
			case s.Kind == js.StyleExpression || s.Kind == js.StyleBinding || s.Kind == js.StyleBehavior:
				p.ReportAt(s.Start, s.End, finding.Medium, "runs code out of a style sheet in old browsers")
			case s.Kind == js.StyleAttribute && s.Property == "value" && s.Operator != "=":
				read = s.End
			case s.Kind == js.StyleURL && read >= 0 && !strings.Contains(p.Text[read:s.Start], "}"):
				if len(p.foreign(plainly(s.Value))) > 0 {
					p.ReportAt(s.Start, s.End, finding.High, "tells %s what a field begins with", hostOf(s.Value))
				}
			}
		}
	},
}

func hostOf(address string) string {
	h, _ := flow.Text{{Text: strings.TrimSpace(address)}}.Host()
	return h
}

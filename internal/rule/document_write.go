package rule

import (
	"strings"

	"sallyport/internal/finding"
)

var documentWrite = &Rule{
	Name:     "document-write",
	Severity: finding.Low,
	CWE:      []int{79},
	Doc: `document.write

Gadgets run after the page is there: document.write then replaces it. Use DOM methods or jQuery. Writing into a window one
has opened is fine.`,
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			if c.Is("document.write", "document.writeln") && !strings.Contains(p.Source(p.origin(c.Object)), ".document") {
				p.Report(c.Node, finding.Low, "document.write replaces the page once it is there: use DOM methods")
			}
		}
	},
}

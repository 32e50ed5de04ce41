package trace

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var ownCodeRule = &Rule{
	Name:     "own-code",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `writes your own scripts

What stands in your common.js runs on every page you open. An installer writes there once, when you press its button.`,
	Capabilities: []capability.Name{capability.WriteOwnCode},
	Run: func(p *Pass) {
		for _, e := range p.codeWrites(ownCode) {
			p.Can(e, capability.Capability{Name: capability.WriteOwnCode, Target: ofMe(e.Data.Title)})
			p.ReportWhen(e, p.Weigh(e, finding.High, finding.Low), "writes %s, your own code", ofMe(e.Data.Title))
		}
	},
}

// ofMe is a page of one's own without the name, as package rule writes it: what everybody's script does to themselves is one thing.
func ofMe(title string) string {
	if space, rest, ok := strings.Cut(title, ":"); ok {
		if _, sub, ok := strings.Cut(rest, "/"); ok {
			return space + ":<me>/" + sub
		}
	}
	return title
}

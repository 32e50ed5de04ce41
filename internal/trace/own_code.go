package trace

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var ownCodeRule = &Rule{
	Name:     "own-code",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `writes your own scripts

What stands in your common.js runs on every page you open. An installer writes there once, when you press its button, and
names a page of the wiki: a loader of another site's code is no installation. Nor is text that was made code afterwards.`,
	Capabilities: []capability.Name{capability.WriteOwnCode},
	Run: func(p *Pass) {
		for _, e := range p.codeWrites(ownCode) {
			p.Can(e, capability.Capability{Name: capability.WriteOwnCode, Target: ofMe(e.Data.Title)})
			host := p.plants(e, e.Data.Text)
			switch {
			case host != "" && !strings.HasSuffix(e.Data.Title, ".js") && !strings.HasSuffix(e.Data.Title, ".vue"): // no installer writes where code does not belong, and has it made code
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Critical), "plants code of %s in %s, which was made code for it", host, ofMe(e.Data.Title))
			case host != "":
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.High), "plants code of %s in %s, your own code", host, ofMe(e.Data.Title))
			case e.Data.Action == "changecontentmodel":
				p.ReportWhen(e, p.Weigh(e, finding.Critical, finding.Low), "makes %s your own code", ofMe(e.Data.Title))
			default:
				p.ReportWhen(e, p.Weigh(e, finding.High, finding.Low), "writes %s, your own code", ofMe(e.Data.Title))
			}
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

package trace

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var imports = &Rule{
	Name:     "imports",
	Severity: finding.High,
	CWE:      []int{829},
	Doc: `runs code from elsewhere

Code that is loaded can change at any time without a change here: whoever keeps it decides what you run. What comes from a host
that nobody listed for this script is a finding, also behind a condition: nobody knows what it will be on the day. A page of
the wiki is a remark, unless one revision is named.`,
	Capabilities: []capability.Name{capability.Import},
	Run: func(p *Pass) {
		for _, e := range p.Of(ScriptLoad, Request, Worker) {
			target, foreign := p.importOf(e)
			if target == "" || e.companion() {
				continue
			}
			p.Can(e, capability.Capability{Name: capability.Import, Target: target})
			switch host := hostOf(e.Data.URL); {
			case foreign && strings.HasPrefix(e.Data.URL, "http:"):
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs code that comes without encryption: %s", target)
			case foreign && !under(host, p.o.Allowed):
				p.Report(e, finding.Medium, "runs code of %s, which is not listed: %s", host, target)
			case !foreign && !pinned(e.Data.URL) && !p.mine(target):
				p.Report(e, p.Weigh(e, finding.Low, finding.Low), "runs whatever %s says at the time", target)
			}
		}
	},
}

// mine says whether a page is kept by the script's own author, or by the wiki.
func (p *Pass) mine(title string) bool {
	space, rest, _ := strings.Cut(title, ":")
	owner, _, _ := strings.Cut(rest, "/")
	return strings.EqualFold(space, "MediaWiki") || p.o.Author != "" && strings.EqualFold(strings.ReplaceAll(owner, "_", " "), strings.ReplaceAll(p.o.Author, "_", " "))
}

package trace

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

var eval = &Rule{
	Name:     "eval",
	Severity: finding.Critical,
	CWE:      []int{95},
	Doc: `runs text as code

Text that was fetched says what its server likes; text that was decoded did not want to be read. A string that stands in the
script as it is can be read there, and is only said.`,
	Capabilities: []capability.Name{capability.Eval},
	Run: func(p *Pass) {
		for _, e := range p.Of(ScriptEval) {
			if e.Script == nil && e.Data.From == "" && !p.compared[e.Run] {
				continue // ResourceLoader runs modules out of its store
			}
			p.Can(e, capability.Capability{Name: capability.Eval})
			host := p.foreign(e)
			switch from := p.origin(e); {
			case from == "fetched" && host != "" && !under(host, p.o.Allowed):
				p.Report(e, p.Weigh(e, finding.Critical, finding.High), "runs what %s answers as code", host)
			case from == "fetched" && host != "":
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs what %s answers as code", host)
			case from == "fetched":
				p.Report(e, p.Weigh(e, finding.Medium, finding.Medium), "runs an answer of the wiki as code")
			case from == "decoded":
				p.Report(e, p.Weigh(e, finding.High, finding.High), "decodes text and runs it as code")
			case from == "page":
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs text of the page as code")
			case from == "address":
				p.Report(e, p.Weigh(e, finding.High, finding.High), "runs what stands in the page's address as code")
			case from == "":
				p.Report(e, p.Weigh(e, finding.Medium, finding.Medium), "runs text as code that does not stand in it")
			}
		}
	},
}

// origin is where evaluated text came from: as the log says, or literal when the script holds it.
func (p *Pass) origin(e *Event) string {
	if text := tight(e.Data.Text); e.Data.From == "" && text != "" && strings.Contains(tight(p.o.Source), text) {
		return "literal"
	}
	return e.Data.From
}

package rule

import (
	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/js"
)

var opaque = &Rule{
	Name:     "opaque",
	Severity: finding.Medium,
	Doc: `could not be read

A script that no parser reads is not counted as clean: nothing is known about it. Browsers refuse most of these, but not all.`,
	Capabilities: []capability.Name{capability.Opaque},
	Run: func(p *Pass) {
		if p.Goal != js.Opaque {
			return
		}
		if p.text.depth > 0 {
			return // one of several texts that may be run: most likely this one is not
		}
		p.text.out.Capabilities = append(p.text.out.Capabilities, capability.Capability{Name: capability.Opaque, Certainty: capability.Certain, Line: 1})
		for _, q := range p.Problems {
			p.ReportAt(q.Offset, q.Offset, finding.Medium, "not read: %s", q.Message)
		}
	},
}

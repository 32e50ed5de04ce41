package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
)

var randomPageRule = &Rule{
	Name:     "random-page",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `changes pages drawn by lot

Nobody edits, moves or deletes a page without knowing which. Only a vandal's script does.`,
	Run: func(p *Pass) {
		drawn := p.draws()
		for _, w := range p.writes() {
			if !massive[w.action] || w.asked() {
				continue
			}
			for _, t := range w.titles {
				if kindOf(t) == randomPage || drawn && fromAnswer(t) {
					p.Report(w.node, w.weigh(finding.Critical, finding.High, finding.Low), "%s drawn by lot, %s", actionWord(w.action), w.when())
					break
				}
			}
		}
	},
}

// draws says whether the script asks the wiki for random pages.
func (p *Pass) draws() bool {
	for _, r := range p.requests() {
		if r.q.has("list", "random") || r.q.has("generator", "random") {
			return true
		}
		for _, n := range r.urls {
			if strings.Contains(strings.ToLower(p.Graph.Str(n).Pattern()), "special:random") {
				return true
			}
		}
	}
	return false
}

// fromAnswer says whether a title comes, as a whole, from something the script was told.
func fromAnswer(t flow.Text) bool {
	if len(t) == 0 {
		return true
	}
	switch t[0].Hole {
	case flow.Answer, flow.SomeText, flow.Random, flow.NumberOf, flow.Foreign:
		return true
	}
	return false
}

package trace

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
)

var selfPropagation = &Rule{
	Name:     "self-propagation",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `puts itself into scripts

What it writes into code holds its own text, the hash of it, something that loads its page, or the mark that the sandbox put
into it: that is how a worm goes from person to person. An installer puts a line into your own scripts, when you press its
button.`,
	Run: func(p *Pass) {
		for _, e := range p.codeWrites(siteCode + " " + gadget + " " + otherCode + " " + ownCode) {
			marks := p.marks(e)
			if slices.Contains(e.Canary, CanaryScript) {
				marks = with(marks, []string{SelfText})
			}
			if len(marks) == 0 {
				continue
			}
			asked := finding.Critical // nobody installs a script for others by pressing a button
			if e.Data.Class == ownCode {
				asked = finding.Low
			}
			p.ReportWhen(e, p.Weigh(e, finding.Critical, asked), "puts itself (%s) into %s", markWords(marks), e.Data.Title)
		}
	},
}

func markWords(marks []string) string {
	words := map[string]string{SelfText: "its own text", SelfHash: "its hash", SelfImport: "a loader of its page"}
	var out []string
	for _, m := range marks {
		if w := words[m]; w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}

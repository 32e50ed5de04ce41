package rule

import (
	"sallyport/internal/finding"
	"sallyport/internal/js"
)

var notAnalysed = &Rule{
	Name:     "not-analysed",
	Severity: finding.Medium,
	Doc: `part of it was not analysed, or not as it stands

Analysis has limits of size, depth and work. Where one was reached, or where two parsers disagree about what the text
means, what is said about the script may be incomplete.`,
	Run: func(p *Pass) {
		if p.Goal == js.Opaque {
			return
		}
		for _, q := range p.Problems {
			p.ReportAt(q.Offset, q.Offset, problemSeverity(q.Kind), "%s", q.Message)
		}
		for _, note := range p.Graph.Notes() {
			p.ReportAt(0, 0, finding.Low, "%s", note)
		}
	},
}

func problemSeverity(k js.ProblemKind) finding.Severity {
	switch k {
	case js.Disagree, js.TooLarge, js.TooDeep, js.Syntax, js.Encoding:
		return finding.Medium
	}
	return finding.Note
}

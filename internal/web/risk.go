package web

import (
	"html/template"

	"sallyport/internal/capability"
	"sallyport/internal/risk"
)

// riskPart is the score of a script with the sum behind it.
type riskPart struct {
	Score   int
	Level   string
	Reasons []riskRow
	Lower   []riskRow       // what would lower it, with the score it would then be
	Unknown []template.HTML // what is not known
}

// riskRow is a line of the sum.
type riskRow struct {
	Points int
	Says   template.HTML
	Found  string // what a finding says, in English; instead of Says
	Count  int    // places of a finding, or imports
	Line   int
	Import bool
}

// judge scores what is known of a revision.
func (k *known) judge() risk.Assessment {
	s := risk.Subject{Facts: k.facts}
	if k.read.State == stateDone {
		s.Read = k.script
	}
	if k.run.State == stateDone {
		s.Run = k.report.Script("")
	}
	return risk.Score(s)
}

// tellRisk puts an assessment into words; nil when nothing was analysed.
func (p *pages) tellRisk(lang string, k *known) *riskPart {
	if k.read.State != stateDone && k.run.State != stateDone {
		return nil
	}
	return p.riskOf(lang, k.judge())
}

func (p *pages) riskOf(lang string, a risk.Assessment) *riskPart {
	part := &riskPart{Score: a.Score, Level: string(a.Level)}
	for _, r := range a.Reasons {
		row := riskRow{Points: r.Points, Count: r.Count, Line: r.Line, Import: r.Kind == risk.ByImport}
		switch {
		case r.Capability != nil:
			row.Says = p.words.Can(lang, *r.Capability, isolate)
		case r.Kind == risk.ByFinding && r.Name != risk.NotRead:
			row.Found = r.Says
		default:
			row.Says, row.Count = p.words.HTML(lang, "risk-"+r.Name, r.Count), 0
		}
		part.Reasons = append(part.Reasons, row)
	}
	for _, r := range a.Lower {
		part.Lower = append(part.Lower, riskRow{Points: r.Score, Says: p.relief(lang, r)})
	}
	for _, name := range a.Unknown {
		part.Unknown = append(part.Unknown, p.words.HTML(lang, "risk-no-"+name))
	}
	return part
}

// relief says what to do.
func (p *pages) relief(lang string, r risk.Relief) template.HTML {
	switch {
	case r.Kind == risk.ByImport && r.Target != "":
		return p.words.HTML(lang, "risk-lower-pin", isolate(r.Target))
	case r.Kind == risk.ByImport:
		return p.words.HTML(lang, "risk-lower-pin-all")
	case r.Kind == risk.ByCapability:
		return p.words.HTML(lang, "risk-lower-ask", p.words.Can(lang, capability.Capability{Name: capability.Name(r.Name)}, isolate))
	case r.Kind == risk.ByAudience:
		return p.words.HTML(lang, "risk-lower-power")
	case r.Kind == risk.ByOrigin:
		return p.words.HTML(lang, "risk-lower-page")
	case r.Name == risk.NotRead:
		return p.words.HTML(lang, "risk-lower-read")
	}
	return p.words.HTML(lang, "risk-lower-resolve", isolate(r.Name))
}

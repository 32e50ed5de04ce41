package trace

import (
	"fmt"
	"slices"

	"sallyport/internal/finding"
)

// LowCoverage is the share of functions below which silence says nothing. A plain load runs a median of 0.11 of a gadget's
// functions, and an explorer reaches 0.39: a script of which three in ten never ran has not been looked at.
const LowCoverage = 0.30

// verdict says what the findings come to: hostile when something critical was seen, which behind a turned condition is only what
// nobody can want, see [Pass.Weigh]; suspicious when anything of medium weight was seen; unknown when the runs were too few, too short
// or too broken for their silence to mean anything.
func (p *Pass) verdict(r *Report) (Verdict, []string) {
	if reasons := because(r, func(f *Finding) bool { return f.Severity == finding.Critical }); len(reasons) > 0 {
		return Hostile, reasons
	}
	if reasons := because(r, func(f *Finding) bool { return f.Severity >= finding.Medium }); len(reasons) > 0 {
		return Suspicious, append(reasons, p.doubts(r)...)
	}
	if reasons := p.doubts(r); len(reasons) > 0 {
		return Unknown, reasons
	}
	reasons := []string{fmt.Sprintf("%d runs as %d people on %d pages ran %d of %d functions", r.Visits.Runs, len(r.Visits.Personas), len(r.Visits.Pages), r.Functions.Ran, r.Functions.Total)}
	for _, remark := range because(r, func(f *Finding) bool { return true }) {
		reasons = append(reasons, "of little weight: "+remark)
	}
	return NothingSeen, reasons
}

// because gives the messages of findings, each once.
func because(r *Report, counts func(*Finding) bool) []string {
	var out []string
	for i := range r.Findings {
		if f := &r.Findings[i]; counts(f) && len(out) < 5 && !slices.Contains(out, f.Message) {
			out = append(out, f.Message)
		}
	}
	return out
}

// doubts are the reasons why nothing follows from silence.
func (p *Pass) doubts(r *Report) []string {
	var out []string
	good := map[string]bool{}
	forced, broken := 0, 0
	for _, run := range p.log.Runs {
		if run.Setup.Base {
			continue
		}
		if run.Stage == Forced {
			forced++
			if run.Invalid != "" && !run.calls() {
				broken++
			}
		}
		if run.Invalid == "" {
			good[run.kind()] = true
		}
	}
	if len(good) == 0 {
		return []string{"no run came to its end"}
	}
	for _, run := range p.log.Runs {
		if run.Invalid != "" && run.Stage != Forced && !run.Setup.Base && !good[run.kind()] {
			out = append(out, fmt.Sprintf("run %d, as %s on %s: %s", run.Number, orElse(run.Persona, "somebody"), orElse(run.Page, "some page"), run.Invalid))
		}
	}
	if 2*broken > forced {
		out = append(out, fmt.Sprintf("%d of %d runs with turned conditions did not come to their end", broken, forced))
	}
	out = append(out, p.limits()...)
	if r.Functions.Total == 0 {
		out = append(out, "nobody counted which functions ran")
	} else if r.Coverage < LowCoverage {
		out = append(out, fmt.Sprintf("%d of %d functions ran, less than %d in 100", r.Functions.Ran, r.Functions.Total, int(100*LowCoverage)))
	}
	return out[:min(len(out), 10)]
}

// calls says whether the functions that never ran were called in a run, after all else: many of them end badly with what they get.
func (r *Run) calls() bool {
	return slices.ContainsFunc(r.Events, func(e *Event) bool { return e.Kind == Press && e.Data.How == HowCall })
}

// kind is what a run and its repetition have in common.
func (r *Run) kind() string {
	s := r.Setup
	return fmt.Sprint(r.Persona, "\x00", r.Page, "\x00", r.Stage, "\x00", s.Host, s.Skin, s.Language, s.Referrer, s.Answer, s.Clock, s.Forward, s.Visit, s.Gates)
}

// limits are the limits that ended or thinned out runs in which no condition was turned: a turned one may well loop.
func (p *Pass) limits() []string {
	var out []string
	for _, e := range p.log.Of(Limit) {
		line := "a limit was hit: " + e.Data.Name
		if e.Data.Text != "" {
			line += " (" + clip(e.Data.Text, 120) + ")"
		}
		if e.Stage != Forced && !slices.Contains(out, line) && len(out) < 5 {
			out = append(out, line)
		}
	}
	return out
}

func (p *Pass) visits() Visits {
	v := Visits{Personas: []string{}, Pages: []string{}}
	for _, r := range p.log.Runs {
		if r.Setup.Base {
			v.Baselines++
			continue
		}
		v.Runs++
		if r.Invalid != "" {
			v.Invalid++
		}
		v.Personas, v.Pages = oneMore(v.Personas, r.Persona), oneMore(v.Pages, r.Page)
	}
	return v
}

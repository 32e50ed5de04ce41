package bench

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// report collects the lines of one comparison.
type report struct {
	*testing.B
	strings.Builder
}

func begin(b *testing.B, format string, args ...any) *report {
	b.ReportMetric(0, "ns/op") // hides it: one operation is a whole benchmark
	r := &report{B: b}
	fmt.Fprintf(r, "\n"+format+"\n", args...)
	return r
}

// rows adds the figures of each round.
func (r *report) rows(results []result) {
	for _, one := range results {
		r.row(one.name, "req/s", one.perSecond)
		if one.cpu != nil {
			r.row("", "CPU-µs/request", one.cpu)
		}
	}
}

func (r *report) row(name, unit string, s series) {
	fmt.Fprintf(r, "  %-44s", name)
	for _, v := range s {
		fmt.Fprintf(r, "%9s", figure(v))
	}
	fmt.Fprintf(r, "   median %9s %s\n", figure(s.median()), unit)
}

// figure prints three digits or more, whatever the size.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// ratio adds a verdict. A goal begins with ≤ or ≥; without a goal the ratio is for information.
func (r *report) ratio(what, metric string, ratio float64, goal string) {
	verdict := ""
	if goal != "" {
		var bound float64
		least := strings.HasPrefix(goal, "≥")
		if _, err := fmt.Sscanf(goal[len("≥"):], "%g", &bound); err != nil {
			r.Fatal(err)
		}
		verdict = "not met"
		if least && ratio >= bound || !least && ratio <= bound {
			verdict = "met"
		}
		verdict = fmt.Sprintf(" (goal %s×: %s)", goal, verdict)
	}
	fmt.Fprintf(r, "  → %s: %s×%s\n", what, figure(ratio), verdict)
	r.ReportMetric(ratio, metric)
}

// print writes the report. testing's own log of a benchmark ends after ten lines.
func (r *report) print() { fmt.Fprint(os.Stdout, r.String()) }

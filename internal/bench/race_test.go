package bench

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// rounds is how often everybody is measured; who begins changes from round to round.
const rounds = 5

// contestant is one server and what it is asked.
type contestant struct {
	name    string
	url     string
	header  []string
	server  *process // whose processor time counts; nil when only requests are counted
	seconds int      // length of a round
}

// series holds one figure per round.
type series []float64

// result is what one contestant did.
type result struct {
	name      string
	perSecond series
	cpu       series // microseconds of processor time per request
}

// race measures everybody in turn.
func race(b *testing.B, all ...contestant) []result {
	b.Helper()
	program := need(b, "wrk", "wrk")
	results := make([]result, len(all))
	for i, c := range all {
		results[i].name = c.name
		wrk(b, program, c.url, 1, c.header) // warm
	}
	for round := range rounds {
		for n := range all {
			i := (n + round) % len(all)
			c, r := all[i], &results[i]
			before := c.used(b)
			done := wrk(b, program, c.url, c.seconds, c.header)
			r.perSecond = append(r.perSecond, done.perSecond)
			if c.server != nil {
				r.cpu = append(r.cpu, float64((c.used(b)-before).Microseconds())/done.requests)
			}
		}
	}
	return results
}

func (c contestant) used(b *testing.B) time.Duration {
	if c.server == nil {
		return 0
	}
	return c.server.cpu(b)
}

// to divides round by round and returns the middle.
func (s series) to(other series) float64 {
	ratios := make(series, len(s))
	for i := range s {
		ratios[i] = s[i] / other[i]
	}
	return ratios.median()
}

func (s series) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

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

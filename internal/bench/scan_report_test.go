package bench

import (
	"fmt"
	"strings"
)

// goal adds a figure with a verdict. A goal begins with ≤ or ≥; without one the figure is for information.
func (r *report) goal(what, metric string, value float64, unit, goal string) {
	verdict := ""
	if goal != "" {
		verdict = fmt.Sprintf(" (goal %s %s: %s)", goal, unit, r.verdict(value, goal))
	}
	fmt.Fprintf(r, "  → %s: %s %s%s\n", what, figure(value), unit, verdict)
	r.ReportMetric(value, metric)
}

func (r *report) verdict(value float64, goal string) string {
	var bound float64
	if _, err := fmt.Sscanf(goal[len("≥"):], "%g", &bound); err != nil {
		r.Fatal(err)
	}
	if strings.HasPrefix(goal, "≥") && value >= bound || strings.HasPrefix(goal, "≤") && value <= bound {
		return "met"
	}
	return "not met"
}

func (r *report) note(format string, args ...any) { fmt.Fprintf(r, "  "+format+"\n", args...) }

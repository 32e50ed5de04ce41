package story

import (
	"bufio"
	"fmt"
	"io"

	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// TextOptions say how people want it.
type TextOptions struct {
	Colour bool // the terminal knows ANSI colours
}

// Text tells each script's story, worst things first in each part.
func Text(w io.Writer, d *trace.Document, o TextOptions) error {
	t := &teller{bufio.NewWriter(w), o}
	for _, r := range d.Runs {
		t.script(r, d.Isolation)
	}
	t.sum(d)
	return t.Flush()
}

type teller struct {
	*bufio.Writer
	o TextOptions
}

// Colours, as SGR parameters.
const (
	bold   = "1"
	red    = "31;1"
	yellow = "33"
	blue   = "34"
)

func (t *teller) paint(colour, s string) string {
	if !t.o.Colour || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func verdictColour(v trace.Verdict) string {
	switch v {
	case trace.Hostile:
		return red
	case trace.Suspicious:
		return yellow
	}
	return bold
}

func severityColour(s finding.Severity) string {
	switch {
	case s >= finding.High:
		return red
	case s == finding.Medium:
		return yellow
	}
	return blue
}

func (t *teller) script(r *trace.Report, isolation string) {
	fmt.Fprintf(t, "%s: %s\n", t.paint(bold, output.Visible(r.Path)), t.paint(verdictColour(r.Verdict), string(r.Verdict)))
	for _, reason := range r.Reasons {
		fmt.Fprintf(t, "  because: %s\n", output.Visible(reason))
	}
	fmt.Fprintf(t, "  seen in: %s\n\n", evidence(r, isolation))
	for _, s := range r.Story {
		fmt.Fprintf(t, "%s:\n", t.paint(bold, heading(s)))
		for _, act := range s.Acts {
			fmt.Fprintf(t, "  %s\n", output.Visible(act))
		}
		fmt.Fprintln(t)
	}
	for i := range r.Findings {
		t.finding(r, &r.Findings[i])
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(t)
	}
	var hosts, code, can []string
	for _, h := range r.Hosts {
		hosts = append(hosts, sent(h))
	}
	for _, i := range r.Imports {
		code = append(code, loaded(i))
	}
	for _, c := range r.Capabilities {
		can = append(can, certainty(c))
	}
	t.list("Other sites", hosts)
	t.list("Code it loads", code)
	t.list("What it can do", can)
}

func (t *teller) finding(r *trace.Report, f *trace.Finding) {
	place := output.Visible(r.Path)
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", place, f.Line, f.Column)
	}
	fmt.Fprintf(t, "%s: %s: %s (%s; run %d)\n", place, t.paint(severityColour(f.Severity), f.Severity.String()), output.Visible(f.Message), output.Visible(f.Rule), firstRun(f))
	if f.Gate != nil {
		fmt.Fprintf(t, "  reachable only if this is turned: %s\n", condition(f.Gate))
	}
}

// firstRun is the run in which a finding can be looked up.
func firstRun(f *trace.Finding) int {
	if len(f.Evidence) == 0 {
		return 0
	}
	return f.Evidence[0].Run
}

func (t *teller) list(title string, rows []string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(t, "%s\n", t.paint(bold, title))
	for _, row := range rows {
		fmt.Fprintf(t, "  %s\n", row)
	}
	fmt.Fprintln(t)
}

// sum counts verdicts.
func (t *teller) sum(d *trace.Document) {
	fmt.Fprintln(t, tally(d))
}

// tally is a sentence such as "3 scripts: 1 hostile, 2 nothing seen."
func tally(d *trace.Document) string {
	line := plural(len(d.Runs), "script")
	by := ": "
	for _, v := range []trace.Verdict{trace.Hostile, trace.Suspicious, trace.Unknown, trace.NothingSeen} {
		n := 0
		for _, r := range d.Runs {
			if r.Verdict == v {
				n++
			}
		}
		if n > 0 {
			line += fmt.Sprintf("%s%d %s", by, n, v)
			by = ", "
		}
	}
	return line + "."
}

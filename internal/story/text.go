package story

import (
	"bufio"
	"fmt"
	"io"

	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// TextOptions say how people want it.
type TextOptions struct {
	Colour bool // the terminal knows ANSI colours
}

// Text tells each script's story, worst things first in each part.
func Text(w io.Writer, d *trace.Document, o TextOptions) error {
	t := newTeller(w, o)
	for _, r := range d.Runs {
		t.head(r, d.Isolation)
		t.did(r)
		t.can(r)
	}
	fmt.Fprintln(t, tally(d))
	return t.Flush()
}

type teller struct {
	*bufio.Writer
	output.Ink
}

func newTeller(w io.Writer, o TextOptions) *teller {
	return &teller{bufio.NewWriter(w), output.Ink{Colour: o.Colour}}
}

func verdictColour(v trace.Verdict) output.Colour {
	switch v {
	case trace.Hostile:
		return output.Red
	case trace.Suspicious:
		return output.Yellow
	}
	return output.Bold
}

// head is the verdict, why, and what it stands on.
func (t *teller) head(r *trace.Report, isolation string) {
	fmt.Fprintf(t, "%s: %s\n", t.Paint(output.Bold, output.Visible(r.Path)), t.Paint(verdictColour(r.Verdict), string(r.Verdict)))
	for _, reason := range r.Reasons {
		fmt.Fprintf(t, "  because: %s\n", output.Visible(reason))
	}
	fmt.Fprintf(t, "  seen in: %s\n\n", evidence(r, isolation))
}

// did is the story in order, what is wrong with it, and whom it turned to.
func (t *teller) did(r *trace.Report) {
	for _, s := range scenes(r) {
		fmt.Fprintf(t, "%s:\n", t.Paint(output.Bold, heading(s)))
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
	var hosts, code []string
	for _, h := range r.Hosts {
		hosts = append(hosts, sent(h))
	}
	for _, i := range r.Imports {
		code = append(code, loaded(i))
	}
	t.list("Other sites", hosts)
	t.list("Code it loads", code)
}

func (t *teller) can(r *trace.Report) {
	var rows []string
	for _, c := range r.Capabilities {
		rows = append(rows, certainty(c))
	}
	t.list("What it can do", rows)
}

func (t *teller) finding(r *trace.Report, f *trace.Finding) {
	place := output.Visible(r.Path)
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", place, f.Line, f.Column)
	}
	fmt.Fprintf(t, "%s: %s: %s (%s; run %d)\n", place, t.Paint(output.ColourOf(f.Severity), f.Severity.String()), output.Visible(f.Message), output.Visible(f.Rule), firstRun(f))
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
	fmt.Fprintf(t, "%s\n", t.Paint(output.Bold, title))
	for _, row := range rows {
		fmt.Fprintf(t, "  %s\n", row)
	}
	fmt.Fprintln(t)
}

// verdicts, worst first.
var verdicts = []trace.Verdict{trace.Hostile, trace.Suspicious, trace.Unknown, trace.NothingSeen}

// tally is a sentence such as "3 scripts: 1 hostile, 2 nothing seen."
func tally(d *trace.Document) string {
	line := output.Plural(len(d.Runs), "script")
	by := ": "
	for _, v := range verdicts {
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

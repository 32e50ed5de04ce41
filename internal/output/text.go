package output

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/risk"
)

// TextOptions say how people want it.
type TextOptions struct {
	Colour bool // the terminal knows ANSI colours
	Quiet  bool // findings alone: no capabilities, no last line
}

// NewText returns the format for people: each finding with its place in the code, its way step by step and what to do,
// then what the script can do. Findings that are known or accepted are counted, not shown.
func NewText(w io.Writer, o TextOptions) finding.Handler {
	return &text{w: bufio.NewWriter(w), o: o, Ink: Ink{o.Colour}}
}

type text struct {
	Ink
	w     *bufio.Writer
	o     TextOptions
	total tally
}

func (t *text) Script(s *finding.Script) error {
	t.total.add(s)
	lines := finding.NewLines(s.Text)
	for _, f := range s.Findings {
		if f.Counts() {
			t.finding(s, lines, &f)
		}
	}
	if len(s.Capabilities) > 0 && !t.o.Quiet {
		t.capabilities(s)
	}
	return t.w.Flush()
}

func (t *text) finding(s *finding.Script, lines *finding.Lines, f *finding.Finding) {
	place := s.Path
	if f.Span.Start.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", s.Path, f.Span.Start.Line, f.Span.Start.Column)
	}
	if f.Document != "" {
		place += " (" + f.Document + ")"
	}
	fmt.Fprintf(t.w, "%s: %s: %s (%s)\n", t.Paint(Bold, Visible(place)), t.Paint(ColourOf(f.Severity), f.Severity.String()), Visible(f.Message), Visible(f.Rule))
	mark := func(s string) string { return t.Paint(ColourOf(f.Severity), s) }
	fmt.Fprint(t.w, draw(excerpts(lines, s.Text, f.Span), mark))
	for i, step := range f.Flow {
		fmt.Fprintf(t.w, "  %2d. %s  %s\n", i+1, stepPlace(step), Visible(step.Message))
	}
	if f.Advice != "" {
		fmt.Fprintf(t.w, "  What to do: %s\n", Visible(f.Advice))
	}
	fmt.Fprintln(t.w)
}

func stepPlace(s finding.Step) string {
	at := fmt.Sprintf("%d:%d", s.Span.Start.Line, s.Span.Start.Column)
	if s.Path != "" {
		return Visible(s.Path) + ":" + at
	}
	return at
}

func (t *text) capabilities(s *finding.Script) {
	a := risk.Score(risk.Subject{Read: s})
	fmt.Fprintf(t.w, "%s  risk %s\n", t.Paint(Bold, Visible(s.Path)), t.Paint(colourOfRisk(a.Level), RiskInWords(a)))
	for _, c := range s.Capabilities {
		fmt.Fprintf(t.w, "  %s\n", capabilityLine(c))
	}
	fmt.Fprintln(t.w)
}

// capabilityLine is a capability with how sure we are and where it stands.
func capabilityLine(c capability.Capability) string {
	line := Visible(c.Sentence())
	sure := Visible(string(c.Certainty))
	if c.Certainty == capability.Certain {
		sure = ""
	}
	var where string
	if c.Line > 0 {
		where = fmt.Sprintf("line %d", c.Line)
	}
	if c.Through != "" {
		where = "through " + Visible(c.Through)
	}
	if more := strings.Trim(sure+", "+where, ", "); more != "" {
		line += " [" + more + "]"
	}
	return line
}

func (t *text) Close() error {
	if !t.o.Quiet {
		fmt.Fprintf(t.w, "%s\n", t.total.String())
	}
	return t.w.Flush()
}

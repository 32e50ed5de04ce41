package output

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/risk"
)

// RiskOptions say how scores are told, and what is known besides the scripts.
type RiskOptions struct {
	TextOptions
	Facts risk.Facts
	Rated func(path string, a risk.Assessment) // told of each; may be nil
}

// NewRisk returns the format that says how dangerous each script is, and the sum behind it.
func NewRisk(w io.Writer, o RiskOptions) finding.Handler {
	return &riskText{w: bufio.NewWriter(w), o: o, Ink: Ink{o.Colour}}
}

type riskText struct {
	Ink
	w *bufio.Writer
	o RiskOptions
}

func (t *riskText) Script(s *finding.Script) error {
	a := t.o.rate(s)
	fmt.Fprintf(t.w, "%s: %s\n", t.Paint(Bold, Visible(s.Path)), t.Paint(colourOfRisk(a.Level), RiskInWords(a)))
	if !t.o.Quiet {
		fmt.Fprint(t.w, RiskSum(a, "  "))
		fmt.Fprintln(t.w)
	}
	return t.w.Flush()
}

func (t *riskText) Close() error { return t.w.Flush() }

func (o *RiskOptions) rate(s *finding.Script) risk.Assessment {
	a := risk.Score(risk.Subject{Read: s, Facts: o.Facts})
	if o.Rated != nil {
		o.Rated(s.Path, a)
	}
	return a
}

func colourOfRisk(l risk.Level) Colour {
	switch l {
	case risk.Severe, risk.High:
		return Red
	case risk.Moderate:
		return Yellow
	}
	return Blue
}

// RiskInWords is a score as people read it: "62 of 100, severe".
func RiskInWords(a risk.Assessment) string { return fmt.Sprintf("%d of 100, %s", a.Score, a.Level) }

// RiskSum lists the reasons with their points, what is not known, and what would lower the score, a line each.
func RiskSum(a risk.Assessment, indent string) string {
	var b strings.Builder
	for _, r := range a.Reasons {
		fmt.Fprintf(&b, "%s%+4d  %s\n", indent, r.Points, Visible(reasonLine(r)))
	}
	if len(a.Unknown) > 0 {
		fmt.Fprintf(&b, "%sNot known: %s.\n", indent, notKnown(a.Unknown))
	}
	if len(a.Lower) > 0 {
		fmt.Fprintf(&b, "%sWhat would lower it:\n", indent)
	}
	for _, r := range a.Lower {
		fmt.Fprintf(&b, "%s%4d  %s\n", indent, r.Score, Visible(r.Do))
	}
	return b.String()
}

// reasonLine is a reason with how often it was met and where it stands first.
func reasonLine(r risk.Reason) string {
	line := r.Says
	switch {
	case r.Count > 1 && r.Kind == risk.ByFinding:
		line += fmt.Sprintf(", in %d places", r.Count)
	case r.Count > 1 && r.Kind == risk.ByImport:
		line += fmt.Sprintf(", and %d more", r.Count-1)
	}
	if r.Kind == risk.ByFinding && r.Name != "" {
		line += " (" + r.Name + ")"
	}
	if r.Line > 0 {
		line += fmt.Sprintf(" [line %d]", r.Line)
	}
	return line
}

func notKnown(names []string) string {
	says := map[string]string{
		"reading": "what it does", "running": "what it does when it runs", "author": "who wrote it", "page": "the page it is kept on",
		"keepers": "who can change it", "audience": "who runs it",
	}
	var out []string
	for _, name := range names {
		out = append(out, says[name])
	}
	return strings.Join(out, "; ")
}

// NewRiskJSON returns the format for programs: one document of the form [risk.Schema], a script a line.
func NewRiskJSON(w io.Writer, o RiskOptions) finding.Handler {
	return &riskJSON{bufio.NewWriter(w), o, false}
}

type riskJSON struct {
	w     *bufio.Writer
	o     RiskOptions
	begun bool
}

func (d *riskJSON) Script(s *finding.Script) error {
	line, err := json.Marshal(struct {
		Path   string `json:"path"`
		SHA256 string `json:"sha256"`
		risk.Assessment
	}{s.Path, s.SHA256, d.o.rate(s)})
	if err != nil {
		return err
	}
	d.separate()
	_, err = d.w.Write(line)
	return err
}

func (d *riskJSON) separate() {
	if d.begun {
		fmt.Fprint(d.w, ",\n")
		return
	}
	d.begun = true
	fmt.Fprintf(d.w, `{"schema":%q,"weights":%d,"scripts":[`+"\n", risk.Schema, risk.Version)
}

func (d *riskJSON) Close() error {
	if !d.begun {
		d.separate()
	}
	fmt.Fprint(d.w, "\n]}\n")
	return d.w.Flush()
}

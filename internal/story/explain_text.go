package story

import (
	"fmt"
	"io"

	"sallyport/internal/output"
)

// Text tells people: for each script the verdict, what it can do and how that is known, what its text says, and what it did.
func (e *Explanation) Text(w io.Writer, o TextOptions) error {
	t := newTeller(w, o)
	for _, s := range e.Scripts {
		t.head(s.Run, e.Isolation)
		fmt.Fprintf(t, "%s %s\n%s\n", t.Paint(output.Bold, "Risk"), output.RiskInWords(s.Risk), output.RiskSum(s.Risk, "  "))
		t.known(s.Capabilities)
		t.part("What its text says")
		if err := t.read(w, &s, o); err != nil {
			return err
		}
		t.part("What it did")
		t.did(s.Run)
	}
	fmt.Fprintln(t, tally(e.document()))
	return t.Flush()
}

func (t *teller) part(title string) { fmt.Fprintf(t, "%s\n\n", t.Paint(output.Bold, title)) }

// known is the table of capabilities.
func (t *teller) known(all []Known) {
	if len(all) == 0 {
		fmt.Fprint(t, "Nothing that it can do is of note.\n\n")
		return
	}
	const row = "  %-18s %-15s %s\n"
	fmt.Fprintf(t, row, "In its text", "Running", "What it can do")
	for _, k := range all {
		fmt.Fprintf(t, row, textSays(k), runningSays(k), output.Visible(k.Sentence))
	}
	fmt.Fprintln(t)
}

// read lists the findings of the reading.
func (t *teller) read(w io.Writer, s *Explained, o TextOptions) error {
	if err := t.Flush(); err != nil {
		return err
	}
	if len(s.Read.Findings) == 0 {
		fmt.Fprint(t, "Nothing is wrong with it.\n\n")
		return nil
	}
	return output.NewText(w, output.TextOptions{Colour: o.Colour, Quiet: true}).Script(s.Read)
}

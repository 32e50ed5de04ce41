package story

import (
	"cmp"
	"html/template"
	"io"
	"slices"

	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// HTML writes one page that holds everything it shows, asks for nothing and runs nothing; the worst scripts stand first.
func (e *Explanation) HTML(w io.Writer, o Options) error {
	rows := e.rows()
	picture, err := asks(rows).HTML()
	if err != nil {
		return err
	}
	v := struct {
		view
		Sum     string
		Picture template.HTML
		Rows    []trace.InventoryRow
		Scripts []explainedScript
	}{newView(true), tally(e.document()), picture, rows, nil}
	for _, s := range e.Scripts {
		findings, err := output.FindingsHTML(s.Read)
		if err != nil {
			return err
		}
		v.Scripts = append(v.Scripts, explainedScript{scriptOf(s.Run, e.Isolation, o), s.Capabilities, findings, output.RiskInWords(s.Risk), output.RiskSum(s.Risk, "")})
	}
	slices.SortStableFunc(v.Scripts, func(a, b explainedScript) int {
		return cmp.Compare(slices.Index(verdicts, a.Verdict), slices.Index(verdicts, b.Verdict))
	})
	return page.ExecuteTemplate(w, "explain", v)
}

// explainedScript is what the template shows of a script.
type explainedScript struct {
	script
	Known []Known
	Text  template.HTML // findings of the reading
	Risk  string        // the score
	Sum   string        // and what it is made of, a line each
}

// rows say who asks whom, and how that is known.
func (e *Explanation) rows() []trace.InventoryRow {
	var sights []trace.Sight
	for _, s := range e.Scripts {
		sights = append(sights, trace.Sight{Path: s.Path, Static: s.Read.Capabilities, Report: s.Run})
	}
	return trace.Inventory(sights)
}

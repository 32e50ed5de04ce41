package cli

import (
	"errors"
	"io"
	"slices"

	"sallyport/internal/finding"
	"sallyport/internal/story"
)

type explainCommand struct {
	Paths  []string `arg:"" name:"path" help:"A file, a folder, - for standard input, the address of a wiki page, wiki:TITLE."`
	Format string   `help:"text, json or html." enum:"text,json,html" default:"text"`
	Output string   `short:"o" help:"Write to a file." placeholder:"FILE"`
	detonation

	analysis analysis
}

// Run exits as detonate does; a finding of the reading that is at least of medium weight counts too.
func (c explainCommand) Run(s streams) error {
	told := c.teller(s, c.Output == "" && isTerminal(s.stdout))
	d, err := c.detonate(s.ctx, c.Paths, told, nil)
	told.done()
	if err != nil {
		return tellMissing(err)
	}
	e := &story.Explanation{Isolation: d.document.Isolation}
	for _, r := range d.document.Runs {
		e.Scripts = append(e.Scripts, story.Explain(c.analysis.analyse(r.Path, []byte(d.texts[r.Path]), nil), r))
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	if err := errors.Join(c.show(out, inColour(c.Output, s.stdout), e, d), out.finish(true)); err != nil {
		return err
	}
	if slices.ContainsFunc(e.Scripts, func(one story.Explained) bool {
		return slices.ContainsFunc(one.Read.Findings, func(f finding.Finding) bool { return f.Severity >= finding.Medium })
	}) {
		return exitRequest(exitFindings)
	}
	return d.verdict()
}

func (c explainCommand) show(w io.Writer, colour bool, e *story.Explanation, d *detonated) error {
	switch c.Format {
	case "json":
		return e.WriteJSON(w)
	case "html":
		return e.HTML(w, d.extras())
	default:
		return e.Text(w, story.TextOptions{Colour: colour})
	}
}

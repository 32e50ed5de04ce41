package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/output"
	"sallyport/internal/story"
	"sallyport/internal/trace"
)

type explainCommand struct {
	Paths  []string `arg:"" name:"path" help:"A file, a folder, - for standard input, the address of a wiki page, wiki:TITLE."`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
	Output string   `short:"o" help:"Write to a file." placeholder:"FILE"`
	detonation

	analysis analysis
}

// explained is one script, read and run.
type explained struct {
	Path         string          `json:"path"`
	Capabilities []known         `json:"capabilities"`
	Read         *finding.Script `json:"read"`
	Run          *trace.Report   `json:"run"`
	run          trace.Document
}

// known is a capability and how it came to be known.
type known struct {
	capability.Capability
	Seen     string `json:"seen"` // seen statically, seen running, both
	Sentence string `json:"sentence"`
}

// Run exits as detonate does; a finding of the reading that is at least of medium weight counts too.
func (c explainCommand) Run(s streams) error {
	told := c.teller(s, c.Output == "" && isTerminal(s.stdout))
	d, err := c.detonate(s.ctx, c.Paths, told, nil)
	told.done()
	if err != nil {
		return tellMissing(err)
	}
	var all []explained
	for _, r := range d.document.Runs {
		read := c.analysis.analyse(r.Path, []byte(d.texts[r.Path]), nil)
		all = append(all, explained{
			Path: r.Path, Read: read, Run: r, Capabilities: together(read, r),
			run: trace.Document{Isolation: d.document.Isolation, Runs: []*trace.Report{r}},
		})
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	if err := errors.Join(tellExplained(out, c.Format, inColour(c.Output, s.stdout), all), out.finish(true)); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(e explained) bool {
		return slices.ContainsFunc(e.Read.Findings, func(f finding.Finding) bool { return f.Severity >= finding.Medium })
	}) {
		return exitRequest(exitFindings)
	}
	return d.verdict()
}

// together joins what was read with what was seen.
func together(read *finding.Script, run *trace.Report) []known {
	var ran []capability.Capability
	for _, c := range run.Capabilities {
		ran = append(ran, c.Capability)
	}
	has := func(list []capability.Capability, c capability.Capability) bool {
		return slices.ContainsFunc(list, func(o capability.Capability) bool {
			return o.Name == c.Name && (o.Target == c.Target || o.Target == "" || c.Target == "")
		})
	}
	out := []known{}
	for _, c := range trace.Join(read.Capabilities, ran) {
		seen := trace.SeenStatically
		switch inRead, inRun := has(read.Capabilities, c), has(ran, c); {
		case inRead && inRun:
			seen = trace.SeenBoth
		case inRun:
			seen = trace.SeenRunning
		}
		out = append(out, known{c, seen, c.Sentence()})
	}
	return out
}

func tellExplained(w io.Writer, format string, colour bool, all []explained) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(map[string]any{"schema": "sallyport.explain/1", "scripts": all})
	}
	for i, one := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s\n\nWhat it can do, and how that is known\n", output.Visible(one.Path))
		for _, k := range one.Capabilities {
			fmt.Fprintf(w, "  %-16s %s\n", k.Seen, output.Visible(k.Sentence))
		}
		if len(one.Capabilities) == 0 {
			fmt.Fprintln(w, "  nothing of note")
		}
		fmt.Fprint(w, "\nWhat its text says\n")
		if err := tellRead(w, one.Read, colour); err != nil {
			return err
		}
		fmt.Fprint(w, "\nWhat it did\n")
		if err := story.Text(w, &one.run, story.TextOptions{Colour: colour}); err != nil {
			return err
		}
	}
	return nil
}

// tellRead lists the findings of the reading.
func tellRead(w io.Writer, s *finding.Script, colour bool) error {
	t := output.NewText(w, output.TextOptions{Colour: colour, Quiet: true})
	if err := t.Script(s); err != nil {
		return err
	}
	return t.Close()
}

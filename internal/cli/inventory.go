package cli

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"sallyport/internal/output"
	"sallyport/internal/story"
	"sallyport/internal/trace"
)

type inventoryCommand struct {
	Paths  []string `arg:"" name:"path" help:"A folder, files, wiki:PREFIX* of the configured wiki."`
	Format string   `help:"text, csv, json or html." enum:"text,csv,json,html" default:"text"`
	Output string   `short:"o" help:"Write to a file." placeholder:"FILE"`
	NoRun  bool     `help:"Read the scripts only: for many of them, or where there is no browser."`
	detonation

	analysis analysis
}

// Run exits with 0 when the table is complete, 1 when something broke, 2 when the command line makes no sense.
func (c inventoryCommand) Run(s streams) error {
	told := c.teller(s, c.Output == "" && isTerminal(s.stdout))
	sights, err := c.sights(s, told)
	told.done()
	if err != nil {
		return tellMissing(err)
	}
	out, err := create(c.Output, s.stdout)
	if err != nil {
		return err
	}
	rows := trace.Inventory(sights)
	return errors.Join(c.show(out, rows), out.finish(true))
}

// sights reads all scripts, and runs them.
func (c inventoryCommand) sights(s streams, told *teller) ([]trace.Sight, error) {
	var sights []trace.Sight
	if c.NoRun {
		scripts, _, err := c.gather(s.ctx, c.Paths, told)
		for _, one := range scripts {
			sights = append(sights, trace.Sight{Path: one.path, Static: c.analysis.analyse(one.path, []byte(one.text), nil).Capabilities})
		}
		return sights, err
	}
	d, err := c.detonate(s.ctx, c.Paths, told, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range d.document.Runs {
		sights = append(sights, trace.Sight{Path: r.Path, Report: r, Static: c.analysis.analyse(r.Path, []byte(d.texts[r.Path]), nil).Capabilities})
	}
	return sights, nil
}

func (c inventoryCommand) show(w io.Writer, rows []trace.InventoryRow) error {
	switch c.Format {
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(map[string]any{"schema": "sallyport.inventory/1", "rows": append([]trace.InventoryRow{}, rows...)})
	case "csv":
		return inventoryCSV(w, rows)
	case "html":
		return story.Inventory(w, rows)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "SCRIPT\tWHAT\tTARGET\tHOW\tSEEN\tWHEN\tIMPORTED BY")
	for _, r := range rows {
		for i, word := range cells(r) {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, output.Visible(word))
		}
		fmt.Fprintln(t)
	}
	if len(rows) == 0 {
		fmt.Fprintln(t, "no script here asks another site for anything")
	}
	return t.Flush()
}

func cells(r trace.InventoryRow) []string {
	return []string{r.Path, r.Kind, r.Target, r.How, r.Seen, r.When, r.By}
}

// inventoryCSV writes the table. A cell that a spreadsheet would take for a formula begins with a quote.
func inventoryCSV(w io.Writer, rows []trace.InventoryRow) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"script", "kind", "target", "how", "seen", "when", "imported by"}); err != nil {
		return err
	}
	for _, r := range rows {
		line := cells(r)
		for i, cell := range line {
			if cell != "" && (cell[0] == '=' || cell[0] == '+' || cell[0] == '-' || cell[0] == '@') {
				line[i] = "'" + cell
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

package cli

import (
	_ "embed"
	"html/template"
	"io"
	"slices"

	"sallyport/internal/trace"
)

//go:embed inventory.tmpl
var inventoryPage string

// inventoryPicture is scripts on the left, targets on the right, in SVG units.
type inventoryPicture struct {
	Height           int
	Scripts, Targets []inventoryLabel
	Lines            []inventoryLine
	LeftOut          int
}

type inventoryLabel struct {
	Y    int
	Text string
}

type inventoryLine struct {
	From, To int
	Seen     string // class: static, running, both
}

const (
	inventoryMost = 40
	inventoryRow  = 22
)

func pictureOf(rows []trace.InventoryRow) inventoryPicture {
	var p inventoryPicture
	at := func(list *[]inventoryLabel, text string) int {
		if i := slices.IndexFunc(*list, func(l inventoryLabel) bool { return l.Text == text }); i >= 0 {
			return (*list)[i].Y
		}
		if len(*list) >= inventoryMost {
			return 0
		}
		y := inventoryRow * (len(*list) + 1)
		*list = append(*list, inventoryLabel{y, text})
		return y
	}
	for _, r := range rows {
		from, to := at(&p.Scripts, r.Path), at(&p.Targets, r.Target)
		if from == 0 || to == 0 {
			p.LeftOut++
			continue
		}
		class := map[string]string{trace.SeenStatically: "static", trace.SeenRunning: "running", trace.SeenBoth: "both"}[r.Seen]
		p.Lines = append(p.Lines, inventoryLine{from, to, class})
	}
	p.Height = inventoryRow * (max(len(p.Scripts), len(p.Targets)) + 1)
	return p
}

// inventoryHTML is one page without anything from elsewhere: the picture, then the table.
func inventoryHTML(w io.Writer, rows []trace.InventoryRow) error {
	t, err := template.New("inventory").Funcs(template.FuncMap{"cells": cells}).Parse(inventoryPage)
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{"Rows": rows, "Picture": pictureOf(rows)})
}

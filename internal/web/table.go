package web

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// json answers with data. Every document names its schema.
func (v *visit) json(document any) error {
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(v.w)
	e.SetIndent("", "\t")
	return e.Encode(document)
}

// csv answers with a table (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front,
// because titles and descriptions are strangers' text.
func (v *visit) csv(table [][]string) error {
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w := csv.NewWriter(v.w)
	for _, row := range table {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// readable is a title as people read it.
func readable(title string) string { return strings.ReplaceAll(title, "_", " ") }

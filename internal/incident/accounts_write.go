package incident

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJSON writes accounts as one JSON array.
func WriteJSON(w io.Writer, all []Account) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if all == nil {
		all = []Account{}
	}
	if err := e.Encode(all); err != nil {
		return fmt.Errorf("write accounts: %w", err)
	}
	return nil
}

// WriteCSV writes accounts as a table, one line each, for a spreadsheet. Cells that one would take for a formula begin with
// an apostrophe.
func WriteCSV(w io.Writer, all []Account) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"account", "id", "groups", "keys", "last use", "rights", "idle rights", "scripts of others", "authors", "not looked at", "proposals"}}
	for i := range all {
		rows = append(rows, all[i].cells())
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write accounts: %w", err)
	}
	return nil
}

func (a *Account) cells() []string {
	var rights, idle []string
	for _, r := range a.Rights {
		rights = append(rights, r.Name+" "+day10(r.Last))
		if r.Idle {
			idle = append(idle, r.Name)
		}
	}
	cells := []string{
		a.Name, fmt.Sprint(a.ID), strings.Join(a.Groups, "; "), fmt.Sprint(a.Keys), day10(a.LastUse), strings.Join(rights, "; "), strings.Join(idle, "; "),
		fmt.Sprint(len(a.Scripts)), fmt.Sprint(len(a.Authors)), fmt.Sprint(a.Unseen), strings.Join(a.Proposals, "; "),
	}
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cells[i] = "'" + cell
		}
	}
	return cells
}

// day10 is a date, or that there is none.
func day10(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02")
}

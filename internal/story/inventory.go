package story

import (
	"html/template"
	"io"

	"sallyport/internal/output"
	"sallyport/internal/trace"
)

// Inventory writes the table of who asks whom as one page that holds everything it shows: the picture, then the rows.
func Inventory(w io.Writer, rows []trace.InventoryRow) error {
	picture, err := asks(rows).HTML()
	if err != nil {
		return err
	}
	v := newView(false)
	return page.ExecuteTemplate(w, "inventory", struct {
		view
		Picture template.HTML
		Rows    []trace.InventoryRow
		Sum     string
	}{v, picture, rows, output.Plural(len(rows), "row")})
}

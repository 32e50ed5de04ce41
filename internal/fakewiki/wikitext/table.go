package wikitext

import "strings"

// tableState is how far a table has got. Tables inside tables are shown as text.
type tableState struct {
	open, row bool
	cell      string // "td", "th" or ""
	tags      int    // how many elements of the text were open before the cell
}

// tableLine handles the lines that begin a table, a row or a cell.
func (r *renderer) tableLine(line string) bool {
	trimmed := strings.TrimSpace(line)
	switch {
	case !r.table.open && strings.HasPrefix(trimmed, "{|"):
		r.endBlocks()
		r.out.WriteString("<table" + attributes(trimmed[2:]) + "><tbody>\n")
		r.table.open, r.table.tags = true, len(r.tags)
	case !r.table.open:
		return false
	case strings.HasPrefix(trimmed, "|}"):
		r.endTable()
	case strings.HasPrefix(trimmed, "|-"):
		r.endRow()
	case strings.HasPrefix(trimmed, "|+"):
		r.endRow()
		r.out.WriteString("<tr><th colspan=\"99\">" + r.inline(strings.TrimSpace(trimmed[2:])))
		r.table.row, r.table.cell = true, "th"
	case strings.HasPrefix(trimmed, "|"), strings.HasPrefix(trimmed, "!"):
		r.cells(trimmed)
	default:
		return false
	}
	return true
}

func (r *renderer) cells(line string) {
	tag, separator := "td", "||"
	if line[0] == '!' {
		tag, separator = "th", "!!"
	}
	for _, cell := range strings.Split(line[1:], separator) {
		r.endCell()
		if !r.table.row {
			r.out.WriteString("<tr>")
			r.table.row = true
		}
		var attrs string
		if before, after, ok := strings.Cut(cell, "|"); ok && !strings.Contains(before, "[[") && strings.Contains(before, "=") {
			attrs, cell = attributes(before), after
		}
		r.out.WriteString("<" + tag + attrs + ">" + r.inline(strings.TrimSpace(cell)))
		r.table.cell = tag
	}
}

func (r *renderer) endCell() {
	r.endBlocks()
	r.closeTags(r.table.tags)
	if r.table.cell != "" {
		r.out.WriteString("</" + r.table.cell + ">")
		r.table.cell = ""
	}
}

func (r *renderer) endRow() {
	r.endCell()
	if r.table.row {
		r.out.WriteString("</tr>\n")
		r.table.row = false
	}
}

func (r *renderer) endTable() {
	r.endRow()
	r.out.WriteString("</tbody></table>\n")
	r.table = tableState{}
}

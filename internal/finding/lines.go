package finding

import "sallyport/internal/lines"

// Lines finds places in a text.
type Lines struct {
	text  string
	lines *lines.Lines
}

// NewLines reads a text once.
func NewLines(text string) *Lines { return &Lines{text, lines.New(text)} }

// Bounds gives the byte offsets where a line begins and where it ends, before its break. A line outside the text gives
// the nearest one.
func (l *Lines) Bounds(n int) (start, end int) { return l.lines.Bounds(n) }

// Count is the number of lines; a text that ends with a break has an empty last one.
func (l *Lines) Count() int { return l.lines.Count() }

// Offset is the byte offset of a position. A position outside the text gives the nearest place in it.
func (l *Lines) Offset(p Position) int { return l.lines.Offset(p.Line, p.Column) }

// Position is the way back from a byte offset.
func (l *Lines) Position(offset int) Position {
	line, column := l.lines.Position(offset)
	return Position{line, column}
}

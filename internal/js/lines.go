package js

import "sallyport/internal/lines"

// Lines turns byte offsets of a text into lines and columns.
type Lines = lines.Lines

// NewLines reads a text once.
func NewLines(text string) *Lines { return lines.New(text) }

package output

import "sallyport/internal/finding"

// Ink paints words for a terminal that knows ANSI colours. The zero value leaves them as they are.
type Ink struct{ Colour bool }

// Colour is a way to paint, as SGR parameters.
type Colour string

// Colours.
const (
	Bold   Colour = "1"
	Red    Colour = "31;1"
	Yellow Colour = "33"
	Blue   Colour = "34"
)

// ColourOf is that of a severity.
func ColourOf(s finding.Severity) Colour {
	switch {
	case s >= finding.High:
		return Red
	case s == finding.Medium:
		return Yellow
	}
	return Blue
}

// Paint paints a text that is [Visible].
func (i Ink) Paint(c Colour, s string) string {
	if !i.Colour || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

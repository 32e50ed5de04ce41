package browsertest

import _ "embed"

//go:embed faults.js
var faults string

// Faults opens everything on the page that opens and lists what it does wrong for somebody who reads it on a small screen, by
// ear, with the keyboard, or with weak eyes. least is the smallest contrast of a text with what is behind it.
func (p *Page) Faults() (wrong []string, least float64) {
	p.t.Helper()
	type sight struct {
		Wrong []string
		Least float64
	}
	seen := Eval[sight](p, faults)
	return seen.Wrong, seen.Least
}

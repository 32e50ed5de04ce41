// Package diff shows two texts side by side to somebody who decides about the newer one.
//
// Lines are compared first, and the words of lines that changed. Every character that hides, turns its neighbours round or looks
// like another one stands by itself with its name, so that what is read is what is there. Nothing is left out but unchanged lines
// far from any change, and those are counted.
package diff

import (
	"strings"
	"unicode"
)

// Row is a line of a difference as it is shown.
type Row struct {
	Kind     string // "same", "old", "new", "gap"
	Old, New int    // line numbers from 1; 0 for none
	Parts    []Part
	Skipped  int // of a gap: how many lines are left out
}

// Part is a stretch of a line.
type Part struct {
	Text    string
	Changed bool   // differs from the line it is paired with
	Odd     string // for a character that hides or deceives: what it is
}

// around is how many unchanged lines are shown on either side of a change.
const around = 3

// Of compares two texts by lines, and changed lines by words.
func Of(before, after string) []Row {
	a, b := lines(before), lines(after)
	var rows []Row
	i, j := 0, 0
	for _, o := range edits(a, b) {
		switch o {
		case keep:
			rows = append(rows, Row{Kind: "same", Old: i + 1, New: j + 1, Parts: Marked(a[i], false)})
			i, j = i+1, j+1
		case drop:
			rows = append(rows, Row{Kind: "old", Old: i + 1, Parts: []Part{{Text: a[i]}}})
			i++
		case put:
			rows = append(rows, Row{Kind: "new", New: j + 1, Parts: []Part{{Text: b[j]}}})
			j++
		}
	}
	return folded(paired(rows))
}

// lines splits a text; the last line's missing end is shown as nothing.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// paired compares the words of dropped lines with those of the lines put in their place, one by one.
func paired(rows []Row) []Row {
	for i := 0; i < len(rows); {
		start := i
		for i < len(rows) && rows[i].Kind == "old" {
			i++
		}
		middle := i
		for i < len(rows) && rows[i].Kind == "new" {
			i++
		}
		for k := start; k < i; k++ {
			other := k + middle - start
			if k < middle && other < i {
				rows[k].Parts, rows[other].Parts = words(rows[k].Parts[0].Text, rows[other].Parts[0].Text)
			} else if k < middle || k >= 2*middle-start {
				rows[k].Parts = Marked(rows[k].Parts[0].Text, true)
			}
		}
		if i == start {
			i++
		}
	}
	return rows
}

// words marks what differs between two lines.
func words(before, after string) (old, fresh []Part) {
	a, b := tokens(before), tokens(after)
	i, j := 0, 0
	for _, o := range edits(a, b) {
		switch o {
		case keep:
			old, fresh = append(old, Marked(a[i], false)...), append(fresh, Marked(b[j], false)...)
			i, j = i+1, j+1
		case drop:
			old = append(old, Marked(a[i], true)...)
			i++
		case put:
			fresh = append(fresh, Marked(b[j], true)...)
			j++
		}
	}
	return joined(old), joined(fresh)
}

// joined puts neighbours of one kind together.
func joined(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		if n := len(out); n > 0 && out[n-1].Odd == "" && p.Odd == "" && out[n-1].Changed == p.Changed {
			out[n-1].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}

// tokens cuts a line into words, stretches of blanks and single signs.
func tokens(line string) []string {
	var out []string
	from, last := 0, sign
	for i, r := range line {
		k := kindOf(r)
		if i > 0 && (k == sign || k != last) {
			out = append(out, line[from:i])
			from = i
		}
		last = k
	}
	if from < len(line) {
		out = append(out, line[from:])
	}
	return out
}

// kind is what a character is to a reader.
type kind int

const (
	sign kind = iota
	letter
	blank
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '$':
		return letter
	case unicode.IsSpace(r):
		return blank
	default:
		return sign
	}
}

// folded leaves out unchanged lines far from any change.
func folded(rows []Row) []Row {
	near := make([]bool, len(rows))
	for i, r := range rows {
		if r.Kind == "same" {
			continue
		}
		for k := max(0, i-around); k <= min(len(rows)-1, i+around); k++ {
			near[k] = true
		}
	}
	var out []Row
	for i, r := range rows {
		switch {
		case near[i]:
			out = append(out, r)
		case len(out) > 0 && out[len(out)-1].Kind == "gap":
			out[len(out)-1].Skipped++
		default:
			out = append(out, Row{Kind: "gap", Skipped: 1})
		}
	}
	return out
}

// Whole is a text as it is shown in full.
func Whole(text string) []Row {
	var rows []Row
	for i, line := range lines(text) {
		rows = append(rows, Row{Kind: "same", New: i + 1, Parts: Marked(line, false)})
	}
	return rows
}

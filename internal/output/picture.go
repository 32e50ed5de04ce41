package output

import (
	"cmp"
	"html/template"
	"maps"
	"slices"
)

// Tie is one line of a [Picture].
type Tie struct {
	From, To string
	Class    string // in the style sheet: how it is drawn
	Says     string // what a reader who rests on it is told
}

// Picture shows who contacts whom: names on the left, names on the right, lines between them. It says nothing that the words beside it
// do not say as well.
type Picture struct {
	Title, Note string
	Ties        []Tie
}

// pictureMost is how many names stand on each side.
const pictureMost = 30

const rowHeight = 22

// drawing is a picture in SVG units.
type drawing struct {
	Title, Note string
	Edge        int // where it begins: names on the left end at the same place
	Width       int
	Height      int
	Left, Right []label
	Lines       []line
	LeftOut     int // names on the right that are not in it
}

type label struct {
	Y    int
	Text string
}

type line struct {
	From, To    int
	Class, Says string
}

// HTML is the picture as SVG, in a frame that can be scrolled where it is too wide. Without ties it is empty.
func (p Picture) HTML() (template.HTML, error) {
	if len(p.Ties) == 0 {
		return "", nil
	}
	return part("picture", p.draw())
}

// draw arranges the names on the right that most have in common, and the names on the left with the most of those, each side by name
// where there is nothing to choose between them.
func (p Picture) draw() drawing {
	d := drawing{Title: p.Title, Note: p.Note}
	right, all := ranked(p.Ties, func(t Tie) (string, string) { return t.To, t.From })
	d.LeftOut = all - len(right)
	shown := slices.DeleteFunc(slices.Clone(p.Ties), func(t Tie) bool { return !slices.Contains(right, t.To) })
	left, _ := ranked(shown, func(t Tie) (string, string) { return t.From, t.To })
	slices.Sort(left)
	d.Left, d.Right = column(left), column(right)
	for _, t := range shown {
		if at := slices.Index(left, t.From); at >= 0 {
			d.Lines = append(d.Lines, line{rowY(at), rowY(slices.Index(right, t.To)), t.Class, t.Says})
		}
	}
	d.Height = rowHeight * (1 + max(len(left), len(right)))
	d.Edge = leftEnd - widest(left)
	d.Width = rightEnd + widest(right) - d.Edge
	return d
}

// Where the names end on the left and begin on the right, and how wide a letter is at most, in SVG units.
const (
	leftEnd  = 325
	rightEnd = 575
	letter   = 8
)

func widest(names []string) int {
	most := 0
	for _, name := range names {
		most = max(most, columns(short(Visible(name))))
	}
	return letter * most
}

// ranked are the names of one side, those with the most different names on the other side first, and how many there are in all.
func ranked(ties []Tie, side func(Tie) (name, other string)) (first []string, all int) {
	others := map[string]map[string]bool{}
	for _, t := range ties {
		name, other := side(t)
		if others[name] == nil {
			others[name] = map[string]bool{}
		}
		others[name][other] = true
	}
	names := slices.SortedFunc(maps.Keys(others), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(others[b]), len(others[a])), cmp.Compare(a, b))
	})
	return names[:min(len(names), pictureMost)], len(names)
}

func column(names []string) []label {
	var out []label
	for i, name := range names {
		out = append(out, label{rowY(i), name})
	}
	return out
}

func rowY(i int) int { return rowHeight * (i + 1) }

package outbreak

import (
	"fmt"
	"strings"
)

// Series is a curve of a picture.
type Series struct {
	Name   string // for instance "doors off"
	Result *Result
}

// Measures of the picture, in SVG units.
const (
	width, height         = 760, 400
	left, right, top, low = 60, 150, 50, 330
)

// looks are how curves differ, for those who see no colours as well.
var looks = [2]struct{ colour, dash, shape string }{{"#b32424", "none", "circle"}, {"#1b5fad", "7 4", "square"}}

// SVG draws how many people were infected, minute by minute. At most two curves are drawn.
func SVG(p Plan, all []Series) string {
	all = all[:min(len(all), len(looks))]
	most, end := 1, 1
	for _, s := range all {
		most = max(most, s.Result.Infected)
		end = max(end, len(s.Result.Points))
	}
	most = (most + 9) / 10 * 10
	x := func(minute int) float64 { return left + float64(minute)/float64(end)*(width-left-right) }
	y := func(n int) float64 { return low - float64(n)/float64(most)*(low-top) }

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13">`+"\n", width, height)
	fmt.Fprintf(&b, "<title id=\"t\">How far a script spreads through a wiki of %d people, with and without the doors</title>\n<desc id=\"d\">%s</desc>\n", p.People, words(p, all))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text x="%d" y="24" font-size="16" fill="#202122">People in whose browser the script ran</text>`+"\n", left-40)
	for i := range 6 {
		n := most * i / 5
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#dadde3"/><text x="%d" y="%.1f" text-anchor="end" fill="#54595d">%d</text>`+"\n", left, y(n), width-right, left-8, y(n)+4, n)
		m := end * i / 5
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" fill="#54595d">%d</text>`+"\n", x(m), low+20, m)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" fill="#54595d">minutes</text>`+"\n", x(end/2), low+42)
	for i, s := range all {
		curve(&b, i, s, x, y)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// curve draws one, with its name at its end.
func curve(b *strings.Builder, i int, s Series, x func(int) float64, y func(int) float64) {
	look := looks[i]
	fmt.Fprintf(b, `<path fill="none" stroke="%s" stroke-width="2.5" stroke-dasharray="%s" d="M%.1f %.1f`, look.colour, look.dash, x(0), y(0))
	for _, p := range s.Result.Points {
		fmt.Fprintf(b, "L%.1f %.1f", x(p.Minute), y(p.Infected))
	}
	b.WriteString("\"/>\n")
	end := s.Result.Points[len(s.Result.Points)-1]
	ex, ey := x(end.Minute), y(end.Infected)
	if look.shape == "circle" {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="5" fill="%s"/>`+"\n", ex, ey, look.colour)
	} else {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`+"\n", ex-5, ey-5, look.colour)
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s" font-weight="bold">%s: %d</text>`+"\n", ex+12, ey+4, look.colour, s.Name, end.Infected)
}

// words say what the curves show.
func words(p Plan, all []Series) string {
	var parts []string
	for _, s := range all {
		parts = append(parts, fmt.Sprintf("With %s, %d of %d people are infected after %d minutes; writes of the site's code: %d.", s.Name, s.Result.Infected, p.People, p.Minutes, s.Result.Site))
	}
	return strings.Join(parts, " ") + " The script begins in minute 5, in the browser of one person. Simulated people and an inert model on a pretend wiki."
}

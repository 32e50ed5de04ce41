package web

import (
	"cmp"
	"math"
	"slices"

	"sallyport/internal/risk"
	"sallyport/internal/store"
)

// riskPicture is risk × people: a dot for scripts that are alike in both. The worst have a number, and a name below.
type riskPicture struct {
	Width, Height int
	Dots          []riskDot
	Severe        int // where the level begins, as a height in the picture
	Worst         []scriptRow
	Scripts       int // in the picture
	Bad           int // of them, with a high or severe risk
	Unknown       int // of them, run by nobody knows how many
	Most          int // people who run one of them
}

type riskDot struct {
	X, Y, R, Scripts int
	Number           int // of the worst; 0: none
}

// Sizes of the picture, with room for the largest dot at each edge.
const (
	riskWidth  = 600
	riskHeight = 240
	riskEdge   = 20
	riskStep   = 8 // dots that are nearer than this become one
	mostWorst  = 5
)

// riskPicture draws the scripts that are read; nil when there are none.
func (p *pages) riskPicture(v *visit) (*riskPicture, error) {
	spots, err := p.Scripts.List.ScriptSpread(v.Context(), p.Site.ID)
	if err != nil || len(spots) == 0 {
		return nil, err
	}
	pic := drawRisk(spots)
	var titles []string
	for _, at := range worst(spots) {
		if len(titles) == mostWorst {
			break
		}
		found, err := p.Scripts.List.ScriptsAt(v.Context(), p.Site.ID, at, mostWorst-len(titles))
		if err != nil {
			return nil, err
		}
		for _, title := range found {
			titles = append(titles, title)
			x, y := pic.place(at)
			pic.Dots = append(pic.Dots, riskDot{X: x, Y: y, R: 14, Scripts: 1, Number: len(titles)})
		}
	}
	named, err := p.Scripts.List.ScriptsNamed(v.Context(), p.Site.ID, titles)
	if err != nil {
		return nil, err
	}
	for _, title := range titles {
		row, err := p.scriptRow(v.lang, named[title])
		if err != nil {
			return nil, err
		}
		pic.Worst = append(pic.Worst, row)
	}
	return pic, nil
}

// drawRisk joins dots that would lie upon each other.
func drawRisk(spots []store.Spot) *riskPicture {
	pic := &riskPicture{Width: riskWidth + 2*riskEdge, Height: riskHeight + 2*riskEdge, Most: slices.MaxFunc(spots, func(a, b store.Spot) int { return cmp.Compare(a.People, b.People) }).People}
	at := map[[2]int]int{}
	for _, s := range spots {
		x, y := pic.place(s)
		at[[2]int{x / riskStep, y / riskStep}] += s.Scripts
		pic.Scripts += s.Scripts
		if s.Score >= risk.HighFrom {
			pic.Bad += s.Scripts
		}
		if s.People < 0 {
			pic.Unknown += s.Scripts
		}
	}
	for cell, n := range at {
		pic.Dots = append(pic.Dots, riskDot{X: cell[0]*riskStep + riskStep/2, Y: cell[1]*riskStep + riskStep/2, R: 3 + int(math.Log2(float64(n))/2), Scripts: n})
	}
	slices.SortFunc(pic.Dots, func(a, b riskDot) int { return cmp.Or(a.X-b.X, a.Y-b.Y) })
	_, pic.Severe = pic.place(store.Spot{Score: risk.SevereFrom})
	return pic
}

// place is where a script lies: the more dangerous the higher, ten times the people the same step to the right.
func (pic *riskPicture) place(at store.Spot) (x, y int) {
	x = riskEdge
	if pic.Most > 0 {
		x += int(riskWidth * math.Log1p(float64(max(0, at.People))) / math.Log1p(float64(pic.Most)))
	}
	return x, riskEdge + riskHeight - at.Score*riskHeight/100
}

// worst are the spots nearest to the top right corner.
func worst(spots []store.Spot) []store.Spot {
	far := func(s store.Spot) float64 { return float64(s.Score) * (1 + math.Log1p(float64(max(0, s.People)))) }
	spots = slices.Clone(spots)
	slices.SortFunc(spots, func(a, b store.Spot) int {
		return cmp.Or(cmp.Compare(far(b), far(a)), b.Score-a.Score, b.People-a.People)
	})
	return spots[:min(len(spots), mostWorst)]
}

package story

import (
	"cmp"
	"slices"

	"sallyport/internal/trace"
)

// drawing is the picture of who contacts whom: scripts on the left, other sites on the right, in SVG units.
type drawing struct {
	Height         int
	Scripts, Sites []label
	Ties           []tie
	LeftOut        int // sites that are in the lists alone
}

type label struct {
	Y    int
	Text string
}

// tie is a line between two; Class says how sure, and whether secrets went along.
type tie struct {
	From, To int
	Class    string
	Says     string
}

// drawMost is how many scripts, and how many sites, a picture holds.
const (
	drawMost  = 30
	rowHeight = 24
)

// draw arranges the sites that most scripts contact, and the scripts that contact any.
func draw(d *trace.Document) drawing {
	count := map[string]int{}
	var scripts []*trace.Report
	for _, r := range d.Runs {
		for _, h := range r.Hosts {
			count[h.Host]++
		}
		if len(r.Hosts) > 0 && len(scripts) < drawMost {
			scripts = append(scripts, r)
		}
	}
	var sites []string
	for host := range count {
		sites = append(sites, host)
	}
	slices.SortFunc(sites, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	p := drawing{LeftOut: max(0, len(sites)-drawMost)}
	sites = sites[:len(sites)-p.LeftOut]
	for i, host := range sites {
		p.Sites = append(p.Sites, label{rowY(i), host})
	}
	for i, r := range scripts {
		p.Scripts = append(p.Scripts, label{rowY(i), r.Path})
		for _, h := range r.Hosts {
			if at := slices.Index(sites, h.Host); at >= 0 {
				p.Ties = append(p.Ties, tie{rowY(i), rowY(at), class(h), h.How})
			}
		}
	}
	p.Height = rowHeight * (1 + max(len(p.Scripts), len(p.Sites)))
	return p
}

func rowY(i int) int { return rowHeight * (i + 1) }

func class(h trace.HostRow) string {
	name := "tie"
	if h.Stage == trace.Forced {
		name += " turned"
	}
	if len(h.Sent) > 0 {
		name += " secret"
	}
	return name
}

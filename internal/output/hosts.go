package output

import (
	"cmp"
	"maps"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// mapMost is how many scripts, and how many targets, a drawing holds; the table below it holds them all.
const mapMost = 30

// hostMap gathers who contacts and imports whom.
type hostMap struct {
	targets map[string]*target
}

type target struct {
	Name    string
	Hows    []string
	Scripts []string
}

func (m *hostMap) add(s *finding.Script) {
	for _, c := range s.Capabilities {
		if c.Name != capability.Network && c.Name != capability.Import || c.Target == "" {
			continue
		}
		if m.targets == nil {
			m.targets = map[string]*target{}
		}
		t := m.targets[c.Target]
		if t == nil {
			t = &target{Name: c.Target}
			m.targets[c.Target] = t
		}
		if how := cmp.Or(c.How, string(c.Name)); !slices.Contains(t.Hows, how) {
			t.Hows = append(t.Hows, how)
		}
		if !slices.Contains(t.Scripts[max(0, len(t.Scripts)-1):], s.Path) {
			t.Scripts = append(t.Scripts, s.Path)
		}
	}
}

// drawing is the picture: two columns of words with lines between them, in SVG units.
type drawing struct {
	Height           int
	Scripts, Targets []label
	Lines            []line
	LeftOut          int      // targets that are in the table alone
	All              []target // the text alternative
}

type label struct {
	Y    int
	Text string
}

type line struct{ From, To int }

const rowHeight = 22

// draw arranges the targets that most scripts have in common, and the scripts with the most of those.
func (m *hostMap) draw() drawing {
	d := drawing{}
	for _, t := range m.targets {
		d.All = append(d.All, *t)
	}
	slices.SortFunc(d.All, func(a, b target) int {
		return cmp.Or(cmp.Compare(len(b.Scripts), len(a.Scripts)), cmp.Compare(a.Name, b.Name))
	})
	shown := d.All[:min(len(d.All), mapMost)]
	d.LeftOut = len(d.All) - len(shown)
	rows := busiest(shown)
	for i, path := range rows {
		d.Scripts = append(d.Scripts, label{rowY(i), path})
	}
	for i, t := range shown {
		d.Targets = append(d.Targets, label{rowY(i), t.Name})
		for _, path := range t.Scripts {
			if at := slices.Index(rows, path); at >= 0 {
				d.Lines = append(d.Lines, line{rowY(at), rowY(i)})
			}
		}
	}
	d.Height = rowHeight * (1 + max(len(d.Scripts), len(d.Targets)))
	return d
}

func rowY(i int) int { return rowHeight * (i + 1) }

// busiest lists the scripts with the most targets, in the order of their paths.
func busiest(targets []target) []string {
	counts := map[string]int{}
	for _, t := range targets {
		for _, path := range t.Scripts {
			counts[path]++
		}
	}
	paths := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	paths = paths[:min(len(paths), mapMost)]
	slices.Sort(paths)
	return paths
}

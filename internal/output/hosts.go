package output

import (
	"cmp"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

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

// all are the targets, those that most scripts have in common first: the text alternative of the picture.
func (m *hostMap) all() []target {
	var out []target
	for _, t := range m.targets {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b target) int {
		return cmp.Or(cmp.Compare(len(b.Scripts), len(a.Scripts)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func pictureOf(all []target) Picture {
	p := Picture{Title: "Scripts on the left, the sites and pages they contact or import on the right", Note: "The table below says the same in words."}
	for _, t := range all {
		for _, path := range t.Scripts {
			p.Ties = append(p.Ties, Tie{From: path, To: t.Name})
		}
	}
	return p
}

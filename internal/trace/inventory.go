package trace

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/capability"
)

// Sight is what is known about one script by reading it and by running it; either may be missing.
type Sight struct {
	Path   string
	Static []capability.Capability // nil when it was not read
	Report *Report                 // nil when it was not run
}

// How a row of an [Inventory] came to be known.
const (
	SeenStatically = "seen statically"
	SeenRunning    = "seen running"
	SeenBoth       = "both"
)

// InventoryRow is one script and one host or piece of code that it asks for.
type InventoryRow struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"`   // host or import
	Target string `json:"target"` // a host; a page or address
	How    string `json:"how"`    // script, style, fetch, …; several with commas between
	Seen   string `json:"seen"`   // [SeenStatically], [SeenRunning] or [SeenBoth]
	When   string `json:"when"`   // what sets it off, where running showed it
	By     string `json:"by,omitempty"`
}

// Inventory is the table of every script and every third party: who contacts and imports whom, seen statically, seen
// running, or both. Rows are in the order of paths, hosts before imports.
func Inventory(all []Sight) []InventoryRow {
	var out []InventoryRow
	for _, s := range all {
		out = append(out, s.rows()...)
	}
	slices.SortStableFunc(out, func(a, b InventoryRow) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Target, b.Target))
	})
	return out
}

type rowKey struct{ kind, target string }

func (s *Sight) rows() []InventoryRow {
	rows := map[rowKey]*InventoryRow{}
	row := func(kind, target string) *InventoryRow {
		k := rowKey{kind, target}
		if rows[k] == nil {
			rows[k] = &InventoryRow{Path: s.Path, Kind: kind, Target: target}
		}
		return rows[k]
	}
	for _, c := range s.Static {
		kind := ""
		switch c.Name {
		case capability.Network, capability.Navigate:
			kind = "host"
		case capability.Import:
			kind = "import"
		}
		if kind == "" || c.Target == "" {
			continue
		}
		r := row(kind, plainTarget(c.Target))
		r.Seen, r.When = SeenStatically, cmp.Or(r.When, string(c.Trigger))
		r.addHow(howOf(c))
	}
	if s.Report != nil {
		for _, h := range s.Report.Hosts {
			row("host", h.Host).ran(h.When, strings.Split(h.How, ", ")...)
		}
		for _, i := range s.Report.Imports {
			r := row("import", fitting(rows, i.Target))
			r.ran("", "script")
			r.By = i.By
		}
	}
	var out []InventoryRow
	for _, r := range rows {
		out = append(out, *r)
	}
	return out
}

// fitting is the import that was read and that a sighting is of, or the sighting itself.
func fitting(rows map[rowKey]*InventoryRow, target string) string {
	target = plainTarget(target)
	for _, k := range slices.SortedFunc(maps.Keys(rows), func(a, b rowKey) int { return cmp.Compare(a.target, b.target) }) {
		if k.kind == "import" && k.target != "" && strings.Trim(k.target, "<…>") != "" && matches(k.target, target) {
			return k.target
		}
	}
	return target
}

func howOf(c capability.Capability) string {
	switch c.Name {
	case capability.Import:
		return "script"
	case capability.Navigate:
		return "navigate"
	}
	return cmp.Or(c.How, "other")
}

func (r *InventoryRow) ran(when string, hows ...string) {
	switch r.Seen {
	case SeenStatically, SeenBoth:
		r.Seen = SeenBoth
	default:
		r.Seen = SeenRunning
	}
	if when != "" {
		r.When = when
	}
	for _, h := range hows {
		r.addHow(h)
	}
}

func (r *InventoryRow) addHow(how string) {
	var had []string
	if r.How != "" {
		had = strings.Split(r.How, ", ")
	}
	r.How = strings.Join(oneMore(had, how), ", ")
}

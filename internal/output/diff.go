package output

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
)

// DiffSchema names the form of [DiffJSON].
const DiffSchema = "sallyport.diff/1"

// Change is what a revision of one script can do that it could not before, and the other way round.
type Change struct {
	Path   string         `json:"path"`
	Gained capability.Set `json:"gained"`
	Lost   capability.Set `json:"lost"`
}

// Changes compares two states of a wiki, script by script, and returns those that differ in the order of their paths. One
// script against one is compared whatever their names.
func Changes(old, revised []*finding.Script) []Change {
	if len(old) == 1 && len(revised) == 1 {
		return changed(nil, revised[0].Path, old[0], revised[0])
	}
	before, after := byPath(old), byPath(revised)
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	var all []Change
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		all = changed(all, path, before[path], after[path])
	}
	return all
}

func byPath(scripts []*finding.Script) map[string]*finding.Script {
	m := map[string]*finding.Script{}
	for _, s := range scripts {
		m[s.Path] = s
	}
	return m
}

// changed adds a script's change when there is one. A script that is not there can do nothing.
func changed(all []Change, path string, old, revised *finding.Script) []Change {
	can := func(s *finding.Script) capability.Set {
		if s == nil {
			return nil
		}
		return capability.NewSet(s.Capabilities)
	}
	c := Change{Path: path}
	c.Gained, c.Lost = capability.Diff(can(old), can(revised))
	if len(c.Gained)+len(c.Lost) == 0 {
		return all
	}
	return append(all, c)
}

// DiffText tells changes in words.
func DiffText(w io.Writer, changes []Change) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(w, "No capability is gained or lost.")
		return err
	}
	for _, c := range changes {
		fmt.Fprintf(w, "%s\n", Visible(c.Path))
		for _, gained := range c.Gained {
			fmt.Fprintf(w, "  + now: %s\n", capabilityLine(gained))
		}
		for _, lost := range c.Lost {
			fmt.Fprintf(w, "  - no longer: %s\n", capabilityLine(lost))
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

// DiffJSON tells them to programs: {"schema","scripts":[{"path","gained":[…],"lost":[…]}]}, capabilities as in
// [finding.Schema].
func DiffJSON(w io.Writer, changes []Change) error {
	return json.NewEncoder(w).Encode(struct {
		Schema  string   `json:"schema"`
		Scripts []Change `json:"scripts"`
	}{DiffSchema, append([]Change{}, changes...)})
}

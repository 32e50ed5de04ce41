package risk

import (
	"regexp"
	"strconv"
	"strings"

	"sallyport/internal/finding"
)

// PageImports lists the pages of its own wiki that a script itself loads, as far as their titles are known.
func PageImports(s *finding.Script) []Import {
	var out []Import
	for _, i := range Imports(s) {
		if i.Title != "" && !strings.ContainsAny(i.Title, "<>") && i.Through == "" {
			out = append(out, i)
		}
	}
	return out
}

var anOldID = regexp.MustCompile(`[?&]oldid=(\d{1,18})(?:&|$)`)

// Revision is the revision that an import's address names; 0 for none.
func (i *Import) Revision() int64 {
	m := anOldID.FindStringSubmatch(i.Target)
	if m == nil {
		return 0
	}
	rev, _ := strconv.ParseInt(m[1], 10, 64) // eighteen digits always are a number
	return rev
}

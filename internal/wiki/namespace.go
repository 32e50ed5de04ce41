package wiki

import "strings"

// namespaceOf finds a namespace by the words before a colon, in any case, underscores for spaces. Canonical names win
// over aliases, and aliases over local names, as in Language::getNsIndex.
func (s *Site) namespaceOf(prefix string) (ns int, ok bool) {
	p := lower(prefix)
	is := func(name string) bool {
		return name != "" && lower(strings.ReplaceAll(name, " ", "_")) == p
	}
	for id, n := range s.Namespaces {
		if id != NSMain && is(n.Canonical) {
			return id, true
		}
	}
	found := false
	for name, id := range s.Aliases {
		// Two aliases that differ in case only would make the answer depend on the map's order.
		if is(name) && (!found || id < ns) {
			ns, found = id, true
		}
	}
	if found {
		return ns, true
	}
	for id, n := range s.Namespaces {
		if id != NSMain && is(n.Name) {
			return id, true
		}
	}
	return 0, false
}

// interwiki says whether words before a colon lead to a wiki, and whether that wiki is this one.
func (s *Site) interwiki(prefix string) (known, local bool) {
	p := lower(prefix)
	local = s.LocalInterwiki[p]
	return local || s.Interwiki[p], local
}

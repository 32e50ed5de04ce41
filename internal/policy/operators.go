package policy

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/internal/csp"
)

// Word is what the operators of a wiki say about a server that a gadget asks for.
type Word string

// Words. Of several that fit, the last in this list counts.
const (
	Asks      Word = ""          // each reader decides
	Everybody Word = "everybody" // every page may use it already
	Review    Word = "review"    // nobody is asked before the operators have looked
	Refused   Word = "refused"   // nobody is asked
)

// Operators is what the operators of a wiki say about servers.
type Operators struct {
	Everybody *csp.Policy // what every page may use
	// Now are the policies that pages are sent just now, when that changes: every page may use what all of them allow. nil:
	// there is nothing but Everybody.
	Now    func() []*csp.Policy
	Refuse []csp.Source
	Review []csp.Source
}

// Says what becomes of a source in a directive.
func (o *Operators) Says(directive string, s csp.Source) Word {
	meets := func(one csp.Source) bool { return meet(one, s) }
	switch {
	case slices.ContainsFunc(o.Refuse, meets):
		return Refused
	case o.everybody(directive, s):
		return Everybody
	case slices.ContainsFunc(o.Review, meets):
		return Review
	}
	return Asks
}

// everybody says whether every page may use a source.
func (o *Operators) everybody(directive string, s csp.Source) bool {
	sent := []*csp.Policy{o.Everybody}
	if o.Now != nil {
		sent = o.Now()
	}
	return !slices.ContainsFunc(sent, func(p *csp.Policy) bool { return p == nil || !allows(p, directive, s) })
}

// meet says whether two sources have a host in common. Schemes, ports and paths are left out: a host is somebody's as a whole.
func meet(a, b csp.Source) bool {
	below := func(a, b csp.Source) bool {
		return a.Wild && (a.Host == "" || strings.HasSuffix(b.Host, "."+a.Host) || a.Host == b.Host)
	}
	return a.Host == b.Host || below(a, b) || below(b, a)
}

// allows says whether a policy lets pages use everything that a source names.
func allows(p *csp.Policy, directive string, s csp.Source) bool {
	d := p.Find(directive)
	if d == nil { // form-action and the like fall back to nothing
		d = p.Governing(directive)
	}
	return d == nil || slices.ContainsFunc(d.Sources, func(o csp.Source) bool { return o.Covers(s) })
}

// ReadHosts reads hosts of the settings: "tracker.example", "*.tracker.example" for all below it and itself, "*" for all.
func ReadHosts(list []string) ([]csp.Source, error) {
	var all []csp.Source
	for _, text := range list {
		s, why := csp.ParseSource(text)
		if why != "" || s.Kind != csp.Host || s.Scheme != "" || s.Port != 0 || s.Path != "" {
			return nil, fmt.Errorf("%q: write a host alone, for instance \"tracker.example\", \"*.tracker.example\" or \"*\"", text)
		}
		all = append(all, s)
	}
	return all, nil
}

// Blocked lists the grants that a wiki's own policies would block: browsers enforce every policy of a response, so a grant
// helps only where all of them allow it. Policies that are only reported about block nothing.
func Blocked(own csp.Set, grants []Grant) []Grant {
	var blocked []Grant
	for _, g := range grants {
		if slices.ContainsFunc(own, func(p *csp.Policy) bool { return !p.ReportOnly && !allows(p, g.Directive, g.Source) }) {
			blocked = append(blocked, g)
		}
	}
	return blocked
}

// Package csp reads, prints, joins and evaluates Content Security Policies as browsers do.
//
// A [Policy] is one policy, a [Set] everything that holds on one response: a request must pass each of them. Reading never
// fails; what a browser ignores is left out and listed as a [Problem]. The standard is CSP Level 3
// (https://www.w3.org/TR/CSP3/); where Chromium does something else, so does this package, and a comment says so.
//
//	header ──ParseHeader──► Set ──Allows(Request)──► Verdict: yes or no, which directive, which source
//	                         ├─ Grant, Union, Minimise
//	                         └─ String: never a byte that could begin another directive, policy or header
package csp

import "slices"

// Policy is a list of directives, each name once, in the order they were written.
type Policy struct {
	Directives []Directive
	ReportOnly bool // violations are reported and nothing is blocked
}

// Directive is one rule of a policy.
type Directive struct {
	Name    string   // lower case
	Sources []Source // of directives that list sources; empty means 'none'
	Tokens  []string // of all others: sandbox flags, addresses and groups to report to, policy names of Trusted Types
}

// Set is what one response carries: browsers enforce every policy of it, so a further one can only tighten.
type Set []*Policy

// Find returns the directive of that name, nil when there is none.
func (p *Policy) Find(name string) *Directive {
	for i := range p.Directives {
		if p.Directives[i].Name == name {
			return &p.Directives[i]
		}
	}
	return nil
}

// Governing returns the directive that decides about a name: itself, or what browsers fall back to (CSP3 §6.8.3).
// nil means that nothing restricts it.
func (p *Policy) Governing(name string) *Directive {
	for _, n := range Fallbacks(name) {
		if d := p.Find(n); d != nil {
			return d
		}
	}
	return nil
}

// Clone returns a copy that shares nothing.
func (p *Policy) Clone() *Policy {
	c := &Policy{Directives: slices.Clone(p.Directives), ReportOnly: p.ReportOnly}
	for i := range c.Directives {
		c.Directives[i].Sources = slices.Clone(c.Directives[i].Sources)
		c.Directives[i].Tokens = slices.Clone(c.Directives[i].Tokens)
	}
	return c
}

// Has says whether a directive's sources include one.
func (d *Directive) Has(s Source) bool { return slices.Contains(d.Sources, s) }

// word says whether a directive lists a keyword, for instance "'unsafe-eval'".
func (d *Directive) word(k string) bool { return d.Has(Source{Kind: Keyword, Value: k}) }

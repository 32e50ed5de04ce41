package csp

import "slices"

// Grant returns a policy that allows sources besides what it allows. A name that had no directive gets one that begins
// with what browsers fell back to; a name that nothing restricts stays so. A grant for script-src or style-src reaches the
// -elem directive too, when there is one.
func (p *Policy) Grant(name string, list ...Source) *Policy {
	g := p.Clone()
	if f := formOf(name); f != sources && f != places {
		return g
	}
	if elem := g.Find(name + "-elem"); elem != nil {
		elem.add(list)
	}
	if d := g.Find(name); d != nil {
		d.add(list)
		return g
	}
	if d := g.Governing(name); d != nil {
		one := Directive{Name: name, Sources: slices.Clone(d.Sources)}
		one.add(list)
		g.Directives = append(g.Directives, one)
	}
	return g
}

// add appends the sources that none of the list covers.
func (d *Directive) add(list []Source) {
	for _, s := range list {
		if !slices.ContainsFunc(d.Sources, func(o Source) bool { return o.Covers(s) }) {
			d.Sources = append(d.Sources, s)
		}
	}
}

package csp

import "slices"

// Union returns the policy that allows what any of these allows, as if each were enforced. A policy cannot say everything:
// a nonce in one switches off 'unsafe-inline' of another, 'strict-dynamic' its hosts, and 'unsafe-hashes' reaches every
// digest. The problems name the directives where that happened.
func Union(policies ...*Policy) (*Policy, []Problem) {
	u := &Policy{}
	var p problems
	if len(policies) == 0 {
		return u, nil
	}
	u.ReportOnly = policies[0].ReportOnly
	for _, name := range effective {
		governing := func(p *Policy) *Directive { return p.Governing(name) }
		u.join(name, policies, governing, &p)
	}
	for _, name := range []string{"form-action", "base-uri", "frame-ancestors"} {
		u.join(name, policies, func(p *Policy) *Directive { return p.Find(name) }, &p)
	}
	for _, d := range policies[0].Directives {
		if f := formOf(d.Name); f == words || f == bare || f == unknown {
			u.joinTokens(d.Name, policies)
		}
	}
	return u.Minimise(), p.all()
}

// join adds a directive that lists what any policy's lists, unless one of them does not restrict it.
func (u *Policy) join(name string, policies []*Policy, governing func(*Policy) *Directive, p *problems) {
	one := Directive{Name: name}
	var lists []*Directive
	for _, policy := range policies {
		d := governing(policy)
		if d == nil {
			return
		}
		lists = append(lists, d)
		one.add(d.Sources)
	}
	for _, d := range lists {
		if what := d.lostIn(&one); what != "" {
			p.add("not-joinable", name, what, "%s of one policy does not mean the same beside the sources of another.", what)
			break
		}
	}
	u.Directives = append(u.Directives, one)
}

// lostIn names a keyword whose meaning changes when the directive's sources stand in a longer list.
func (d *Directive) lostIn(all *Directive) string {
	hosts := func(s Source) bool { return s.Kind == Host || s.Kind == Scheme || s == Word(Self) }
	hashes := func(s Source) bool { return s.Kind == Hash }
	for _, k := range []Kind{InlineScript, InlineStyle, Speculation} {
		by, before := d.allInline(k)
		if _, now := all.allInline(k); before && !now {
			return by.Value
		}
	}
	switch {
	case all.word(StrictDynamic) && !d.word(StrictDynamic) && slices.ContainsFunc(d.Sources, hosts):
		return StrictDynamic
	case all.word(UnsafeHashes) && !d.word(UnsafeHashes) && slices.ContainsFunc(d.Sources, hashes):
		return UnsafeHashes
	}
	return ""
}

// joinTokens keeps what only tightens when every policy says it, with the words of all for those that list what is allowed.
func (u *Policy) joinTokens(name string, policies []*Policy) {
	one := Directive{Name: name}
	for _, policy := range policies {
		d := policy.Find(name)
		if d == nil && name != "report-uri" && name != "report-to" {
			return
		}
		if d == nil || formOf(name) == unknown && len(one.Tokens) > 0 || name == "report-to" && len(one.Tokens) > 0 {
			continue
		}
		for _, t := range d.Tokens {
			if !slices.Contains(one.Tokens, t) {
				one.Tokens = append(one.Tokens, t)
			}
		}
	}
	u.Directives = append(u.Directives, one)
}

package csp

import "slices"

// Request is something a page does.
type Request struct {
	Kind           Kind
	URL            Address // what is asked for; a frame-ancestor's own address; not looked at for inline kinds, Eval and WasmEval
	Page           Address // the page that asks: 'self', and sources without a scheme, are read against it
	Redirected     bool    // URL is where a redirect leads, not what the page wrote
	Nonce          string  // of the element
	Integrity      string  // of an external script: the attribute's value
	Text           string  // of an inline script or style, handler, or the whole javascript: address
	ParserInserted bool    // the script stood in the page's HTML; false when a script made the element
}

// Verdict is what a policy says about a request.
type Verdict struct {
	Allowed   bool
	Directive string  // the one that decided, for instance "default-src"; empty when nothing restricts
	By        Source  // what allowed it; zero when nothing restricts or nothing matched
	Policy    *Policy // that decided; nil when a whole set allowed it
}

// Allows answers as if the policy were enforced.
func (p *Policy) Allows(r Request) Verdict {
	if d := p.stoppedBySandbox(r.Kind); d != nil {
		return Verdict{Directive: d.Name, Policy: p}
	}
	d := p.governing(r.Kind)
	if d == nil || alwaysFree(r) {
		return Verdict{Allowed: true, Policy: p}
	}
	by, ok := d.allows(r)
	return Verdict{Allowed: ok, Directive: d.Name, By: by, Policy: p}
}

// Allows answers for the whole response: every enforced policy has to agree. The verdict names the first that does not.
func (set Set) Allows(r Request) Verdict {
	if set.upgrades() {
		r = r.upgraded()
	}
	for _, p := range set {
		if p.ReportOnly {
			continue
		}
		if v := p.Allows(r); !v.Allowed {
			return v
		}
	}
	return Verdict{Allowed: true}
}

// Reports lists the report-only policies that a request violates. They see it before it is upgraded to HTTPS (Fetch,
// "main fetch").
func (set Set) Reports(r Request) []Verdict {
	var list []Verdict
	for _, p := range set {
		if !p.ReportOnly {
			continue
		}
		if v := p.Allows(r); !v.Allowed && v.Directive != "sandbox" {
			list = append(list, v)
		}
	}
	return list
}

func (p *Policy) governing(k Kind) *Directive {
	switch k {
	case Form, Base, Ancestor:
		return p.Find(k.Directive())
	}
	return p.Governing(k.Directive())
}

// stoppedBySandbox knows what sandboxes stop of the kinds there are: scripts and forms (HTML, "sandboxing").
func (p *Policy) stoppedBySandbox(k Kind) *Directive {
	d := p.Find("sandbox")
	switch {
	case d == nil:
		return nil
	case k.runs() && !slices.Contains(d.Tokens, "allow-scripts"),
		k == Form && !slices.Contains(d.Tokens, "allow-forms"):
		return d
	}
	return nil
}

// alwaysFree: frames without content of their own inherit the page's policy, so that nothing is gained by them.
func alwaysFree(r Request) bool {
	return (r.Kind == Frame || r.Kind == Object) && r.URL.Scheme == "about"
}

func (d *Directive) allows(r Request) (by Source, ok bool) {
	switch {
	case r.Kind == Eval:
		return d.first(UnsafeEval)
	case r.Kind == WasmEval:
		return d.first(UnsafeEval, WasmUnsafeEval)
	case r.Kind.inline():
		return d.allowsInline(r)
	case r.Kind == Script:
		return d.allowsScript(r)
	case r.Kind == Worker && d.word(StrictDynamic):
		return Word(StrictDynamic), true // whichever directive it is, in Chromium
	case r.Kind == Style:
		if by, ok := d.nonce(r.Nonce); ok {
			return by, true
		}
	}
	return d.allowsAddress(r)
}

// allowsScript is the script directives' pre-request check (CSP3 §6.7.1.1).
func (d *Directive) allowsScript(r Request) (Source, bool) {
	if by, ok := d.nonce(r.Nonce); ok {
		return by, true
	}
	if by, ok := d.integrity(r.Integrity); ok {
		return by, true
	}
	if d.word(StrictDynamic) {
		return Word(StrictDynamic), !r.ParserInserted
	}
	return d.allowsAddress(r)
}

func (d *Directive) allowsAddress(r Request) (Source, bool) {
	page := pageOf(r.Page)
	for i := range d.Sources {
		if page.matches(&d.Sources[i], &r.URL, r.Redirected) {
			return d.Sources[i], true
		}
	}
	return Source{}, false
}

// first returns whichever keyword is there.
func (d *Directive) first(keywords ...string) (Source, bool) {
	for _, k := range keywords {
		if d.word(k) {
			return Word(k), true
		}
	}
	return Source{}, false
}

func (d *Directive) nonce(n string) (Source, bool) {
	s := Source{Kind: Nonce, Value: n}
	return s, n != "" && d.Has(s)
}

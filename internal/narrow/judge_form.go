package narrow

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/csp"
	"sallyport/internal/finding"
)

// base64 is what nonces and digests are written in (CSP3 §2.3.1).
var base64 = regexp.MustCompile(`^[A-Za-z0-9+/_-]+={0,2}$`)

// shape: what stands there is not read as it was meant, or could be said better.
func (j *judge) shape(problems []csp.Problem) {
	for _, p := range problems {
		j.add(Weakness{Code: p.Code, Area: Form, Severity: finding.Low, Directive: p.Directive, Source: p.Text, Message: p.Message, Says: say("csp-"+p.Code, p.Text)})
	}
	for _, p := range j.set {
		for i := range p.Directives {
			for _, s := range p.Directives[i].Sources {
				j.odd(p.Directives[i].Name, s)
			}
		}
	}
	j.scriptList()
	if !j.has("report-uri") && !j.has("report-to") {
		j.add(Weakness{Code: "no-reports", Area: Form, Severity: finding.Note, Says: say("no-reports"), Do: say("no-reports-do")})
	}
	if !j.has("require-trusted-types-for") {
		j.add(Weakness{
			Code: "no-trusted-types", Area: Form, Severity: finding.Note, Directive: "require-trusted-types-for",
			Says: say("no-trusted-types"), Do: say("no-trusted-types-do"),
		})
	}
}

// odd says what is wrong with a source wherever it stands.
func (j *judge) odd(directive string, s csp.Source) {
	add := func(severity finding.Severity, code string, do ...string) {
		w := Weakness{Code: code, Area: Form, Severity: severity, Directive: directive, Source: s.String(), Says: say(code)}
		if len(do) > 0 {
			w.Do = say(do[0])
		}
		j.add(w)
	}
	switch {
	case s.Kind == csp.Nonce && len(s.Value) < 22: // 128 bits
		add(finding.Medium, "short-nonce", "short-nonce-do")
	case s.Kind == csp.Nonce && !base64.MatchString(s.Value):
		add(finding.Note, "nonce-letters")
	case s.Kind == csp.Host && csp.IsDirective(s.Host):
		add(finding.Medium, "missing-semicolon", "missing-semicolon-do")
	case s.Kind == csp.Host && isIP(s.Host):
		add(finding.Note, "ip", "ip-do")
	case s.Kind == csp.Host && s.Scheme == "http" && !strings.HasPrefix(directive, "script-src"):
		add(finding.Low, "http", "https-do")
	}
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// scriptList says how the kinds of permission for scripts stand beside each other.
func (j *judge) scriptList() {
	for _, p := range j.set {
		d := p.Governing("script-src-elem")
		if d == nil {
			continue
		}
		has := func(of func(csp.Source) bool) bool { return slices.ContainsFunc(d.Sources, of) }
		single := has(func(s csp.Source) bool { return s.Kind == csp.Nonce || s.Kind == csp.Hash })
		dynamic := d.Has(csp.Word(csp.StrictDynamic))
		hosts := has(func(s csp.Source) bool { return s.Kind == csp.Host || s.Kind == csp.Scheme || s == csp.Word(csp.Self) })
		note := func(code string) {
			j.add(Weakness{Code: code, Area: Form, Severity: finding.Note, Directive: d.Name, Says: say(code)})
		}
		switch {
		case dynamic && !single:
			note("strict-dynamic-alone")
		case !dynamic && hosts:
			note("allowlist")
		}
		if single && !d.Has(csp.Word(csp.UnsafeInline)) {
			note("no-inline-fallback")
		}
		if dynamic && !hosts {
			note("no-host-fallback")
		}
	}
}

func (j *judge) has(name string) bool {
	return slices.ContainsFunc(j.set, func(p *csp.Policy) bool { return p.Find(name) != nil })
}

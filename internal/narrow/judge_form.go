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
		j.add(Weakness{Code: p.Code, Area: Form, Severity: finding.Low, Directive: p.Directive, Source: p.Text, Message: p.Message})
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
		j.add(Weakness{Code: "no-reports", Area: Form, Severity: finding.Note, Message: "Nobody learns what is blocked.", Advice: "Name an address to report to."})
	}
	if !j.has("require-trusted-types-for") {
		j.add(Weakness{
			Code: "no-trusted-types", Area: Form, Severity: finding.Note, Directive: "require-trusted-types-for",
			Message: "Text goes into the page's HTML without passing one place that checks it.", Advice: "MediaWiki cannot run with Trusted Types yet.",
		})
	}
}

// odd says what is wrong with a source wherever it stands.
func (j *judge) odd(directive string, s csp.Source) {
	say := func(code string, severity finding.Severity, message, advice string) {
		j.add(Weakness{Code: code, Area: Form, Severity: severity, Directive: directive, Source: s.String(), Message: message, Advice: advice})
	}
	switch {
	case s.Kind == csp.Nonce && len(s.Value) < 22: // 128 bits
		say("short-nonce", finding.Medium, "A nonce of fewer than 128 bits can be guessed.", "Make 16 random bytes for every response.")
	case s.Kind == csp.Nonce && !base64.MatchString(s.Value):
		say("nonce-letters", finding.Note, "Nonces are written in base64.", "")
	case s.Kind == csp.Host && csp.IsDirective(s.Host):
		say("missing-semicolon", finding.Medium, "Browsers take the name of a directive among the sources for a host.", "Put a semicolon before it.")
	case s.Kind == csp.Host && isIP(s.Host):
		say("ip", finding.Note, "Whose server an IP address is changes.", "Name the host.")
	case s.Kind == csp.Host && s.Scheme == "http" && !strings.HasPrefix(directive, "script-src"):
		say("http", finding.Low, "Whoever stands between reader and server can read and change what comes without TLS.", "Write https://.")
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
		note := func(code, message string) {
			j.add(Weakness{Code: code, Area: Form, Severity: finding.Note, Directive: d.Name, Message: message})
		}
		switch {
		case dynamic && !single:
			note("strict-dynamic-alone", "'strict-dynamic' without a nonce or digest lets no script in the page run.")
		case !dynamic && hosts:
			note("allowlist", "A list of hosts keeps code and data at home; it does not stop injected code.")
		}
		if single && !d.Has(csp.Word(csp.UnsafeInline)) {
			note("no-inline-fallback", "Browsers older than CSP 2 know no nonces and digests; beside them they would obey 'unsafe-inline', and others ignore it.")
		}
		if dynamic && !hosts {
			note("no-host-fallback", "Browsers without 'strict-dynamic' run no scripts of servers; beside it they would obey https:, and others ignore it.")
		}
	}
}

func (j *judge) has(name string) bool {
	return slices.ContainsFunc(j.set, func(p *csp.Policy) bool { return p.Find(name) != nil })
}

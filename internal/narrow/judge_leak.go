package narrow

import (
	"sallyport/internal/csp"
	"sallyport/internal/finding"
	"sallyport/internal/hosting"
)

// channels are the ways out of a page, with how much goes through one and how little it shows.
var channels = []struct {
	kind   csp.Kind
	weight finding.Severity
	says   string
}{
	{csp.Connect, finding.Medium, "any-connect"},
	{csp.Form, finding.Medium, "any-form"},
	{csp.Frame, finding.Medium, "any-frame"},
	{csp.Worker, finding.Medium, "any-worker"},
	{csp.Image, finding.Low, "any-image"},
	{csp.Style, finding.Low, "any-style"},
	{csp.Font, finding.Low, "any-font"},
	{csp.Media, finding.Low, "any-media"},
	{csp.Prefetch, finding.Low, "any-prefetch"},
}

// leaks: what code learns may go to any server, or to one where anybody can wait for it.
func (j *judge) leaks() {
	for _, c := range channels {
		v, ok := j.ask(csp.Request{Kind: c.kind, URL: csp.ParseAddress("https://" + nobody + "/x")})
		if ok {
			j.add(Weakness{
				Code: "any-" + c.kind.String(), Area: Leak, Severity: c.weight, Directive: v.Directive, Source: v.By.String(),
				Says: say(c.says), Do: say("any-do", c.kind.Directive()),
			})
			continue
		}
		j.each([]string{c.kind.Directive()}, func(directive string, _ *csp.Directive, s csp.Source) {
			if who := openness(s); who.Kind != "" {
				j.add(Weakness{
					Code: "open-" + c.kind.String(), Area: Leak, Severity: max(finding.Low, c.weight-1), Directive: directive, Source: s.String(),
					Says: say("open-"+who.Kind, s.String(), who.Domain), Do: say("open-do"),
				})
			}
		})
	}
	j.add(Weakness{
		Code: "navigation", Area: Leak, Severity: finding.Note,
		Says: say("navigation"),
	})
}

// framing: others show the wiki inside their pages.
func (j *judge) framing() {
	if v, ok := j.ask(csp.Request{Kind: csp.Ancestor, URL: csp.ParseAddress("https://" + nobody + "/")}); ok {
		j.add(Weakness{
			Code: "framing", Area: Code, Severity: finding.Low, Directive: "frame-ancestors", Source: v.By.String(),
			Says: say("framing"), Do: say("framing-do"),
		})
	}
}

// weight is how much a way out matters, from 0.2 for pictures to 1 for scripts.
func weight(k csp.Kind) float64 {
	switch {
	case k == csp.Script || k == csp.Worker:
		return 1
	case k == csp.Connect || k == csp.Form || k == csp.Frame || k == csp.Object:
		return 0.8
	case k == csp.Style || k == csp.Font:
		return 0.4
	}
	return 0.2
}

// Risk is how much is given away by allowing an origin in a directive: 0 nothing, 1 everything, with the reasons, worst
// first.
func Risk(directive string, origin csp.Address) (score float64, reasons []Saying) {
	k, ok := csp.KindOf(directive, origin.Origin())
	if !ok {
		return 0, nil
	}
	add := func(points float64, key string, params ...any) {
		score += points
		reasons = append(reasons, say(key, params...))
	}
	w := weight(k)
	switch who := hosting.HowOpen(origin.Host); who.Kind {
	case hosting.Packages:
		add(0.6*w, "risk-packages")
	case hosting.Site:
		add(0.6*w, "risk-site", who.Domain)
	}
	if k == csp.Script && serves(origin.Host) != "" {
		add(0.5, "risk-bypass", serves(origin.Host))
	}
	if origin.Scheme == "http" || origin.Scheme == "ws" {
		add(0.2, "risk-plain")
	}
	switch {
	case k == csp.Script && hosting.Libraries(origin.Host):
		add(0.1, "risk-libraries")
	case k == csp.Script || k == csp.Worker:
		add(0.3, "risk-power")
	case w >= 0.8:
		add(0.2, "risk-takes")
	default:
		add(0.1*w, "risk-learns")
	}
	return min(score, 1), reasons
}

// serves says what any script can be run with that a host is known to serve.
func serves(host string) string {
	for _, b := range known() {
		if b.address.Host == host && !b.needsEval {
			return b.what
		}
	}
	return ""
}

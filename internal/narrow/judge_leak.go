package narrow

import (
	"fmt"

	"sallyport/internal/csp"
	"sallyport/internal/finding"
	"sallyport/internal/hosting"
)

// channels are the ways out of a page, with how much goes through one and how little it shows.
var channels = []struct {
	kind   csp.Kind
	weight finding.Severity
	what   string
}{
	{csp.Connect, finding.Medium, "Scripts can send anything to any server, and read what it answers."},
	{csp.Form, finding.Medium, "Forms can be sent to any server, with what people typed into them."},
	{csp.Frame, finding.Medium, "Any server's page can be shown inside the wiki's and be told things by its address."},
	{csp.Worker, finding.Medium, "Workers of any server run."},
	{csp.Image, finding.Low, "Every image address can carry something to any server."},
	{csp.Style, finding.Low, "Style sheets of any server can read attributes and carry them away."},
	{csp.Font, finding.Low, "Font addresses can carry something to any server."},
	{csp.Media, finding.Low, "Sound and film addresses can carry something to any server."},
	{csp.Prefetch, finding.Low, "Prefetched addresses can carry something to any server."},
}

// leaks: what code learns may go to any server, or to one where anybody can wait for it.
func (j *judge) leaks() {
	for _, c := range channels {
		v, ok := j.ask(csp.Request{Kind: c.kind, URL: csp.ParseAddress("https://" + nobody + "/x")})
		if ok {
			j.add(Weakness{
				Code: "any-" + c.kind.String(), Area: Leak, Severity: c.weight, Directive: v.Directive, Source: v.By.String(),
				Message: c.what, Advice: "Name the servers that are needed in " + c.kind.Directive() + ".",
			})
			continue
		}
		j.each([]string{c.kind.Directive()}, func(directive string, _ *csp.Directive, s csp.Source) {
			if who := openness(s); who != "" {
				j.add(Weakness{
					Code: "open-" + c.kind.String(), Area: Leak, Severity: max(finding.Low, c.weight-1), Directive: directive, Source: s.String(),
					Message: fmt.Sprintf("%s: %s, and so receive what is sent there.", s, who), Advice: "Name the one host below it that is needed.",
				})
			}
		})
	}
	j.add(Weakness{
		Code: "navigation", Area: Leak, Severity: finding.Note,
		Message: "No policy stops a script from opening another page with something in its address.",
	})
}

// framing: others show the wiki inside their pages.
func (j *judge) framing() {
	if v, ok := j.ask(csp.Request{Kind: csp.Ancestor, URL: csp.ParseAddress("https://" + nobody + "/")}); ok {
		j.add(Weakness{
			Code: "framing", Area: Code, Severity: finding.Low, Directive: "frame-ancestors", Source: v.By.String(),
			Message: "Any site can show this one in a frame and have people press its buttons unknowingly.", Advice: "Write frame-ancestors 'self'.",
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
func Risk(directive string, origin csp.Address) (score float64, reasons []string) {
	k, ok := csp.KindOf(directive, origin.Origin())
	if !ok {
		return 0, nil
	}
	say := func(points float64, reason string) {
		score += points
		reasons = append(reasons, reason)
	}
	w := weight(k)
	if who := hosting.Open(origin.Host); who != "" {
		say(0.6*w, who)
	}
	if k == csp.Script && serves(origin.Host) != "" {
		say(0.5, "is known to serve "+serves(origin.Host)+", with which any script can be run")
	}
	if origin.Scheme == "http" || origin.Scheme == "ws" {
		say(0.2, "without TLS")
	}
	switch {
	case k == csp.Script && hosting.Libraries(origin.Host):
		say(0.1, "hands out libraries")
	case k == csp.Script || k == csp.Worker:
		say(0.3, "its scripts run with all a reader may do")
	case w >= 0.8:
		say(0.2, "takes whatever a script sends")
	default:
		say(0.1*w, "learns who reads what")
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

package rule

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var hosts = &Rule{
	Name:     "hosts",
	Severity: finding.High,
	CWE:      []int{359},
	Doc: `contacts other servers

Each request tells that server your address, and often what you read. Frames and forms of others can be mistaken for the wiki.
A note on the page that describes the script should name every server. A script that leads away from the wiki by itself
can lead to a page that looks like the wiki's and asks for the password.`,
	Capabilities: []capability.Name{capability.Network, capability.Navigate},
	Run: func(p *Pass) {
		for _, r := range p.requests() {
			for _, u := range r.urls {
				for _, host := range p.foreign(p.Graph.Str(u)) {
					p.contacts(r.node, host, r.how, r.Where)
					p.sendsAway(&r, u, host)
				}
			}
		}
		p.each(func(n js.Node) {
			if s := p.Str(n); strings.Contains(s, "//") && mayLoad(s) {
				p.markup(n, s)
			}
		}, js.String, js.TemplateText)
		p.pageParts()
	},
}

// sendsAway reports pages of others that the reader is taken to without having asked, above all those that look like the wiki's
// own for logging in.
func (p *Pass) sendsAway(r *request, u js.Node, host string) {
	if r.how != "navigate" || !unasked(r.Where) {
		return
	}
	for _, t := range p.Graph.Str(u).Texts {
		if lower := strings.ToLower(written(t)); strings.Contains(lower, "userlogin") || strings.Contains(lower, "login") || strings.Contains(lower, "signin") {
			p.Report(r.node, finding.High, "takes you to %s by itself, at an address that is made to look like one for logging in", host)
			return
		}
	}
	p.Report(r.node, finding.Medium, "takes you to %s by itself", host)
}

// contacts says that a host is contacted, and how.
func (p *Pass) contacts(n js.Node, host, how string, w flow.Where) {
	if how == "navigate" {
		p.Can(n, capability.Capability{Name: capability.Navigate, Target: host, Trigger: trigger(w)})
		return
	}
	p.Can(n, capability.Capability{Name: capability.Network, Target: host, How: how, Trigger: trigger(w)})
	switch how {
	case "frame":
		p.Report(n, finding.Low, "shows a page of %s inside the wiki's", host)
	case "form":
		p.Report(n, finding.Low, "sends a form to %s", host)
	}
}

// tags finds addresses in HTML and CSS that stands in strings.
var tags = regexp.MustCompile(`(?i)<(script|img|iframe|link|form|video|audio|source|embed|object)\b[^<>]*?\b(?:src|href|action|data)\s*=\s*["']?\s*((?:https?:)?//[^"'\s<>/]+)|(url)\(\s*["']?((?:https?:)?//[^"'\s)/]+)|@(import)\s+["']((?:https?:)?//[^"'\s)/]+)|<(meta)\b[^<>]*?\burl\s*=\s*["']?((?:https?:)?//[^"'\s<>/;]+)`)

// tagged are the kind of tag and the address of what tags found.
func tagged(m []string) (tag, address string) {
	return strings.ToLower(m[1] + m[3] + m[5] + m[7]), m[2] + m[4] + m[6] + m[8]
}

// mayLoad says whether tags may find something: patterns are slow, and most texts with an address in them are links.
func mayLoad(s string) bool {
	if strings.ContainsAny(s, "(@") { // url( and @import
		return true
	}
	for {
		_, rest, found := strings.Cut(s, "<")
		if !found {
			return false
		}
		if rest != "" && strings.IndexByte("silfveomSILFVEOM", rest[0]) >= 0 || len(rest) > 1 && strings.EqualFold(rest[:2], "au") {
			return true
		}
		s = rest
	}
}

func (p *Pass) markup(n js.Node, s string) {
	for _, m := range tags.FindAllStringSubmatch(s, 50) {
		tag, address := tagged(m)
		for _, host := range p.foreign(plainly(address)) {
			p.contacts(n, host, howTag(tag), flow.Where{})
		}
	}
}

func howTag(tag string) string {
	switch tag {
	case "script":
		return "script"
	case "iframe", "embed", "object":
		return "frame"
	case "meta":
		return "navigate"
	case "link", "import":
		return "style"
	case "form":
		return "form"
	}
	return "image"
}

// pageParts reads style sheets and the addresses in Vue templates.
func (p *Pass) pageParts() {
	say := func(start, end int, address, how string) {
		a := plainly(address)
		for _, host := range p.foreign(a) {
			p.text.out.Capabilities = append(p.text.out.Capabilities, capability.Capability{
				Name: capability.Network, Target: host, How: how, Certainty: capability.Certain, Line: p.span(start, end).Start.Line,
			})
		}
	}
	for _, s := range p.Styles {
		switch {
		case s.Kind == js.StyleImport:
			say(s.Start, s.End, s.Value, "style")
		case s.Kind == js.StyleURL && strings.HasPrefix(s.Property, "@font-face"):
			say(s.Start, s.End, s.Value, "font")
		case s.Kind == js.StyleURL:
			say(s.Start, s.End, s.Value, "image")
		}
	}
	for _, part := range p.Parts {
		if part.Kind == js.PartAddress && !slices.Contains([]string{"a", "area"}, part.Element) {
			say(part.Start, part.End, part.Value, howTag(part.Element))
		}
	}
}

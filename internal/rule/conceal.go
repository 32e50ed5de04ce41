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

var conceal = &Rule{
	Name:     "conceal",
	Severity: finding.High,
	CWE:      []int{506},
	Doc: `hides traces

A script that hides the history, the watch list, contributions or notifications and changes the wiki by itself does not want to be
found out. Hiding such things is a matter of taste as long as the script changes nothing.`,
	Capabilities: []capability.Name{capability.HideUI},
	Run: func(p *Pass) {
		writes := slices.ContainsFunc(p.writes(), func(w write) bool { return !w.asked() && massive[w.action] && w.matters() })
		for _, h := range p.hides() {
			p.Can(h.node, capability.Capability{Name: capability.HideUI, Target: h.what, Certainty: capability.Likely})
			if writes && !asked(h.Where) {
				p.Report(h.node, finding.High, "hides %s while it changes the wiki by itself", h.what)
			}
		}
	},
}

// traces are the parts of MediaWiki's pages that show what was done, by how their classes and ids begin.
var traces = strings.Fields(`ca-history pagehistory pt-notifications pt-mycontris pt-watchlist mw-changeslist mw-history mw-contributions mw-logevent
	mw-userlink mw-notification mw-rcfilters mw-diff diff-otitle diff-ntitle usermessage mw-echo t-contributions mw-enhanced-rc`)

// trace is the first of them that a text names, to the end of that name. Many texts are looked at, and a pattern takes
// twenty times as long.
func trace(s string) string {
	lower := strings.Map(asciiLower, s)
	if len(lower) != len(s) { // bytes that are no UTF-8 were replaced
		s = lower
	}
	start := len(lower)
	for _, name := range traces {
		if at := strings.Index(lower[:min(len(lower), start+len(name)-1)], name); at >= 0 {
			start = at
		}
	}
	end := start
	for end < len(lower) && (lower[end] == '-' || isWord(lower[end])) {
		end++
	}
	if start < end && start > 0 && s[start-1] == '#' {
		start--
	}
	return s[start:end]
}

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z'
}

type hiding struct {
	node js.Node
	what string
	flow.Where
}

// hides are the places where traces are taken out of sight.
func (p *Pass) hides() []hiding {
	var out []hiding
	for c := range p.Graph.EachCall() {
		what := ""
		switch {
		case c.Method == "hide" || c.Method == "remove" || c.Method == "detach" || c.Method == "empty" || c.Method == "fadeOut" || c.Method == "slideUp":
			what = trace(p.words(c.Node))
		case c.Method == "css" && p.Graph.Str(c.Arg(1)).Pattern() == "none":
			what = trace(p.words(c.Object))
		case c.Is("mw.util.addCSS", "mw.loader.addStyleTag"):
			what = hiddenBy(p.Graph.Str(c.Arg(0)).Pattern())
		}
		if what != "" {
			out = append(out, hiding{c.Node, what, c.Where})
		}
	}
	for a := range p.Graph.EachAssign() {
		what := ""
		switch a.Property {
		case "display", "visibility", "hidden":
			if v := p.Graph.Str(a.Value).Pattern(); a.Property == "hidden" || v == "none" || v == "hidden" {
				what = trace(p.words(a.Node) + p.words(p.Object(a.Object)))
			}
		case "textContent", "innerHTML", "cssText":
			what = hiddenBy(p.Graph.Str(a.Value).Pattern())
		}
		if what != "" {
			out = append(out, hiding{a.Node, what, a.Where})
		}
	}
	return out
}

// hiddenBy is the trace that a style sheet hides.
func hiddenBy(css string) string {
	for _, rule := range strings.Split(css, "}") {
		selector, body, ok := strings.Cut(rule, "{")
		if !ok {
			continue
		}
		if what := trace(selector); what != "" && invisible.MatchString(body) {
			return what
		}
	}
	return ""
}

var invisible = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\s*[;!}]`)

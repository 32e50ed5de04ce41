package rule

import (
	"cmp"
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
found out. Hiding such things is a matter of taste as long as the script changes nothing, and is fair to everybody: leaving out what
one account did, which the script names, is not, on the page or in the wiki's answers. Nor is hiding the links to the scripts that run
as you, or to the wiki without them.`,
	Capabilities: []capability.Name{capability.HideUI},
	Run: func(p *Pass) {
		p.spelledAccounts()
		p.thinned()
		writes := slices.ContainsFunc(p.writes(), func(w write) bool { return !w.asked() && massive[w.action] && w.matters() })
		for _, h := range p.hides() {
			p.Can(h.node, capability.Capability{Name: capability.HideUI, Target: cmp.Or(h.what, "links to your scripts"), Certainty: capability.Likely})
			switch {
			case asked(h.Where):
			case h.code:
				p.Report(h.node, finding.High, "hides the ways to your own scripts, or to the wiki without them")
			case h.one || p.ofOne(h.Gates) || p.pickedOut(h.node):
				p.Report(h.node, finding.High, "hides %s of one person, whom the script names", h.what)
			case slices.ContainsFunc(h.Gates, func(g flow.Gate) bool { return p.surroundings(g.Node, 0) == hashed }):
				p.Report(h.node, finding.High, "hides %s of %s", h.what, hashed)
			case writes:
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
	one  bool // of an account that a style sheet names
	code bool // where one looks after one's scripts
	flow.Where
}

// hides are the places where traces are taken out of sight.
func (p *Pass) hides() []hiding {
	var out []hiding
	for c := range p.Graph.EachCall() {
		what, code := "", false
		switch {
		case c.Method == "hide" || c.Method == "remove" || c.Method == "detach" || c.Method == "empty" || c.Method == "fadeOut" || c.Method == "slideUp":
			words := p.words(c.Node)
			what, code = trace(words), codeLink.MatchString(words)
		case c.Method == "replaceWith" && p.ofOne(c.Gates):
			what = "rows"
		case c.Method == "removeChild" || c.Method == "replaceChild":
			what = trace(p.words(c.Arg(len(c.Args) - 1)))
		case c.Method == "css" && p.Graph.Str(c.Arg(1)).Pattern() == "none":
			words := p.words(c.Object)
			what, code = trace(words), codeLink.MatchString(words)
		case c.Is("mw.util.addCSS", "mw.loader.addStyleTag"):
			what, code = hiddenBy(p.Graph.Str(c.Arg(0)).Pattern())
		}
		if what != "" || code {
			out = append(out, hiding{c.Node, what, p.namesOne(c.Arg(0)), code, c.Where})
		}
	}
	for a := range p.Graph.EachAssign() {
		what, code := "", false
		switch a.Property {
		case "display", "visibility", "hidden":
			if v := p.Graph.Str(a.Value).Pattern(); a.Property == "hidden" || v == "none" || v == "hidden" {
				words := p.words(a.Node) + p.words(p.Object(a.Object))
				what, code = trace(words), codeLink.MatchString(words)
			}
		case "textContent", "innerHTML", "cssText":
			what, code = hiddenBy(p.Graph.Str(a.Value).Pattern())
		}
		if what != "" || code {
			out = append(out, hiding{a.Node, what, p.namesOne(a.Value), code, a.Where})
		}
	}
	return out
}

// hiddenBy is the trace that a style sheet hides, and whether it hides the ways to one's own scripts.
func hiddenBy(css string) (what string, code bool) {
	if !strings.Contains(css, "{") {
		return "", false
	}
	for _, rule := range strings.Split(css, "}") {
		selector, body, ok := strings.Cut(rule, "{")
		if !ok {
			continue
		}
		trace, link := trace(selector), codeLink.MatchString(selector)
		if (trace != "" && what == "" || link) && invisible.MatchString(body) {
			what, code = cmp.Or(what, trace), code || link
		}
	}
	return what, code
}

// codeLink knows selectors for links to the scripts that run as a person, and to the wiki without them. Link elements are styles.
var codeLink = regexp.MustCompile(`(?i)(?:^|[^k])\[\s*(?:href|title)\s*[*^$~|]?=\s*["']?[^"'\]]*(?:(?:common|global|vector|vector-2022|monobook|minerva|timeless)\.(?:js|css)|safemode)`)

// invisible knows the ways in which a style takes something out of sight: it is not shown, or somewhere else, or nothing of it is left.
var invisible = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0\s*(?:[;!}]|$)|` +
	`(?:left|right|top|bottom|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|` +
	`font-size\s*:\s*0\s*(?:[;!}]|$)|scale\(\s*0\s*\)|content-visibility\s*:\s*hidden`)

// namesOne says whether a style sheet picks out what one account did: [data-user="Name"], a[title="User:Name"].
func (p *Pass) namesOne(css js.Node) bool {
	for _, t := range p.Graph.Str(css).Texts {
		for _, rule := range strings.Split(written(t), "}") {
			selector, body, _ := strings.Cut(rule, "{")
			if trace(selector) != "" && oneAccount.MatchString(selector) && invisible.MatchString(body) {
				return true
			}
		}
	}
	return false
}

var oneAccount = regexp.MustCompile(`(?i)\[\s*(?:data-user\s*[~^]?=|(?:title|href)\s*[*^$~]?=\s*["']?[^"'\]]*(?:user|special:contributions/)[:/]?)`)

// pickedOut says whether what is hidden was picked from a list by the name of who did it: rows.filter( … ).hide().
func (p *Pass) pickedOut(n js.Node) bool {
	for range 16 {
		n = p.origin(p.Object(p.Callee(n)))
		if p.Kind(n) != js.Call {
			return false
		}
		if name, _ := p.KeyName(p.Callee(n)); name != "filter" {
			continue
		}
		for _, f := range p.Graph.Functions(p.Arg(n, 0)) {
			if p.comparesEditor(p.Body(f)) {
				return true
			}
		}
	}
	return false
}

// ofOne says whether a condition compares the name of who made an edit with a name that stands in the script.
func (p *Pass) ofOne(gates []flow.Gate) bool {
	return slices.ContainsFunc(gates, func(g flow.Gate) bool { return p.comparesEditor(g.Node) })
}

func (p *Pass) comparesEditor(in js.Node) bool {
	found := false
	p.Walk(in, func(n js.Node) bool {
		switch p.Kind(n) {
		case js.Binary:
			if op := p.Op(n); op == js.OpEq || op == js.OpStrictEq {
				found = found || p.editor(p.Left(n)) && p.named(p.Right(n)) || p.editor(p.Right(n)) && p.named(p.Left(n))
			}
		case js.Call:
			found = found || p.picksOut(n, p.editor)
		case js.Function:
			return false
		}
		return !found
	})
	return found
}

// picksOut says whether a call looks for somebody among names that stand in the script, or holds a pattern with letters against the name.
func (p *Pass) picksOut(call js.Node, somebody func(js.Node) bool) bool {
	list := p.Object(p.Callee(call))
	switch name, _ := p.KeyName(p.Callee(call)); name {
	case "includes", "has", "indexOf":
		return somebody(p.Arg(call, 0)) && p.namesIn(list)
	case "test":
		return somebody(p.Arg(call, 0)) && spellsName.MatchString(p.Str(p.origin(list)))
	}
	return false
}

// spellsName knows patterns that have letters of a name in them, not classes of characters alone.
var spellsName = regexp.MustCompile(`(?:^|[^\\A-Za-z])\p{L}{2,}|\\u\{?[0-9a-fA-F]{4}`)

// spelledAccounts reports selectors in which letters stand as escapes: nobody needs to, and a name is not found that way.
func (p *Pass) spelledAccounts() {
	p.each(func(n js.Node) {
		if s := p.Str(n); strings.Contains(s, "\\") && strings.Contains(s, "[") && letterEscape.MatchString(s) {
			p.Report(n, finding.High, "picks out links or rows by a name whose letters it writes as escapes")
		}
	}, js.String, js.TemplateText)
}

var letterEscape = regexp.MustCompile(`\[\s*(?:data-[a-z-]+|href|title)\s*[~^$*|]?=\s*["']?[^\]"']*\\0{0,4}(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])(?:[^0-9a-fA-F]|$)`)

// editor says whether a value is the name of who made an edit, as lists of changes show it.
func (p *Pass) editor(n js.Node) bool {
	for _, f := range p.Graph.Taint(n) {
		if words := p.words(f.Origin); strings.Contains(words, "userlink") || strings.Contains(words, "data-user") {
			return true
		}
	}
	return false
}

func (p *Pass) named(n js.Node) bool {
	for _, s := range p.Graph.Str(n).Consts() {
		if len(strings.TrimSpace(s)) > 2 {
			return true
		}
	}
	return false
}

func (p *Pass) namesIn(list js.Node) bool {
	return slices.ContainsFunc(p.Graph.Elements(list), p.named)
}

package rule

import (
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var selfPropagation = &Rule{
	Name:     "self-propagation",
	Severity: finding.Critical,
	CWE:      []int{506},
	Doc: `puts a loader into somebody's scripts

A script that writes "load this script", its own source, or the text of some page into the scripts of whoever runs it
spreads from person to person: that is a worm. An installer does the same thing once, for you, when you press its button,
and says so.`,
	Run: func(p *Pass) {
		p.boxLoaders()
		for _, w := range p.writes() {
			code := append(append(w.of(ownCode), w.of(otherCode)...), w.of(siteCode)...)
			code = slices.DeleteFunc(code, func(t flow.Text) bool {
				return strings.HasSuffix(t.Suffix(), ".css") || strings.HasSuffix(t.Suffix(), ".json")
			})
			if !w.edits() || len(code) == 0 {
				continue
			}
			what := "puts a loader into"
			if !w.spread() {
				if what = p.copies(&w); what == "" {
					continue
				}
			}
			clicked := finding.Low
			if host := p.loadsFrom(&w); host != "" {
				what, clicked = "puts a loader of code from "+host+" into", finding.High
				if w.confirmed() && len(w.of(ownCode)) == len(code) {
					clicked = finding.Medium
				}
			}
			p.Report(w.node, w.weigh(finding.Critical, max(finding.Medium, clicked), clicked), "%s %s %s", what, spell(code[0]), w.when())
		}
	},
}

// loadsFrom is the host of somebody else from which the text of a write loads code: "" for none. An installer of a script of the
// wiki loads it from the wiki.
func (p *Pass) loadsFrom(w *write) string {
	for _, t := range w.texts {
		if host := p.loaderHost(t.Pattern(), 16); host != "" {
			return host
		}
	}
	return ""
}

// loaderHost is the first host of somebody else from which code loads more, looking at so many of its loaders at most: "" for none.
func (p *Pass) loaderHost(code string, most int) string {
	for _, m := range loaded.FindAllStringSubmatch(code, most) {
		if hosts := p.foreign(plainly(m[1])); len(hosts) > 0 {
			return hosts[0]
		}
	}
	return ""
}

var loaded = regexp.MustCompile(`(?:load|getScript|importScriptURI|addScriptTag|import|src\s*=|url\s*:)\s*\(?\s*\\?["'\x60]((?:https?:)?//[^"'\x60\\\s]+)`)

// copies says what a write copies into somebody's code, if it does.
func (p *Pass) copies(w *write) string {
	for _, n := range w.q.nodes("text", "appendtext", "prependtext", "source", "wpTextbox1") {
		if p.ownSource(n, 0) {
			return "copies its own source into"
		}
		for _, f := range p.Graph.Taint(n) {
			switch {
			case f.Unsafe&flow.InJS == 0:
			case f.Source == flow.FromUserJSON || f.Source == flow.FromAPI:
				return "copies the text of a page into"
			case f.Source == flow.FromThirdParty:
				return "copies what another server answers into"
			}
		}
	}
	return ""
}

// ownSource knows f.toString(), String( f ), "" + f, arguments.callee and document.currentScript.text.
func (p *Pass) ownSource(n js.Node, depth int) (own bool) {
	if depth > 4 {
		return false
	}
	p.Walk(p.origin(n), func(c js.Node) bool {
		switch p.Kind(c) {
		case js.Function:
			return false
		case js.Ident:
			if len(p.Graph.Functions(c)) > 0 {
				own = own || p.becomesText(c)
			} else if o := p.origin(c); o != c {
				own = own || p.ownSource(o, depth+1)
			}
		case js.Dot:
			switch p.Graph.NameOf(c) {
			case "arguments.callee", "document.currentScript.text", "document.currentScript.textContent", "document.currentScript.innerHTML":
				own = true
			}
			own = own || p.Name(c) == "callee" && p.Name(p.Object(c)) == "arguments"
		}
		return !own
	})
	return own
}

// becomesText says whether a function is turned into its source where it stands.
func (p *Pass) becomesText(n js.Node) bool {
	switch up := p.parent(n); p.Kind(up) {
	case js.Dot:
		return p.Object(up) == n && (p.Name(up) == "toString" || p.Name(up) == "toSource")
	case js.Binary:
		return p.Op(up) == js.OpAdd
	case js.Template:
		return true
	case js.Call:
		return p.Callee(up) != n && p.Graph.NameOf(p.Callee(up)) == "String"
	}
	return false
}

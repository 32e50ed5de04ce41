package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

var stripTags = &Rule{
	Name:     "strip-tags",
	Severity: finding.Low,
	CWE:      []int{116},
	Doc: `tags taken out with a regular expression

What is left may hold tags all the same: put together from what stood around the ones taken out, or written in ways that
the expression does not know. To get the text of some markup, parse it with DOMParser and take textContent; to make a
text harmless in HTML, mw.html.escape() it.`,
	Run: func(p *Pass) {
		p.each(func(n js.Node) {
			if name, _ := p.KeyName(p.Callee(n)); name != "replace" && name != "replaceAll" {
				return
			}
			pattern := p.Str(p.origin(p.Arg(n, 0)))
			if !takesTags(pattern) || p.Kind(p.origin(p.Arg(n, 0))) != js.Regexp {
				return
			}
			by, known := p.Graph.Str(p.Arg(n, 1)).Const()
			if known && !strings.Contains(by, "<") && !strings.Contains(by, "&") {
				p.Report(n, finding.Low, "tags are taken out with a regular expression: what is left can still be markup")
			}
		}, js.Call)
	},
}

// takesTags knows expressions like <[^>]+> and <\/?a\b[^>]*>.
func takesTags(pattern string) bool {
	_, rest, ok := strings.Cut(pattern, "<")
	if !ok || strings.HasPrefix(rest, "!--") || !strings.HasSuffix(strings.TrimRight(rest, ")?+*"), ">") {
		return false
	}
	return strings.Contains(rest, "[^>") || strings.Contains(rest, "[^<") || strings.Contains(rest, ".*?") || strings.Contains(rest, ".+?")
}

package rule

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var markupRule = &Rule{
	Name:     "markup",
	Severity: finding.Low,
	CWE:      []int{79},
	Doc: `markup put together from texts that nothing here escapes

Where these texts come from cannot be seen in this script, but their names say that people write them. One that holds a
tag becomes one. Build elements with .text() or textContent; in HTML text, use mw.html.escape().`,
	Run: func(p *Pass) {
		seen := map[js.Node]bool{}
		p.each(func(n js.Node) { p.handMade(n, seen) }, js.Binary, js.Template)
		for _, s := range p.htmlSinks() {
			if s.sure {
				p.plainText(s.node, s.value, seen)
			}
		}
	},
}

// handMade reports texts between literal tags.
func (p *Pass) handMade(n js.Node, seen map[js.Node]bool) {
	if up := p.parent(n); p.Kind(up) == js.TaggedTemplate || p.Kind(up) == js.Binary && p.Op(up) == js.OpAdd {
		return
	}
	parts := p.pieces(n, nil)
	tags := false
	for _, part := range parts {
		text, ok := p.Constant(part)
		if !ok && p.Kind(part) == js.TemplateText {
			text = p.Str(part)
		}
		if holdsWikitext(text) {
			return
		}
		tags = tags || holdsTag(text)
	}
	if !tags || p.onlyText(n) {
		return
	}
	for _, part := range parts {
		p.plainText(part, part, seen)
		p.handedOn(part)
	}
}

// handedOn reports a stranger's text in markup of which this script does not show what becomes.
func (p *Pass) handedOn(part js.Node) {
	flows := p.strangers(part, flow.InHTML)
	if len(flows) == 0 {
		return
	}
	at := p.span(p.Start(part), p.End(part))
	for i := range p.text.out.Findings {
		if had := &p.text.out.Findings[i]; (had.Rule == domHTML.Name || had.Rule == p.rule.Name) && touches(had, at) {
			return
		}
	}
	p.Way(p.Report(part, finding.Low, "%s becomes part of markup", sourceWord(flows[0].Source)), flows[0])
}

// touches says whether a finding, or a step of its way, is on the lines of a span.
func touches(f *finding.Finding, at finding.Span) bool {
	on := func(s finding.Span) bool { return s.Start.Line <= at.End.Line && at.Start.Line <= s.End.Line }
	return on(f.Span) || slices.ContainsFunc(f.Flow, func(s finding.Step) bool { return on(s.Span) })
}

// pieces are the operands of a concatenation.
func (p *Pass) pieces(n js.Node, out []js.Node) []js.Node {
	switch {
	case p.Kind(n) == js.Template:
		return append(out, p.List(n)...)
	case p.Kind(n) != js.Binary:
		return append(out, n)
	case p.Op(n) != js.OpAdd:
		return out
	}
	for p.Kind(n) == js.Binary && p.Op(n) == js.OpAdd {
		out = append(out, p.Right(n))
		n = p.Left(n)
	}
	return append(out, n)
}

// plainText reports a value that its name says is text, of which nothing else is known.
func (p *Pass) plainText(at, n js.Node, seen map[js.Node]bool) {
	switch p.Kind(n) {
	case js.Logical:
		p.plainText(at, p.Left(n), seen)
		return
	case js.Cond:
		p.plainText(at, p.Then(n), seen)
		p.plainText(at, p.Else(n), seen)
		return
	}
	name := ""
	switch p.Kind(n) {
	case js.Dot, js.Index:
		name, _ = p.KeyName(n)
	case js.Ident:
		if name = p.Name(n); p.origin(n) != n {
			return // what it holds is there to be seen
		}
	}
	if name == "" || seen[n] || !saysText(name) || p.answered(n) || len(p.Graph.Taint(n)) > 0 || len(p.Graph.Functions(n)) > 0 {
		return
	}
	switch p.Graph.KindOf(n) {
	case flow.JQuery, flow.Element:
		return
	}
	a := p.Graph.Str(n)
	for _, t := range a.Texts {
		if len(t) != 1 || t[0].Hole == "" {
			return // at least one value of it is made here
		}
	}
	seen[n] = true
	p.Report(at, finding.Low, "%s becomes part of HTML as it is", clip(p.Source(n)))
}

// saysText says whether people who call something so mean text that people write.
func saysText(name string) bool {
	lower := strings.ToLower(strings.TrimLeft(name, "_$"))
	if strings.HasPrefix(lower, "parsed") || strings.HasPrefix(lower, "wg") {
		return false // HTML already, or the wiki's own
	}
	for _, word := range []string{
		"title", "username", "user", "summary", "comment", "description", "extract", "snippet", "author", "reason", "servername", "caption", "label",
		"displayname", "realname", "sitename", "filename", "pagename", "section", "query", "text", "message", "error",
	} {
		if strings.HasSuffix(lower, word) {
			return true
		}
	}
	return lower == "name"
}

// holdsWikitext knows what HTML has no use for.
func holdsWikitext(s string) bool {
	for _, mark := range []string{"[[", "{{", "'''", "<noinclude", "<includeonly", "<onlyinclude", "<ref", "<nowiki", "\n==", "~~~~"} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}

// holdsTag says whether a literal holds the beginning of an element.
func holdsTag(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			return false
		}
		rest = strings.TrimPrefix(rest, "/")
		if rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
		s = rest
	}
}

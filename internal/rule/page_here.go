package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// The page that is shown may be any page, unless a condition says which: who writes to it only in the MediaWiki namespace, or only
// where it is code, writes what everybody sees or runs.

// pageHere gives the page that is shown, where it is a title, the namespace that the conditions around a write ask for.
func (p *Pass) pageHere(titles []flow.Text, gates []flow.Gate) []flow.Text {
	if !slices.ContainsFunc(titles, isPageHere) {
		return titles
	}
	name := ""
	for _, g := range gates {
		name = max(name, p.siteAsked(g.Node, g.Negated))
	}
	if name == "" {
		return titles
	}
	out := slices.Clone(titles)
	for i, t := range out {
		if isPageHere(t) {
			before, after, _ := strings.Cut(name, "*")
			out[i] = flow.Text{{Text: before}, t[0], {Text: after}}
		}
	}
	return out
}

func isPageHere(t flow.Text) bool { return len(t) == 1 && t[0].Hole == flow.ThisPage }

// Names of pages that a condition may ask for.
const (
	siteMessage = "MediaWiki:*"
	sitePageJS  = "MediaWiki:*.js"
)

// siteAsked is what a condition, or the opposite of it, asks the name of the page to be, "" for nothing of the site.
func (p *Pass) siteAsked(n js.Node, not bool) string {
	switch p.Kind(n) {
	case js.Unary:
		if p.Op(n) == js.OpNot {
			return p.siteAsked(p.Operand(n), !not)
		}
	case js.Logical: // both hold for a && b, and for the opposite of a || b
		if op := p.Op(n); op == js.OpAnd && !not || op == js.OpOr && not {
			return max(p.siteAsked(p.Left(n), not), p.siteAsked(p.Right(n), not))
		}
	case js.Binary:
		switch op := p.Op(n); op {
		case js.OpEq, js.OpStrictEq, js.OpNe, js.OpStrictNe:
			if not == (op == js.OpNe || op == js.OpStrictNe) {
				return max(p.siteValue(p.Left(n), p.Right(n)), p.siteValue(p.Right(n), p.Left(n)))
			}
		}
	case js.Call:
		if !not {
			return p.siteBegins(n)
		}
	case js.Ident:
		if o := p.origin(n); o != n {
			return p.siteAsked(o, not)
		}
	}
	return ""
}

// siteValue is what the page is called where a fact about it has a value.
func (p *Pass) siteValue(fact, value js.Node) string {
	v, known := p.Graph.Str(value).Const()
	if !known {
		return ""
	}
	switch strings.TrimPrefix(p.Graph.NameOf(fact), "mw.config.") {
	case "wgNamespaceNumber":
		if v == "8" {
			return siteMessage
		}
	case "wgCanonicalNamespace":
		if v == "MediaWiki" {
			return siteMessage
		}
	case "wgPageContentModel":
		if v == "javascript" { // or a page of a person: nobody but its owner may write to it
			return siteMessage
		}
	}
	return ""
}

// siteBegins reads name.startsWith( 'MediaWiki:' ), /^MediaWiki:/.test( name ) and the like.
func (p *Pass) siteBegins(n js.Node) string {
	callee := p.Callee(n)
	method, _ := p.KeyName(callee)
	name, asked := p.Object(callee), p.Arg(n, 0)
	switch method {
	case "startsWith", "match":
	case "test":
		name, asked = asked, p.origin(name)
	default:
		return ""
	}
	if !slices.ContainsFunc(p.Graph.Str(name).Texts, isPageHere) {
		return ""
	}
	text := p.Str(p.origin(asked))
	if p.Kind(asked) != js.Regexp {
		text, _ = p.Graph.Str(asked).Const()
	}
	switch {
	case !strings.HasPrefix(strings.TrimLeft(text, "^(?:"), "MediaWiki:"):
		return ""
	case strings.Contains(text, "js"):
		return sitePageJS
	}
	return siteMessage
}

package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// What the wiki shows to few people only: addresses of those who edit, texts that were deleted or hidden.

const forFew = "what the wiki shows to few people only"

// restricted says whether what comes from a place is of that kind: by the names of the elements it is read from, or because it is
// read where a condition asks for such a page.
func (p *Pass) restricted(f flow.Flow, gates []flow.Gate) bool {
	switch f.Source {
	case flow.FromPage:
		return p.fromFew(f.Origin, gates)
	case flow.FromAPI, flow.FromUserJSON:
		r := p.question(f.Origin)
		return r != nil && answersFew(r.q)
	}
	return false
}

// answersFew knows questions to the API that only people with rights may ask.
func answersFew(q params) bool {
	return q.has("list", "checkuser", "checkuserlog", "alldeletedrevisions", "deletedrevs") || q.has("prop", "deletedrevisions")
}

// whole says what a value holds as a whole: an answer of the API, or a page as HTML. Parts of them are known by where they are read.
// It is "" for nothing that is a secret.
func (p *Pass) whole(n js.Node, gates []flow.Gate) string {
	word := ""
	p.Walk(p.origin(n), func(c js.Node) bool {
		switch p.Kind(c) {
		case js.Function:
			return false
		case js.Ident:
			if up := p.parent(c); p.Object(up) == c || p.Callee(up) == c {
				return false
			}
			if r := p.question(c); r != nil && r.api {
				switch {
				case answersFew(r.q):
					word = forFew
				case personal(r.q):
					word = secretWord(flow.FromPersonal)
				}
			}
		case js.Dot:
			switch p.Name(c) {
			case "innerHTML", "outerHTML", "html":
				if p.fromFew(c, gates) {
					word = forFew
				}
			}
		}
		return word == ""
	})
	return word
}

// fromFew says whether a part of the page is one that few people see.
func (p *Pass) fromFew(n js.Node, gates []flow.Gate) bool {
	return strings.Contains(strings.ToLower(p.words(n)), "checkuser") || strings.Contains(p.Source(p.givenTo(p.chain(n))), "checkuser") ||
		slices.ContainsFunc(gates, func(g flow.Gate) bool { return p.asksForFew(g.Node, g.Negated) })
}

// fewPages are special pages that only people with rights may see, or that show each what is nobody else's, as
// wgCanonicalSpecialPageName has them.
var fewPages = words("CheckUser CheckUserLog Investigate InvestigateBlock SuppressLog Undelete BotPasswords OAuthConsumerRegistration OATHManage Preferences")

// asksForFew says whether a condition, or the opposite of it, asks for such a page.
func (p *Pass) asksForFew(n js.Node, not bool) bool {
	found := false
	p.Walk(n, func(c js.Node) bool {
		if p.Kind(c) == js.Binary {
			op := p.Op(c)
			equal := op == js.OpEq || op == js.OpStrictEq
			if (equal || op == js.OpNe || op == js.OpStrictNe) && equal != not {
				for _, side := range []js.Node{p.Left(c), p.Right(c)} {
					found = found || slices.ContainsFunc(p.Graph.Str(side).Consts(), func(s string) bool { return fewPages[s] })
				}
			}
		}
		if name, _ := p.KeyName(p.Callee(c)); p.Kind(c) == js.Call && !not && (name == "includes" || name == "has") {
			for _, one := range p.Graph.Elements(p.Object(p.Callee(c))) {
				found = found || slices.ContainsFunc(p.Graph.Str(one).Consts(), func(s string) bool { return fewPages[s] })
			}
		}
		return !found && p.Kind(c) != js.Function
	})
	return found
}

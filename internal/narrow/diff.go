package narrow

import (
	"cmp"
	"slices"
	"strings"

	"sallyport/internal/csp"
)

// Change is something that one policy allows and another does not.
type Change struct {
	Directives []string `json:"directives"`    // that decide, with fallbacks resolved
	What       string   `json:"what"`          // a source, "anything", or for instance "inline scripts"
	Says       Saying   `json:"says,omitzero"` // the same as What, when that is no source
	Wider      bool     `json:"wider"`         // the second policy allows it, the first does not
}

// texts are what is allowed by keywords that act on each other; they are asked about, not compared.
var texts = []struct {
	kind csp.Kind
	says string
}{
	{csp.InlineScript, "what-inline-scripts"}, {csp.Handler, "what-handlers"}, {csp.JavaScriptURL, "what-javascript"},
	{csp.InlineStyle, "what-inline-styles"}, {csp.StyleAttribute, "what-style-attributes"}, {csp.Eval, "what-eval"}, {csp.WasmEval, "what-wasm"},
}

// addresses are the kinds of request whose address is compared with sources.
var addresses = []csp.Kind{csp.Script, csp.Style, csp.Image, csp.Font, csp.Media, csp.Object, csp.Frame, csp.Connect, csp.Manifest, csp.Worker,
	csp.Form, csp.Base, csp.Ancestor}

// Diff says what becomes allowed and what ceases to be, whatever the words: default-src is resolved into what it stands for,
// and sources that others cover do not count.
func Diff(before, after *csp.Policy) []Change {
	var list []Change
	for _, t := range texts {
		r := csp.Request{Kind: t.kind, Text: "javascript:x", ParserInserted: true}
		was, is := before.Allows(r).Allowed, after.Allows(r).Allowed
		if was != is {
			what := say(t.says)
			list = append(list, Change{Directives: []string{t.kind.Directive()}, What: what.String(), Says: what, Wider: is})
		}
	}
	at := map[change]int{}
	for _, k := range addresses {
		was, is := allowed(before, k), allowed(after, k)
		for _, c := range append(beyond(was, is, true), beyond(is, was, false)...) {
			i, known := at[c]
			if !known {
				i = len(list)
				at[c] = i
				list = append(list, Change{What: c.what, Wider: c.wider})
				if anything := say("what-anything"); c.what == anything.String() {
					list[i].Says = anything
				}
			}
			list[i].Directives = append(list[i].Directives, k.Directive())
		}
	}
	slices.SortStableFunc(list, func(a, b Change) int {
		if a.Wider != b.Wider {
			if a.Wider {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(strings.Join(a.Directives, " "), strings.Join(b.Directives, " ")), cmp.Compare(a.What, b.What))
	})
	return list
}

// change is a [Change] without the directives.
type change struct {
	what  string
	wider bool
}

// everything is what a policy allows that does not restrict a kind of request.
var everything = []csp.Source{{}}

// allowed are the sources of addresses that decide about a kind of request.
func allowed(p *csp.Policy, k csp.Kind) []csp.Source {
	d := p.Find(k.Directive())
	if d == nil && csp.Fallbacks(k.Directive()) != nil {
		d = p.Governing(k.Directive())
	}
	if d == nil {
		return everything
	}
	dynamic := (k == csp.Script || k == csp.Worker) && d.Has(csp.Word(csp.StrictDynamic))
	var list []csp.Source
	for _, s := range d.Sources {
		address := s.Kind == csp.Host || s.Kind == csp.Scheme || s == csp.Word(csp.Self)
		single := s.Kind == csp.Nonce || s.Kind == csp.Hash || s == csp.Word(csp.StrictDynamic)
		if address && !dynamic || single && (k == csp.Script || k == csp.Style) {
			list = append(list, s)
		}
	}
	return list
}

// beyond are the sources of one list that another does not cover.
func beyond(was, is []csp.Source, wider bool) []change {
	if slices.Equal(was, everything) {
		return nil
	}
	var list []change
	for _, s := range is {
		if slices.ContainsFunc(was, func(o csp.Source) bool { return o.Covers(s) }) {
			continue
		}
		what := s.String()
		if s == everything[0] {
			what = say("what-anything").String()
		}
		list = append(list, change{what, wider})
	}
	return list
}

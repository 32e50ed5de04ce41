package flow

import (
	"strings"

	"sallyport/internal/js"
)

// filledIn says who decides what stands in a form field at first. MediaWiki fills some from the address of the page, which
// anybody can write into a link: ?summary=, ?search=, ?wpReason=. The edit box has what somebody saved.
func (e *engine) filledIn(n js.Node) Source {
	for _, s := range e.selectors(n) {
		switch {
		case strings.Contains(s, "wpTextbox1"):
			return FromPage
		case strings.Contains(s, "assword"), strings.Contains(s, "wpEditToken"):
			return FromInput
		case strings.Contains(s, "wpSummary"), strings.Contains(s, "searchInput"), strings.Contains(s, "searchText"), strings.Contains(s, "mw-input-wp"),
			strings.Contains(s, `name="search"`), strings.Contains(s, "name=search"), strings.Contains(s, "wpReason"), strings.Contains(s, "wpTarget"), strings.Contains(s, "wpNewTitle"):
			return FromURL
		}
	}
	return FromInput
}

// maxSelectors bounds the steps to the calls that look for an element.
const maxSelectors = 40

// selectors are the constant texts by which an element was looked for: $( '#a' ).find( '.b' ) and getElementById( 'a' ), through
// variables too.
func (e *engine) selectors(n js.Node) []string {
	var out []string
	list := []ref{ref(n)}
	seen := map[ref]bool{}
	add := func(r ref) {
		if r != 0 && !seen[r] && len(list) < maxSelectors {
			seen[r] = true
			list = append(list, r)
		}
	}
	for i := 0; i < len(list); i++ {
		at := js.Node(list[i])
		if int(list[i]) < e.Len() && e.Kind(at) == js.Call {
			if s, ok := e.Constant(e.Arg(at, 0)); ok {
				out = append(out, s)
			}
			if c := e.Callee(at); e.Kind(c) == js.Dot {
				add(ref(e.Object(c)))
			}
			continue
		}
		for k := e.refs[list[i]].in; k != 0; k = e.edges[k].nextIn {
			if e.edges[k].how <= comeOut {
				add(e.edges[k].from)
			}
		}
	}
	return out
}

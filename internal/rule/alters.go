package rule

import (
	"regexp"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// alteration is a place where a script makes the page say something else than the wiki does.
type alteration struct {
	node js.Node
	does string
	link bool
	flow.Where
}

// alters are the places where links of the page are turned to somebody else, and where the text of a page is replaced by one that
// stands in the script.
func (p *Pass) alters() []alteration {
	var out []alteration
	turned := func(at, element, address js.Node, w flow.Where) {
		if p.tagOf(element) != "" || !pageLink.MatchString(p.words(element)) {
			return
		}
		if host := p.receiver(address); host != "" {
			out = append(out, alteration{at, "turns links of the page to " + host, true, w})
		}
	}
	replaced := func(at, element, text js.Node, w flow.Where) {
		if said, ok := p.Graph.Str(text).Const(); ok && strings.TrimSpace(said) != "" && pageText.MatchString(p.words(element)) {
			out = append(out, alteration{at, "replaces what the page says", false, w})
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case setsAttribute(c) && len(c.Args) == 2 && p.Graph.Str(c.Arg(0)).Pattern() == "href":
			turned(c.Node, c.Object, c.Arg(1), c.Where)
		case setsAttribute(c) && len(c.Args) == 1:
			for _, n := range p.Graph.Obj(c.Arg(0)).All("href") {
				turned(c.Node, c.Object, n, c.Where)
			}
		case c.Method == "html" || c.Method == "text" || c.Method == "replaceWith":
			replaced(c.Node, c.Object, c.Arg(0), c.Where)
		}
	}
	for a := range p.Graph.EachAssign() {
		switch a.Property {
		case "href":
			turned(a.Node, a.Object, a.Value, a.Where)
		case "innerHTML", "textContent", "innerText":
			replaced(a.Node, a.Object, a.Value, a.Where)
		}
	}
	return out
}

// pageLink knows selectors of links that MediaWiki made: in the text of a page, in its menus.
var pageLink = regexp.MustCompile(`(?i)(?:^|[\s>,+~])a(?:[.\[:#\s,]|$)|#(?:n|ca|pt|t|p|mw|footer|ft)-|\.(?:external|extiw|mw-|references|reference|new)\b`)

// pageText knows selectors of what a page says, all of it.
var pageText = regexp.MustCompile(`(?i)(?:^|[\s>,])(?:\.mw-parser-output|#mw-content-text|\.mw-body-content|#bodyContent|#content|\.mw-body|main|h1|#firstHeading)\s*(?:$|,|\s$)`)

// pressedLink says whether something happens as a link is pressed: in a listener for the press itself, which comes before the browser
// follows the link.
func (p *Pass) pressedLink(n js.Node) bool {
	for up := p.parent(n); up != 0; up = p.parent(up) {
		if p.Kind(up) != js.Call && p.Kind(up) != js.Array { // [ 'mousedown', function () { … } ] in a table of listeners
			continue
		}
		list := p.Args(up)
		if p.Kind(up) == js.Array {
			list = p.List(up)
		}
		for _, a := range list {
			switch s, _ := p.Constant(a); s {
			case "mousedown", "pointerdown", "touchstart", "auxclick":
				return true
			}
		}
	}
	return false
}

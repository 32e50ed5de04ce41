package gate

import (
	"strings"

	"sallyport/internal/js"
)

// elements reads what a script looks for in the page, so that a page can have it.
func (s *Script) elements(n js.Node) {
	c := s.calls[n]
	if c == nil || c.New {
		return
	}
	prefix, suffix := "", ""
	switch c.Method {
	case "getElementById":
		prefix = "#"
	case "getElementsByClassName", "hasClass":
		prefix = "."
	case "getElementsByName":
		prefix, suffix = "[name=\"", "\"]"
	case "querySelector", "querySelectorAll", "getElementsByTagName", "closest", "matches":
	case "find", "children", "parents", "is", "has", "siblings", "filter", "next", "prev":
		if !strings.HasPrefix(c.Callee, "$") && !strings.HasPrefix(c.Callee, "element") {
			return
		}
	default:
		if !c.Is("$") {
			return
		}
	}
	for _, text := range s.graph.Str(c.Arg(0)).Consts() {
		text = strings.TrimSpace(text)
		if text == "" || strings.ContainsAny(text, "<{}\n") {
			continue
		}
		if prefix == "." {
			text = strings.Join(strings.Fields(text), ".")
		}
		s.add(n, Constant{Asks: Elements, Op: "finds", Value: prefix + text + suffix})
	}
}

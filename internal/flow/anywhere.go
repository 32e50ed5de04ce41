package flow

import (
	"slices"

	"sallyport/internal/js"
)

// anywhere says whether a call listens to what happens in the whole page: a click anywhere, any key. A person who does that means
// something else by it.
func (e *engine) anywhere(id uint32) bool {
	if id == 0 {
		return false
	}
	c := &e.calls[id]
	selects := func(n js.Node) bool {
		return e.Kind(n) == js.String || e.Kind(n) == js.Template || e.Kind(n) == js.Ident
	}
	switch {
	case c.object == 0:
		return e.isNamed(e.Callee(c.node), "addEventListener")
	case len(c.args) > 2 && selects(c.args[1]) && e.Name(e.Callee(c.node)) != "addEventListener": // $( document ).on( 'click', '.button', … )
		return false
	}
	return e.isPage(c.object)
}

// isPage knows document, window, their parts that are the whole page, and jQuery's spellings of them.
func (e *engine) isPage(n js.Node) bool {
	switch e.Kind(n) {
	case js.Ident:
		return e.isNamed(n, "document", "window", "self", "globalThis")
	case js.Dot:
		name := e.Name(n)
		return e.isNamed(e.Object(n), "document", "window") && (name == "body" || name == "documentElement" || name == "document")
	case js.Call:
		args := e.Args(n)
		callee := e.Callee(n)
		if len(args) != 1 || e.Kind(callee) != js.Ident || e.Name(callee) != "$" && e.Name(callee) != "jQuery" {
			return false
		}
		text, _ := e.Constant(args[0])
		return text == "body" || text == "html" || e.isPage(args[0])
	}
	return false
}

// isNamed says whether a node is one of these globals.
func (e *engine) isNamed(n js.Node, names ...string) bool {
	return e.Kind(n) == js.Ident && e.isGlobal(n) && slices.Contains(names, e.Name(n))
}

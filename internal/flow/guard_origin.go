package flow

import (
	"strings"

	"sallyport/internal/js"
)

// A window may get messages of any other. Whoever asks where one comes from, and goes on only when that is somebody he
// knows, has chosen whom to trust: what follows is no stranger's (HTML Standard §9.3.2, "Security").

// refineSender handles e.origin === x and e.source === x.
func (e *engine) refineSender(asked, with js.Node) {
	if s, ok := e.Constant(with); ok && (s == "null" || s == "*" || s == "") {
		return
	}
	e.trustSender(asked)
}

// trustSender narrows the message that a node asks the origin of.
func (e *engine) trustSender(n js.Node) {
	if e.Kind(n) == js.Dot && (e.Name(n) == "host" || e.Name(n) == "hostname") && e.isURL(e.Object(n)) {
		n = e.Arg(e.Object(n), 0)
	}
	switch e.Kind(n) {
	case js.Dot:
		if s := e.Name(n); s != "origin" && s != "source" {
			return
		}
		x := e.Object(n)
		if e.Kind(x) == js.Dot && e.Name(x) == "originalEvent" {
			x = e.Object(x)
		}
		e.narrowBy(x, trusted)
	case js.Ident:
		e.trustParts(e.Binding(n))
	}
}

// trustParts is trustSender for function ({ origin, data }) { … }.
func (e *engine) trustParts(origin js.BindingID) {
	fn := e.funcs[e.fn].node
	if origin == 0 || fn == 0 {
		return
	}
	for _, p := range e.Params(fn) {
		if e.Kind(p) != js.ObjectPattern {
			continue
		}
		asked, data := false, js.Node(0)
		for _, f := range e.List(p) {
			switch name, _ := e.KeyName(f); name {
			case "origin", "source":
				asked = asked || e.Binding(e.Value(f)) == origin
			case "data":
				data = e.Value(f)
			}
		}
		if asked && e.Kind(data) == js.Ident {
			e.narrowBy(data, trusted)
		}
	}
}

// isSenderSuffix knows e.origin.endsWith('.wiki.test'): with the dot it is a whole name.
func (e *engine) isSenderSuffix(s js.Node) bool {
	text, ok := e.Constant(s)
	return ok && (strings.HasPrefix(text, ".") || strings.HasPrefix(text, "://"))
}

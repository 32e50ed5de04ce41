package sandbox

import (
	"slices"
	"strings"

	"sallyport/internal/js"
)

// names are what a script puts where other scripts find it, and what it counts on finding there. A name is spelled one way: X for window.X,
// mw for mediaWiki, $ for jQuery, and $.fn.x for a method that jQuery may have been given.
type names struct {
	gives  map[string]bool
	shares map[string]bool // gives unless somebody else did: x = x || {}
	takes  map[string]bool
}

// namesOf reads the names of a script.
func namesOf(text string) names {
	r := &nameReader{Script: js.Parse([]byte(text), js.Options{Name: "script.js"}), names: names{map[string]bool{}, map[string]bool{}, map[string]bool{}}}
	defer r.Release()
	if r.Root == 0 || r.Kind(r.Root) != js.Program {
		return r.names
	}
	r.up = r.Parents()
	r.declared()
	r.Walk(r.Root, func(n js.Node) bool {
		switch r.Kind(n) {
		case js.Ident, js.Dot:
			r.read(n)
		}
		return true
	})
	for name := range r.takes {
		if r.given(name) {
			delete(r.takes, name)
		}
	}
	return r.names
}

// given says whether a script has a name from itself: the whole of it, or what it begins with.
func (n *names) given(name string) bool {
	for at := range len(name) {
		if name[at] == '.' && n.gives[name[:at]] {
			return true
		}
	}
	return n.gives[name]
}

type nameReader struct {
	*js.Script
	names
	up []js.Node
}

// declared takes what the script declares for everybody.
func (r *nameReader) declared() {
	for _, b := range r.Declares(1) {
		v := &r.Bindings[b]
		switch name := r.AtomText(v.Name); {
		case v.Kind == js.ImportBinding:
		case v.Decl != 0 && r.keeps(r.up[v.Decl], name):
			r.shares[name] = true
		default:
			r.give(name)
		}
	}
}

// keeps says whether a declaration takes what is there already: var x = x || {}.
func (r *nameReader) keeps(declarator js.Node, name string) bool {
	return r.Kind(declarator) == js.Declarator && r.orSelf(r.Value(declarator), name)
}

func (r *nameReader) orSelf(value js.Node, name string) bool {
	if value == 0 || r.Kind(value) != js.Logical {
		return false
	}
	return r.path(r.Left(value)) == name
}

// read notes what one name, or path of names, is there for.
func (r *nameReader) read(n js.Node) {
	path := r.path(n)
	if path == "" {
		if r.Kind(n) == js.Dot && r.Kind(r.up[n]) == js.Call && r.Callee(r.up[n]) == n {
			r.takes["$.fn."+r.lastName(n)] = true
		}
		return
	}
	up := r.up[n]
	if r.Kind(up) == js.Assign && r.Left(up) == n {
		if r.orSelf(r.Right(up), path) {
			r.shares[path] = true
		} else {
			r.give(path)
			return
		}
	}
	r.takes[path] = true
}

func (r *nameReader) give(name string) {
	root, _, _ := strings.Cut(name, ".")
	if !slices.Contains(everywhere, name) && !slices.Contains(wholly, root) && !strings.HasPrefix(name, "on") {
		r.gives[name] = true
	}
}

// everywhere are names that every page has, however often scripts set them; wholly are those of which it has all parts too.
var (
	everywhere = []string{"mw", "$", "OO", "Vue", "$.fn"}
	wholly     = []string{"document", "location", "navigator", "history", "screen", "console", "localStorage", "sessionStorage", "performance", "event", "module", "exports", "arguments", "this"}
)

// path is how a node is spelled, when it stands for something that all scripts of a page share.
func (r *nameReader) path(n js.Node) string {
	switch r.Kind(n) {
	case js.Ident:
		name := r.Name(n)
		switch name {
		case "mw", "mediaWiki":
			return "mw"
		case "$", "jQuery":
			return "$"
		}
		b := r.Binding(n)
		if b == 0 || r.Bindings[b].Kind != js.Global && r.Bindings[b].Scope != 1 {
			return ""
		}
		return name
	case js.Dot:
		object, name := r.path(r.Object(n)), r.lastName(n)
		switch object {
		case "":
			return ""
		case "window", "globalThis", "self", "top":
			return spelled(name)
		}
		return object + "." + name
	}
	return ""
}

func (r *nameReader) lastName(n js.Node) string {
	name, _ := r.KeyName(n)
	return name
}

// spelled is the one way in which a name is spelled.
func spelled(name string) string {
	switch name {
	case "mediaWiki":
		return "mw"
	case "jQuery":
		return "$"
	}
	return name
}

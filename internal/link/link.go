// Package link makes one text out of scripts that know each other, so that an analysis can follow values from one to the
// next.
//
// Every file keeps its lines and columns: what links it to others is replaced by something of the same length, and what has
// to be added stands on lines of its own. A place in the joined text is a place in a file, some lines down.
package link

import (
	"strings"

	"sallyport/internal/js"
)

// Kind says how a script names another one.
type Kind int

// Kinds of references.
const (
	Module Kind = iota // "./render.js" beside it, or a module of the loader: "ext.gadget.Name"
	Page               // a page of the wiki: "User:Foo/bar.js"
)

// Ref is the name by which a script speaks of another one.
type Ref struct {
	Kind Kind
	Name string
}

// Find gives the script that another one names, under the path by which it is known. It says false for what it does not
// have.
type Find func(from string, ref Ref) (path string, src []byte, ok bool)

// File is a script and what its references mean.
type File struct {
	Path   string
	Script *js.Script
	Uses   map[Ref]int // reference → its place among the files
}

// Modules are the modules a script asks for by a constant name: require, import and export from.
func Modules(s *js.Script) []Ref {
	var out []Ref
	seen := map[string]bool{}
	for _, u := range uses(s) {
		if !seen[u.name] {
			seen[u.name] = true
			out = append(out, Ref{Module, u.name})
		}
	}
	return out
}

// use is a place where a module is asked for.
type use struct {
	node js.Node
	name string
}

func uses(s *js.Script) []use {
	if s.Root == 0 || s.Lowered || !strings.Contains(s.Text, "require") && !strings.Contains(s.Text, "import") && !strings.Contains(s.Text, "export") {
		return nil
	}
	var out []use
	for n := js.Node(1); int(n) < s.Len(); n++ {
		name, ok := "", false
		switch s.Kind(n) {
		case js.Call:
			if c := s.Callee(n); s.Kind(c) == js.Ident && s.Name(c) == "require" && len(s.Args(n)) == 1 {
				name, ok = s.Constant(s.Arg(n, 0))
			}
		case js.ImportCall:
			name, ok = s.Constant(s.Arg(n, 0))
		case js.Import, js.ExportNamed, js.ExportAll:
			name, ok = s.Str(s.From(n)), s.From(n) != 0
		}
		if ok && name != "" && !strings.Contains(name, "\n") {
			out = append(out, use{n, name})
		}
	}
	return out
}

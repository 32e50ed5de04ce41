package link

import (
	"fmt"
	"strings"

	"sallyport/internal/js"
)

// splicer takes the links out of a file and puts what they stand for in.
type splicer struct {
	*joiner
	*File
	self          int
	text          []byte // the file's, every byte in its place
	before, after strings.Builder
}

func (s *splicer) splice() {
	for _, u := range uses(s.Script) {
		if to, ok := s.Uses[Ref{Module, u.name}]; ok {
			s.link(u.node, to)
		} else if s.Script.Kind(u.node) != js.Call && s.Script.Kind(u.node) != js.ImportCall {
			s.wipe(u.node) // nobody knows what it gives
		}
	}
	if s.Script.Goal != js.ModuleGoal {
		return
	}
	for _, n := range s.Script.List(s.Script.Root) {
		s.export(n)
	}
}

// link replaces one reference to a file that is known.
func (s *splicer) link(n js.Node, to int) {
	exports := s.module(to) + ".exports"
	switch t := s.Script; t.Kind(n) {
	case js.Call:
		s.replace(n, exports)
	case js.ImportCall:
		name := fmt.Sprintf("%sp%d", s.mark, to)
		fmt.Fprintf(&s.before, "var %s=Promise.resolve(%s);", name, exports)
		s.replace(n, name)
	case js.Import:
		for _, spec := range t.List(n) {
			fmt.Fprintf(&s.before, "var %s=%s;", t.Name(t.Value(spec)), exports+outer(t, spec))
		}
		s.wipe(n)
	case js.ExportNamed:
		for _, spec := range t.List(n) {
			fmt.Fprintf(&s.after, "exports%s=%s%s;", member(t, t.Key(spec)), exports, member(t, t.Value(spec)))
		}
		s.wipe(n)
	case js.ExportAll:
		if key := t.Key(n); key != 0 {
			fmt.Fprintf(&s.after, "exports%s=%s;", member(t, key), exports)
		} else {
			fmt.Fprintf(&s.after, "Object.assign(exports,%s);", exports)
		}
		s.wipe(n)
	}
}

// outer is the property of the other module that an import takes.
func outer(t *js.Script, spec js.Node) string {
	switch t.Op(spec) {
	case js.OpDefault:
		return ".default"
	case js.OpNamespace:
		return ""
	}
	return member(t, t.Key(spec))
}

// member spells the property that a word or a string names.
func member(t *js.Script, n js.Node) string {
	if t.Kind(n) == js.String {
		return fmt.Sprintf("[%q]", t.Str(n))
	}
	return "." + t.Name(n)
}

// export turns the exports of a module into properties.
func (s *splicer) export(n js.Node) {
	t := s.Script
	switch t.Kind(n) {
	case js.ExportNamed:
		if t.From(n) != 0 {
			return
		}
		for _, spec := range t.List(n) {
			fmt.Fprintf(&s.after, "exports%s=%s;", member(t, t.Key(spec)), t.Name(t.Value(spec)))
		}
		s.wipe(n)
	case js.ExportDecl:
		s.blank(t.Start(n), t.Start(n)+len("export"))
		for _, name := range declared(t, t.Operand(n)) {
			fmt.Fprintf(&s.after, "exports.%[1]s=%[1]s;", name)
		}
	case js.ExportDefault:
		s.exportDefault(n)
	}
}

func (s *splicer) exportDefault(n js.Node) {
	t := s.Script
	x := t.Operand(n)
	if name := t.Ident(x); name != 0 && t.Is(x, js.IsDecl) {
		s.blank(t.Start(n), t.Start(x))
		fmt.Fprintf(&s.after, "exports.default=%s;", t.Name(name))
		return
	}
	name := fmt.Sprintf("%sd%d", s.mark, s.self)
	word := "var " + name + "="
	s.blank(t.Start(n), t.Start(x))
	if copy(s.text[t.Start(n):t.Start(x)], word) < len(word) { // no room: what it exports is not followed
		s.blank(t.Start(n), t.Start(x))
		return
	}
	fmt.Fprintf(&s.after, "exports.default=%s;", name)
}

// declared are the names a declaration declares, as far as they are plain.
func declared(t *js.Script, n js.Node) []string {
	if t.Kind(n) != js.VarDecl {
		return []string{t.Name(t.Ident(n))}
	}
	var out []string
	for _, d := range t.List(n) {
		t.Walk(t.Target(d), func(x js.Node) bool {
			if t.Kind(x) == js.Ident && t.Is(x, js.IsDeclared) {
				out = append(out, t.Name(x))
			}
			return true
		})
	}
	return out
}

// replace puts a shorter text in the place of a node. Where it does not fit, the node stays.
func (s *splicer) replace(n js.Node, by string) {
	from, to := s.Script.Start(n), s.Script.End(n)
	if len(by) > to-from || strings.ContainsAny(s.Script.Text[from:to], "\r\n\u2028\u2029") {
		return
	}
	s.blank(from, to)
	copy(s.text[from:to], by)
}

func (s *splicer) wipe(n js.Node) { s.blank(s.Script.Start(n), s.Script.End(n)) }

// blank wipes out ASCII text, and keeps line breaks and whatever else would move columns.
func (s *splicer) blank(from, to int) {
	for i := from; i < to; i++ {
		switch c := s.text[i]; {
		case c == '\n' || c == '\r':
		case c < 0x80:
			s.text[i] = ' '
		}
	}
}

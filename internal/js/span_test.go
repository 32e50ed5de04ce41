package js

import (
	"testing"

	"sallyport/internal/corpustest"
)

// checkSpans says whether all offsets lie in the text, children in their parents and siblings in order of their starts.
func checkSpans(t testing.TB, tree *Tree) {
	t.Helper()
	bad := 0
	tree.Walk(tree.Root, func(n Node) bool {
		start, end := tree.Start(n), tree.End(n)
		if start > end || end > len(tree.Text) {
			t.Errorf("%v of %q reaches from %d to %d", tree.Kind(n), tree.Text, start, end)
			bad++
			return false
		}
		tree.Children(n, func(c Node) {
			if tree.Start(c) < start || tree.End(c) > end {
				t.Errorf("%v from %d to %d stands in %v from %d to %d of %.200q", tree.Kind(c), tree.Start(c), tree.End(c), tree.Kind(n), start, end, tree.Text)
				bad++
			}
		})
		return bad < 5
	})
}

// checkScopes says whether each name has a binding that knows it.
func checkScopes(t testing.TB, s *Script) {
	t.Helper()
	known := map[Node]bool{}
	for b := BindingID(1); int(b) < len(s.Bindings); b++ {
		for _, n := range s.Refs(b) {
			known[n] = true
			if s.Binding(n) != b || s.Atom(n) != s.Bindings[b].Name {
				t.Errorf("%s: a use of another name in %q", s.AtomText(s.Bindings[b].Name), s.Text)
			}
		}
	}
	s.Walk(s.Root, func(n Node) bool {
		if s.Kind(n) == Ident && (s.Binding(n) == 0 || !known[n]) {
			t.Errorf("%s at %d of %.200q has no binding", s.Name(n), s.Start(n), s.Text)
		}
		return true
	})
}

func TestOffsetsAndScopesOfRealScriptsHoldTogether(t *testing.T) {
	for _, f := range corpustest.Files(t, ".js") {
		s := Parse(f.Text, Options{Name: f.Name})
		checkSpans(t, s.Tree)
		checkScopes(t, s)
	}
}

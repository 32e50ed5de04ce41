package js

import (
	"fmt"
	"strings"
	"testing"
)

// dump spells everything that is kept of a script.
func dump(s *Script) string {
	var b strings.Builder
	for n := Node(1); int(n) < s.Len(); n++ {
		fmt.Fprintln(&b, s.Kind(n), s.Op(n), s.Flags(n), s.Start(n), s.End(n), s.Name(n), s.Str(n), s.Num(n), s.List(n), s.Args(n), s.Binding(n), s.ScopeOf(n))
	}
	for id := range s.Scopes.Scopes {
		fmt.Fprintln(&b, s.Scopes.Scopes[id].Kind, s.Declares(ScopeID(id)))
	}
	for i := range s.Bindings {
		fmt.Fprintln(&b, s.AtomText(s.Bindings[i].Name), s.Bindings[i].Kind, s.Refs(BindingID(i)))
	}
	fmt.Fprintln(&b, s.Goal, s.Comments, s.Problems)
	return b.String()
}

// Memory goes from script to script: a tree must not depend on whose memory it got.
func TestAScriptIsTheSameWhateverWasReadBefore(t *testing.T) {
	texts := []string{
		"var a = 1; function f(a, b) { return a + b + c }", "", "import x from 'y'; export default x", "`a${b}c`; /* x */ 0.5 // y",
		"{ let a; { let a } } with (o) a; (class C {}); (function g() { var g })", "broken (", strings.Repeat("x.y(z)\n", 3000), "a",
	}
	var first []string
	for _, text := range texts {
		first = append(first, dump(Parse([]byte(text), Options{Name: "a.js"})))
	}
	for i := range 200 {
		s := Parse([]byte(texts[i*5%len(texts)]), Options{Name: "a.js"})
		if got := dump(s); got != first[i*5%len(texts)] {
			t.Fatalf("%.30q: another tree after others:\n%s\nfirst:\n%s", s.Text, got, first[i*5%len(texts)])
		}
		s.Release()
		if s.Len() != 1 || s.Kind(0) != None || s.Lines.Count() < 1 {
			t.Fatalf("%.30q: a released script has %d nodes", s.Text, s.Len()-1)
		}
	}
}

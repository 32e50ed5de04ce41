package js

import (
	"strings"
	"testing"

	"sallyport/internal/corpustest"
)

// Lowering is for scripts that our parser refuses, so its map is tried here on scripts that it reads: each name must
// still be found where the map says it comes from.
func TestNamesOfLoweredScriptsStandWhereTheMapSays(t *testing.T) {
	names, right, sameLine := 0, 0, 0
	for _, f := range corpustest.Files(t, ".js") {
		s := Parse(f.Text, Options{Name: f.Name})
		low, ok := lower(s.Text, maxLower)
		if !ok {
			continue
		}
		r := read(low.code, 0, len(low.code), Auto)
		if r.err != nil {
			t.Errorf("%s: %s in what esbuild wrote", f.Name, r.err.msg)
			continue
		}
		made := NewLines(low.code)
		remap(r.tree, s.Text, s.Lines, decodeMappings(low.mappings, made, s.Lines))
		checkSpans(t, r.tree)
		for n := Node(1); int(n) < r.tree.Len(); n++ {
			if !r.tree.is(n, Ident) {
				continue
			}
			names++
			name := strings.TrimRight(r.tree.Name(n), "0123456789") // esbuild numbers names that hide others
			if strings.HasPrefix(s.Text[r.tree.Start(n):], name) {
				right++
			}
			if line, _ := s.Lines.Position(r.tree.Start(n)); strings.Contains(s.Lines.Line(line), name) {
				sameLine++
			}
		}
	}
	t.Logf("%d names, %.3f %% found at the exact place, %.3f %% on the line", names, 100*float64(right)/float64(names), 100*float64(sameLine)/float64(names))
	if float64(sameLine) < 0.995*float64(names) {
		t.Error("the map is wrong for more than 0.5 % of the names")
	}
}

func TestNewerSyntaxAndTypesAreReadThroughTheSecondParser(t *testing.T) {
	for _, c := range []struct {
		src, find string
		line      int
		kind      ProblemKind
	}{
		{"// one\nlet a: string = location.hash;\n\nfunction f(x: number): void {\n\tsink(x as any);\n}", "sink", 5, TypeScript},
		{"enum A { B }\ninterface C { d: string }\nsink(A.B);", "sink", 3, TypeScript},
		{"const v = <div title=\"x\">{1}</div>;\nsink(v);", "sink", 2, TypeScript},
		{"@deco class A {}\n\nsink(A);", "sink", 3, Lowered},
		{"{\n\tusing a = open();\n\tsink(a);\n}", "sink", 3, Lowered},
	} {
		s := Parse([]byte(c.src), Options{Name: "a.js"})
		if !s.Lowered || len(s.Problems) != 1 || s.Problems[0].Kind != c.kind {
			t.Errorf("%q: %s, %v", c.src, s.Goal, s.Problems)
			continue
		}
		found := false
		for n := Node(1); int(n) < s.Len(); n++ {
			if s.Name(n) == c.find && s.Kind(n) == Ident {
				line, _ := s.Lines.Position(s.Start(n))
				found = line == c.line
			}
		}
		if !found {
			t.Errorf("%q: %s is not on line %d", c.src, c.find, c.line)
		}
		checkSpans(t, s.Tree)
	}
}

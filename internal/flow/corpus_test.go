package flow

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/js"
)

// everything spells all answers of a graph.
func everything(g *Graph) string {
	var b strings.Builder
	for i := range g.Calls() {
		c := &g.Calls()[i]
		fmt.Fprintln(&b, c.Node, describe(c), c.Others, c.Receiver, c.Tag, c.Targets)
		for _, a := range c.Args {
			fmt.Fprint(&b, g.Str(a).Patterns(), g.Obj(a), g.Elements(a))
			for _, f := range g.TaintDeep(a) {
				fmt.Fprint(&b, f.Source, spell(f.Unsafe), f.Origin, f.Steps())
			}
		}
	}
	for _, a := range g.Assigns() {
		fmt.Fprintln(&b, a, g.Str(a.Value).Patterns())
	}
	fmt.Fprintln(&b, g.Derived(), g.Returns(), g.Notes())
	return b.String()
}

func TestCorpusGivesTheSameAnswersEachTime(t *testing.T) {
	files := corpustest.Files(t, ".js")
	calls, named, noted := 0, 0, 0
	for _, f := range files {
		s := js.Parse(f.Text, js.Options{Name: f.Name})
		g := Analyse(s, Options{})
		if a, b := everything(g), everything(Analyse(js.Parse(f.Text, js.Options{Name: f.Name}), Options{})); a != b {
			t.Errorf("%s: two answers", f.Name)
		}
		for _, c := range g.Calls() {
			calls++
			if len(c.Targets) > 0 || c.Callee != "" && c.Callee[0] != '.' {
				named++
			}
		}
		if len(g.Notes()) > 0 {
			noted++
		}
	}
	t.Logf("%d files, %d calls, %d of them named; %d files with notes", len(files), calls, named, noted)
}

package flow

import (
	"slices"
	"testing"

	"sallyport/internal/corpustest"
	"sallyport/internal/js"
)

// Memory goes from script to script: a graph must not depend on whose memory it got.
func TestAGraphIsTheSameWhateverWasAnalysedBefore(t *testing.T) {
	files := corpustest.Files(t, ".js")
	spell := func(f corpustest.File) string {
		s := js.Parse(f.Text, js.Options{Name: f.Name})
		g := Analyse(s, Options{})
		defer s.Release()
		defer g.Release()
		return everything(g)
	}
	first := map[string]string{}
	for _, f := range files {
		first[f.Name] = spell(f)
	}
	slices.Reverse(files)
	for _, f := range files {
		if spell(f) != first[f.Name] {
			t.Errorf("%s: another answer after others", f.Name)
		}
	}
}

func TestAGraphThatIsReleasedSaysNothingAndBreaksNothing(t *testing.T) {
	g := graph(t, "sink(location.hash + f()); document.title = 'a'")
	n := sink(t, g)
	flows := g.Taint(n)
	g.Release()
	g.Release()
	if len(g.Calls()) > 0 || len(g.Assigns()) > 0 || g.Taint(n) != nil || g.TaintDeep(n) != nil || flows[0].Steps() != nil || g.NameOf(n) != "" ||
		g.Str(n).Pattern() != "<…>" || g.Obj(n).Fields != nil || g.Notes() != nil || g.WhereIs(n).Func != 0 || g.Derived() != nil || g.Returns() != nil {
		t.Error("a released graph still answers")
	}
}

// What is known about a text must not depend on what was asked before, though answers are kept.
func TestAQuestionAboutATextGetsTheAnswerItWouldGetAlone(t *testing.T) {
	o := Options{Limits: Limits{Fold: 1 << 30}} // the limit for all questions together does depend on them
	for i, f := range corpustest.Files(t, ".js") {
		if i%6 != 0 {
			continue
		}
		s := js.Parse(f.Text, js.Options{Name: f.Name})
		up, down := Analyse(s, o), Analyse(s, o)
		answers := make([]Abstract, s.Len())
		for n := 1; n < s.Len(); n++ {
			answers[n] = up.Str(js.Node(n))
		}
		for n := s.Len() - 1; n > 0; n-- {
			a, b := answers[n], down.Str(js.Node(n))
			if a.More != b.More || !slices.Equal(a.Patterns(), b.Patterns()) {
				t.Errorf("%s: %q is %v or %v", f.Name, s.Source(js.Node(n)), a.Patterns(), b.Patterns())
				break
			}
		}
	}
}

package js

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
)

func load(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// disagreements with acorn on the corpus, each with its reason.
var disagreements = map[string]string{}

func TestEveryScriptOfTheCorpusIsReadOrSaidToBeOpaque(t *testing.T) {
	rows := corpustest.Truth(t)
	goals := map[Goal]int{}
	for _, f := range corpustest.Files(t, ".js") {
		s := Parse(f.Text, Options{Name: f.Name, CrossCheck: true})
		goals[s.Goal]++
		row, known := rows[f.Name]
		if !known {
			t.Errorf("%s: not in parse-truth.tsv", f.Name)
			continue
		}
		got := verdict(s)
		want := "read"
		if module := row["module_only"] == "1"; row["min_ecma_script"] == "none" && !module {
			want = "refused at line " + row["error_line"]
		} else if module {
			want = "module"
		}
		if reason := disagreements[f.Name]; (got != want) != (reason != "") {
			t.Errorf("%s: %s, acorn says %s; reason given: %q", f.Name, got, want, reason)
		}
		for _, p := range s.Problems {
			t.Logf("%s:%d:%d: %s: %s", f.Name, p.Line, p.Column, p.Kind, p.Message)
		}
	}
	t.Log("goals: ", goals)
	if len(rows) != goals[ScriptGoal]+goals[ModuleGoal]+goals[FunctionGoal]+goals[Opaque] {
		t.Errorf("%d scripts in parse-truth.tsv, %v read", len(rows), goals)
	}
}

func verdict(s *Script) string {
	switch {
	case s.Goal == Opaque && len(s.Problems) > 0:
		line, _ := s.Lines.Position(s.Problems[len(s.Problems)-1].Offset)
		return "refused at line " + itoa(line)
	case s.Goal == ModuleGoal:
		return "module"
	case s.Root == 0:
		return "skipped"
	}
	return "read"
}

func itoa(n int) string {
	s, _ := wholeNumber(float64(n))
	return s
}

func TestEveryFileOfTheCorpusHasAGoalOfItsKind(t *testing.T) {
	for ends, want := range map[string]Goal{".css": CSSGoal, ".json": JSONGoal, ".vue": VueGoal} {
		n := 0
		for _, f := range corpustest.Files(t, ends) {
			s := Parse(f.Text, Options{Name: f.Name})
			if s.Goal != want {
				t.Errorf("%s: %s, %v", f.Name, s.Goal, s.Problems)
			}
			for _, p := range s.Problems {
				t.Logf("%s:%d:%d: %s: %s", filepath.Base(f.Name), p.Line, p.Column, p.Kind, p.Message)
			}
			n++
		}
		t.Logf("%d files *%s", n, ends)
	}
	for _, f := range corpustest.Files(t, ".ts") {
		s := Parse(f.Text, Options{Name: f.Name})
		if s.Goal == Opaque && !strings.HasSuffix(f.Name, ".d.ts") { // declarations only: nothing in it runs
			t.Errorf("%s: %v", f.Name, s.Problems)
		}
	}
}

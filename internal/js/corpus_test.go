package js

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus gives the folder with real scripts, beside the checkout.
func corpus(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
	dir = filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real scripts is not beside the checkout: ", err)
	}
	return dir
}

// corpusFiles gives the files of the corpus whose names end so.
func corpusFiles(t testing.TB, ends string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(corpus(t), "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ends) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func load(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// truth is one row of parse-truth.tsv: what acorn says.
type truth struct {
	edition, line string
	module        bool
}

func truths(t *testing.T) map[string]truth {
	t.Helper()
	rows := map[string]truth{}
	for _, line := range strings.Split(string(load(t, filepath.Join(corpus(t), "parse-truth.tsv"))), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) > 4 {
			rows[f[0]] = truth{edition: f[1], module: f[2] == "1", line: f[4]}
		}
	}
	return rows
}

// disagreements with acorn on the corpus, each with its reason.
var disagreements = map[string]string{}

func TestEveryScriptOfTheCorpusIsReadOrSaidToBeOpaque(t *testing.T) {
	rows := truths(t)
	goals := map[Goal]int{}
	for _, path := range corpusFiles(t, ".js") {
		name, _ := filepath.Rel(corpus(t), path)
		name = filepath.ToSlash(name)
		s := Parse(load(t, path), Options{Name: name, CrossCheck: true})
		goals[s.Goal]++
		row, known := rows[name]
		if !known {
			t.Errorf("%s: not in parse-truth.tsv", name)
			continue
		}
		got := verdict(s)
		want := "read"
		if row.edition == "none" && !row.module {
			want = "refused at line " + row.line
		} else if row.module {
			want = "module"
		}
		if reason := disagreements[name]; (got != want) != (reason != "") {
			t.Errorf("%s: %s, acorn says %s; reason given: %q", name, got, want, reason)
		}
		for _, p := range s.Problems {
			t.Logf("%s:%d:%d: %s: %s", name, p.Line, p.Column, p.Kind, p.Message)
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
		for _, path := range corpusFiles(t, ends) {
			s := Parse(load(t, path), Options{Name: path})
			if s.Goal != want {
				t.Errorf("%s: %s, %v", path, s.Goal, s.Problems)
			}
			for _, p := range s.Problems {
				t.Logf("%s:%d:%d: %s: %s", filepath.Base(path), p.Line, p.Column, p.Kind, p.Message)
			}
			n++
		}
		t.Logf("%d files *%s", n, ends)
	}
	for _, path := range corpusFiles(t, ".ts") {
		s := Parse(load(t, path), Options{Name: path})
		if s.Goal == Opaque && !strings.HasSuffix(path, ".d.ts") { // declarations only: nothing in it runs
			t.Errorf("%s: %v", path, s.Problems)
		}
	}
}

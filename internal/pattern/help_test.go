package pattern_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/pattern"
)

// read reads one rule file that must be right.
func read(t testing.TB, name, text string) *pattern.Set {
	t.Helper()
	set, err := pattern.Read([]pattern.File{{Name: name, Text: []byte(text)}})
	if err != nil {
		t.Fatalf("read rules:\n%v", err)
	}
	return set
}

// find matches a set against a script and all parts of it.
func find(t testing.TB, set *pattern.Set, path, text string) (*js.Script, []pattern.Match) {
	t.Helper()
	s := js.Parse([]byte(text), js.Options{Name: path})
	var out []pattern.Match
	var each func(s *js.Script)
	each = func(s *js.Script) {
		found, note := set.Match(s, flow.Analyse(s, flow.Options{}), path)
		if note != "" {
			t.Errorf("%s: %s", path, note)
		}
		out = append(out, found...)
		for _, p := range s.Parts {
			if p.Script != nil {
				each(p.Script)
			}
		}
	}
	each(s)
	return s, out
}

// lines are the lines in which the rules of a set find something.
func lines(s *js.Script, set *pattern.Set, found []pattern.Match) map[string][]int {
	out := map[string][]int{}
	for _, r := range set.Rules {
		out[r.ID] = nil
	}
	for _, m := range found {
		line, _ := s.Lines.Position(m.Start)
		out[m.Rule.ID] = append(out[m.Rule.ID], line)
	}
	return out
}

func archives(t testing.TB, glob string) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob(glob)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", glob, names, err)
	}
	out := map[string]*txtar.Archive{}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = a
	}
	return out
}

// checkArchive reads the rules of an archive and checks its scripts.
func checkArchive(t *testing.T, name string, a *txtar.Archive) (checks int) {
	t.Helper()
	var set *pattern.Set
	var said strings.Builder
	want, told := "", false
	for _, f := range a.Files {
		switch {
		case strings.HasSuffix(f.Name, ".yaml"):
			set = read(t, f.Name, string(f.Data))
		case f.Name == "messages":
			want, told = string(f.Data), true
		default:
			s, found := find(t, set, f.Name, string(f.Data))
			n, failures := pattern.Compare(string(f.Data), lines(s, set, found))
			checks += n
			for _, fail := range failures {
				t.Errorf("%s:%d: %s", f.Name, fail.Line, fail.Message)
			}
			for _, m := range found {
				line, column := s.Lines.Position(m.Start)
				fmt.Fprintf(&said, "%s:%d:%d: %s\n", f.Name, line, column, strings.TrimSpace(m.Message+"\n\t"+m.Advice))
			}
		}
	}
	if told && os.Getenv("UPDATE") == "1" {
		for i := range a.Files {
			if a.Files[i].Name == "messages" {
				a.Files[i].Data = []byte(said.String())
			}
		}
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return checks
	}
	if diff := cmp.Diff(want, said.String()); told && diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	return checks
}

func fileText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package rule_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/finding"
	"sallyport/internal/link"
	"sallyport/internal/rule"
)

func TestScriptsThatKnowEachOtherAreReadTogether(t *testing.T) {
	files, err := filepath.Glob("testdata/across/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			fixture, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, f := range fixture.Files {
				if f.Name != "want" {
					printAcross(&got, rule.Options{Find: findIn(fixture)}.Analyse(f.Name, f.Data))
				}
			}
			if os.Getenv("UPDATE") == "1" {
				writeWant(t, fixture, name, got.String())
				return
			}
			if diff := cmp.Diff(section(fixture, "want"), got.String()); diff != "" {
				t.Errorf("UPDATE=1 accepts this (-want +got):\n%s", diff)
			}
		})
	}
}

func findIn(a *txtar.Archive) link.Find {
	return func(from string, ref link.Ref) (string, []byte, bool) {
		name := ref.Name
		if ref.Kind == link.Module {
			name = path.Join(path.Dir(from), name)
		}
		for _, f := range a.Files {
			if f.Name == name {
				return name, f.Data, true
			}
		}
		return "", nil, false
	}
}

// printAcross prints what the files of a fixture have to do with each other: findings with a way, and what is done by way
// of others.
func printAcross(b *strings.Builder, s *finding.Script) {
	for i := range s.Findings {
		f := &s.Findings[i]
		if len(f.Flow) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s [%s]\n", rule.Line(s.Path, f), f.Severity)
		for _, step := range f.Flow {
			fmt.Fprintf(b, "\t%s:%d:%d %s\n", step.Path, step.Span.Start.Line, step.Span.Start.Column, step.Message)
		}
	}
	for _, c := range s.Capabilities {
		if c.Through != "" {
			fmt.Fprintf(b, "%s: %s (through %s)\n", s.Path, c.Sentence(), c.Through)
		}
	}
	for _, o := range s.Others {
		fmt.Fprintf(b, "%s was read with %s\n", s.Path, o.Path)
	}
}

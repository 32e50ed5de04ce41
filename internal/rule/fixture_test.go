package rule_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

func TestEveryRuleDoesAsItsFixtureSays(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rule.All {
		name := filepath.Join("testdata", r.Name+".txtar")
		seen[name] = true
		t.Run(r.Name, func(t *testing.T) { checkFixture(t, r, name) })
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if !seen[name] {
			t.Errorf("%s has no rule", name)
		}
	}
}

func checkFixture(t *testing.T, r *rule.Rule, name string) {
	fixture, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatalf("each rule needs a fixture: %v", err)
	}
	if len(fixture.Comment) < 20 {
		t.Error("the fixture says nothing in words")
	}
	got, reports, silent := runFixture(t, r, fixture)
	if reports == 0 || silent == 0 {
		t.Errorf("%d bad scripts are reported, %d good ones are not: both must be seen", reports, silent)
	}
	if os.Getenv("UPDATE") == "1" {
		writeWant(t, fixture, name, got)
		return
	}
	if diff := cmp.Diff(section(fixture, "want"), got); diff != "" {
		t.Errorf("UPDATE=1 accepts this (-want +got):\n%s", diff)
	}
}

// runFixture gives the lines a rule prints for the scripts of its fixture.
func runFixture(t *testing.T, r *rule.Rule, fixture *txtar.Archive) (lines string, reports, silent int) {
	var b strings.Builder
	for _, f := range fixture.Files {
		if f.Name == "want" {
			continue
		}
		s := rule.Options{Rules: []*rule.Rule{r}}.Analyse(f.Name, f.Data)
		printScript(&b, s)
		good := strings.HasPrefix(f.Name, "good")
		switch said := len(s.Findings) > 0 || !good && len(s.Capabilities) > 0; {
		case good && said:
			t.Errorf("%s is not left alone", f.Name)
		case good:
			silent++
		case said:
			reports++
		default:
			t.Errorf("%s goes unreported", f.Name)
		}
		for _, f := range s.Findings {
			if f.Severity > r.Severity {
				t.Errorf("%s reports %s, its worst is said to be %s", r.Name, f.Severity, r.Severity)
			}
		}
	}
	return b.String(), reports, silent
}

func printScript(b *strings.Builder, s *finding.Script) {
	for i := range s.Findings {
		f := &s.Findings[i]
		fmt.Fprintf(b, "%s [%s]\n", rule.Line(s.Path, f), f.Severity)
		for _, step := range f.Flow {
			fmt.Fprintf(b, "\t%d:%d %s\n", step.Span.Start.Line, step.Span.Start.Column, step.Message)
		}
	}
	for _, c := range s.Capabilities {
		fmt.Fprintf(b, "%s:%d: %s (%s)\n", s.Path, c.Line, c.Sentence(), c.Certainty)
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func writeWant(t *testing.T, a *txtar.Archive, name, want string) {
	files := a.Files[:0:0]
	for _, f := range a.Files {
		if f.Name != "want" {
			files = append(files, f)
		}
	}
	a.Files = append(files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEveryRuleIsExplained(t *testing.T) {
	names := map[string]bool{}
	for _, r := range rule.All {
		if names[r.Name] {
			t.Errorf("two rules are called %s", r.Name)
		}
		names[r.Name] = true
		if title, rest, _ := strings.Cut(r.Doc, "\n\n"); title == "" || len(rest) < 40 || title != r.Title() {
			t.Errorf("%s: a title, an empty line, and what is wrong with it", r.Name)
		}
	}
}

package trace_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	. "sallyport/internal/trace"
)

// theScript is what the fixtures are about.
var theScript = Options{
	Path: "x.js", Self: "User:Mara/x.js", Author: "Mara", Hosts: []string{".wiki.test"}, Allowed: []string{"tools.listed.test"},
}

func TestEveryRuleDoesAsItsFixtureSays(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All {
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

func checkFixture(t *testing.T, r *Rule, name string) {
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatalf("each rule needs a fixture: %v", err)
	}
	if len(a.Comment) < 20 {
		t.Error("the fixture says nothing in words")
	}
	got := runFixture(t, r, a)
	if os.Getenv("UPDATE") == "1" {
		a.Files = append(slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" }), txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(section(a, "want"), got); diff != "" {
		t.Errorf("UPDATE=1 accepts this (-want +got):\n%s", diff)
	}
}

// runFixture gives the verdict of each log, what the rule says of it, and the capabilities that are the rule's.
func runFixture(t *testing.T, r *Rule, a *txtar.Archive) string {
	var b strings.Builder
	bad, good := 0, 0
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".jsonl") {
			continue
		}
		report := judged(t, section(a, "script.js"), f.Data)
		said := 0
		fmt.Fprintf(&b, "%s: %s\n", f.Name, report.Verdict)
		for _, found := range report.Findings {
			if found.Rule == r.Name {
				said++
				fmt.Fprintf(&b, "%s: %s [%s, %s] as %s\n", f.Name, found.Message, found.Severity, found.Stage, strings.Join(found.Personas, ", "))
				if found.Severity > r.Severity {
					t.Errorf("%s says %s, its worst is said to be %s", r.Name, found.Severity, r.Severity)
				}
			}
		}
		for _, c := range report.Capabilities {
			if slices.Contains(r.Capabilities, c.Name) {
				fmt.Fprintf(&b, "%s: %s (%s, %s)\n", f.Name, c.Sentence(), c.Certainty, c.Stage)
			}
		}
		switch expected := strings.HasPrefix(f.Name, "bad"); {
		case expected && said == 0:
			t.Errorf("%s goes unreported", f.Name)
		case !expected && said > 0:
			t.Errorf("%s is not left alone", f.Name)
		case expected:
			bad++
		default:
			good++
		}
	}
	if bad == 0 || good == 0 {
		t.Error("both must be seen: logs that are reported, and harmless neighbours")
	}
	return b.String()
}

func judged(t *testing.T, source string, lines []byte) *Report {
	t.Helper()
	log, err := Read(bytes.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	o := theScript
	o.Source = source
	return Judge(log, o)
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func TestEveryRuleIsExplained(t *testing.T) {
	names := map[string]bool{}
	for _, r := range All {
		if names[r.Name] {
			t.Errorf("two rules are called %s", r.Name)
		}
		names[r.Name] = true
		if title, rest, _ := strings.Cut(r.Doc, "\n\n"); title == "" || len(rest) < 40 || title != r.Title() || len(r.CWE) == 0 {
			t.Errorf("%s: a title, an empty line, what is wrong with it, and a CWE number", r.Name)
		}
	}
}

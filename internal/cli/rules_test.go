package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/internal/rule"
)

func TestTheReferencePageIsWhatTheRulesSay(t *testing.T) {
	const page = "../../docs/rules.md"
	var got bytes.Buffer
	if code := Run(t.Context(), []string{"rules", "--format", "markdown"}, &got, io.Discard); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(page, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(page)
	if diff := cmp.Diff(string(want), got.String()); err != nil || diff != "" {
		t.Errorf("%v; UPDATE=1 prints docs/rules.md again (-page +rules):\n%s", err, diff)
	}
}

func TestEveryRuleIsListedAndExplained(t *testing.T) {
	said := func(args ...string) string {
		var out, wrong bytes.Buffer
		if code := Run(t.Context(), append([]string{"rules"}, args...), &out, &wrong); code != exitOK {
			t.Errorf("rules %v: exit code %d, %s", args, code, wrong.String())
		}
		return out.String()
	}
	list := said()
	for _, r := range rule.All {
		if !strings.Contains(list, r.Name+" ") || !strings.Contains(list, r.Title()) {
			t.Errorf("%s is not in the list", r.Name)
		}
		for _, format := range []string{"text", "markdown"} {
			text := said(r.Name, "--format", format)
			if !strings.Contains(text, "Bad (") || !strings.Contains(text, "It says nothing of this") {
				t.Errorf("%s as %s: %s", r.Name, format, text)
			}
		}
	}
	var doc struct {
		Schema string
		Rules  []ruleDoc
	}
	if err := json.Unmarshal([]byte(said("--format", "json")), &doc); err != nil || doc.Schema != "sallyport.rules/1" || len(doc.Rules) != len(rule.All) {
		t.Errorf("as JSON: %v, %d rules", err, len(doc.Rules))
	}
	for _, e := range doc.Rules {
		said := 0
		for _, x := range e.Examples {
			said += len(x.Says)
		}
		if e.Title == "" || e.Doc == "" || said == 0 {
			t.Errorf("%s: %+v", e.Name, e)
		}
	}
}

var fence = regexp.MustCompile("(?s)```(yaml|js)\n(.*?)```")

// The examples of docs/operator-rules.md are rules, each with the script that tests it.
func TestTheExamplesOfOperatorRulesAreRight(t *testing.T) {
	page, err := os.ReadFile("../../docs/operator-rules.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	examples := 0
	for i, m := range fence.FindAllStringSubmatch(string(page), -1) {
		if want := []string{"yaml", "js"}[i%2]; m[1] != want {
			t.Fatalf("example %d is %s, and should be %s", i, m[1], want)
		}
		examples = i/2 + 1
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("example%d.%s", examples, m[1])), []byte(m[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, wrong bytes.Buffer
	code := Run(t.Context(), []string{"rules", "test", dir}, &out, &wrong)
	if code != exitOK || examples < 4 || strings.Contains(out.String(), "has no test") {
		t.Errorf("%d examples, exit code %d:\n%s%s", examples, code, out.String(), wrong.String())
	}
}

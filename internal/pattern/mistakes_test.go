package pattern_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/pattern"
)

func TestEveryMistakeIsListedWithItsPlaceAndWhatToDo(t *testing.T) {
	const name = "testdata/mistakes/all.txtar"
	a := archives(t, name)[name]
	var files []pattern.File
	want := ""
	for _, f := range a.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		files = append(files, pattern.File{Name: f.Name, Text: f.Data})
	}
	_, err := pattern.Read(files, "eval")
	var mistakes pattern.Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("the error is %v", err)
	}
	got := mistakes.Error() + "\n"
	if os.Getenv("UPDATE") == "1" {
		a.Files[len(a.Files)-1].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("UPDATE=1 accepts this (-want +got):\n%s", diff)
	}
}

func TestAnOperatorsFileIsBounded(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'j'; i++ {
		before := string(i - 1)
		bomb += fmt.Sprintf("%c: &%c [*%s, *%s, *%s, *%s, *%s, *%s, *%s, *%s, *%s, *%s]\n", i, i, before, before, before, before, before, before, before, before, before, before)
	}
	deep := "rules:\n  - id: x\n    message: m\n    severity: LOW\n    languages: js\n    patterns: " +
		strings.Repeat("[{patterns: ", 100) + "[{pattern: f()}]" + strings.Repeat("}]", 100)
	for what, text := range map[string]string{
		"longer than 1 MiB":            strings.Repeat("#", 1<<20+1),
		"nested deeper":                deep,
		"more than is read":            "rules:\n  - id: x\n    message: m\n    severity: LOW\n    languages: js\n    pattern: f()\n    metadata:\n      " + strings.ReplaceAll(bomb, "\n", "\n      ") + "z: *i\n",
		"longer than 16384 bytes":      "rules:\n  - id: x\n    message: m\n    severity: LOW\n    languages: js\n    pattern: f(" + strings.Repeat("a,", 1<<13) + "a)",
		"an alias of an alias":         "rules: &r\n  - *r\n",
		"expression is longer than 40": "rules:\n  - id: x\n    message: m\n    severity: LOW\n    languages: js\n    pattern-regex: " + strings.Repeat("a", 5000),
	} {
		_, err := pattern.Read([]pattern.File{{Name: "x.yaml", Text: []byte(text)}})
		if what == "an alias of an alias" {
			if err == nil {
				t.Error("a list that holds itself is read")
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %.300v", what, err)
		}
	}
}

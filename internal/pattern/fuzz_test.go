package pattern_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sallyport/internal/flow"
	"sallyport/internal/js"
	"sallyport/internal/pattern"
)

// FuzzRead: no text that stands for rules ends the process; what is refused is refused with a place, and what is read
// can be run.
func FuzzRead(f *testing.F) {
	for _, glob := range []string{"testdata/operators/*.txtar", "testdata/mistakes/*.txtar"} {
		for _, a := range archives(f, glob) {
			for _, file := range a.Files {
				if strings.HasSuffix(file.Name, ".yaml") {
					f.Add(string(file.Data))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := pattern.Read([]pattern.File{{Name: "x.yaml", Text: []byte(text)}})
		if err != nil {
			var all pattern.Mistakes
			if !errors.As(err, &all) || len(all) == 0 || all[0].Message == "" || all[0].File != "x.yaml" {
				t.Fatalf("%#v", err)
			}
			return
		}
		run(t, set, "const x = f( location.hash ); sink( x ); el.innerHTML = `a${ x }`; if ( x ) { a(); b(); }")
	})
}

// FuzzMatch: any pattern against any script.
func FuzzMatch(f *testing.F) {
	for _, a := range archives(f, "testdata/operators/*.txtar") {
		var patterns []string
		for _, file := range a.Files {
			for line := range strings.Lines(string(file.Data)) {
				if _, p, ok := strings.Cut(line, "pattern: '"); ok && strings.HasSuffix(file.Name, ".yaml") {
					patterns = append(patterns, strings.TrimRight(p, "'}\n"))
				}
			}
			if strings.HasSuffix(file.Name, ".js") {
				for _, p := range patterns {
					f.Add(p, string(file.Data))
				}
			}
		}
	}
	for _, p := range []string{"a(); ... b();", "<... $X ...>", "$X; $...Y; $X;", "$A && ... && $A", "{...}", "[..., $X, ..., $X]", "function ...(...) { ... }", "$X. ... .$Y", "`...${$X}...`"} {
		f.Add(p, "a( b && c && b ); [ 1, 2, 1 ]; function f() { a(); x.y().z( `1${ 2 }` ); b(); }")
	}
	f.Fuzz(func(t *testing.T, text, script string) {
		if len(text) > 2000 || len(script) > 20_000 {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			return
		}
		rule := "rules: [{id: x, message: '$X $A', severity: LOW, languages: [js], pattern: " + string(quoted) + "}]"
		set, err := pattern.Read([]pattern.File{{Name: "x.yaml", Text: []byte(rule)}})
		if err == nil {
			run(t, set, script)
		}
	})
}

// run matches twice: the answers are the same, and lie in the text.
func run(t *testing.T, set *pattern.Set, text string) {
	t.Helper()
	s := js.Parse([]byte(text), js.Options{Name: "x.js"})
	one, _ := set.Match(s, flow.Analyse(s, flow.Options{}), "x.js")
	two, _ := set.Match(s, flow.Analyse(s, flow.Options{}), "x.js")
	if diff := cmp.Diff(one, two, cmpopts.IgnoreFields(pattern.Match{}, "Rule")); diff != "" {
		t.Fatal(diff)
	}
	for _, m := range one {
		if m.Start < 0 || m.Start > m.End || m.End > len(s.Text) {
			t.Fatalf("a match from %d to %d of %d bytes", m.Start, m.End, len(s.Text))
		}
	}
}

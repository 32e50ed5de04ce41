package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"sallyport/internal/bundle"
	"sallyport/internal/finding"
	"sallyport/internal/rule"
)

// What we send to browsers stands the test we put other people's scripts to: no finding of medium severity or worse, and the
// bundler takes it.
func TestOurOwnScriptsAreClean(t *testing.T) {
	files := []string{"../delivery/boot.js"}
	err := filepath.WalkDir("sample", func(name string, d fs.DirEntry, err error) error {
		if filepath.Ext(name) == ".js" {
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rule.Analyse(file, text).Findings {
			if f.Severity >= finding.Medium {
				t.Errorf("%s:%d: %s: %s (%s)", file, f.Span.Start.Line, f.Severity, f.Message, f.Rule)
			}
		}
		m := bundle.Build(bundle.Input{Module: "ext.usergadget.p1", Files: []bundle.File{{Name: "x.js", Title: file, Text: string(text)}}})
		for _, p := range m.Problems {
			t.Errorf("the bundler: %s", p)
		}
	}
}

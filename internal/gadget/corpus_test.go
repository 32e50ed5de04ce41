package gadget

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type corpusDefinition struct {
	path, kind, text string // kind is "wikitext" or "flat"
}

// corpusDefinitions are the gadget definitions of the shared corpus, which stands beside the repository.
func corpusDefinitions(t *testing.T) []corpusDefinition {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, "../shared/corpus")
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return nil
	}
	var out []corpusDefinition
	for line := range strings.Lines(string(manifest)) {
		columns := strings.Split(line, "\t")
		if len(columns) < 5 || columns[4] != "gadget-definition" && columns[4] != "gadgets-definition" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, columns[0]))
		if err != nil {
			t.Fatal(err)
		}
		kind := "wikitext"
		if filepath.Ext(columns[0]) == ".json" {
			kind = "flat"
		}
		out = append(out, corpusDefinition{columns[0], kind, string(text)})
	}
	return out
}

// Definitions people really wrote. Those in JSON keep settings and module in one object, and get "pages" from a build.
func TestDefinitionsOfTheCorpusRead(t *testing.T) {
	definitions := corpusDefinitions(t)
	if definitions == nil {
		t.Skip("the shared corpus does not stand beside this repository")
	}
	for _, c := range definitions {
		if c.kind == "wikitext" {
			reads(t, c)
		} else {
			readsFlat(t, c)
		}
	}
	t.Logf("%d definitions", len(definitions))
}

// reads wants every line that begins with a star to be a gadget, unless a later line replaces it.
func reads(t *testing.T, c corpusDefinition) {
	entries, mistakes := ParseWikitext(c.text)
	lines := strings.Count("\n"+c.text, "\n*")
	if len(entries) != lines-len(mistakes) || lines == 0 {
		t.Errorf("%s: %d gadgets from %d lines: %v", c.path, len(entries), lines, mistakes)
	}
	for _, e := range entries {
		m := e.Definition.Module
		t.Logf("%-70s %s: %d pages, %d dependencies, %d peers, package %v, %s", c.path, e.ID, len(m.Pages),
			len(m.Dependencies), len(m.Peers), e.Definition.Settings.Package, e.Definition.EffectiveType())
	}
	for _, m := range mistakes {
		t.Logf("%-70s %s", c.path, m)
	}
}

func readsFlat(t *testing.T, c corpusDefinition) {
	d, mistakes := ParseFlat([]byte(c.text))
	if d == nil || Refused(mistakes) {
		t.Errorf("%s: %v", c.path, mistakes)
		return
	}
	var unknown []string
	for _, m := range mistakes {
		unknown = append(unknown, m.Code+" "+m.Pointer)
	}
	t.Logf("%-70s section %s, %d dependencies; %s", c.path, d.Settings.Section, len(d.Module.Dependencies), strings.Join(unknown, ", "))
}

package gadget

import (
	"path"
	"strings"
	"testing"

	"sallyport/internal/corpustest"
)

type corpusDefinition struct {
	path, kind, text string // kind is "wikitext" or "flat"
}

// corpusDefinitions are the gadget definitions of the corpus.
func corpusDefinitions(t *testing.T) []corpusDefinition {
	t.Helper()
	manifest := corpustest.Manifest(t)
	var out []corpusDefinition
	for _, f := range corpustest.Files(t) {
		if kind := manifest[f.Name]["kind"]; kind != "gadget-definition" && kind != "gadgets-definition" {
			continue
		}
		kind := "wikitext"
		if path.Ext(f.Name) == ".json" {
			kind = "flat"
		}
		out = append(out, corpusDefinition{f.Name, kind, string(f.Text)})
	}
	return out
}

// Definitions people really wrote. Those in JSON keep settings and module in one object, and get "pages" from a build.
func TestDefinitionsOfTheCorpusRead(t *testing.T) {
	definitions := corpusDefinitions(t)
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

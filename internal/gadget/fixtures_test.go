package gadget

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"sallyport/internal/wiki"
)

// testSite is a wiki in German where definitions may also end in ".helferlein".
func testSite() *wiki.Site {
	return &wiki.Site{
		ID: "dewiki", Lang: "de",
		Namespaces: map[int]wiki.Namespace{
			0: {}, 1: {ID: 1, Name: "Diskussion", Canonical: "Talk"},
			2:  {ID: 2, Name: "Benutzer", Canonical: "User", Subpages: true},
			8:  {ID: 8, Name: "MediaWiki", Canonical: "MediaWiki"},
			14: {ID: 14, Name: "Kategorie", Canonical: "Category"},
		},
		Aliases:   map[string]int{"BN": 2},
		Interwiki: map[string]bool{"en": true},
	}
}

var testOptions = Options{
	Site:     testSite(),
	Title:    wiki.Title{NS: wiki.NSUser, Key: "Mara/doit.gadget"},
	Suffixes: []string{".gadget", ".helferlein"},
}

// Each fixture is a page and what is read from it: "user.json" a user gadget of Mara's, "site.json" a site gadget,
// "flat.json" a definition in one level, "wikitext" a Gadgets-definition. UPDATE=1 rewrites what is wanted.
func TestDefinitionsAreReadAndEveryMistakeIsListed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := archive.Files[0]
			read, mistakes := readFixture(t, in)
			var lines strings.Builder
			for _, m := range mistakes {
				fmt.Fprintln(&lines, m)
			}
			got := &txtar.Archive{Comment: archive.Comment, Files: []txtar.File{in,
				{Name: "mistakes", Data: []byte(lines.String())}, {Name: "read", Data: read}}}
			if os.Getenv("UPDATE") == "1" {
				if err := os.WriteFile(file, txtar.Format(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, _ := os.ReadFile(file)
			if diff := cmp.Diff(string(want), string(txtar.Format(got))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func readFixture(t *testing.T, in txtar.File) ([]byte, []Mistake) {
	t.Helper()
	var out bytes.Buffer
	switch in.Name {
	case "user.json":
		d, mistakes := Parse(in.Data, testOptions)
		printDefinition(&out, d)
		return out.Bytes(), mistakes
	case "flat.json":
		d, mistakes := ParseFlat(in.Data)
		printDefinition(&out, d)
		return out.Bytes(), mistakes
	case "site.json":
		e, mistakes := ParseSiteJSON("doit", in.Data)
		printDefinition(&out, &e.Definition)
		return out.Bytes(), mistakes
	case "wikitext":
		entries, mistakes := ParseWikitext(string(in.Data))
		for _, e := range entries {
			fmt.Fprintf(&out, "line %d: %s legacy=%v type=%s targets=%q\n", e.Line, e.Module(), e.Legacy, e.Definition.EffectiveType(), e.Targets)
			printDefinition(&out, &e.Definition)
		}
		return out.Bytes(), mistakes
	}
	t.Fatalf("a fixture begins with user.json, flat.json, site.json or wikitext, not %s", in.Name)
	return nil, nil
}

func printDefinition(out *bytes.Buffer, d *Definition) {
	if d == nil {
		fmt.Fprintln(out, "nothing")
		return
	}
	fmt.Fprintf(out, "%s\n", d.JSON())
}

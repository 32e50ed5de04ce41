package bundle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// A fixture is a txtar archive: prose, "input.json" with the settings, pages by their titles, and what must come of
// them: "want/combined", "want/scripts", "want/styles", "want/problems", and "want/run", which is what the module says when
// Node runs it as a client with mw.loader.impl and again as one without. UPDATE=1 writes what is wanted anew.
func TestFixtures(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var sources []string
	fixtures := make([]*fixture, len(names))
	for i, name := range names {
		fixtures[i] = readFixture(t, name)
		sources = append(sources, string(fixtures[i].module.Combined()))
	}
	for i, said := range runInNode(t, sources) {
		fixtures[i].got["want/run"] = said + "\n"
	}
	for _, f := range fixtures {
		t.Run(strings.TrimSuffix(filepath.Base(f.name), ".txtar"), f.check)
	}
}

type fixture struct {
	name    string
	archive *txtar.Archive
	module  *Module
	got     map[string]string
}

func readFixture(t *testing.T, name string) *fixture {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Module: "ext.usergadget.p12"}
	for _, f := range a.Files {
		switch {
		case f.Name == "input.json":
			if err := json.Unmarshal(f.Data, &in); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		case !strings.HasPrefix(f.Name, "want/"):
			in.Files = append(in.Files, page(f.Name, string(f.Data)))
		}
	}
	m := Build(in)
	problems := ""
	for _, p := range m.Problems {
		problems += p.String() + "\n"
	}
	got := map[string]string{"want/combined": string(m.Combined()), "want/scripts": string(m.Scripts()), "want/styles": string(m.StylesCSS()), "want/problems": problems}
	return &fixture{name, a, m, got}
}

// page makes a file of a title like "User:Mara/doit.js".
func page(title, text string) File {
	return File{Name: title[strings.LastIndex(title, "/")+1:], Title: title, URL: "https://wiki.example/w/" + title, Text: text, Missing: text == "MISSING\n"}
}

func (f *fixture) check(t *testing.T) {
	if os.Getenv("UPDATE") == "1" {
		f.update(t)
	}
	for _, w := range f.archive.Files {
		if got, ok := f.got[w.Name]; ok {
			if diff := cmp.Diff(string(w.Data), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", w.Name, diff)
			}
		}
	}
}

func (f *fixture) update(t *testing.T) {
	t.Helper()
	for i, w := range f.archive.Files {
		if got, ok := f.got[w.Name]; ok {
			f.archive.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(f.name, txtar.Format(f.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runInNode runs modules in a small client; see testdata/loader.js.
func runInNode(t *testing.T, sources []string) []string {
	t.Helper()
	loader, err := os.ReadFile("testdata/loader.js")
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(sources)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	if err := json.Unmarshal([]byte(node(t, string(loader), string(input))), &said); err != nil {
		t.Fatal(err)
	}
	return said
}

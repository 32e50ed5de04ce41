package gadget

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
)

func seeds(f *testing.F, names ...string) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			if archive.Files[0].Name == name {
				f.Add(archive.Files[0].Data)
			}
		}
	}
}

// FuzzParse holds that reading never panics, that mistakes point into the page, that a definition without mistakes
// prints as one, and that what we take for JSON is JSON to others.
func FuzzParse(f *testing.F) {
	seeds(f, "user.json", "site.json", "flat.json")
	f.Add([]byte(`{"description":"\ud83d\ude00\u0000\/","module":{"pages":["/a.js"]}}`))
	f.Fuzz(func(t *testing.T, page []byte) {
		d, mistakes := Parse(page, testOptions)
		_, flat := ParseFlat(page)
		_, site := ParseSiteJSON("x", page)
		lines := bytes.Count(page, []byte("\n")) + 1
		for _, m := range append(append(mistakes, flat...), site...) {
			if m.Line < 1 || m.Line > lines || m.Message == "" || m.Code == "" || len(m.Message) > 2000 {
				t.Fatalf("%q: %+v", page, m)
			}
		}
		if d == nil && !Refused(mistakes) {
			t.Fatalf("%q: nothing read and nothing wrong", page)
		}
		if d == nil {
			return
		}
		if !json.Valid(bytes.TrimPrefix(page, []byte("\uFEFF"))) {
			t.Fatalf("%q is not JSON", page)
		}
		if Refused(mistakes) {
			return
		}
		again, mistakes := Parse(d.JSON(), testOptions)
		if diff := cmp.Diff(d, again, cmpopts.EquateEmpty()); diff != "" || Refused(mistakes) {
			t.Fatalf("%q prints as %s: %v\n%s", page, d.JSON(), mistakes, diff)
		}
		if n := len(d.Titles(testOptions.Site, testOptions.Title)); n != len(d.Module.Pages) || n == 0 {
			t.Fatalf("%q: %d pages, %d titles", page, len(d.Module.Pages), n)
		}
	})
}

// FuzzParseWikitext holds that reading never panics and that every gadget has a module name ResourceLoader takes.
func FuzzParseWikitext(f *testing.F) {
	seeds(f, "wikitext")
	f.Fuzz(func(t *testing.T, page []byte) {
		entries, mistakes := ParseWikitext(string(page))
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e.ID] || !validModule(e.Module()) || e.Line < 1 || strings.ContainsAny(e.ID, " \n|") {
				t.Fatalf("%q: %+v", page, e)
			}
			seen[e.ID] = true
		}
		if len(mistakes) > maxMistakes {
			t.Fatalf("%d mistakes", len(mistakes))
		}
	})
}

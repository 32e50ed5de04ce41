package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// snippet is one script of the sets on which reading and running are compared.
type snippet struct {
	Set    string   `json:"set"` // see halvesSets
	Name   string   `json:"name"`
	SHA256 string   `json:"sha256"`
	Expect []string `json:"expect,omitempty"` // rules that must speak

	text string
}

// halvesSets are the scripts that are looked at: those with which package rule is proved, and the sleeping scripts of package sandbox
// with their harmless twins.
var halvesSets = []struct {
	name, files string
}{
	{"hostile", "../rule/testdata/hostile/*.txtar"},
	{"harmless", "../rule/testdata/harmless/*.txtar"},
	{"asleep", "../sandbox/testdata/dormant/*.txtar"},
	{"twins", "../sandbox/testdata/dormant/*.txtar"},
}

func (s *snippet) harmless() bool { return s.Set == "harmless" || s.Set == "twins" }

var namesPage = regexp.MustCompile(`\bUser:[A-Z]\w*/[\w.-]+\.js`)

// title is the page a snippet is kept on: one that writes a loader of a page is taken to be that page.
func (s *snippet) title() string {
	if page := namesPage.FindString(s.text); page != "" {
		return page
	}
	return "User:Mallory/snippet.js"
}

// expects begins the first line of a hostile snippet.
const expects = "// expect: "

func snippets(t testing.TB, set string) []snippet {
	t.Helper()
	var out []snippet
	for _, s := range halvesSets {
		if s.name != set {
			continue
		}
		files, err := filepath.Glob(s.files)
		if err != nil || len(files) == 0 {
			t.Fatalf("no scripts in %s: %v", s.files, err)
		}
		for _, name := range files {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files {
				if one, ok := snippetOf(set, strings.TrimSuffix(filepath.Base(name), ".txtar"), f); ok {
					out = append(out, one)
				}
			}
		}
	}
	return out
}

// snippetOf names a script of an archive; a sleeping script and its twin stand in one.
func snippetOf(set, archive string, f txtar.File) (snippet, bool) {
	s := snippet{Set: set, Name: archive + "/" + strings.TrimSuffix(f.Name, ".js"), text: string(f.Data)}
	switch set {
	case "asleep", "twins":
		if f.Name != map[string]string{"asleep": "script.js", "twins": "twin.js"}[set] {
			return s, false
		}
		s.Name = archive
	}
	if head, rest, ok := strings.Cut(s.text, "\n"); ok && strings.HasPrefix(head, expects) {
		s.Expect, s.text = strings.Split(strings.TrimPrefix(head, expects), ", "), rest
	}
	sum := sha256.Sum256([]byte(s.text))
	s.SHA256 = hex.EncodeToString(sum[:])
	return s, true
}

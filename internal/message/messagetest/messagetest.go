// Package messagetest is what every package with messages proves of them: that each message it uses is there in every
// language and explained to translators, that each message that is there is used, that translations take the parameters
// of the English text, and that no template says a word past the catalogue.
package messagetest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/message"
)

// Set is the messages of one package.
type Set struct {
	Files     fs.FS // holds i18n/*.json
	Templates fs.FS // every .html in it is one; nil: none
	// Calls are regular expressions that find a word, their first group, in the package's Go files, with the keys it
	// stands for: "*" is the word.
	Calls map[string][]string
	More  []string // keys that are put together
}

// Check proves it. It runs in the package's own folder.
func Check(t *testing.T, s Set) {
	t.Helper()
	langs, shared := read(t, s.Files), read(t, message.Shared())["en"]
	en := langs["en"]
	used := slices.DeleteFunc(s.used(t), func(key string) bool { return en[key] == "" && shared[key] != "" })
	for lang, texts := range langs {
		for _, key := range used {
			if texts[key] == "" {
				t.Errorf("%s.json has no %q", lang, key)
			}
		}
		for key, text := range texts {
			if en[key] == "" {
				t.Errorf("%s.json has %q, en.json has not", lang, key)
			} else if got, want := params(text), params(en[key]); !slices.Equal(got, want) {
				t.Errorf("%s.json: %q takes %v, in en.json %v", lang, key, got, want)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(en)) {
		if !slices.Contains(used, key) {
			t.Errorf("nothing uses %q", key)
		}
	}
	if len(langs) < 3 || langs["qqq"] == nil || langs["he"] == nil {
		t.Errorf("there are the languages %v", slices.Sorted(maps.Keys(langs)))
	}
	t.Logf("%d messages in %v", len(en), slices.Sorted(maps.Keys(langs)))
}

func read(t *testing.T, files fs.FS) map[string]map[string]string {
	t.Helper()
	names, err := fs.Glob(files, "i18n/*.json")
	if err != nil {
		t.Fatal(err)
	}
	langs := map[string]map[string]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		delete(all, "@metadata")
		texts := map[string]string{}
		for key, value := range all {
			texts[key], _ = value.(string)
		}
		langs[strings.TrimSuffix(filepath.Base(name), ".json")] = texts
	}
	return langs
}

var param = regexp.MustCompile(`\$[1-9]`)

// params lists which parameters a text takes, each once.
func params(text string) []string {
	found := param.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// used finds the messages that templates and Go files name.
func (s Set) used(t *testing.T) []string {
	t.Helper()
	used := slices.Clone(s.More)
	find := func(text, pattern string, keys ...string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			for _, key := range keys {
				used = append(used, strings.Replace(key, "*", m[1], 1))
			}
		}
	}
	for _, text := range s.templates(t) {
		find(text, `msg "([^"]+)"`, "*")
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for pattern, keys := range s.Calls {
			find(string(text), pattern, keys...)
		}
	}
	slices.Sort(used)
	return slices.Compact(used)
}

// templates reads every template, by name.
func (s Set) templates(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	if s.Templates == nil {
		return texts
	}
	err := fs.WalkDir(s.Templates, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		text, err := fs.ReadFile(s.Templates, name)
		texts[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

var (
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	code   = regexp.MustCompile(`(?s)<(style|code|pre)\b.*?</(style|code|pre)>`)
	format = regexp.MustCompile(`\b(CSV|JSON|SARIF)\b`)
	spoken = regexp.MustCompile(`\s(?:aria-label|title|alt|placeholder)="([^"]*)"`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
	letter = regexp.MustCompile(`\pL`)
)

// NoLooseWords proves that templates have no words of their own: no letter outside of actions, tags, code and styles but
// in the name of a format, and none in an attribute that people hear or see.
func (s Set) NoLooseWords(t *testing.T) {
	t.Helper()
	texts := s.templates(t)
	for name, text := range texts {
		text = format.ReplaceAllString(action.ReplaceAllString(code.ReplaceAllString(text, ""), ""), "")
		for _, m := range spoken.FindAllStringSubmatch(text, -1) {
			if letter.MatchString(m[1]) {
				t.Errorf("%s: an attribute says %q", name, m[1])
			}
		}
		for _, words := range tag.Split(text, -1) {
			if letter.MatchString(words) {
				t.Errorf("%s says %q, which no catalogue translates", name, strings.TrimSpace(words))
			}
		}
	}
	if len(texts) == 0 {
		t.Error("there are no templates")
	}
}

package web

import (
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readMessages(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := messages.ReadFile("i18n/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for key, value := range all {
		if key == "@metadata" {
			continue
		}
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			t.Fatal(err)
		}
		texts[key] = text
	}
	return texts
}

// usedKeys finds the messages that templates and Go files name. Keys that are put together are listed by hand.
func usedKeys(t *testing.T) []string {
	t.Helper()
	used := []string{"switch-on", "switch-off"}
	for _, kind := range []string{"namespaces", "categories", "actions", "skins", "models", "rights"} {
		used = append(used, "only-"+kind)
	}
	for _, f := range []*fault{errNoPage, errNoGadget, errNoUser, errWikiDown, errNobody, errScript, errOld, errToken, errExpired, errMoved, errForm, errOurs, errUncertain, errAway} {
		used = append(used, "error-"+f.key, "error-"+f.key+"-do")
	}
	find := func(text string, pattern string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			used = append(used, m[1])
		}
	}
	err := fs.WalkDir(assets, "pages", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".html") {
			return err
		}
		text, err := assets.ReadFile(name)
		find(string(text), `msg "([^"]+)"`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		find(string(text), `words\.html\((?:v\.)?lang, "([^"]+)"[,)]`)
		find(string(text), `c\.html\(lang, "([^"]+)"`)
		find(string(text), `return "(no-switch-[a-z]+)"`)
	}
	slices.Sort(used)
	return slices.Compact(used)
}

func TestEveryMessageIsThereInEveryLanguageAndUsed(t *testing.T) {
	en, qqq, he := readMessages(t, "en"), readMessages(t, "qqq"), readMessages(t, "he")
	used := usedKeys(t)
	for _, key := range used {
		for lang, texts := range map[string]map[string]string{"en": en, "qqq": qqq, "he": he} {
			if texts[key] == "" {
				t.Errorf("%s.json has no %q", lang, key)
			}
		}
	}
	for key := range en {
		if !slices.Contains(used, key) {
			t.Errorf("nothing uses %q", key)
		}
	}
	for lang, texts := range map[string]map[string]string{"qqq": qqq, "he": he} {
		for key := range texts {
			if en[key] == "" {
				t.Errorf("%s.json has %q, en.json has not", lang, key)
			}
		}
	}
	t.Logf("%d messages", len(used))
}

func TestTranslationsTakeTheSameParameters(t *testing.T) {
	param := regexp.MustCompile(`\$[1-9]`)
	params := func(s string) []string {
		found := param.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	he, qqq := readMessages(t, "he"), readMessages(t, "qqq")
	for key, text := range readMessages(t, "en") {
		want := params(text)
		if got := params(he[key]); !slices.Equal(got, want) {
			t.Errorf("he.json %q takes %v, en.json %v", key, got, want)
		}
		if got := params(qqq[key]); !slices.Equal(got, want) {
			t.Errorf("qqq.json %q explains %v, en.json takes %v", key, got, want)
		}
	}
}

func TestTheLanguageIsTheOneAskedFor(t *testing.T) {
	c, err := readCatalog(messages)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct{ uselang, accept, site, want, base string }{
		{"", "", "en", "en", "en"},
		{"", "", "he", "he", "he"},
		{"", "", "fr", "en", "en"},
		{"he", "en", "en", "he", "he"},
		{"HE", "en", "en", "he", "he"},
		{"he-il", "", "en", "he-il", "he"},
		{"xx", "he", "en", "he", "he"},
		{"", "he-IL,he;q=0.9,en;q=0.8", "en", "he", "he"},
		{"", "fr,en;q=0.5", "he", "en", "en"},
		{"", "fr", "he", "he", "he"},
		{"", ";;;;q=", "he", "he", "he"},
		{"qqx", "he", "en", "qqx", "qqx"},
		{"qqq", "", "en", "en", "en"},
		{strings.Repeat("he-", 1000), "", "en", "en", "en"},
	} {
		r := httptest.NewRequest("GET", "/?uselang="+q.uselang, nil)
		r.Header.Set("Accept-Language", q.accept)
		if got := c.choose(r, q.site); got != q.want || c.base(got) != q.base {
			t.Errorf("%+v: got %q, base %q", q, got, c.base(got))
		}
	}
	if he, en := c.tongues["he"].dir(), c.tongues["en"].dir(); he != "rtl" || en != "ltr" {
		t.Errorf("he is written %s, en %s", he, en)
	}
}

package message_test

import (
	"html"
	"html/template"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/diff"
	"sallyport/internal/message"
	"sallyport/internal/message/messagetest"
)

// shared is the catalogue of what every package says.
func shared(t *testing.T) *message.Catalog {
	t.Helper()
	c, err := message.Read(fstest.MapFS{"i18n/en.json": {Data: []byte(`{}`)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEverySharedMessageIsThereInEveryLanguageAndUsed(t *testing.T) {
	s := messagetest.Set{Files: message.Shared(), Calls: map[string][]string{`c\.(?:HTML|Text)\(lang, "([^"]+)"[,)]`: {"*"}}}
	for _, n := range capability.Names() {
		key := "can-" + strings.ReplaceAll(string(n), ":", "-")
		s.More = append(s.More, key)
		if shared(t).Has(key + "-about") {
			s.More = append(s.More, key+"-about")
		}
	}
	for _, how := range []string{"script", "style", "fetch", "beacon", "socket", "image", "frame", "form", "font", "worker"} {
		s.More = append(s.More, "how-"+how)
	}
	for _, when := range triggers {
		s.More = append(s.More, "when-"+strings.ReplaceAll(string(when), " ", "-"))
	}
	for _, letters := range []string{"cyrillic", "greek", "armenian", "cherokee", "lisu", "full-width", "mathematical", "latin-unusual"} {
		s.More = append(s.More, "letters-"+letters)
	}
	messagetest.Check(t, s)
}

func TestALetterThatLooksLatinIsNamedInTheReadersLanguage(t *testing.T) {
	c := shared(t)
	for _, r := range []rune{'а', 'α', 'ա', 'Ꭰ', 'ꓐ', 'ａ', '𝐀', 'ɐ'} {
		en, he := c.Parts("en", diff.Marked("a"+string(r), false)), c.Parts("he", diff.Marked("a"+string(r), false))
		if !strings.Contains(string(en), `<span class="odd">`) || en == he {
			t.Errorf("%c: %s, %s", r, en, he)
		}
	}
	if got := c.Parts("he", diff.Marked("<\u202e", true)); got != `<mark>&lt;</mark><span class="odd changed"><bdi></bdi>[U+202E]</span>` {
		t.Errorf("a hidden character: %s", got)
	}
}

var triggers = []capability.Trigger{capability.OnLoad, capability.OnTimer, capability.OnClick, capability.OnConfirmation}

func TestWhatAScriptCanDoIsSaidAsTheVocabularySaysIt(t *testing.T) {
	c := shared(t)
	show := func(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }
	for _, name := range append(capability.Names(), "new-word") {
		for _, target := range []string{"", "User:<b>"} {
			for _, how := range []string{"", "fetch", "pigeon"} {
				for _, when := range append(triggers, "") {
					can := capability.Capability{Name: name, Target: target, How: how, Trigger: when}
					if name == "new-word" && (target != "" || how != "" || when != "") {
						continue
					}
					if got := html.UnescapeString(string(c.Can("en", can, show))); got != can.Sentence() {
						t.Errorf("%q, the vocabulary says %q", got, can.Sentence())
					}
					if he := string(c.Can("he", can, show)); strings.Contains(he, "⧼") || strings.Contains(he, "<b>") || strings.Contains(he, " without") {
						t.Errorf("in Hebrew %q", he)
					}
				}
			}
		}
	}
}

func TestTheLanguageIsTheOneAskedFor(t *testing.T) {
	c := shared(t)
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
		{"", "qqx", "en", "en", "en"},
		{"qqq", "", "en", "en", "en"},
		{strings.Repeat("he-", 1000), "", "en", "en", "en"},
	} {
		if got := c.Choose(q.uselang, q.accept, q.site); got != q.want || c.Base(got) != q.base {
			t.Errorf("%+v: got %q, base %q", q, got, c.Base(got))
		}
	}
	for lang, want := range map[string]string{"he": "rtl", "he-il": "rtl", "en": "ltr", "qqx": "ltr", "": "ltr"} {
		if got := c.Dir(lang); got != want {
			t.Errorf("%q is written %s, want %s", lang, got, want)
		}
	}
}

func TestTimesAreWrittenTheLanguagesWay(t *testing.T) {
	c := shared(t)
	at := time.Date(2026, 3, 5, 15, 4, 5, 0, time.FixedZone("", 3600))
	for want, got := range map[string]template.HTML{
		">5 March 2026</time>": c.Date("en", at),
		">5 במרץ 2026</time>":  c.Date("he", at),
		`<time datetime="2026-03-05T14:04:05Z" title="2026-03-05 14:04:`: c.Moment("en", at),
		">5 March 2026, 14:04 UTC</time>":                                c.Moment("en", at),
		">5 במרץ 2026, שעה 14:04 (UTC)</time>":                           c.Moment("he", at),
		"2026-03-05":         c.Date("qqx", at),
		"–":                  c.Date("en", time.Time{}),
		"less than a minute": c.Age("en", -time.Second),
		"1 minute":           c.Age("en", 119*time.Second),
		"119 minutes":        c.Age("en", 2*time.Hour-1),
		"2 hours":            c.Age("en", 2*time.Hour),
		"שעתיים":             c.Age("he", 2*time.Hour),
		"2 days":             c.Age("en", 48*time.Hour),
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if en, he := c.Number("en", 1204), c.Number("qqx", 1204); en != "1,204" || he != en {
		t.Errorf("%q, %q", en, he)
	}
}

func TestFilesThatCannotBeReadAreRefused(t *testing.T) {
	for name, text := range map[string]string{"en": `{"a": 1}`, "en ": `{}`, "x_y_z_": `{}`, "he": `{"a": "{{GRAMMAR:x}}"}`, "fr": `[`} {
		if _, err := message.Read(fstest.MapFS{"i18n/" + name + ".json": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s.json with %s was read", name, text)
		}
	}
}

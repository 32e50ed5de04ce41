package message

import (
	"html/template"
	"testing"

	"golang.org/x/text/language"
)

func say(t *testing.T, lang, text string, params ...any) string {
	t.Helper()
	nodes, err := parseBanana(text)
	if err != nil {
		t.Fatal(err)
	}
	speech := newTongue(lang, language.MustParse(lang))
	speech.messages["m"] = nodes
	c := &Catalog{tongues: map[string]*tongue{Fallback: newTongue(Fallback, language.English)}}
	c.tongues[lang] = speech
	return string(c.HTML(lang, "m", params...))
}

func TestAMessageSaysWhatItsParametersAsk(t *testing.T) {
	pages := "{{PLURAL:$1|$1 page|$1 pages}}"
	hebrew := "{{PLURAL:$1|אחד|שניים|רבים}}"
	arabic := "{{PLURAL:$1|zero|one|two|few|many|other}}"
	for _, c := range []struct {
		lang, text string
		params     []any
		want       string
	}{
		{"en", "plain", nil, "plain"},
		{"en", "$1 by $2", []any{"a", "b"}, "a by b"},
		{"en", "$2 $1", []any{"a", "b"}, "b a"},
		{"en", "costs $ 5 and {x}", nil, "costs $ 5 and {x}"},
		{"en", "missing $3", []any{"a"}, "missing $3"},
		{"en", "<b>$1</b>", []any{"<i>"}, "&lt;b&gt;&lt;i&gt;&lt;/b&gt;"},
		{"en", "$1", []any{template.HTML("<i>")}, "<i>"},
		{"en", pages, []any{1}, "1 page"},
		{"en", pages, []any{0}, "0 pages"},
		{"en", pages, []any{1204}, "1,204 pages"},
		{"de", "$1", []any{1204}, "1.204"},
		{"en", "{{PLURAL:$1|0=none|one|more}}", []any{0}, "none"},
		{"en", "{{PLURAL:$1|0=none|one|more}}", []any{1}, "one"},
		{"en", "{{PLURAL:$1|12=a dozen|one|more}}", []any{12}, "a dozen"},
		{"en", "{{PLURAL:$1|only}}", []any{7}, "only"},
		{"en", "{{PLURAL:$1|a {{PLURAL:$2|b|c}}|d}}", []any{1, 2}, "a c"},
		{"en", "{{PLURAL:$1|one|more}}", []any{"not a number"}, "more"},
		{"en", "{{GENDER:$1|he|she|they}} did", []any{"x"}, "they did"},
		{"he", hebrew, []any{1}, "אחד"},
		{"he", hebrew, []any{2}, "שניים"},
		{"he", hebrew, []any{3}, "רבים"},
		{"he", hebrew, []any{20}, "רבים"},
		{"ar", arabic, []any{0}, "zero"},
		{"ar", arabic, []any{1}, "one"},
		{"ar", arabic, []any{2}, "two"},
		{"ar", arabic, []any{3}, "few"},
		{"ar", arabic, []any{11}, "many"},
		{"ar", arabic, []any{100}, "other"},
		{"pl", "{{PLURAL:$1|strona|strony|stron}}", []any{5}, "stron"},
		{"pl", "{{PLURAL:$1|strona|strony|stron}}", []any{22}, "strony"},
	} {
		if got := say(t, c.lang, c.text, c.params...); got != c.want {
			t.Errorf("%s: %q with %v = %q, want %q", c.lang, c.text, c.params, got, c.want)
		}
	}
}

func TestAMessageThatCannotBeReadIsRefused(t *testing.T) {
	for _, text := range []string{"{{PLURAL:$1|one", "{{PLURAL:$1}}", "{{PLURAL:x|a}}", "{{SITENAME}}", "{{PLURAL:$1|a}", "{{", "{{PLURAL:$"} {
		if _, err := parseBanana(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzReadingAMessageNeverPanics(f *testing.F) {
	for _, seed := range []string{"", "$1", "{{PLURAL:$1|a|b}}", "{{GENDER:$2||}}", "{{PLURAL:$1|{{PLURAL:$1|{{PLURAL:$1|{{PLURAL:$1|x}}}}}}}}", "a|b}}", "{{PLURAL:$1|0=|}}"} {
		f.Add(seed)
	}
	speech := newTongue("ar", language.Arabic)
	c := &Catalog{tongues: map[string]*tongue{"ar": speech, Fallback: speech}}
	f.Fuzz(func(_ *testing.T, text string) {
		if nodes, err := parseBanana(text); err == nil {
			speech.messages["m"] = nodes
			c.HTML("ar", "m", 1, "x")
		}
	})
}

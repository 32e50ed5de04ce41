package sqlstore

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFoldMakesOneTextOfWhatPeopleTakeForTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"Straße", "STRASSE", "strasse"},
		{"İZMİR", "izmir", "Izmir", "ızmır"},
		{"Cafe\u0301", "CAFÉ", "café"},
		{"ＡＢＣ", "abc"},
		{"\u200fשלום\u200e", "שלום"},
		{"ΟΔΟΣ", "οδος", "οδοσ"},
	} {
		for _, text := range same[1:] {
			if fold(text) != fold(same[0]) {
				t.Errorf("%+q folds to %+q, %+q to %+q", text, fold(text), same[0], fold(same[0]))
			}
		}
	}
}

func FuzzWhatIsFoldedIsFoundByAnyOfItsParts(f *testing.F) {
	for _, seed := range []string{"Straße", "\u200fשלום\u200e", "100%_\\", "i\u0307I\u0307", "\xff\x00", "\ufdfa", "a b\tc"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := fold(text)
		if !utf8.ValidString(folded) || strings.ContainsRune(folded, 0) {
			t.Fatalf("%q folds to %q, which PostgreSQL refuses", text, folded)
		}
		list, err := patterns(text)
		if err != nil {
			return
		}
		plain := strings.NewReplacer(`\\`, `\`, `\%`, `%`, `\_`, `_`)
		for _, pattern := range list {
			if word := plain.Replace(pattern[1 : len(pattern)-1]); !strings.Contains(folded, word) {
				t.Errorf("%q is not found by its own word %q", text, word)
			}
		}
	})
}

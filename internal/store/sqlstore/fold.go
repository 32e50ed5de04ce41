package sqlstore

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"sallyport/internal/store"
)

// Bounds of a search.
const (
	maxWords      = 32
	maxWordsBytes = 1000
)

// fold makes texts comparable that people take for the same: any case, any Unicode spelling (NFKC), with or without the
// invisible direction marks that come along when right-to-left text is copied. The databases would each fold their own way,
// SQLite only ASCII.
func fold(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == 0 || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
	return strings.NewReplacer("i\u0307", "i", "ı", "i").Replace(folded) // Turkish has two letters i; who searches may have one
}

// sortKey orders titles without regard to case, by byte, the same in every database and locale.
func sortKey(title string) []byte {
	key := []byte(fold(title)) // NFKC can make one letter eighteen
	return key[:min(len(key), MaxName)]
}

// patterns turns the words of a search into LIKE patterns, for ESCAPE '\'.
func patterns(words string) ([]string, error) {
	if len(words) > maxWordsBytes {
		return nil, fmt.Errorf("%w: a search of %d bytes, at most %d are looked for", store.ErrRefused, len(words), maxWordsBytes)
	}
	list := strings.Fields(fold(words))
	if len(list) > maxWords {
		return nil, fmt.Errorf("%w: a search for %d words, at most %d are looked for", store.ErrRefused, len(list), maxWords)
	}
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for i, word := range list {
		list[i] = "%" + escape.Replace(word) + "%"
	}
	return list, nil
}

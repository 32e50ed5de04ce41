package incident

import (
	"hash/fnv"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTokens bounds what is read of one text.
const maxTokens = 200_000

// token is a word, a string, a number or a sign of a script or style sheet.
type token struct {
	kind byte // 'w' word, 's' string, 'n' number, or the sign itself
	text string
}

// tokens reads a script roughly: comments and spaces go, strings that are added together become one. It needs no grammar
// and never fails, so a text that a browser would refuse has tokens, too.
func tokens(text string) []token {
	var all []token
	for len(text) > 0 && len(all) < maxTokens {
		var t token
		t, text = next(text)
		switch n := len(all); {
		case t.kind == 0:
		case t.kind == 's' && n >= 2 && all[n-1].kind == '+' && all[n-2].kind == 's':
			all = all[:n-1]
			all[n-2].text += t.text
		default:
			all = append(all, t)
		}
	}
	return all
}

func next(text string) (token, string) {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case strings.HasPrefix(text, "//") || strings.HasPrefix(text, "<!--"):
		_, rest, _ := strings.Cut(text, "\n")
		return token{}, rest
	case strings.HasPrefix(text, "/*"):
		_, rest, _ := strings.Cut(text[2:], "*/")
		return token{}, rest
	case r == '"' || r == '\'' || r == '`':
		return quoted(text, byte(r))
	case isDigit(text[0]):
		end := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) && r != '.' })
		return cut('n', text, end)
	case isWord(r):
		end := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) })
		return cut('w', text, end)
	case unicode.IsSpace(r) || size > 1 || r == utf8.RuneError:
		return token{}, text[size:]
	default:
		return token{text[0], ""}, text[1:]
	}
}

func cut(kind byte, text string, end int) (token, string) {
	if end < 0 {
		end = len(text)
	}
	return token{kind, text[:end]}, text[end:]
}

// quoted reads a string. One that does not end on its line is taken to that line's end, so that a quote in a regular
// expression spoils one line.
func quoted(text string, quote byte) (token, string) {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == quote:
			return token{'s', text[1:i]}, text[i+1:]
		case text[i] == '\n' && quote != '`':
			return token{'s', text[1:i]}, text[i:]
		}
	}
	return token{'s', text[1:]}, ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// kept are words that a script cannot rename: the language's and the surroundings'.
var kept = wordSet(`async await break case catch class const continue debugger default delete do else export extends finally for function if
	import in instanceof let new of return static super switch this throw try typeof var void while with yield null true false undefined
	mw mediaWiki $ jQuery importScript importStylesheet importScriptURI window document location navigator fetch XMLHttpRequest setTimeout
	setInterval Promise JSON Object Array String Number Math Date RegExp localStorage sessionStorage console eval Function atob btoa
	encodeURIComponent decodeURIComponent require module exports OO Vue`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// shapes are the tokens' hashes after everything that a script can change about itself without changing what it does:
// names of variables, contents of strings, numbers.
func shapes(all []token) []uint64 {
	out := make([]uint64, len(all))
	for i, t := range all {
		word := string(t.kind)
		property := i > 0 && all[i-1].kind == '.' || i+1 < len(all) && all[i+1].kind == ':'
		if t.kind == 'w' && (property || kept[t.text]) {
			word = "w" + t.text
		}
		h := fnv.New64a()
		_, _ = h.Write([]byte(word)) // never fails
		out[i] = h.Sum64()
	}
	return out
}

// Bounds of the names of pages that are remembered of a text.
const (
	maxNames = 64
	maxName  = 300
)

// names are the strings of a text that may name a page: of a loader in whatever form.
func names(all []token) map[string]bool {
	found := map[string]bool{}
	for _, t := range all {
		if t.kind == 's' && len(t.text) <= maxName && strings.ContainsAny(t.text, ":%") && len(found) < maxNames {
			found[fold(t.text)] = true
		}
	}
	return found
}

// fold writes a name as it is compared: decoded, in small letters, with spaces.
func fold(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ToLower(strings.ReplaceAll(name, "_", " "))
}

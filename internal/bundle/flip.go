package bundle

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// flip mirrors styles from left-to-right to right-to-left in place, with the rules of CSSJanus 2, the tool MediaWiki uses.
// CSSJanus works on text with regular expressions; this works on tokens, and so differs where CSSJanus errs: strings,
// names that an author chose (custom properties, animations, grid areas) and arguments of var() and attr() stay;
// gradients, every shadow and every background layer of a list, inset: and translate3d() are mirrored too.
//
// A comment /* @noflip */ before a rule or a declaration leaves that one alone.
func flip(toks []cssToken) {
	for i := 0; i < len(toks); {
		i = flipStatement(toks, i)
	}
}

// flipStatement handles one declaration, or a selector up to its opening brace, and returns the index behind it.
func flipStatement(toks []cssToken, start int) int {
	end := statementEnd(toks, start)
	noflip := false
	for start < end && isTrivia(toks[start]) {
		noflip = noflip || isNoflip(toks[start])
		start++
	}
	rule := end < len(toks) && toks[end].kind == css.LeftBraceToken
	switch {
	case noflip && rule:
		return blockEnd(toks, end)
	case !noflip && !rule && start < end:
		flipDeclaration(toks[start:end])
	}
	return end + 1
}

func isTrivia(t cssToken) bool { return t.kind == css.WhitespaceToken || t.kind == css.CommentToken }

func isNoflip(t cssToken) bool {
	body := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(t.text, "/*"), "!"), "*/")
	return t.kind == css.CommentToken && strings.EqualFold(strings.TrimSpace(body), "@noflip")
}

// statementEnd finds the semicolon or brace that ends the statement.
func statementEnd(toks []cssToken, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch toks[i].kind {
		case css.LeftParenthesisToken, css.FunctionToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth = max(depth-1, 0)
		case css.LeftBraceToken, css.RightBraceToken:
			return i
		case css.SemicolonToken:
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// blockEnd passes the block that opens at i.
func blockEnd(toks []cssToken, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch toks[i].kind {
		case css.LeftBraceToken:
			depth++
		case css.RightBraceToken:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// Properties whose words an author makes up.
var namingProperties = []string{
	"animation", "animation-name", "container", "container-name", "content", "counter-increment", "counter-reset", "counter-set",
	"font", "font-family", "quotes", "view-transition-name",
}

func flipDeclaration(toks []cssToken) {
	if toks[0].kind != css.IdentToken && toks[0].kind != css.CustomPropertyNameToken {
		return
	}
	colon := slices.IndexFunc(toks, func(t cssToken) bool { return t.kind == css.ColonToken })
	if colon < 0 {
		return
	}
	name, value := strings.ToLower(toks[0].text), toks[colon+1:]
	if slices.Contains(namingProperties, unprefixed(name)) || strings.HasPrefix(name, "grid") {
		return
	}
	if !strings.HasPrefix(name, "--") {
		toks[0].text = mirrorWords(toks[0].text)
	}
	flipWords(name, value)
	switch {
	case isFourSided(name):
		flipSides(value)
	case strings.HasSuffix(name, "border-radius"):
		flipCorners(value)
	case strings.HasSuffix(name, "-shadow"):
		flipShadows(value)
	case name == "background", name == "background-position", name == "background-position-x":
		flipBackground(value)
	case strings.HasSuffix(name, "transform"):
		flipTranslate(value)
	}
}

func unprefixed(name string) string {
	for _, p := range []string{"-webkit-", "-moz-", "-ms-", "-o-"} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			return rest
		}
	}
	return name
}

// mirrorWords swaps left and right where they are whole words of a name, keeping the case of the rest.
func mirrorWords(s string) string {
	lower := strings.ToLower(s)
	if !strings.Contains(lower, "left") && !strings.Contains(lower, "right") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case isWholeWord(lower, i, "left"):
			b.WriteString("right")
			i += len("left")
		case isWholeWord(lower, i, "right"):
			b.WriteString("left")
			i += len("right")
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

func isWholeWord(s string, i int, word string) bool {
	end := i + len(word)
	return strings.HasPrefix(s[i:], word) && (i == 0 || !isLetter(s[i-1])) && (end == len(s) || !isLetter(s[end]))
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

var mirroredCursors = map[string]string{
	"e-resize": "w-resize", "w-resize": "e-resize", "ne-resize": "nw-resize", "nw-resize": "ne-resize",
	"se-resize": "sw-resize", "sw-resize": "se-resize",
}

// flipWords mirrors the keywords of a value.
func flipWords(name string, value []cssToken) {
	var named []bool // for each open function: are its arguments somebody's names?
	for i := range value {
		t := &value[i]
		switch t.kind {
		case css.FunctionToken, css.LeftParenthesisToken:
			inside := len(named) > 0 && named[len(named)-1]
			named = append(named, inside || isNaming(t.text))
		case css.RightParenthesisToken:
			named = named[:max(len(named)-1, 0)]
		case css.IdentToken:
			if len(named) == 0 || !named[len(named)-1] {
				t.text = mirrorKeyword(name, t.text)
			}
		}
	}
}

func isNaming(function string) bool {
	switch strings.ToLower(function) {
	case "var(", "attr(", "env(", "counter(", "counters(", "url(":
		return true
	}
	return false
}

func mirrorKeyword(property, word string) string {
	lower := strings.ToLower(word)
	if to := mirroredCursors[lower]; property == "cursor" && to != "" {
		return to
	}
	switch {
	case property == "direction" && lower == "ltr":
		return "rtl"
	case property == "direction" && lower == "rtl":
		return "ltr"
	}
	return mirrorWords(word)
}

package bundle

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// stylesheet is the CSS of one page.
type stylesheet struct {
	file *File
	text string
}

const maxCSSDepth = 100 // brackets inside each other

// stylesheets builds the styles of all pages, in order, then those inside .vue pages. Each becomes a string of its own, as
// in MediaWiki, and each is closed: what one page leaves open cannot swallow the next.
func (b *builder) stylesheets() []string {
	var sheets []stylesheet
	for i := range b.in.Files {
		if f := &b.in.Files[i]; f.extension() == ".css" && !f.Missing {
			sheets = append(sheets, stylesheet{f, f.Text})
		}
	}
	var out []string
	for _, s := range append(sheets, b.embedded...) {
		if text := b.style(s); text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (b *builder) style(s stylesheet) string {
	toks, open, err := cssTokens(s.text)
	if err != nil {
		line, column := position(s.text, err.at)
		b.drop(s.file, line, column, err.msg)
		return ""
	}
	if open != nil {
		line, column := position(s.text, open.at)
		b.problems = append(b.problems, Problem{Title: s.file.Title, Line: line, Column: column, Message: open.msg})
	}
	remap(toks, s.file.URL)
	if b.in.RTL {
		flip(toks)
	}
	text := joinTokens(toks)
	asItIs := b.in.Debug > 0 || strings.Contains(text, "/*@nomin*/")
	if asItIs && open == nil {
		return b.titled(s.file, text)
	}
	opts := minifyOptions(api.LoaderCSS)
	opts.MinifyWhitespace, opts.MinifySyntax = !asItIs, !asItIs
	t := transform(text, opts)
	if len(t.errors) > 0 {
		e := located(s.text, t.errors[0])
		line, column := position(s.text, e.at)
		b.drop(s.file, line, column, e.msg)
		return ""
	}
	return b.titled(s.file, strings.TrimSpace(t.code))
}

// titled puts the page's title before its styles in debug mode.
func (b *builder) titled(f *File, text string) string {
	if b.in.Debug == 0 || text == "" {
		return text
	}
	return "/*\n" + inComment(f.Title) + "\n*/\n" + strings.TrimRight(text, "\n")
}

// cssToken is one piece of CSS (CSS Syntax 3 §4).
type cssToken struct {
	kind css.TokenType
	text string
	at   int
}

// cssTokens cuts CSS into tokens. open tells what the text leaves open at its end: a browser closes it, and so do we,
// but the author should know. An error means that the text cannot be used.
func cssTokens(text string) (toks []cssToken, open, err *syntaxError) {
	l := css.NewLexer(parse.NewInputString(text))
	var brackets []cssToken
	for at := 0; ; {
		kind, data := l.Next()
		if kind == css.ErrorToken {
			if at < len(text) {
				return nil, nil, &syntaxError{at, "this cannot be read as CSS"}
			}
			break
		}
		t := cssToken{kind, string(data), at}
		at += len(data)
		if broken := unterminated(t); broken != "" {
			open = &syntaxError{t.at, broken}
			if kind == css.CommentToken {
				continue // the rest of the page: nothing is lost
			}
		}
		toks = append(toks, t)
		brackets = nest(brackets, t)
		if len(brackets) > maxCSSDepth {
			return nil, nil, &syntaxError{t.at, fmt.Sprintf("more than %d brackets are open here", maxCSSDepth)}
		}
	}
	if len(brackets) > 0 {
		last := brackets[len(brackets)-1]
		open = &syntaxError{last.at, "this " + last.text + " is never closed"}
	}
	return toks, open, nil
}

func unterminated(t cssToken) string {
	switch {
	case t.kind == css.CommentToken && (len(t.text) < 4 || !strings.HasSuffix(t.text, "*/")):
		return "this comment is never closed"
	case t.kind == css.BadStringToken, t.kind == css.StringToken && (len(t.text) < 2 || t.text[len(t.text)-1] != t.text[0]):
		return "this string is never closed on its line"
	case t.kind == css.BadURLToken, t.kind == css.URLToken && !strings.HasSuffix(t.text, ")"):
		return "this url( cannot be read: put quotes around the address"
	}
	return ""
}

// nest follows the open brackets. A closing bracket that does not match is left to the minifier.
func nest(open []cssToken, t cssToken) []cssToken {
	switch t.kind {
	case css.LeftBraceToken, css.LeftBracketToken, css.LeftParenthesisToken, css.FunctionToken:
		return append(open, t)
	case css.RightBraceToken, css.RightBracketToken, css.RightParenthesisToken:
		if n := len(open); n > 0 && pairs(open[n-1].kind, t.kind) {
			return open[:n-1]
		}
	}
	return open
}

func pairs(open, closing css.TokenType) bool {
	switch closing {
	case css.RightBraceToken:
		return open == css.LeftBraceToken
	case css.RightBracketToken:
		return open == css.LeftBracketToken
	}
	return open == css.LeftParenthesisToken || open == css.FunctionToken
}

func joinTokens(toks []cssToken) string {
	var b strings.Builder
	for _, t := range toks {
		b.WriteString(t.text)
	}
	return b.String()
}

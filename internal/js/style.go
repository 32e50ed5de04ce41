package js

import (
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// StyleKind says what a piece of a style sheet does.
type StyleKind string

const (
	StyleURL        StyleKind = "url"        // fetches Value for Property
	StyleImport     StyleKind = "import"     // @import of Value
	StyleAttribute  StyleKind = "attribute"  // a selector that compares the attribute Property with Value
	StyleExpression StyleKind = "expression" // expression(…): script in old Internet Explorers
	StyleBinding    StyleKind = "binding"    // -moz-binding: script in old Firefoxes
	StyleBehavior   StyleKind = "behavior"   // behavior: script in old Internet Explorers
)

// Style is something in a style sheet that reaches outside of it, or reads the page.
type Style struct {
	Kind       StyleKind
	Property   string // lower case; "@import", "@font-face src" and so on
	Operator   string // of an attribute selector: = ^= $= *= ~= |=
	Value      string
	Start, End int // byte offsets
}

// maxStyles bounds what is kept of one style sheet.
const maxStyles = 20_000

// styler goes through the tokens of a style sheet (CSS Syntax 3) and keeps track of the declaration it is in.
type styler struct {
	*Script
	at        int      // offset of the token
	rules     []string // at-rules that are open, "" for plain blocks
	rule      string   // at-rule whose prelude is being read
	property  string
	word      string // identifier just read, which may turn out to be a property
	value     bool   // past the colon of a declaration
	functions []string
	urlFrom   int      // where the address begins in a url( that is spelt with escapes; 0 when it was found
	attribute []token3 // of a selector in brackets
}

type token3 struct {
	kind css.TokenType
	text string
	at   int
}

// readCSS reads text[from:to] as a style sheet. There is no style sheet it cannot read.
func (s *Script) readCSS(from, to int) {
	st := &styler{Script: s, at: from}
	lexer := css.NewLexer(parse.NewInputString(s.Text[from:to]))
	for len(s.Styles) < maxStyles {
		kind, data := lexer.Next()
		if kind == css.ErrorToken && len(data) == 0 {
			break
		}
		st.token(token3{kind, string(data), st.at})
		st.at += len(data)
	}
	if len(s.Styles) == maxStyles {
		s.problem(TooLarge, st.at, "more addresses and selectors than are kept: the rest of this style sheet is not read")
	}
	s.Goal = CSSGoal
}

func (st *styler) token(t token3) {
	if st.attribute != nil && st.selector(t) {
		return
	}
	switch t.kind {
	case css.WhitespaceToken, css.CommentToken:
	case css.AtKeywordToken:
		st.rule, st.value = cssName(t.text), false
	case css.IdentToken, css.CustomPropertyNameToken:
		st.word = cssName(t.text)
	case css.ColonToken:
		if !st.value && len(st.rules) > 0 {
			st.property, st.value = st.word, true
			st.old(t)
		}
	case css.FunctionToken:
		st.function(t)
	case css.LeftParenthesisToken:
		st.functions = append(st.functions, "")
	case css.RightParenthesisToken:
		if st.urlFrom > 0 {
			st.address(token3{text: st.Text[st.urlFrom:t.at], at: st.urlFrom}, cssUnescape(strings.TrimSpace(st.Text[st.urlFrom:t.at])))
		}
		st.functions = st.functions[:max(0, len(st.functions)-1)]
	case css.LeftBracketToken:
		st.attribute = []token3{t}
	case css.LeftBraceToken:
		st.rules = append(st.rules, st.rule)
		st.endDeclaration()
	case css.RightBraceToken:
		st.rules = st.rules[:max(0, len(st.rules)-1)]
		st.endDeclaration()
	case css.SemicolonToken:
		st.endDeclaration()
	case css.URLToken, css.BadURLToken:
		st.address(t, urlText(t.text))
	case css.StringToken, css.BadStringToken:
		if st.rule == "@import" && len(st.functions) == 0 || len(st.functions) > 0 && fetches(st.functions[len(st.functions)-1]) {
			st.address(t, cssString(t.text))
		}
	}
}

func (st *styler) endDeclaration() {
	st.rule, st.property, st.word, st.value, st.functions, st.urlFrom = "", "", "", false, nil, 0
}

func (st *styler) function(t token3) {
	name := strings.TrimSuffix(cssName(t.text), "(")
	if name == "expression" {
		st.add(Style{Kind: StyleExpression, Property: st.property, Start: t.at, End: t.at + len(t.text)})
	}
	if name == "url" {
		st.urlFrom = t.at + len(t.text)
	}
	st.functions = append(st.functions, name)
}

// fetches says whether a string in this function is an address (CSS Values 4 §4.5, CSS Images 4 §2).
func fetches(function string) bool {
	switch function {
	case "url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade":
		return true
	}
	return false
}

// old notes properties that ran script in browsers of their time.
func (st *styler) old(t token3) {
	switch st.property {
	case "-moz-binding":
		st.add(Style{Kind: StyleBinding, Property: st.property, Start: t.at - len(st.property), End: t.at})
	case "behavior":
		st.add(Style{Kind: StyleBehavior, Property: st.property, Start: t.at - len(st.property), End: t.at})
	}
}

func (st *styler) address(t token3, value string) {
	st.urlFrom = 0
	if value == "" {
		return
	}
	s := Style{Kind: StyleURL, Property: st.property, Value: value, Start: t.at, End: t.at + len(t.text)}
	switch {
	case st.rule == "@import":
		s.Kind, s.Property = StyleImport, st.rule
	case st.rule != "":
		s.Property = st.rule
	case len(st.rules) > 0 && st.rules[len(st.rules)-1] == "@font-face":
		s.Property = "@font-face " + st.property
	}
	st.add(s)
}

func (st *styler) add(s Style) {
	s.Start = max(0, s.Start)
	st.Styles = append(st.Styles, s)
}

// selector reads on in brackets; false when the token is not its business.
func (st *styler) selector(t token3) bool {
	switch t.kind {
	case css.WhitespaceToken, css.CommentToken:
		return true
	case css.RightBracketToken:
		st.endSelector(t)
		st.attribute = nil
		return true
	case css.LeftBraceToken, css.RightBraceToken, css.SemicolonToken:
		st.attribute = nil
		return false
	}
	if len(st.attribute) < 8 {
		st.attribute = append(st.attribute, t)
	}
	return true
}

// endSelector notes [name operator value].
func (st *styler) endSelector(end token3) {
	a := st.attribute
	if len(a) < 4 {
		return
	}
	i := 2
	operator := a[i].text
	if len(operator) == 1 && operator != "=" && a[i+1].text == "=" {
		operator, i = operator+"=", i+1
	}
	if !strings.HasSuffix(operator, "=") || i+1 >= len(a) {
		return
	}
	value := a[i+1].text
	if strings.ContainsAny(value[:1], `"'`) {
		value = cssString(value)
	} else {
		value = cssUnescape(value)
	}
	st.add(Style{Kind: StyleAttribute, Property: cssName(a[1].text), Operator: operator, Value: value, Start: a[0].at, End: end.at + 1})
}

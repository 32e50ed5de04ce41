package bundle

import (
	"fmt"
	"strings"
)

// Limits on the shape of a script. A recursive parser needs stack for each level, Go ends the process when a stack
// outgrows its limit, and some passes of the minifier take quadratic time along one chain. People stay far below:
// the deepest of the scripts we know is at a tenth.
const (
	maxBrackets   = 500    // open at one point
	maxStatements = 1_000  // statements that are each the body of the one before: if(a)if(b)… or else if …
	maxTokens     = 20_000 // tokens of one expression with all that encloses it
	maxSequence   = 20_000 // commas between expressions (not in lists of arguments, elements or keys)
	// What takes quadratic time is counted as such: the squares of the numbers of && || ?? and commas in each expression,
	// added up. A hundred million take about a second.
	maxChains = 100_000_000
	// What is an error in strict code alone costs the minifier a walk through the text each time, so the number of
	// places where that can be, times the length, has a limit.
	maxHazards = 500_000_000
	// Statements that stand side by side are joined when the minifier rewrites syntax, again in quadratic time, and it
	// needs stack for each; the sum of their squares above this leaves the syntax as it is.
	maxJoined = 50_000_000
)

// cost bounds how deep the tree of the text since the last boundary can be.
type cost struct{ tokens, statements, logical int }

func (c *cost) add(o cost, sign int) {
	c.tokens += sign * o.tokens
	c.statements += sign * o.statements
	c.logical += sign * o.logical
}

// outline is what is learnt about a script before it is parsed.
type outline struct {
	regexps []token
	maps    []int // see lexer
	empty   bool  // no tokens at all
	modular bool  // has the words import or export
	await   bool
	joined  int  // see maxJoined
	chains  int  // see maxChains
	hazards int  // places that strict code may not have
	unsure  bool // has something a browser may judge otherwise than we do
	total   cost
}

// survey reads a script once, in constant stack, and refuses what must not reach a recursive parser.
func survey(src string) (*outline, *syntaxError) {
	l := newLexer(src)
	o := &outline{empty: true}
	for {
		t := l.next()
		if l.err != nil {
			return o, l.err
		}
		if t.kind == kindEOF {
			break
		}
		o.count(l, t)
		if err := o.tooDeep(l, t); err != nil {
			return o, err
		}
	}
	if n := len(l.open); n > 1 {
		return o, &syntaxError{len(src), fmt.Sprintf("%d brackets are never closed", n-1)}
	}
	o.regexps, o.maps = l.regexps, l.maps
	return o, nil
}

func (o *outline) tooDeep(l *lexer, t token) *syntaxError {
	switch {
	case len(l.open) > maxBrackets:
		return &syntaxError{t.at, fmt.Sprintf("more than %d brackets are open here", maxBrackets)}
	case o.total.statements > maxStatements:
		return &syntaxError{t.at, fmt.Sprintf("more than %d statements are nested here", maxStatements)}
	case l.top().commas > maxSequence:
		return &syntaxError{t.at, fmt.Sprintf("more than %d expressions are joined by commas here", maxSequence)}
	case o.chains > maxChains:
		return &syntaxError{t.at, "too many long expressions joined by && || ?? or commas: cut them into statements"}
	case o.hazards*len(l.src) > maxHazards:
		return &syntaxError{t.at, "the page is too large to have so many octal numbers, with, delete, eval and arguments in it"}
	case o.total.tokens > maxTokens:
		return &syntaxError{t.at, fmt.Sprintf("this expression has more than %d parts: cut it into several", maxTokens)}
	}
	return nil
}

// count adds one token.
func (o *outline) count(l *lexer, t token) {
	o.empty = false
	if l.closed {
		o.total.add(l.popped.cost, -1)
	}
	level := l.top()
	if l.opened {
		level = &l.open[len(l.open)-2] // an opening bracket belongs to the level outside
	}
	fresh := begins(l, t)
	if fresh {
		o.total.add(level.cost, -1)
		level.cost = cost{}
	}
	o.words(l, t)
	c := weigh(l, t)
	level.add(c, 1)
	o.total.add(c, 1)
	if t.text == "," || t.text == ";" {
		// The expression is over; the statements around it are not, for else may follow.
		ended := cost{tokens: level.tokens, logical: level.logical}
		level.add(ended, -1)
		o.total.add(ended, -1)
	}
	commas, rows := level.commas, level.rows
	level.line(l, t, fresh)
	if level.commas > commas {
		o.chains += 20 * commas // these cost the most
	}
	if level.rows > rows {
		o.joined += 2 * rows
	}
	if c.logical > 0 {
		o.chains += 2 * o.total.logical
	}
}

// line counts what stands side by side in one bracket.
func (b *bracket) line(l *lexer, t token, fresh bool) {
	switch {
	case t.text == ";", fresh && l.prev2.text != ";":
		b.rows++
		b.commas = 0
	case t.text == "," && !b.list:
		b.commas++
	case t.text == ":" && l.prev2.kind != kindPunct && (l.prev3.text == "," || l.prev3.text == "{"):
		b.commas = 0 // keys of an object
	}
}

// Names and keywords that are errors somewhere in strict code, or when they stand twice in a switch or an object.
var hazardWords = words("with delete default __proto__ eval arguments yield implements interface package private protected public")

func (o *outline) words(l *lexer, t token) {
	switch {
	case t.kind == kindNumber && len(t.text) > 1 && t.text[0] == '0' && isDigit(t.text[1]),
		t.kind == kindString && hasOctalEscape(t.text),
		t.kind == kindTemplate && hasOctalEscape(t.text),
		t.keyword(hazardWords),
		t.kind == kindWord && t.text[0] == '#' && !t.property,
		t.text == "function" && (l.prev2.text == ")" || l.prev2.text == ":" || l.prev2.text == "else"),
		(l.prev2.text == "let" || l.prev2.text == "static") && t.kind == kindPunct && t.text != "[" && t.text != "{":
		o.hazards++
	}
	if t.kind != kindWord || t.property {
		return
	}
	switch t.text {
	case "import", "export":
		o.modular = true
	case "await":
		o.await = true
	}
}

func hasOctalEscape(s string) bool {
	for i := strings.IndexByte(s, '\\'); i >= 0 && i+1 < len(s); i += 2 {
		if isDigit(s[i+1]) {
			return true
		}
		next := strings.IndexByte(s[i+2:], '\\')
		if next < 0 {
			return false
		}
		i += next
	}
	return false
}

var nestingWords = words("if else for while with do")

func weigh(l *lexer, t token) cost {
	c := cost{tokens: 1}
	switch {
	case t.keyword(nestingWords):
		c.statements = 1
	case t.text == ":" && l.labelled():
		c.statements = 1
	case t.text == "&&", t.text == "||", t.text == "??":
		c.logical = 1
	case len(t.text) > 3 && t.kind == kindPunct:
		c.tokens = len(t.text) // a stretch that may be code or a regular expression
	}
	return c
}

// labelled says whether the name before the colon just read may be a label: it stands where a statement may begin.
func (l *lexer) labelled() bool {
	if l.prev2.kind != kindWord || l.prev2.keyword(operandWords) {
		return false
	}
	switch l.prev3.text {
	case ",", "?", ".", "case":
		return false
	}
	return true
}

// Words that carry on with the statement they are found in.
var carryingWords = words("else while catch finally in instanceof of extends")

// begins says whether a new statement (or class member) surely begins with this token.
func begins(l *lexer, t token) bool {
	p := l.prev2
	if t.kind != kindWord || t.property || carryingWords[t.text] {
		return false
	}
	if p.text == ";" || p.text == "}" {
		return true
	}
	return t.newline && l.before == afterValue
}

package bundle

import "fmt"

// Limits on the shape of a script. A recursive parser needs stack for each level, Go ends the process when a stack
// outgrows its limit, and some passes of the minifier take quadratic time along one chain. People stay far below:
// the deepest of the scripts we know is at a tenth.
const (
	maxBrackets   = 500    // open at one point
	maxStatements = 1_000  // statements that are each the body of the one before: if(a)if(b)… or else if …
	maxLogical    = 1_000  // && || ?? in one expression
	maxTokens     = 20_000 // tokens of one expression with all that encloses it
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
	empty   bool // no tokens at all
	modular bool // has the words import or export
	await   bool
	unsure  bool // has something a browser may judge otherwise than we do
	total   cost
	peak    cost // largest total seen
	deepest int
}

// survey reads a script once, in constant stack, and refuses what must not reach a recursive parser.
func survey(src string) (*outline, *syntaxError) {
	l := newLexer(src)
	o := &outline{empty: true}
	for {
		before := len(l.open)
		t := l.next()
		if l.err != nil {
			return o, l.err
		}
		if t.kind == kindEOF {
			break
		}
		o.count(l, t, before)
		if err := o.tooDeep(l, t); err != nil {
			return o, err
		}
	}
	if n := len(l.open); n > 1 {
		return o, &syntaxError{len(src), fmt.Sprintf("%d brackets are never closed", n-1)}
	}
	o.regexps = l.regexps
	return o, nil
}

func (o *outline) tooDeep(l *lexer, t token) *syntaxError {
	switch {
	case len(l.open) > maxBrackets:
		return &syntaxError{t.at, fmt.Sprintf("more than %d brackets are open here", maxBrackets)}
	case o.total.statements > maxStatements:
		return &syntaxError{t.at, fmt.Sprintf("more than %d statements are nested here", maxStatements)}
	case o.total.logical > maxLogical:
		return &syntaxError{t.at, fmt.Sprintf("this expression has more than %d of && || ??", maxLogical)}
	case o.total.tokens > maxTokens:
		return &syntaxError{t.at, fmt.Sprintf("this expression has more than %d parts: cut it into several", maxTokens)}
	}
	return nil
}

// count adds one token. before is the number of brackets that were open before it.
func (o *outline) count(l *lexer, t token, before int) {
	o.empty = false
	if len(l.open) < before {
		o.total.add(l.popped.cost, -1)
	}
	level := l.top()
	if len(l.open) > before {
		level = &l.open[before-1] // an opening bracket belongs to the level outside
	}
	if begins(l, t) {
		o.total.add(level.cost, -1)
		level.cost = cost{}
	}
	o.words(t)
	c := weigh(l, t)
	level.add(c, 1)
	o.total.add(c, 1)
	if t.text == "," || t.text == ";" {
		// The expression is over; the statements around it are not, for else may follow.
		ended := cost{tokens: level.tokens, logical: level.logical}
		level.add(ended, -1)
		o.total.add(ended, -1)
	}
	o.peak.tokens = max(o.peak.tokens, o.total.tokens)
	o.peak.statements = max(o.peak.statements, o.total.statements)
	o.peak.logical = max(o.peak.logical, o.total.logical)
	o.deepest = max(o.deepest, len(l.open)-1)
}

func (o *outline) words(t token) {
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

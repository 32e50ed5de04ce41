package js

import "fmt"

// maxNesting bounds how deep the parser calls itself. People stay below a tenth of it.
const maxNesting = 1_500

// parser reads tokens into a tree by recursive descent (ECMA-262 §13 to §16, with annex B).
//
// After the first mistake the scanner only says "end of text", so every loop ends by itself and nothing panics. Early
// errors that change no meaning (a name declared twice, a return outside of a function) are let pass: a script that a
// browser refuses for them does nothing, and calling it alive is the safe side.
type parser struct {
	scanner
	*Tree
	stack     []Node // members of lists that are being read
	depth     int
	cover     int // offset + 1 of an "{a = 1}" that must turn out to be a pattern; 0 for none
	arrowAt   int // offset at which an arrow function may begin
	noIn      bool
	inAsync   bool // await is a keyword
	inYield   bool // yield is a keyword
	strict    bool
	functions int  // functions around this point
	returned  bool // return outside of functions
	modular   bool // import or export seen
	awaited   bool // the word await used as a name outside of functions
}

func newParser(text string, from, to int) *parser {
	m := spare.Get().(*memory)
	p := &parser{Tree: &Tree{Text: text, memory: m}}
	p.src, p.pos, p.end = text[:to], from, 0
	p.atoms = newAtoms(to-from, m)
	p.nodes = append(room(m.nodes, (to-from)/8+64), node{})
	p.lists = append(room(m.lists, (to-from)/12+64), 0)
	p.Tree.nums = room(m.nums, 16)
	p.stack = room(m.stack, 256)
	p.comments = m.comments[:0]
	return p
}

// finish hands the strings over to the tree, and what is not needed any more back to its memory.
func (p *parser) finish() *Tree {
	p.Tree.names = p.atoms.names
	p.memory.stack, p.memory.atoms = p.stack, p.atoms.table
	return p.Tree
}

func (p *parser) program() Node {
	p.strict = p.module
	p.inAsync = p.module
	from := p.pos
	p.next()
	mark := len(p.stack)
	directives := true
	for p.tok != tEOF {
		n := p.statement(true)
		directives = directives && p.directive(n)
		p.stack = append(p.stack, n)
	}
	n := p.add(Program, from, len(p.src))
	p.nodes[n].a = p.take(mark)
	if p.strict {
		p.nodes[n].flags |= IsStrict
	}
	return n
}

// expressionOnly reads one expression and nothing after it.
func (p *parser) expressionOnly() Node {
	p.next()
	if p.tok == tEOF {
		p.fail(p.start, "expected an expression")
		return 0
	}
	n := p.expression()
	p.settle()
	if p.tok != tEOF {
		p.unexpected()
	}
	return n
}

func (p *parser) add(k Kind, start, end int) Node {
	p.nodes = append(p.nodes, node{kind: k, start: uint32(start), end: uint32(end)})
	return Node(len(p.nodes) - 1)
}

// node adds a node that ends with the last token read.
func (p *parser) node(k Kind, start int, a, b, c Node) Node {
	p.nodes = append(p.nodes, node{kind: k, start: uint32(start), end: uint32(p.last), a: uint32(a), b: uint32(b), c: uint32(c)})
	return Node(len(p.nodes) - 1)
}

// opNode is node with an operator.
func (p *parser) opNode(k Kind, op Op, start int, a, b Node) Node {
	p.nodes = append(p.nodes, node{kind: k, op: op, start: uint32(start), end: uint32(p.last), a: uint32(a), b: uint32(b)})
	return Node(len(p.nodes) - 1)
}

// leaf adds a node for the current token and passes it.
func (p *parser) leaf(k Kind, a Atom) Node {
	n := p.add(k, p.start, p.end)
	p.nodes[n].a = uint32(a)
	p.next()
	return n
}

// take makes a list of what was pushed since mark.
func (p *parser) take(mark int) uint32 {
	members := p.stack[mark:]
	p.stack = p.stack[:mark]
	if len(members) == 0 {
		return 0
	}
	at := len(p.lists)
	p.lists = append(p.lists, Node(len(members)))
	p.lists = append(p.lists, members...)
	return uint32(at)
}

func (p *parser) is(n Node, k Kind) bool { return p.nodes[n].kind == k }

func (p *parser) accept(t token) bool {
	if p.tok != t {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(t token, what string) {
	if p.tok != t {
		p.fail(p.start, "expected "+what+" here")
		return
	}
	p.next()
}

// word says whether the current token is a contextual keyword.
func (p *parser) word(a Atom) bool { return p.tok == tIdent && p.value == a && !p.escaped }

func (p *parser) unexpected() {
	switch {
	case p.tok == tEOF && p.err == nil:
		p.fail(p.start, "the script ends in the middle of something")
	case p.tok == tAt:
		p.fail(p.start, "decorators (@) are not in any browser yet")
	default:
		p.fail(p.start, fmt.Sprintf("unexpected %q", p.src[p.start:min(p.end, p.start+20, len(p.src))]))
	}
}

// enter counts one level of nesting; leave undoes it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxNesting {
		p.fail(p.start, fmt.Sprintf("more than %d levels are nested here", maxNesting))
		return false
	}
	return true
}

func (p *parser) leave() {
	if p.depth <= maxNesting {
		p.depth-- // past the limit it stays, as the reason
	}
}

// semicolon ends a statement, inserted where ECMA-262 §12.10 allows.
func (p *parser) semicolon() {
	switch {
	case p.tok == tSemicolon:
		p.next()
	case p.tok == tRBrace, p.tok == tEOF, p.newline:
	default:
		p.unexpected()
	}
}

// settle refuses an {a = 1} that did not become a pattern.
func (p *parser) settle() {
	if p.cover > 0 {
		p.fail(p.cover-1, "a default value stands in an object literal")
	}
}

// snapshot of the scanner, to look ahead.
type snapshot struct {
	pos, start, end, last, comments int
	tok                             token
	newline, escaped                bool
	value                           Atom
	num                             float64
	err                             *syntaxError
}

func (p *parser) save() snapshot {
	return snapshot{p.pos, p.start, p.end, p.last, len(p.comments), p.tok, p.newline, p.escaped, p.value, p.num, p.err}
}

func (p *parser) restore(s snapshot) {
	p.pos, p.start, p.end, p.last, p.tok, p.newline = s.pos, s.start, s.end, s.last, s.tok, s.newline
	p.escaped, p.value, p.num, p.err = s.escaped, s.value, s.num, s.err
	p.comments = p.comments[:s.comments]
}

// ahead looks at the token after the current one.
func (p *parser) ahead() (t token, value Atom, newline bool) {
	s := p.save()
	p.next()
	t, value, newline = p.tok, p.value, p.newline
	p.restore(s)
	return t, value, newline
}

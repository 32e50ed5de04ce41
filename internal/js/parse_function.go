package js

// outside is what a function body puts aside while it is read.
type outside struct {
	noIn, inAsync, inYield, strict bool
	cover                          int
}

func (p *parser) enterFunction(flags Flags) outside {
	o := outside{p.noIn, p.inAsync, p.inYield, p.strict, p.cover}
	p.noIn, p.cover = false, 0
	p.inAsync = flags&IsAsync != 0
	p.inYield = flags&IsGenerator != 0
	p.functions++
	return o
}

func (p *parser) leaveFunction(o outside) {
	p.noIn, p.inAsync, p.inYield, p.strict, p.cover = o.noIn, o.inAsync, o.inYield, o.strict, o.cover
	p.functions--
}

// function reads a function whose first token is the word function.
func (p *parser) function(flags Flags) Node {
	start := p.start
	p.next()
	if p.accept(tMul) {
		flags |= IsGenerator
	}
	var name Node
	if p.tok == tIdent {
		name = p.leaf(Ident, p.value)
	} else if flags&IsDecl != 0 && p.tok != tLParen {
		p.fail(p.start, "a function needs a name here")
	}
	return p.functionRest(start, name, flags)
}

// functionRest reads parameters and body.
func (p *parser) functionRest(start int, name Node, flags Flags) Node {
	if !p.enter() {
		return p.add(None, start, start)
	}
	o := p.enterFunction(flags)
	if p.tok != tLParen {
		p.expect(tLParen, "(")
	}
	params := p.params()
	body, strict := p.body()
	if strict && !o.strict {
		flags |= IsStrict
	}
	p.leaveFunction(o)
	p.leave()
	n := p.node(Function, start, name, Node(params), body)
	p.nodes[n].flags = flags
	return n
}

func (p *parser) params() uint32 {
	p.next()
	mark := len(p.stack)
	for p.tok != tRParen && p.tok != tEOF {
		n := Node(0)
		if p.tok == tEllipsis {
			n = p.rest()
		} else {
			n = p.bindingElement()
		}
		p.stack = append(p.stack, n)
		if p.tok != tRParen {
			p.expect(tComma, ", or )")
		}
	}
	p.expect(tRParen, ")")
	return p.take(mark)
}

// body reads the block of a function and says whether its code is strict.
func (p *parser) body() (n Node, strict bool) {
	start := p.start
	p.expect(tLBrace, "{")
	mark := len(p.stack)
	directives := true
	for p.tok != tRBrace && p.tok != tEOF {
		s := p.statement(true)
		directives = directives && p.directive(s)
		p.stack = append(p.stack, s)
	}
	list := p.take(mark)
	p.expect(tRBrace, "}")
	return p.node(Block, start, Node(list), 0, 0), p.strict
}

// wordArrow reads "x => …", "async x => …" and async function expressions; 0 when the word begins something else.
func (p *parser) wordArrow() Node {
	start := p.start
	if p.word(aAsync) {
		t, _, newline := p.ahead()
		if newline {
			return p.plainArrow(start)
		}
		if t == tIdent {
			s := p.save()
			p.next()
			if n := p.singleArrow(start, IsAsync); n != 0 {
				return n
			}
			p.restore(s)
			return 0
		}
	}
	return p.plainArrow(start)
}

func (p *parser) plainArrow(start int) Node {
	if !p.arrowFollows() {
		return 0
	}
	return p.singleArrow(start, 0)
}

// arrowFollows is a cheap look at whether => comes after the current word.
func (p *parser) arrowFollows() bool {
	for i := p.end; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case classes[c] == cSpace:
		case c == '=':
			return i+1 < len(p.src) && p.src[i+1] == '>'
		case c == '/', c >= 0x80:
			t, _, newline := p.ahead()
			return t == tArrow && !newline
		default:
			return false
		}
	}
	return false
}

// singleArrow reads an arrow function with one bare parameter, the current token.
func (p *parser) singleArrow(start int, flags Flags) Node {
	if t, _, newline := p.ahead(); t != tArrow || newline {
		return 0
	}
	mark := len(p.stack)
	n := p.leaf(Ident, p.value)
	p.stack = append(p.stack, n)
	return p.arrow(start, mark, flags)
}

// asyncArrow reads "async (…) => …" where n is the word async; 0 when it is a call or n is something else.
func (p *parser) asyncArrow(start int, n Node) Node {
	v := &p.nodes[n]
	if v.kind != Ident || Atom(v.a) != aAsync || p.newline || p.arrowAt != start || int(v.end-v.start) != len("async") || v.flags&IsParen != 0 {
		return 0
	}
	mark := len(p.stack)
	list := p.arguments()
	if p.tok != tArrow || p.newline {
		return p.subscripts(start, p.node(Call, start, n, Node(list), 0), true)
	}
	p.stack = append(p.stack, p.list(list)...)
	return p.arrow(start, mark, IsAsync)
}

// arrow makes an arrow function of the parameters pushed since mark; the current token is =>.
func (p *parser) arrow(start, mark int, flags Flags) Node {
	for _, param := range p.stack[mark:] {
		p.toPattern(param, true)
	}
	params := p.take(mark)
	flags |= IsArrow
	noIn := p.noIn
	o := p.enterFunction(flags)
	p.inYield = false
	p.next()
	var body Node
	if p.tok == tLBrace {
		var strict bool
		body, strict = p.body()
		if strict && !o.strict {
			flags |= IsStrict
		}
	} else {
		flags |= IsExprBody
		p.noIn = noIn
		body = p.assignment()
		p.settle()
	}
	p.leaveFunction(o)
	n := p.node(Function, start, Node(0), Node(params), body)
	p.nodes[n].flags = flags
	return n
}

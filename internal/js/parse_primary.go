package js

func (p *parser) primary() Node {
	start := p.start
	switch p.tok {
	case tIdent:
		return p.wordValue()
	case tString:
		return p.stringLiteral()
	case tNumber:
		p.Tree.nums = append(p.Tree.nums, p.num)
		n := p.leaf(Number, aNone)
		p.nodes[n].a = uint32(len(p.Tree.nums) - 1)
		return n
	case tBigInt:
		return p.leaf(BigInt, p.value)
	case tLParen:
		return p.paren()
	case tLBracket:
		return p.array()
	case tLBrace:
		return p.object()
	case token(aFunction):
		return p.function(0)
	case token(aClass):
		return p.class(0)
	case tBacktick:
		return p.template()
	case tDiv, tDivAssign:
		pattern, flags := p.regexp()
		if p.err != nil {
			return 0
		}
		n := p.leaf(Regexp, pattern)
		p.nodes[n].b = uint32(flags)
		return n
	case token(aThis):
		return p.leaf(This, aNone)
	case token(aNull):
		return p.leaf(Null, aNone)
	case token(aTrue), token(aFalse):
		op := OpTrue
		if p.tok == token(aFalse) {
			op = OpFalse
		}
		n := p.leaf(Bool, aNone)
		p.nodes[n].op = op
		return n
	case token(aNew):
		return p.newExpression()
	case token(aSuper):
		return p.leaf(Super, aNone)
	case token(aImport):
		return p.importExpression()
	case tPrivate:
		return p.privateIn()
	}
	p.unexpected()
	return p.add(None, start, start)
}

// wordValue reads a name, or an async function expression.
func (p *parser) wordValue() Node {
	if p.word(aAsync) {
		if t, _, newline := p.ahead(); t == token(aFunction) && !newline {
			start := p.start
			p.next()
			n := p.function(IsAsync)
			p.nodes[n].start = uint32(start)
			return n
		}
	}
	return p.leaf(Ident, p.value)
}

func (p *parser) stringLiteral() Node {
	escaped := p.escaped
	n := p.leaf(String, p.value)
	if escaped {
		p.nodes[n].flags |= IsEscaped
	}
	return n
}

// privateIn reads "#name in object".
func (p *parser) privateIn() Node {
	n := p.leaf(PrivateName, p.value)
	if p.tok != tIn {
		p.fail(p.start, "expected in after a private name")
	}
	return n
}

// paren reads parentheses around an expression or around the parameters of an arrow function.
func (p *parser) paren() Node {
	start, mayArrow := p.start, p.arrowAt == p.start
	noIn := p.noIn
	p.noIn = false
	p.next()
	mark := len(p.stack)
	inner := p.start
	onlyArrow := p.tok == tRParen
	for p.tok != tRParen && p.tok != tEOF && !onlyArrow {
		n := Node(0)
		if p.tok == tEllipsis {
			n = p.rest()
			onlyArrow = true
		} else {
			n = p.assignment()
		}
		p.stack = append(p.stack, n)
		if p.tok != tRParen {
			p.expect(tComma, ", or )")
			onlyArrow = p.tok == tRParen || onlyArrow
		}
	}
	p.noIn = noIn
	end := p.last
	p.expect(tRParen, ")")
	if p.tok == tArrow && !p.newline && mayArrow {
		return p.arrow(start, mark, 0)
	}
	if onlyArrow {
		p.fail(p.start, "expected => here")
	}
	return p.parenthesized(inner, end, mark)
}

func (p *parser) parenthesized(start, end, mark int) Node {
	n := Node(0)
	if len(p.stack) == mark+1 {
		n = p.stack[mark]
		p.stack = p.stack[:mark]
	} else {
		list := p.take(mark)
		n = p.add(Sequence, start, end)
		p.nodes[n].a = list
	}
	p.nodes[n].flags |= IsParen
	return n
}

func (p *parser) array() Node {
	start := p.start
	noIn := p.noIn
	p.noIn = false
	p.next()
	mark := len(p.stack)
	for p.tok != tRBracket && p.tok != tEOF {
		n := Node(0)
		if p.tok != tComma {
			n = p.spreadable()
		}
		p.stack = append(p.stack, n)
		if p.tok != tRBracket {
			p.expect(tComma, ", or ]")
		}
	}
	p.noIn = noIn
	p.expect(tRBracket, "]")
	list := p.take(mark)
	return p.node(Array, start, Node(list), 0, 0)
}

// template reads a template literal; the backtick is the current token.
func (p *parser) template() Node {
	start := p.start
	noIn := p.noIn
	p.noIn = false
	mark := len(p.stack)
	for more := true; more; {
		at := p.pos
		var cooked, raw Atom
		var valid bool
		cooked, raw, valid, more = p.templateText()
		end := p.pos - 1
		if more {
			end--
		}
		n := p.add(TemplateText, at, max(at, end))
		p.nodes[n].a, p.nodes[n].b = uint32(cooked), uint32(raw)
		if !valid {
			p.nodes[n].flags |= IsEscaped
		}
		p.stack = append(p.stack, n)
		if more {
			p.next()
			e := p.expression()
			p.stack = append(p.stack, e)
			if p.tok != tRBrace {
				p.fail(p.start, "expected } here")
				more = false
			}
		}
	}
	p.noIn = noIn
	p.end = p.pos
	p.next()
	list := p.take(mark)
	return p.node(Template, start, Node(list), 0, 0)
}

func (p *parser) newExpression() Node {
	start := p.start
	p.next()
	if p.accept(tDot) {
		if !p.word(aTarget) {
			p.unexpected()
		}
		p.next()
		return p.node(NewTarget, start, 0, 0, 0)
	}
	if !p.enter() {
		return 0
	}
	at := p.start
	p.arrowAt = -1
	callee := p.subscripts(at, p.primary(), false)
	p.leave()
	var list uint32
	if p.tok == tLParen {
		list = p.arguments()
	}
	return p.node(New, start, callee, Node(list), 0)
}

// importExpression reads import(…), import.meta, import.source(…) and import.defer(…).
func (p *parser) importExpression() Node {
	start := p.start
	p.next()
	if p.accept(tDot) {
		if p.word(aMeta) {
			p.next()
			p.modular = true
			return p.node(ImportMeta, start, 0, 0, 0)
		}
		if !p.word(aSource) && !p.word(aDefer) {
			p.unexpected()
		}
		p.next()
	}
	if p.tok != tLParen {
		p.unexpected()
		return 0
	}
	list := p.arguments()
	return p.node(ImportCall, start, 0, Node(list), 0)
}

package js

// forStatement tells the three kinds of for apart (ECMA-262 §14.7).
func (p *parser) forStatement() Node {
	start := p.start
	p.next()
	wait := p.word(aAwait)
	if wait {
		p.next()
		p.awaited = p.awaited || !p.inAsync
	}
	p.expect(tLParen, "(")
	if p.tok == tSemicolon {
		return p.forParts(start, 0)
	}
	async := p.word(aAsync)
	init := p.forInit()
	of := p.word(aOf)
	if of && async && p.is(init, Ident) && !wait && p.nodes[init].flags&IsParen == 0 {
		p.fail(p.start, "for (async of …) has no meaning")
	}
	if of || p.tok == tIn {
		return p.forEach(start, init, of, wait)
	}
	p.settle()
	return p.forParts(start, init)
}

// forInit reads the first part of the header, in which the word in is no operator.
func (p *parser) forInit() Node {
	p.noIn = true
	defer func() { p.noIn = false }()
	switch {
	case p.tok == token(aVar):
		return p.declarations(OpVar)
	case p.tok == token(aConst):
		return p.declarations(OpConst)
	case p.word(aLet):
		if t, value, _ := p.ahead(); t == tLBracket || t == tLBrace || t == tIdent && (value != aOf || p.letOfDeclares()) {
			return p.declarations(OpLet)
		}
	}
	return p.expression()
}

// letOfDeclares settles "for (let of": a variable with the name of, unless it is the odd "for (let of xs)".
func (p *parser) letOfDeclares() bool {
	s := p.save()
	p.next()
	p.next()
	declares := p.tok == tAssign || p.tok == tSemicolon || p.tok == tComma || p.tok == tIn || p.word(aOf)
	p.restore(s)
	return declares
}

func (p *parser) forEach(start int, left Node, of, wait bool) Node {
	if !p.is(left, VarDecl) {
		p.toPattern(left, false)
	}
	p.settle()
	p.next()
	kind, right := ForIn, Node(0)
	if of {
		kind, right = ForOf, p.assignment()
		p.settle()
	} else {
		right = p.fullExpression()
	}
	p.expect(tRParen, ")")
	body := p.statement(false)
	n := p.node(kind, start, left, right, body)
	if wait {
		p.nodes[n].flags |= IsAwait
	}
	return n
}

func (p *parser) forParts(start int, init Node) Node {
	var test, step Node
	p.expect(tSemicolon, ";")
	if p.tok != tSemicolon {
		test = p.fullExpression()
	}
	p.expect(tSemicolon, ";")
	if p.tok != tRParen {
		step = p.fullExpression()
	}
	p.expect(tRParen, ")")
	body := p.statement(false)
	n := p.node(For, start, init, test, step)
	p.nodes[n].d = uint32(body)
	return n
}

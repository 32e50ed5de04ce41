package js

// expression reads assignments joined by commas.
func (p *parser) expression() Node {
	start := p.start
	n := p.assignment()
	if p.tok != tComma {
		return n
	}
	mark := len(p.stack)
	p.stack = append(p.stack, n)
	for p.accept(tComma) {
		m := p.assignment()
		p.stack = append(p.stack, m)
	}
	list := p.take(mark)
	return p.node(Sequence, start, Node(list), 0, 0)
}

func (p *parser) assignment() Node {
	if !p.enter() {
		return 0
	}
	n := p.anyAssignment()
	p.leave()
	return n
}

func (p *parser) anyAssignment() Node {
	start := p.start
	if p.tok == tIdent {
		if p.inYield && p.word(aYield) {
			return p.yield()
		}
		if n := p.wordArrow(); n != 0 {
			return n
		}
	}
	p.arrowAt = start
	left := p.conditional(start)
	if p.tok < tAssign {
		return left
	}
	return p.assign(start, left)
}

// isArrow says whether n is an arrow function, after which no operator may follow.
func (p *parser) isArrow(n Node) bool {
	v := &p.nodes[n]
	return v.kind == Function && v.flags&(IsArrow|IsParen) == IsArrow
}

func (p *parser) assign(start int, left Node) Node {
	op := assignOps[p.tok]
	if p.isArrow(left) {
		p.unexpected()
	}
	if op == OpNone {
		p.toPattern(left, false)
	} else {
		p.simpleTarget(left)
	}
	p.next()
	right := p.assignment()
	return p.opNode(Assign, op, start, left, right)
}

func (p *parser) yield() Node {
	start := p.start
	p.next()
	delegate := false
	var value Node
	if !p.newline {
		delegate = p.accept(tMul)
		if delegate || p.beginsExpression() {
			value = p.assignment()
		}
	}
	n := p.node(Yield, start, value, 0, 0)
	if delegate {
		p.nodes[n].flags |= IsDelegate
	}
	return n
}

// beginsExpression says whether a value may follow yield here.
func (p *parser) beginsExpression() bool {
	switch p.tok {
	case tEOF, tRBrace, tRParen, tRBracket, tColon, tComma, tSemicolon, tIn, tQuestion:
		return false
	}
	return !p.word(aOf) || !p.noIn
}

func (p *parser) conditional(start int) Node {
	test := p.operators(start, 1)
	if p.tok != tQuestion || p.isArrow(test) {
		return test
	}
	p.next()
	noIn := p.noIn
	p.noIn = false
	then := p.assignment()
	p.noIn = noIn
	p.expect(tColon, ":")
	otherwise := p.assignment()
	return p.node(Cond, start, test, then, otherwise)
}

// operators reads operands joined by operators that bind at least as tightly as min.
func (p *parser) operators(start int, min uint8) Node {
	left := p.unary()
	for {
		b := infixes[p.tok]
		if b.prec < min || b.prec == 0 || p.tok == tIn && p.noIn || p.isArrow(left) {
			return left
		}
		p.next()
		next := b.prec + 1
		if b.op == OpPow {
			next = b.prec
		}
		right := p.operand(next)
		kind := Binary
		if b.op >= OpAnd && b.op <= OpNullish {
			kind = Logical
		}
		left = p.opNode(kind, b.op, start, left, right)
	}
}

func (p *parser) operand(min uint8) Node {
	if !p.enter() {
		return 0
	}
	n := p.operators(p.start, min)
	p.leave()
	return n
}

func (p *parser) unary() Node {
	start := p.start
	op := prefixOps[p.tok]
	if op != OpNone {
		p.next()
		operand := p.nestedUnary()
		return p.opNode(Unary, op, start, operand, 0)
	}
	switch {
	case p.tok == tInc, p.tok == tDec:
		op := OpInc + Op(p.tok-tInc)
		p.next()
		operand := p.nestedUnary()
		p.simpleTarget(operand)
		n := p.opNode(Update, op, start, operand, 0)
		p.nodes[n].flags |= IsPrefix
		return n
	case p.tok == tIdent && p.word(aAwait) && p.awaits():
		p.next()
		operand := p.nestedUnary()
		return p.node(Await, start, operand, 0, 0)
	}
	n := p.subscripts(start, p.primary(), true)
	if (p.tok == tInc || p.tok == tDec) && !p.newline && !p.isArrow(n) {
		op := OpInc + Op(p.tok-tInc)
		p.simpleTarget(n)
		p.next()
		return p.opNode(Update, op, start, n, 0)
	}
	return n
}

func (p *parser) nestedUnary() Node {
	if !p.enter() {
		return 0
	}
	n := p.unary()
	p.leave()
	return n
}

// awaits says whether the word await is an operator here. Outside of functions only a second reading can tell.
func (p *parser) awaits() bool {
	if !p.inAsync && p.functions == 0 {
		p.awaited = true
	}
	return p.inAsync
}

// subscripts reads what follows a value: .name [key] (arguments) `template`.
func (p *parser) subscripts(start int, n Node, calls bool) Node {
	if p.isArrow(n) {
		return n
	}
	chain := false
	for {
		switch p.tok {
		case tDot:
			p.next()
			n = p.dot(start, n)
		case tQuestionDot:
			if !calls {
				p.unexpected()
				return n
			}
			chain = true
			p.next()
			n = p.optional(start, n)
		case tLBracket:
			n = p.index(start, n)
		case tBacktick:
			if chain {
				p.fail(p.start, "a template cannot follow ?.")
			}
			t := p.template()
			n = p.node(TaggedTemplate, start, n, t, 0)
		case tLParen:
			if !calls {
				return n
			}
			if arrow := p.asyncArrow(start, n); arrow != 0 {
				return arrow
			}
			list := p.arguments()
			n = p.node(Call, start, n, Node(list), 0)
		default:
			return n
		}
	}
}

// optional reads what follows ?.
func (p *parser) optional(start int, n Node) Node {
	switch p.tok {
	case tLParen:
		list := p.arguments()
		n = p.node(Call, start, n, Node(list), 0)
	case tLBracket:
		n = p.index(start, n)
	default:
		n = p.dot(start, n)
	}
	p.nodes[n].flags |= IsOptional
	return n
}

// dot reads the name after a dot; any word will do.
func (p *parser) dot(start int, object Node) Node {
	at, name := p.start, p.value
	private := p.tok == tPrivate
	if p.tok > tPrivate || p.tok == tEOF {
		p.fail(p.start, "expected a name after the dot")
		return object
	}
	p.next()
	n := p.node(Dot, start, object, Node(name), Node(at))
	if private {
		p.nodes[n].flags |= IsPrivate
	}
	return n
}

func (p *parser) index(start int, object Node) Node {
	p.next()
	key := p.inside()
	p.expect(tRBracket, "]")
	return p.node(Index, start, object, key, 0)
}

// inside reads an expression in brackets, where the word in is an operator again.
func (p *parser) inside() Node {
	noIn := p.noIn
	p.noIn = false
	n := p.expression()
	p.noIn = noIn
	return n
}

// arguments reads the arguments of a call with their parentheses.
func (p *parser) arguments() uint32 {
	noIn := p.noIn
	p.noIn = false
	p.next()
	mark := len(p.stack)
	for p.tok != tRParen && p.tok != tEOF {
		n := p.spreadable()
		p.stack = append(p.stack, n)
		if p.tok != tRParen {
			p.expect(tComma, ", or )")
		}
	}
	p.noIn = noIn
	p.expect(tRParen, ")")
	return p.take(mark)
}

// spreadable reads an assignment that may have ... before it.
func (p *parser) spreadable() Node {
	if p.tok != tEllipsis {
		return p.assignment()
	}
	start := p.start
	p.next()
	n := p.assignment()
	return p.node(Spread, start, n, 0, 0)
}

package js

// statement reads one statement; at the level of a list also declarations.
func (p *parser) statement(inList bool) Node {
	if !p.enter() {
		return 0
	}
	n := p.anyStatement(inList)
	p.leave()
	return n
}

func (p *parser) anyStatement(inList bool) Node {
	start := p.start
	switch p.tok {
	case tLBrace:
		return p.block()
	case tSemicolon:
		p.next()
		return p.node(Empty, start, 0, 0, 0)
	case token(aVar):
		n := p.declarations(OpVar)
		p.semicolon()
		p.nodes[n].end = uint32(p.last)
		return n
	case token(aConst):
		n := p.declarations(OpConst)
		p.semicolon()
		p.nodes[n].end = uint32(p.last)
		return n
	case token(aFunction):
		return p.function(IsDecl)
	case token(aClass):
		return p.class(IsDecl)
	case token(aIf):
		return p.ifStatement()
	case token(aFor):
		return p.forStatement()
	case token(aWhile):
		p.next()
		test := p.condition()
		body := p.statement(false)
		return p.node(While, start, test, body, 0)
	case token(aDo):
		return p.doWhile()
	case token(aReturn):
		return p.returnStatement()
	case token(aBreak):
		return p.jump(Break)
	case token(aContinue):
		return p.jump(Continue)
	case token(aThrow):
		p.next()
		if p.newline {
			p.fail(p.start, "throw needs its value on the same line")
		}
		n := p.node(Throw, start, p.fullExpression(), 0, 0)
		return p.ended(n)
	case token(aTry):
		return p.try()
	case token(aSwitch):
		return p.switchStatement()
	case token(aWith):
		p.next()
		object := p.condition()
		body := p.statement(false)
		return p.node(With, start, object, body, 0)
	case token(aDebugger):
		p.next()
		return p.ended(p.node(Debugger, start, 0, 0, 0))
	case token(aImport):
		if t, _, _ := p.ahead(); t != tLParen && t != tDot {
			return p.importDeclaration()
		}
	case token(aExport):
		return p.exportDeclaration()
	case tIdent:
		if n := p.wordStatement(inList); n != 0 {
			return n
		}
	}
	return p.expressionStatement()
}

// ended passes the semicolon of a statement and lets the statement end there.
func (p *parser) ended(n Node) Node {
	p.semicolon()
	p.nodes[n].end = uint32(p.last)
	return n
}

// wordStatement reads what begins with let, async function or a label; 0 when it is none of these.
func (p *parser) wordStatement(inList bool) Node {
	start := p.start
	if p.word(aLet) && p.letDeclares(inList) {
		n := p.declarations(OpLet)
		return p.ended(n)
	}
	if p.word(aAsync) {
		if t, _, newline := p.ahead(); t == token(aFunction) && !newline {
			p.next()
			n := p.function(IsDecl | IsAsync)
			p.nodes[n].start = uint32(start)
			return n
		}
	}
	if !p.colonFollows() {
		return 0
	}
	label := p.value
	p.next()
	p.next()
	body := p.statement(false)
	return p.node(Labeled, start, Node(label), body, 0)
}

// colonFollows is a cheap look at whether the current word is a label.
func (p *parser) colonFollows() bool {
	for i := p.end; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == ':':
			return true
		case classes[c] == cSpace, classes[c] == cBreak:
		case c == '/', c >= 0x80:
			t, _, _ := p.ahead()
			return t == tColon
		default:
			return false
		}
	}
	return false
}

// letDeclares says whether let begins a declaration here rather than being a name (ECMA-262 §14.3.1, §14.5).
func (p *parser) letDeclares(inList bool) bool {
	t, value, newline := p.ahead()
	switch {
	case t == tLBracket:
		return true
	case t == tLBrace:
		return inList || !newline
	case t == tIdent:
		return inList || !newline || value == aLet
	}
	return false
}

func (p *parser) block() Node {
	start := p.start
	p.expect(tLBrace, "{")
	list := p.statements()
	p.expect(tRBrace, "}")
	n := p.node(Block, start, 0, 0, 0)
	p.nodes[n].a = list
	return n
}

// statements reads up to the closing brace.
func (p *parser) statements() uint32 {
	mark := len(p.stack)
	for p.tok != tRBrace && p.tok != tEOF {
		p.stack = append(p.stack, p.statement(true))
	}
	return p.take(mark)
}

func (p *parser) expressionStatement() Node {
	start := p.start
	n := p.node(ExprStmt, start, p.fullExpression(), 0, 0)
	return p.ended(n)
}

// fullExpression is an expression that is not part of another.
func (p *parser) fullExpression() Node {
	n := p.expression()
	p.settle()
	return n
}

// condition reads an expression in parentheses.
func (p *parser) condition() Node {
	p.expect(tLParen, "(")
	n := p.fullExpression()
	p.expect(tRParen, ")")
	return n
}

func (p *parser) ifStatement() Node {
	start := p.start
	p.next()
	test := p.condition()
	then := p.statement(false)
	var otherwise Node
	if p.accept(token(aElse)) {
		otherwise = p.statement(false)
	}
	return p.node(If, start, test, then, otherwise)
}

func (p *parser) doWhile() Node {
	start := p.start
	p.next()
	body := p.statement(false)
	p.expect(token(aWhile), "while")
	test := p.condition()
	p.accept(tSemicolon)
	return p.node(DoWhile, start, body, test, 0)
}

func (p *parser) returnStatement() Node {
	start := p.start
	p.next()
	p.returned = p.returned || p.functions == 0
	var value Node
	if p.tok != tSemicolon && p.tok != tRBrace && p.tok != tEOF && !p.newline {
		value = p.fullExpression()
	}
	return p.ended(p.node(Return, start, value, 0, 0))
}

func (p *parser) jump(k Kind) Node {
	start := p.start
	p.next()
	var label Atom
	if p.tok == tIdent && !p.newline {
		label = p.value
		p.next()
	}
	return p.ended(p.node(k, start, Node(label), 0, 0))
}

func (p *parser) try() Node {
	start := p.start
	p.next()
	body := p.block()
	var handler, finally Node
	if p.tok == token(aCatch) {
		handler = p.catch()
	}
	if p.accept(token(aFinally)) {
		finally = p.block()
	}
	if handler == 0 && finally == 0 {
		p.fail(p.start, "try needs catch or finally")
	}
	return p.node(Try, start, body, handler, finally)
}

func (p *parser) catch() Node {
	start := p.start
	p.next()
	var target Node
	if p.accept(tLParen) {
		target = p.bindingTarget()
		p.expect(tRParen, ")")
	}
	body := p.block()
	return p.node(Catch, start, target, body, 0)
}

func (p *parser) switchStatement() Node {
	start := p.start
	p.next()
	test := p.condition()
	p.expect(tLBrace, "{")
	mark := len(p.stack)
	for p.tok == token(aCase) || p.tok == token(aDefault) {
		n := p.oneCase()
		p.stack = append(p.stack, n)
	}
	list := p.take(mark)
	p.expect(tRBrace, "}")
	return p.node(Switch, start, test, Node(list), 0)
}

func (p *parser) oneCase() Node {
	start := p.start
	var test Node
	if p.accept(token(aCase)) {
		test = p.fullExpression()
	} else {
		p.next()
	}
	p.expect(tColon, ":")
	mark := len(p.stack)
	for p.tok != tRBrace && p.tok != tEOF && p.tok != token(aCase) && p.tok != token(aDefault) {
		p.stack = append(p.stack, p.statement(true))
	}
	list := p.take(mark)
	return p.node(Case, start, test, Node(list), 0)
}

// declarations reads var, let or const and what it declares, without the semicolon.
func (p *parser) declarations(op Op) Node {
	start := p.start
	p.next()
	mark := len(p.stack)
	for {
		n := p.declarator()
		p.stack = append(p.stack, n)
		if !p.accept(tComma) {
			break
		}
	}
	list := p.take(mark)
	return p.opNode(VarDecl, op, start, Node(list), 0)
}

func (p *parser) declarator() Node {
	start := p.start
	target := p.bindingTarget()
	var value Node
	if p.accept(tAssign) {
		value = p.assignment()
		p.settle()
	}
	return p.node(Declarator, start, target, value, 0)
}

// directive says whether a statement is a plain string, marks it as a directive, and obeys "use strict".
func (p *parser) directive(n Node) bool {
	e := Node(p.nodes[n].a)
	if !p.is(n, ExprStmt) || !p.is(e, String) || p.nodes[e].flags&IsParen != 0 {
		return false
	}
	p.nodes[n].flags |= Directive
	if Atom(p.nodes[e].a) == aUseStrict && p.nodes[e].flags&IsEscaped == 0 {
		p.strict = true
	}
	return true
}

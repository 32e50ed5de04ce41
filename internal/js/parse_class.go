package js

func (p *parser) class(flags Flags) Node {
	start := p.start
	if !p.enter() {
		return p.add(None, start, start)
	}
	strict := p.strict
	p.strict = true
	p.next()
	var name, super Node
	if p.tok == tIdent {
		name = p.leaf(Ident, p.value)
	}
	if p.accept(token(aExtends)) {
		at := p.start
		p.arrowAt = -1
		super = p.subscripts(at, p.primary(), true)
	}
	list := p.members()
	p.strict = strict
	p.leave()
	n := p.node(Class, start, name, super, Node(list))
	p.nodes[n].flags = flags
	return n
}

func (p *parser) members() uint32 {
	noIn := p.noIn
	p.noIn = false
	p.expect(tLBrace, "{")
	mark := len(p.stack)
	for p.tok != tRBrace && p.tok != tEOF {
		if p.accept(tSemicolon) {
			continue
		}
		n := p.member()
		p.stack = append(p.stack, n)
	}
	p.noIn = noIn
	p.expect(tRBrace, "}")
	return p.take(mark)
}

func (p *parser) member() Node {
	start := p.start
	m := p.modifiers(true)
	if m.static && m.plain && p.tok == tLBrace {
		return p.staticBlock(start)
	}
	key, computed := p.key()
	var n Node
	if p.tok == tLParen {
		value := p.method(m)
		n = p.keyed(Method, m.op, start, key, value, computed)
	} else {
		if !m.plain {
			p.unexpected()
		}
		n = p.field(start, key, computed)
	}
	if m.static {
		p.nodes[n].flags |= IsStatic
	}
	return n
}

func (p *parser) field(start int, key Node, computed bool) Node {
	var value Node
	if p.accept(tAssign) {
		o := p.enterFunction(0)
		value = p.assignment()
		p.settle()
		p.leaveFunction(o)
	}
	n := p.keyed(Field, OpNone, start, key, value, computed)
	return p.ended(n)
}

func (p *parser) staticBlock(start int) Node {
	o := p.enterFunction(0)
	p.next()
	list := p.statements()
	p.leaveFunction(o)
	p.expect(tRBrace, "}")
	return p.node(StaticBlock, start, Node(list), 0, 0)
}

package js

// bindingTarget reads what a declaration or parameter binds: a name or a pattern of names.
func (p *parser) bindingTarget() Node {
	switch p.tok {
	case tIdent:
		return p.leaf(Ident, p.value)
	case tLBracket, tLBrace:
		if !p.enter() {
			return 0
		}
		n := p.bindingPattern()
		p.leave()
		return n
	}
	p.fail(p.start, "expected a name here")
	return p.add(None, p.start, p.start)
}

// bindingPattern reads a pattern as a literal and then takes it for a pattern.
func (p *parser) bindingPattern() Node {
	cover := p.cover
	p.cover = 0
	n := Node(0)
	if p.tok == tLBracket {
		n = p.array()
	} else {
		n = p.object()
	}
	p.toPattern(n, true)
	p.cover = cover
	return n
}

// bindingElement is a target with perhaps a default value.
func (p *parser) bindingElement() Node {
	start := p.start
	target := p.bindingTarget()
	if !p.accept(tAssign) {
		return target
	}
	noIn := p.noIn
	p.noIn = false
	value := p.assignment()
	p.settle()
	p.noIn = noIn
	return p.node(AssignPattern, start, target, value, 0)
}

// rest reads ...target of parameters.
func (p *parser) rest() Node {
	start := p.start
	p.next()
	n := p.bindingTarget()
	return p.node(Rest, start, n, 0, 0)
}

// toPattern takes an expression for the target of an assignment, or of a declaration, and changes it in place
// (ECMA-262 §13.15.5, the cover grammars).
func (p *parser) toPattern(n Node, binding bool) {
	v := &p.nodes[n]
	if binding && v.flags&IsParen != 0 {
		p.fail(int(v.start), "parentheses have no place in what is declared")
		return
	}
	switch v.kind {
	case Ident, ArrayPattern, ObjectPattern, AssignPattern, Rest:
	case Dot, Index, Call:
		if binding || v.kind == Call && p.strict || v.flags&IsOptional != 0 {
			p.badTarget(n)
		}
	case Array, Object:
		p.toPatterns(n, binding)
	case Assign:
		if v.op != OpNone {
			p.badTarget(n)
			return
		}
		v.kind = AssignPattern
		p.toPattern(Node(v.a), binding)
	case Property:
		if v.op != OpNone {
			p.badTarget(n)
			return
		}
		p.toPattern(Node(v.b), binding)
	case Spread:
		v.kind = Rest
		p.toPattern(Node(v.a), binding)
	default:
		p.badTarget(n)
	}
}

func (p *parser) toPatterns(n Node, binding bool) {
	v := &p.nodes[n]
	if v.flags&IsParen != 0 {
		p.badTarget(n)
		return
	}
	if v.kind == Array {
		v.kind = ArrayPattern
	} else {
		v.kind = ObjectPattern
	}
	if p.cover > int(v.start) {
		p.cover = 0
	}
	for _, m := range p.list(v.a) {
		if m != 0 {
			p.toPattern(m, binding)
		}
	}
}

// simpleTarget checks what ++ or += changes.
func (p *parser) simpleTarget(n Node) {
	switch v := &p.nodes[n]; v.kind {
	case Ident, Dot, Index:
		if v.flags&IsOptional == 0 {
			return
		}
	case Call:
		if !p.strict {
			return
		}
	}
	p.badTarget(n)
}

func (p *parser) badTarget(n Node) {
	p.fail(int(p.nodes[n].start), "nothing can be assigned to this")
}

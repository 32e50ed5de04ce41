package js

func (p *parser) object() Node {
	start := p.start
	noIn := p.noIn
	p.noIn = false
	p.next()
	mark := len(p.stack)
	for p.tok != tRBrace && p.tok != tEOF {
		n := Node(0)
		if p.tok == tEllipsis {
			n = p.spreadable()
		} else {
			n = p.property()
		}
		p.stack = append(p.stack, n)
		if p.tok != tRBrace {
			p.expect(tComma, ", or }")
		}
	}
	p.noIn = noIn
	p.expect(tRBrace, "}")
	list := p.take(mark)
	return p.node(Object, start, Node(list), 0, 0)
}

// property reads one property of an object literal.
func (p *parser) property() Node {
	start := p.start
	m := p.modifiers(false)
	if m.plain && p.tok == tIdent {
		return p.wordProperty(start)
	}
	key, computed := p.key()
	if m.plain && p.accept(tColon) {
		value := p.assignment()
		return p.keyed(Property, OpNone, start, key, value, computed)
	}
	if p.tok != tLParen {
		p.unexpected()
		return key
	}
	value := p.method(m)
	op := m.op
	if op == OpNone {
		op = OpMethod
	}
	return p.keyed(Property, op, start, key, value, computed)
}

func (p *parser) keyed(k Kind, op Op, start int, key, value Node, computed bool) Node {
	n := p.opNode(k, op, start, key, value)
	if computed {
		p.nodes[n].flags |= IsComputed
	}
	return n
}

// wordProperty reads a property whose key is a word, perhaps shorthand: {a} or the {a = 1} of a pattern.
func (p *parser) wordProperty(start int) Node {
	name := p.value
	key := p.leaf(Name, name)
	switch p.tok {
	case tColon:
		p.next()
		value := p.assignment()
		return p.keyed(Property, OpNone, start, key, value, false)
	case tLParen:
		value := p.method(modifiers{plain: true})
		return p.keyed(Property, OpMethod, start, key, value, false)
	}
	value := p.add(Ident, start, p.last)
	p.nodes[value].a = uint32(name)
	if p.tok == tAssign {
		if p.cover == 0 {
			p.cover = p.start + 1
		}
		p.next()
		initial := p.assignment()
		value = p.node(Assign, start, value, initial, 0)
	}
	n := p.keyed(Property, OpNone, start, key, value, false)
	p.nodes[n].flags |= IsShorthand
	return n
}

// modifiers are the words before a key.
type modifiers struct {
	plain  bool // none at all
	static bool
	async  bool
	star   bool
	op     Op // OpGet, OpSet
}

// modifiers reads static, async, get, set and *, each only where a key follows.
func (p *parser) modifiers(class bool) modifiers {
	var m modifiers
	if class && p.modifier(aStatic, true) {
		m.static = true
	}
	switch {
	case p.modifier(aAsync, false):
		m.async = true
	case p.modifier(aGet, true):
		m.op = OpGet
	case p.modifier(aSet, true):
		m.op = OpSet
	}
	if m.op == OpNone && p.accept(tMul) {
		m.star = true
	}
	m.plain = !m.async && !m.star && m.op == OpNone
	return m
}

// modifier passes a word if it stands before a key rather than being one.
func (p *parser) modifier(a Atom, lineBreak bool) bool {
	if !p.word(a) {
		return false
	}
	t, _, newline := p.ahead()
	switch t {
	case tLParen, tAssign, tSemicolon, tRBrace, tColon, tComma, tEOF:
		return false
	case tMul:
		if a != aAsync && a != aStatic {
			return false
		}
	case tLBrace:
		if a != aStatic {
			return false
		}
	}
	if newline && !lineBreak {
		return false
	}
	p.next()
	return true
}

// key reads a property name: a word, a string, a number, or an expression in brackets.
func (p *parser) key() (key Node, computed bool) {
	switch {
	case p.tok == tLBracket:
		p.next()
		noIn := p.noIn
		p.noIn = false
		key = p.assignment()
		p.noIn = noIn
		p.expect(tRBracket, "]")
		return key, true
	case p.tok == tString, p.tok == tNumber, p.tok == tBigInt:
		return p.primary(), false
	case p.tok == tPrivate:
		return p.leaf(PrivateName, p.value), false
	case p.tok > tEOF && p.tok <= tIdent:
		return p.leaf(Name, p.value), false
	}
	p.unexpected()
	return p.add(None, p.start, p.start), false
}

// method reads parameters and body after a key.
func (p *parser) method(m modifiers) Node {
	flags := IsMethod
	if m.async {
		flags |= IsAsync
	}
	if m.star {
		flags |= IsGenerator
	}
	return p.functionRest(p.start, 0, flags)
}

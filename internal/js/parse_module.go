package js

// importDeclaration reads import of ECMA-262 §16.2.2.
func (p *parser) importDeclaration() Node {
	start := p.start
	p.modular = true
	p.next()
	if p.tok == tString {
		return p.importEnd(start, 0)
	}
	mark := len(p.stack)
	p.phase()
	if p.tok == tIdent {
		n := p.importName(p.start, 0, OpDefault)
		p.stack = append(p.stack, n)
		if p.tok == tComma {
			p.next()
		}
	}
	switch p.tok {
	case tMul:
		at := p.start
		p.next()
		p.contextual(aAs)
		n := p.importName(at, 0, OpNamespace)
		p.stack = append(p.stack, n)
	case tLBrace:
		p.importSpecs()
	}
	list := p.take(mark)
	p.contextual(aFrom)
	return p.importEnd(start, list)
}

// phase passes the defer of "import defer * as x" and the source of "import source x".
func (p *parser) phase() {
	if !p.word(aDefer) && !p.word(aSource) {
		return
	}
	t, value, _ := p.ahead()
	if t == tMul || t == tIdent && value != aFrom {
		p.next()
	}
}

func (p *parser) contextual(a Atom) {
	if !p.word(a) {
		p.fail(p.start, "expected "+knownWords[a]+" here")
		return
	}
	p.next()
}

// importName reads the local name of an import.
func (p *parser) importName(start int, key Node, op Op) Node {
	if p.tok != tIdent {
		p.unexpected()
		return 0
	}
	local := p.leaf(Ident, p.value)
	return p.opNode(ImportSpec, op, start, key, local)
}

func (p *parser) importSpecs() {
	p.next()
	for p.tok != tRBrace && p.tok != tEOF {
		start, name, word := p.start, p.value, p.tok == tIdent
		key := p.moduleName()
		n := Node(0)
		if p.word(aAs) {
			p.next()
			n = p.importName(start, key, OpNone)
		} else if word {
			local := p.add(Ident, start, p.last)
			p.nodes[local].a = uint32(name)
			n = p.opNode(ImportSpec, OpNone, start, key, local)
			p.nodes[n].flags |= IsShorthand
		} else {
			p.unexpected()
		}
		p.stack = append(p.stack, n)
		if p.tok != tRBrace {
			p.expect(tComma, ", or }")
		}
	}
	p.expect(tRBrace, "}")
}

// moduleName reads a word or string that names something in a module.
func (p *parser) moduleName() Node {
	if p.tok == tString {
		return p.stringLiteral()
	}
	if p.tok == tEOF || p.tok > tIdent {
		p.unexpected()
		return p.add(None, p.start, p.start)
	}
	return p.leaf(Name, p.value)
}

// importEnd reads the address and the attributes.
func (p *parser) importEnd(start int, list uint32) Node {
	from, attributes := p.source()
	n := p.node(Import, start, Node(list), from, Node(attributes))
	return p.ended(n)
}

func (p *parser) source() (from Node, attributes uint32) {
	if p.tok != tString {
		p.fail(p.start, "expected the address of a module here")
		return 0, 0
	}
	from = p.stringLiteral()
	if p.tok != token(aWith) && !(p.word(aAssert) && !p.newline) {
		return from, 0
	}
	p.next()
	if p.tok != tLBrace {
		p.unexpected()
		return from, 0
	}
	object := p.object()
	p.settle()
	return from, p.nodes[object].a
}

// exportDeclaration reads export of ECMA-262 §16.2.3.
func (p *parser) exportDeclaration() Node {
	start := p.start
	p.modular = true
	p.next()
	switch {
	case p.tok == tMul:
		return p.exportAll(start)
	case p.tok == tLBrace:
		return p.exportNamed(start)
	case p.tok == token(aDefault):
		return p.exportDefault(start)
	}
	n := p.statement(true)
	if k := p.nodes[n].kind; k != VarDecl && p.nodes[n].flags&IsDecl == 0 {
		p.fail(start, "only declarations can be exported like this")
	}
	return p.node(ExportDecl, start, n, 0, 0)
}

func (p *parser) exportAll(start int) Node {
	p.next()
	var name Node
	if p.word(aAs) {
		p.next()
		name = p.moduleName()
	}
	p.contextual(aFrom)
	from, attributes := p.source()
	return p.ended(p.node(ExportAll, start, name, from, Node(attributes)))
}

func (p *parser) exportNamed(start int) Node {
	p.next()
	mark := len(p.stack)
	for p.tok != tRBrace && p.tok != tEOF {
		n := p.exportSpec()
		p.stack = append(p.stack, n)
		if p.tok != tRBrace {
			p.expect(tComma, ", or }")
		}
	}
	list := p.take(mark)
	p.expect(tRBrace, "}")
	var from Node
	var attributes uint32
	if p.word(aFrom) {
		p.next()
		from, attributes = p.source()
	} else {
		p.exportsLocals(list)
	}
	return p.ended(p.node(ExportNamed, start, Node(list), from, Node(attributes)))
}

// exportSpec reads "local as name".
func (p *parser) exportSpec() Node {
	start := p.start
	local := p.moduleName()
	var name Node
	if p.word(aAs) {
		p.next()
		name = p.moduleName()
	} else {
		v := p.nodes[local]
		p.nodes = append(p.nodes, v)
		name = Node(len(p.nodes) - 1)
	}
	return p.node(ExportSpec, start, local, name, 0)
}

// exportsLocals makes uses of the exported names, for they are this script's own.
func (p *parser) exportsLocals(list uint32) {
	for _, spec := range p.list(list) {
		local := p.nodes[spec].a
		if p.nodes[local].kind == Name {
			p.nodes[local].kind = Ident
		}
	}
}

func (p *parser) exportDefault(start int) Node {
	p.next()
	switch {
	case p.tok == token(aFunction):
		return p.node(ExportDefault, start, p.function(IsDecl), 0, 0)
	case p.tok == token(aClass):
		return p.node(ExportDefault, start, p.class(IsDecl), 0, 0)
	case p.word(aAsync):
		if t, _, newline := p.ahead(); t == token(aFunction) && !newline {
			at := p.start
			p.next()
			n := p.function(IsDecl | IsAsync)
			p.nodes[n].start = uint32(at)
			return p.node(ExportDefault, start, n, 0, 0)
		}
	}
	n := p.assignment()
	p.settle()
	return p.ended(p.node(ExportDefault, start, n, 0, 0))
}

package flow

import "sallyport/internal/js"

// statements walks a list. What stands behind "if (x) return" runs only when x does not hold.
func (e *engine) statements(list []js.Node) {
	place := e.place
	for _, n := range list {
		e.statement(n)
	}
	e.place = place
}

func (e *engine) statement(n js.Node) {
	switch e.Kind(n) {
	case js.ExprStmt, js.ExportDefault, js.Throw:
		v := e.Operand(n)
		if e.Kind(n) == js.ExportDefault && (e.Kind(v) == js.Function || e.Kind(v) == js.Class) && e.Is(v, js.IsDecl) {
			e.statement(v)
		} else {
			e.expr(v)
		}
		if e.Kind(n) == js.Throw {
			e.dead = true
		}
	case js.VarDecl:
		e.varDecl(n)
	case js.ExportDecl:
		e.statement(e.Operand(n))
	case js.Function:
		e.function(n)
		if name := e.Ident(n); name != 0 {
			e.linkOnce(ref(n), e.binding(e.Binding(name)))
		}
	case js.Class:
		e.expr(n)
	case js.If:
		e.ifStatement(n)
	case js.Return:
		if v := e.Operand(n); v != 0 {
			e.expr(v)
			e.giveBack(ref(v))
		}
		e.dead = true
	case js.Break, js.Continue:
		e.dead = true
	case js.Block:
		e.hoist(e.List(n))
		e.statements(e.List(n))
	case js.Labeled:
		e.around(n, func() { e.statement(e.Body(n)) })
	case js.Switch:
		e.switchStatement(n)
	case js.Try:
		e.try(n)
	case js.With:
		e.expr(e.Operand(n))
		e.statement(e.Body(n))
	case js.For, js.ForIn, js.ForOf, js.While, js.DoWhile:
		e.loop(n)
	case js.Import:
		e.importDecl(n)
	}
}

func (e *engine) varDecl(n js.Node) {
	for _, d := range e.List(n) {
		if e.Kind(d) != js.Declarator {
			continue
		}
		v := e.Value(d)
		if v == 0 {
			continue
		}
		e.expr(v)
		e.target(e.Target(d), ref(v))
		e.holdsPart(e.Target(d), v)
		if t := e.Target(d); e.Kind(t) == js.Ident && e.Scopes.Scopes[e.Bindings[e.Binding(t)].Scope].Kind == js.ProgramScope {
			e.recordWrite(d, t, v, false)
		}
	}
}

func (e *engine) ifStatement(n js.Node) {
	test, place := e.Test(n), e.place
	e.expr(test)
	mark := len(e.log)
	dead := e.dead
	e.place = e.enter(place, inGate, test, false)
	e.refine(test, true)
	e.statement(e.Then(n))
	thenDead, then := e.dead, e.changed(mark)
	e.dead = dead
	e.place = e.enter(place, inGate, test, true)
	e.refine(test, false)
	if v := e.Else(n); v != 0 {
		e.statement(v)
	}
	elseDead, other := e.dead, e.changed(mark)
	e.join(then, other, thenDead, elseDead)
	switch {
	case thenDead && !elseDead:
		e.place = e.enter(place, inGate, test, true)
	case elseDead && !thenDead:
		e.place = e.enter(place, inGate, test, false)
	default:
		e.place = place
	}
}

func (e *engine) switchStatement(n js.Node) {
	e.expr(e.Test(n))
	place := e.place
	choice := e.choose(n)
	e.around(n, func() {
		for _, c := range e.List(n) {
			e.hoist(e.List(c))
		}
		for _, c := range e.List(n) {
			e.place = e.enter(place, inGate, e.Test(n), false)
			if t := e.Test(c); t != 0 {
				e.expr(t)
			}
			e.enterCase(&choice, c)
			e.statements(e.List(c))
			e.leaveCase(&choice, c, e.dead)
			e.dead = false
		}
	})
	e.leaveChoice(&choice)
	e.place = place
}

func (e *engine) try(n js.Node) {
	e.around(n, func() {
		e.statement(e.Body(n))
		e.dead = false
		if h := e.Handler(n); h != 0 {
			if t := e.Target(h); t != 0 {
				e.target(t, ref(h))
			}
			e.statement(e.Body(h))
			e.dead = false
		}
	})
	if f := e.Finally(n); f != 0 {
		e.statement(f)
	}
}

func (e *engine) loop(n js.Node) {
	if e.Kind(n) == js.For && e.Init(n) != 0 {
		if v := e.Init(n); e.Kind(v) == js.VarDecl {
			e.varDecl(v)
		} else {
			e.expr(v)
		}
	}
	place := e.place
	each := e.Kind(n) == js.ForIn || e.Kind(n) == js.ForOf
	if each {
		e.expr(e.Right(n))
	}
	e.around(n, func() {
		e.place = e.enter(place, inLoop, n, false)
		if each {
			e.loopTarget(n)
		} else if t := e.Test(n); t != 0 && e.Kind(n) != js.DoWhile {
			e.expr(t)
			e.refine(t, true)
		}
		e.statement(e.Body(n))
		if s := e.Step(n); s != 0 {
			e.expr(s)
		}
		if e.Kind(n) == js.DoWhile {
			e.expr(e.Test(n))
		}
	})
	e.place = place
}

// loopTarget gives the variable of for-in and for-of its values, through a place of its own.
func (e *engine) loopTarget(n js.Node) {
	from, left := ref(e.Right(n)), e.Left(n)
	v := ref(n)
	if e.Kind(n) == js.ForOf {
		e.watch(from, readAny, 0, v)
		e.link(from, v, passOn)
		if e.Is(n, js.IsAwait) {
			e.watch(v, awaitIt, 0, v)
		}
	} else {
		e.keysOf(from, v)
	}
	if e.Kind(left) == js.VarDecl {
		for _, d := range e.List(left) {
			if e.Kind(d) == js.Declarator {
				e.target(e.Target(d), v)
			}
		}
		return
	}
	e.target(left, v)
}

func (e *engine) importDecl(n js.Node) {
	from, _ := e.Constant(e.From(n))
	f := e.module(from)
	for _, s := range e.List(n) {
		v := e.Value(s)
		b := e.Binding(v)
		switch {
		case b == 0:
		case e.Op(s) != js.OpNone:
			e.learn(e.binding(b), f)
		case f != noFact:
			name := e.Name(e.Key(s))
			if name == "" {
				name = e.Name(v)
			}
			e.readFact(f, e.name(name), e.binding(b))
		}
	}
}

// module is what a module of MediaWiki's loader, or of npm, stands for as a global.
func (e *engine) module(name string) fact {
	switch name {
	case "jquery":
		return e.global("$")
	case "oojs":
		return e.global("OO")
	case "oojs-ui", "oojs-ui-core", "oojs-ui-widgets", "oojs-ui-windows":
		return e.path(e.global("OO"), "ui")
	case "vue", "@vue/composition-api":
		return e.global("Vue")
	case "@wikimedia/codex":
		return e.global("Codex")
	case "mustache":
		return e.global("Mustache")
	case "dompurify":
		return e.global("DOMPurify")
	}
	short := map[string]string{
		"mediawiki.api": "Api", "mediawiki.util": "util", "mediawiki.Title": "Title", "mediawiki.Uri": "Uri",
		"mediawiki.storage": "storage", "mediawiki.user": "user", "mediawiki.cookie": "cookie",
		"mediawiki.ForeignApi": "ForeignApi", "mediawiki.notification": "notification", "mediawiki.jqueryMsg": "jqueryMsg",
	}[name]
	if short != "" {
		return e.path(e.global("mw"), short)
	}
	return noFact
}

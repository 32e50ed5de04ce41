package flow

import (
	"strings"

	"sallyport/internal/js"
)

func (e *engine) exprs(list []js.Node) {
	for _, n := range list {
		e.expr(n)
	}
}

// expr walks an expression, so that ref(n) holds its value.
func (e *engine) expr(n js.Node) {
	if n == 0 {
		return
	}
	switch e.Kind(n) {
	case js.Ident:
		e.link(e.get(e.Binding(n)), ref(n), asIs)
	case js.This:
		e.link(e.funcs[e.fn].this, ref(n), asIs)
	case js.Super:
		e.watch(e.funcs[e.fn].this, readField, constructorName, ref(n))
		e.link(e.funcs[e.fn].this, ref(n), asIs)
	case js.Dot:
		e.dot(n)
	case js.Index:
		e.index(n)
	case js.Call, js.New, js.ImportCall, js.TaggedTemplate:
		e.call(n)
	case js.Assign:
		e.assign(n)
	case js.Function:
		e.function(n)
	case js.Class:
		e.class(n)
	case js.Object:
		e.object(n)
	case js.Array:
		e.array(n)
	case js.Binary:
		e.binary(n)
	case js.Template:
		e.template(n)
	case js.Logical:
		e.logical(n)
	case js.Cond:
		e.cond(n)
	case js.Update:
		e.expr(e.Operand(n))
		if v := e.Operand(n); e.Kind(v) == js.Ident {
			e.set(e.Binding(v), ref(n))
		}
	case js.Sequence:
		list := e.List(n)
		e.exprs(list)
		if len(list) > 0 {
			e.link(ref(list[len(list)-1]), ref(n), asIs)
		}
	case js.Await:
		e.expr(e.Operand(n))
		e.watch(ref(e.Operand(n)), awaitIt, 0, ref(n))
		e.link(ref(e.Operand(n)), ref(n), asIs)
	case js.Yield:
		if v := e.Operand(n); v != 0 {
			e.expr(v)
			e.watch(ref(v), awaitIt, 0, ref(n))
			e.link(ref(v), ref(n), asIs)
			e.link(ref(v), e.funcs[e.fn].ret, asIs)
		}
	case js.Unary, js.Spread:
		e.expr(e.Operand(n))
		if e.Kind(n) == js.Spread {
			e.link(ref(e.Operand(n)), ref(n), asIs)
		}
	default:
		e.Children(n, e.expr)
	}
}

func (e *engine) dot(n js.Node) {
	obj := e.Object(n)
	e.expr(obj)
	if e.Name(obj) == "location" && isPart(e.Name(n)) { // of where one is: nobody else says what it holds
		e.watch(ref(obj), readField, e.nameAtom(e.Atom(n)), ref(n))
		return
	}
	e.readProperty(ref(obj), e.nameAtom(e.Atom(n)), ref(n))
}

// readProperty lets a place have what a property holds.
func (e *engine) readProperty(obj ref, name uint32, to ref) {
	e.watch(obj, readField, name, to)
	e.plain = append(e.plain, use{kind: readField, name: name, to: to, next: uint32(obj)})
	if !e.named[name].clean {
		e.link(obj, to, e.named[name].field)
	}
}

// fieldMove is what becomes of data on its way from an object to a field of that name.
func fieldMove(name string) move {
	switch name {
	case "title", "user", "totitle", "fromtitle", "touser", "fromuser", "username", "prefixedtitle":
		return toTitle
	case "parsedcomment", "parsedsummary", "parseddescription", "parsed", "displaytitle", "html", "extract_html", "snippet", "titlesnippet", "sectionsnippet",
		"redirectsnippet", "categorysnippet":
		return toParsed
	case "id", "oldid", "newid", "userid", "logid", "rcid", "fromrevid", "torevid", "lastrevid", "totimestamp", "fromtimestamp", "touched", "editcount":
		return toNumber
	}
	return passOn
}

func (e *engine) index(n js.Node) {
	obj, key := e.Object(n), e.Right(n)
	e.expr(obj)
	if name, ok := e.keyName(n); ok {
		e.readProperty(ref(obj), name, ref(n))
		return
	}
	e.expr(key)
	e.watch(ref(obj), readAny, 0, ref(n))
	e.link(ref(obj), ref(n), passOn)
	e.open = append(e.open, n)
}

func (e *engine) assign(n js.Node) {
	left, right := e.Left(n), e.Right(n)
	switch op := e.Op(n); op {
	case js.OpNone:
		e.expr(right)
		e.link(ref(right), ref(n), asIs)
	case js.OpAnd, js.OpOr, js.OpNullish:
		e.expr(left)
		e.expr(right)
		e.link(ref(left), ref(n), asIs)
		e.link(ref(right), ref(n), asIs)
	case js.OpAdd:
		e.expr(left)
		e.expr(right)
		e.concat(n, []js.Node{left, right})
	default:
		e.expr(left)
		e.expr(right)
	}
	e.target(left, ref(n))
	if e.Kind(left) == js.Dot || e.Kind(left) == js.Index || e.isGlobal(left) {
		v := n
		if e.Op(n) == js.OpNone {
			v = right
		} else if e.Op(n) == js.OpAdd {
			v = right
		}
		e.recordWrite(n, left, v, e.Op(n) != js.OpNone)
	}
}

func (e *engine) isGlobal(n js.Node) bool {
	b := e.Binding(n)
	return b != 0 && (e.Bindings[b].Kind == js.Global || e.Bindings[b].Scope == 1)
}

// target puts a value where an assignment or declaration says.
func (e *engine) target(n js.Node, v ref) {
	switch e.Kind(n) {
	case js.Ident:
		e.set(e.Binding(n), v)
	case js.Dot, js.Index:
		e.writeProperty(n, v)
	case js.AssignPattern:
		e.expr(e.Right(n))
		in := e.fresh()
		e.link(v, in, asIs)
		e.link(ref(e.Right(n)), in, asIs)
		e.target(e.Left(n), in)
	case js.Rest:
		e.target(e.Operand(n), v)
	case js.ObjectPattern:
		for _, p := range e.List(n) {
			if e.Kind(p) != js.Property {
				e.target(p, v)
				continue
			}
			in := ref(p)
			if name, ok := e.keyName(p); ok {
				e.readProperty(v, name, in)
			} else {
				e.expr(e.Key(p))
				e.watch(v, readAny, 0, in)
				e.link(v, in, passOn)
			}
			e.target(e.Value(p), in)
		}
	case js.ArrayPattern:
		for i, p := range e.List(n) {
			if p == 0 {
				continue
			}
			if e.Kind(p) == js.Rest {
				e.target(p, v)
				continue
			}
			in := e.fresh()
			e.readProperty(v, e.name(digits(i)), in)
			e.target(p, in)
		}
	}
}

func (e *engine) writeProperty(n js.Node, v ref) {
	obj := e.Object(n)
	e.expr(obj)
	if name, ok := e.keyName(n); ok {
		e.watch(ref(obj), writeField, name, v)
		e.link(v, e.wherever(name), asIs)
		if text := e.nameText(name); len(text) > 3 && strings.HasPrefix(text, "on") {
			e.eventProperty(v, e.eventAt(obj, strings.ToLower(text[2:])))
		}
		return
	}
	e.expr(e.Right(n))
	e.watch(ref(obj), writeAny, 0, v)
	e.watch(ref(obj), writeKey, 0, ref(e.Right(n)))
	e.open = append(e.open, n)
}

// eventProperty models el.onclick = function.
func (e *engine) eventProperty(v ref, typ string) {
	ev := e.fresh()
	e.learn(ev, e.event(typ))
	e.handler(v, callback{params: []ref{ev}, trigger: triggerOf(typ), place: e.place})
}

func (e *engine) class(n js.Node) {
	f := e.made(classFact, n)
	inst := e.made(instFact, n)
	e.learn(ref(n), f)
	if s := e.Super(n); s != 0 {
		e.expr(s)
		e.watch(ref(s), inherit, 0, ref(n))
	}
	if name := e.Ident(n); name != 0 {
		e.set(e.Binding(name), ref(n))
	}
	outer := e.funcs[e.fn].this
	for _, m := range e.List(n) {
		if e.Kind(m) == js.StaticBlock {
			e.statements(e.List(m))
			continue
		}
		v := e.Value(m)
		if e.Is(m, js.IsComputed) {
			e.expr(e.Key(m))
		}
		if v == 0 {
			continue
		}
		if e.Kind(m) == js.Field && !e.Is(m, js.IsStatic) {
			this := e.fresh()
			e.learn(this, inst)
			e.funcs[e.fn].this = this
		}
		e.expr(v)
		e.funcs[e.fn].this = outer
		owner := inst
		if e.Is(m, js.IsStatic) {
			owner = f
		}
		e.put(owner, m, v)
	}
}

// put puts a method or field in its place. A getter gives what its function returns.
func (e *engine) put(owner fact, m, v js.Node) {
	if e.Kind(v) == js.Function && e.Kind(m) != js.Field {
		e.learn(e.thisOf(v), owner)
	}
	name, ok := e.keyName(m)
	if !ok {
		e.link(ref(v), e.site(owner).loose, asIs)
		return
	}
	if e.Op(m) == js.OpGet && e.Kind(v) == js.Function {
		e.funcs[e.funcAt[v]].called = true
		e.link(e.funcs[e.funcAt[v]].ret, e.field(owner, name), asIs)
		e.invoke(e.place, v, "")
		return
	}
	if e.Op(m) == js.OpSet {
		return
	}
	e.link(ref(v), e.field(owner, name), asIs)
	e.link(ref(v), e.wherever(name), asIs)
}

func (e *engine) object(n js.Node) {
	f := e.made(objectFact, n)
	e.learn(ref(n), f)
	for _, p := range e.List(n) {
		if e.Kind(p) == js.Spread {
			e.expr(e.Operand(p))
			e.watch(ref(e.Operand(p)), copyInto, 0, ref(n))
			e.link(ref(e.Operand(p)), ref(n), passOn)
			continue
		}
		if e.Is(p, js.IsComputed) {
			e.expr(e.Key(p))
			e.writeKeyFact(f, ref(e.Key(p)))
		}
		e.expr(e.Value(p))
		e.put(f, p, e.Value(p))
	}
	e.component(n, f)
}

func (e *engine) array(n js.Node) {
	f := e.made(arrayFact, n)
	e.learn(ref(n), f)
	list := e.List(n)
	for i, v := range list {
		if v == 0 {
			continue
		}
		e.expr(v)
		if e.Kind(v) == js.Spread {
			e.watch(ref(v), readAny, 0, e.site(f).loose)
			e.link(ref(v), e.site(f).loose, passOn)
			continue
		}
		if i < 64 && len(list) <= 256 {
			e.link(ref(v), e.field(f, e.name(digits(i))), asIs)
		} else {
			e.link(ref(v), e.site(f).any, asIs)
		}
	}
}

func (e *engine) logical(n js.Node) {
	left, right := e.Left(n), e.Right(n)
	e.expr(left)
	mark, place := len(e.log), e.place
	if op := e.Op(n); op == js.OpAnd {
		e.place = e.enter(place, inGate, left, false)
		e.refine(left, true)
	} else if op == js.OpOr {
		e.place = e.enter(place, inGate, left, true)
		e.refine(left, false)
	}
	e.expr(right)
	after := e.changed(mark)
	e.join(after, nil, false, false)
	e.place = place
	if e.Op(n) != js.OpAnd {
		e.link(ref(left), ref(n), asIs)
	}
	e.link(ref(right), ref(n), asIs)
}

func (e *engine) cond(n js.Node) {
	test, place := e.Test(n), e.place
	e.expr(test)
	mark := len(e.log)
	e.place = e.enter(place, inGate, test, false)
	e.refine(test, true)
	e.expr(e.Then(n))
	then := e.changed(mark)
	e.place = e.enter(place, inGate, test, true)
	e.refine(test, false)
	e.expr(e.Else(n))
	other := e.changed(mark)
	e.join(then, other, false, false)
	e.place = place
	e.link(ref(e.Then(n)), ref(n), asIs)
	e.link(ref(e.Else(n)), ref(n), asIs)
}

// binary joins texts for +; all other operators give numbers and truths.
func (e *engine) binary(n js.Node) {
	if e.Op(n) != js.OpAdd {
		e.expr(e.Left(n))
		e.expr(e.Right(n))
		switch e.Op(n) {
		case js.OpShl, js.OpShr, js.OpUshr, js.OpBitXor, js.OpBitOr: // numbers of letters are packed and masked so
			e.link(ref(e.Left(n)), ref(n), onlyData)
			e.link(ref(e.Right(n)), ref(n), onlyData)
		}
		return
	}
	var parts []js.Node
	for at := n; ; at = e.Left(at) {
		if e.Kind(at) != js.Binary || e.Op(at) != js.OpAdd {
			parts = append(parts, at)
			break
		}
		parts = append(parts, e.Right(at))
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	e.exprs(parts)
	e.concat(n, parts)
}

func (e *engine) template(n js.Node) {
	list := e.List(n)
	for _, p := range list {
		if e.Kind(p) != js.TemplateText {
			e.expr(p)
		}
	}
	e.concat(n, list)
}

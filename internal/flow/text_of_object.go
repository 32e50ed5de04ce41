package flow

import "sallyport/internal/js"

// spells says whether the script has a toString of its own: objects may then stand for texts.
func (e *engine) spells() bool {
	named := false
	for a := range e.byAtom {
		named = named || e.AtomText(js.Atom(a)) == toStringText
	}
	for n := js.Node(1); named && int(n) < e.Len(); n++ {
		at := n
		switch e.Kind(n) {
		case js.Property, js.Method, js.Field:
		case js.Assign:
			at = e.Left(n)
		default:
			continue
		}
		if name, _ := e.KeyName(at); name == toStringText {
			return true
		}
	}
	return false
}

const toStringText = "toString"

// textsOfObjects lets objects be the texts that their toString gives, where a text is wanted: in a sum or a template, handed to a
// function, written to a property (ECMA-262 §7.1.17).
func (e *engine) textsOfObjects() {
	if !e.spells() {
		return
	}
	want := func(n js.Node) {
		switch e.Kind(n) {
		case js.Ident, js.Dot, js.Call, js.New, js.This, js.Await:
			e.watch(ref(n), readText, 0, ref(n))
		}
	}
	for n := js.Node(1); int(n) < e.Len(); n++ {
		switch e.Kind(n) {
		case js.Binary:
			if e.Op(n) == js.OpAdd {
				want(e.Left(n))
				want(e.Right(n))
			}
		case js.Template:
			for _, p := range e.List(n) {
				want(p)
			}
		case js.Call:
			for _, a := range e.Args(n) {
				want(a)
			}
		case js.Assign:
			if k := e.Kind(e.Left(n)); k == js.Dot || k == js.Index {
				want(e.Right(n))
			}
		}
	}
}

// readTextFact lets a place have what the toString of an object of the script gives.
func (e *engine) readTextFact(f fact, to ref) {
	if k := e.facts.info[f].kind; k != instFact && k != objectFact {
		return
	}
	text := e.fresh()
	e.handler(e.field(f, e.name(toStringText)), callback{ret: text})
	e.link(text, to, passOn)
}

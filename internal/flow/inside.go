package flow

import "sallyport/internal/js"

// maxInside is how deep data is looked for in what is handed over as a whole.
const maxInside = 3

// inside is what can be found in the objects and lists at a place, and in those they hold. Whoever gets them whole, and makes
// one text of them, lets all of it out.
func (e *engine) inside(at ref) ref {
	in := e.fresh()
	for depth := 0; depth < maxInside; depth++ {
		next := e.fresh()
		e.watch(at, readInside, 0, next)
		e.link(next, in, passOn)
		at = next
	}
	return in
}

// passInside lets what is in arguments that are objects reach a place.
func (e *engine) passInside(args []js.Node, to ref, how move) {
	for _, a := range args {
		if !e.isPlain(ref(a)) {
			e.link(e.inside(ref(a)), to, how)
		}
	}
}

// handIn models a library that is given data and functions in one object: { data, columns: [ { render: f } ] }. What it calls
// the functions with is what it was given.
func (e *engine) handIn(id uint32, options js.Node) {
	if e.Kind(options) != js.Object {
		return
	}
	place := e.calls[id].place
	in := e.fresh()
	at := ref(options)
	for range maxInside {
		next := e.fresh()
		e.watch(at, readInside, 0, next)
		e.link(next, in, passOn)
		e.handler(next, callback{unknown: true, rest: in, place: place, call: id})
		at = next
	}
}

// beside is what a function that is an argument may be called with by somebody nobody knows: the members of the other
// arguments, as in each( list, f ). 0 when there are none.
func (e *engine) beside(c *callRecord, f js.Node) ref {
	if e.Kind(f) != js.Function {
		return 0
	}
	in := ref(0)
	for _, a := range c.args {
		if a == f || e.isPlain(ref(a)) || e.Kind(a) == js.Function {
			continue
		}
		if in == 0 {
			in = e.fresh()
		}
		e.watch(ref(a), readAny, 0, in)
		e.link(ref(a), in, passOn)
	}
	return in
}

// intoOpen lets what is in an object reach a list it is put into, where nothing is known of the list but the name it goes by.
func (e *engine) intoOpen(list ref, member js.Node) {
	if e.Kind(member) != js.Object || int(list) >= e.Len() || e.refs[list].held != 0 {
		return
	}
	in := e.inside(ref(member))
	e.link(in, list, passOn)
	for i, n := e.refs[list].in, 0; i != 0 && n < 4; i, n = e.edges[i].nextIn, n+1 {
		if e.edges[i].how == asIs {
			e.link(in, e.edges[i].from, passOn)
		}
	}
}

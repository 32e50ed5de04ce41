package flow

import "sallyport/internal/js"

// maxPipeline bounds the functions of a pipeline that are told apart.
const maxPipeline = 16

// pipeline models [ f, g, h ].reduce( ( value, step ) => step( value ), x ): what one function gives, the next one gets. It
// says whether the call is one.
func (e *engine) pipeline(c *callRecord, id uint32) bool {
	if len(c.args) != 2 || e.Kind(c.args[0]) != js.Function || !e.applies(c.args[0]) {
		return false
	}
	list := e.members(c.object)
	if len(list) == 0 || len(list) > maxPipeline {
		return false
	}
	if e.methodOf(c) == "reduceRight" {
		for i, k := 0, len(list)-1; i < k; i, k = i+1, k-1 {
			list[i], list[k] = list[k], list[i]
		}
	}
	value := e.arg(c, 1)
	for _, step := range list {
		next := e.fresh()
		e.handler(ref(step), callback{params: []ref{value}, ret: next, place: c.place, call: id})
		value = next
	}
	e.link(value, ref(c.node), asIs)
	e.handler(e.arg(c, 0), callback{place: c.place, call: id})
	return true
}

// applies knows functions that call their second parameter with the first: ( value, step ) => step( value ).
func (e *engine) applies(f js.Node) bool {
	p := e.Params(f)
	if len(p) < 2 || e.Kind(p[0]) != js.Ident || e.Kind(p[1]) != js.Ident {
		return false
	}
	given := e.Body(f)
	if !e.Is(f, js.IsExprBody) {
		list := e.List(given)
		if len(list) != 1 || e.Kind(list[0]) != js.Return {
			return false
		}
		given = e.Operand(list[0])
	}
	return e.Kind(given) == js.Call && e.Kind(e.Callee(given)) == js.Ident && e.Binding(e.Callee(given)) == e.Binding(p[1]) &&
		e.Binding(e.Arg(given, 0)) == e.Binding(p[0]) && e.Arg(given, 1) == 0
}

// members are those of a list that is there to be seen, nil when they are not.
func (e *engine) members(n js.Node) []js.Node {
	n = e.single(n)
	if e.Kind(n) != js.Array {
		return nil
	}
	var out []js.Node
	for _, v := range e.List(n) {
		if v == 0 || e.Kind(v) == js.Spread {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// single follows variables that hold one thing to what that is.
func (e *engine) single(n js.Node) js.Node {
	for range 8 {
		if e.Kind(n) != js.Ident {
			break
		}
		from := e.refs[n].in
		if from == 0 || e.edges[from].nextIn != 0 {
			break
		}
		at := e.edges[from].from
		for int(at) >= e.Len() && at != 0 {
			i := e.refs[at].in
			if i == 0 || e.edges[i].nextIn != 0 {
				return n
			}
			at = e.edges[i].from
		}
		n = js.Node(at)
	}
	return n
}

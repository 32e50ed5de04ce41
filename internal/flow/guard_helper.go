package flow

import "sallyport/internal/js"

// Bounds of looking into the functions that conditions ask: how deep, and how many questions in all.
const (
	maxHelperDepth = 3
	maxInlined     = 5000
)

// part is what a variable is of an address: protocol in const { protocol } = new URL( x ).
type part struct {
	of   js.Node
	name string
}

// isPart knows the parts of an address that say where it leads.
func isPart(name string) bool {
	switch name {
	case "protocol", "origin", "host", "hostname":
		return true
	}
	return false
}

// partOf is what a node is of something: url.protocol, or a variable that holds that.
func (e *engine) partOf(n js.Node) (part, bool) {
	switch e.Kind(n) {
	case js.Dot:
		return part{e.Object(n), e.Name(n)}, isPart(e.Name(n))
	case js.Ident:
		p, ok := e.partAt[e.Binding(n)]
		return p, ok
	}
	return part{}, false
}

// holdsPart notes which part of an address a variable is declared to hold.
func (e *engine) holdsPart(target, value js.Node) {
	note := func(n js.Node, p part) {
		if b := e.Binding(n); b != 0 && !e.shared[b] {
			if e.partAt == nil {
				e.partAt = map[js.BindingID]part{}
			}
			e.partAt[b] = p
		}
	}
	switch e.Kind(target) {
	case js.Ident:
		if p, ok := e.partOf(value); ok {
			note(target, p)
		}
	case js.ObjectPattern:
		for _, f := range e.List(target) {
			if name, ok := e.KeyName(f); ok && isPart(name) && e.Kind(e.Value(f)) == js.Ident {
				note(e.Value(f), part{value, name})
			}
		}
	}
}

// refineHelper handles if ( isSafe( x ) ), where isSafe is a function of the script: what it says of its parameter when it
// gives something true, or something false, holds of x. It says whether there is such a function.
func (e *engine) refineHelper(call js.Node, holds bool) bool {
	f := e.helper(e.Callee(call))
	if f == 0 || e.helpers >= maxHelperDepth || e.inlined >= maxInlined {
		return f != 0
	}
	e.inlined++
	e.helpers++
	mark := len(e.log)
	given := map[js.BindingID]newValue{}
	for i, p := range e.Params(f) {
		a := e.Arg(call, i)
		if a == 0 {
			break
		}
		e.holdsPart(p, a)
		b := e.Binding(p)
		if b == 0 || e.Kind(p) != js.Ident || e.shared[b] {
			continue
		}
		at := ref(a)
		if e.Kind(a) == js.Ident {
			at = e.get(e.Binding(a))
		}
		given[b] = newValue{e.Binding(a), at}
		e.hold(b, at)
	}
	possible := true
	if e.Is(f, js.IsExprBody) {
		e.refine(e.Body(f), holds)
	} else {
		possible = e.refineBody(e.List(e.Body(f)), holds)
	}
	list := e.changed(mark)
	e.helpers--
	for _, v := range list {
		g, isParam := given[v.b]
		switch {
		case !possible:
		case isParam && g.b != 0 && g.r != v.r && !e.shared[g.b]:
			e.hold(g.b, v.r)
		case !isParam && e.ownFunction(e.Bindings[v.b].Scope) != f:
			e.hold(v.b, v.r)
		}
	}
	return true
}

// refineBody is refine for what a function body returns. It says whether the body can return such a thing at all.
func (e *engine) refineBody(list []js.Node, holds bool) bool {
	for i, n := range list {
		switch e.Kind(n) {
		case js.VarDecl:
			for _, d := range e.List(n) {
				if e.Kind(d) == js.Declarator && e.Value(d) != 0 {
					e.holdsPart(e.Target(d), e.Value(d))
					e.holdNode(e.Target(d), e.Value(d))
				}
			}
		case js.ExprStmt:
			if a := e.Operand(n); e.Kind(a) == js.Assign && e.Op(a) == js.OpNone {
				e.holdNode(e.Left(a), e.Right(a))
			}
		case js.Return:
			v := e.Operand(n)
			if truth, known := e.truth(v); known {
				return truth == holds
			}
			e.refine(v, holds)
			return true
		case js.Throw:
			return false
		case js.Block:
			return e.refineBody(append(append([]js.Node(nil), e.List(n)...), list[i+1:]...), holds)
		case js.Try:
			if h := e.Handler(n); h != 0 && e.mayGive(e.List(e.Body(h)), holds) {
				return true
			}
			return e.refineBody(append(append([]js.Node(nil), e.List(e.Body(n))...), list[i+1:]...), holds)
		case js.If:
			return e.refineBranch(n, list[i+1:], holds)
		case js.Function:
		default:
			return true // loops and the rest: nothing is known
		}
	}
	return !holds // the end of a function gives undefined
}

// refineBranch is refineBody from an if on.
func (e *engine) refineBranch(n js.Node, rest []js.Node, holds bool) bool {
	with := func(branch js.Node) []js.Node {
		if branch == 0 {
			return rest
		}
		return append([]js.Node{branch}, rest...)
	}
	if e.inlined++; e.inlined >= maxInlined {
		return true
	}
	mark := len(e.log)
	e.refine(e.Test(n), true)
	thenCan := e.refineBody(with(e.Then(n)), holds)
	then := e.changed(mark)
	e.refine(e.Test(n), false)
	elseCan := e.refineBody(with(e.Else(n)), holds)
	other := e.changed(mark)
	e.join(then, other, !thenCan, !elseCan)
	return thenCan || elseCan
}

// mayGive says whether a handler may return what is asked for; one that just goes on may, as far as we know.
func (e *engine) mayGive(list []js.Node, holds bool) bool {
	if len(list) == 0 || e.Kind(list[len(list)-1]) != js.Return {
		return len(list) > 0 && e.Kind(list[len(list)-1]) != js.Throw
	}
	truth, known := e.truth(e.Operand(list[len(list)-1]))
	return !known || truth == holds
}

// truth is what a constant counts as in a condition; no value at all is undefined.
func (e *engine) truth(n js.Node) (truth, known bool) {
	switch e.Kind(n) {
	case js.None, js.Null:
		return false, true
	case js.Bool:
		return e.Op(n).String() == "true", true
	case js.Number:
		return e.Num(n) != 0, true
	case js.String:
		return e.Str(n) != "", true
	case js.Ident:
		return false, e.Name(n) == "undefined"
	}
	return false, false
}

// holdNode makes a variable hold what an expression that was walked, or will be, gives.
func (e *engine) holdNode(target, value js.Node) {
	if b := e.Binding(target); b != 0 && e.Kind(target) == js.Ident && !e.shared[b] {
		e.hold(b, ref(value))
	}
}

// helper is the function of the script that is called: by its name, or as the only method of that name.
func (e *engine) helper(callee js.Node) js.Node {
	f := js.Node(0)
	switch e.Kind(callee) {
	case js.Ident:
		b := e.Binding(callee)
		if b == 0 || e.shared[b] || e.Bindings[b].Kind == js.Param {
			return 0
		}
		at := e.get(b)
		if i := e.refs[at].in; int(at) >= e.Len() && i != 0 && e.edges[i].nextIn == 0 {
			at = e.edges[i].from
		}
		if int(at) < e.Len() {
			f = js.Node(at)
		}
	case js.Dot:
		f = e.methodNamed(e.Name(callee))
	}
	if f == 0 || e.Kind(f) != js.Function || e.Is(f, js.IsAsync) || e.Is(f, js.IsGenerator) {
		return 0
	}
	return f
}

// methodNamed is the one function that the script puts under a name in any of its objects, 0 when there is none or several.
func (e *engine) methodNamed(name string) js.Node {
	if e.methods == nil {
		e.methods = map[string]js.Node{}
		add := func(name string, v js.Node) {
			if e.Kind(v) != js.Function {
				return
			}
			if had, again := e.methods[name]; again && had != v {
				v = 0
			}
			e.methods[name] = v
		}
		for n := js.Node(1); int(n) < e.Len(); n++ {
			switch e.Kind(n) {
			case js.Property, js.Method:
				name, _ := e.KeyName(n)
				add(name, e.Value(n))
			case js.Assign:
				if e.Kind(e.Left(n)) == js.Dot {
					add(e.Name(e.Left(n)), e.Right(n))
				}
			}
		}
	}
	return e.methods[name]
}

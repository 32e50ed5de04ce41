package pattern

import "sallyport/internal/js"

// equal says whether two stretches of the script are the same code: the same kinds, operators and texts in the same order.
// Names are the same when they mean the same variable; where a with statement or an eval may interfere, the spelling decides
// all the same, because that is what the author wrote twice.
func (r *run) equal(a, b js.Node) bool {
	if a == b {
		return true
	}
	if !r.step() || a == 0 || b == 0 || r.Kind(a) != r.Kind(b) {
		return r.sameName(a, b)
	}
	if !r.equalHere(a, b) {
		return false
	}
	x, y := r.children(a), r.children(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !r.equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

// sameName lets a key and a variable of the same name be the same, as in {x} and in class and function names.
func (r *run) sameName(a, b js.Node) bool {
	if a == 0 || b == 0 || r.Kind(a) != js.Name && r.Kind(b) != js.Name {
		return false
	}
	word := func(n js.Node) string {
		if r.Kind(n) == js.Name || r.Kind(n) == js.Ident {
			return r.Name(n)
		}
		return ""
	}
	return word(a) != "" && word(a) == word(b)
}

const telling = js.IsAsync | js.IsGenerator | js.IsComputed | js.IsStatic

// equalHere compares what two nodes of one kind say themselves.
func (r *run) equalHere(a, b js.Node) bool {
	switch k := r.Kind(a); k {
	case js.Ident:
		return r.Tree.Binding(a) == r.Tree.Binding(b)
	case js.String, js.BigInt, js.TemplateText:
		return r.Str(a) == r.Str(b)
	case js.Regexp:
		return r.Str(a) == r.Str(b) && r.RegexpFlags(a) == r.RegexpFlags(b)
	case js.Number:
		return r.Num(a) == r.Num(b)
	case js.For:
		return (r.Init(a) == 0) == (r.Init(b) == 0) && (r.Test(a) == 0) == (r.Test(b) == 0) && (r.Step(a) == 0) == (r.Step(b) == 0)
	case js.Try:
		return (r.Handler(a) == 0) == (r.Handler(b) == 0)
	case js.Array, js.ArrayPattern:
		return len(r.List(a)) == len(r.List(b))
	case js.Function, js.Class, js.Method, js.Field, js.Property:
		return r.Op(a) == r.Op(b) && r.Flags(a)&telling == r.Flags(b)&telling
	}
	return r.Op(a) == r.Op(b) && r.Name(a) == r.Name(b)
}

func (r *run) children(n js.Node) []js.Node {
	var out []js.Node
	r.Tree.Children(n, func(c js.Node) { out = append(out, c) })
	return out
}

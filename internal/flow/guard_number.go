package flow

import "sallyport/internal/js"

// refineNumber handles conditions that only numbers meet: x > 0, +x === +x, isFinite(x). Texts compared with a number
// become one, and what is none is neither more nor less than anything.
func (e *engine) refineNumber(x js.Node) {
	if e.Kind(x) == js.Unary && e.Op(x) == js.OpPlus {
		x = e.Operand(x)
	}
	if e.Kind(x) == js.Call && e.Name(e.Callee(x)) == "Number" {
		x = e.Arg(x, 0)
	}
	e.narrow(x)
}

// refineOrder handles x < 10 and its like.
func (e *engine) refineOrder(n js.Node) {
	switch e.Op(n) {
	case js.OpLt, js.OpLe, js.OpGt, js.OpGe:
	default:
		return
	}
	left, right := e.Left(n), e.Right(n)
	switch {
	case e.Kind(right) == js.Number:
		e.refineNumber(left)
	case e.Kind(left) == js.Number:
		e.refineNumber(right)
	}
}

// refineSame handles x === String(Number(x)), +x === +x and their like: a number reads back as the text it was.
func (e *engine) refineSame(left, right js.Node) {
	for range 2 {
		v := right
		if e.Kind(v) == js.Call && e.Name(e.Callee(v)) == "String" {
			v = e.Arg(v, 0)
		}
		if e.isNumberOf(v, e.Binding(left)) {
			e.narrow(left)
		}
		left, right = right, left
	}
}

// isNumberOf knows +x, Number(x) and parseInt(x, 10).
func (e *engine) isNumberOf(n js.Node, b js.BindingID) bool {
	if b == 0 {
		return false
	}
	if e.Kind(n) == js.Unary && e.Op(n) == js.OpPlus {
		return e.Binding(e.Operand(n)) == b
	}
	if e.Kind(n) != js.Call {
		return false
	}
	switch e.Name(e.Callee(n)) {
	case "Number", "parseInt", "parseFloat":
		return e.Binding(e.Arg(n, 0)) == b
	}
	return false
}

// refineNaN handles isNaN(x), which is asked to be false.
func (e *engine) refineNaN(call js.Node) {
	if c := e.Callee(call); e.Kind(c) == js.Ident && e.Name(c) == "isNaN" || e.Kind(c) == js.Dot && e.Name(c) == "isNaN" && e.Name(e.Object(c)) == "window" {
		e.refineNumber(e.Arg(call, 0))
	}
}

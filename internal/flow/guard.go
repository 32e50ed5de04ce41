package flow

import (
	"strings"

	"sallyport/internal/js"
)

// refine tells what a condition says about variables where it holds, or where it does not.
func (e *engine) refine(test js.Node, holds bool) {
	switch e.Kind(test) {
	case js.Unary:
		if e.Op(test) == js.OpNot {
			e.refine(e.Operand(test), !holds)
		}
	case js.Logical:
		switch op := e.Op(test); {
		case op == js.OpAnd && holds || op == js.OpOr && !holds:
			e.refine(e.Left(test), holds)
			e.refine(e.Right(test), holds)
		case op == js.OpAnd || op == js.OpOr:
			e.refineEither(e.Left(test), e.Right(test), holds)
		}
	case js.Binary:
		e.refineCompare(test, holds)
	case js.Call:
		switch {
		case e.refineHelper(test, holds):
		case holds:
			e.refineCall(test)
		default:
			e.refineNaN(test)
			e.refineNotBeginning(test)
		}
	}
}

// narrow makes a variable hold, from here on, what passed a check.
func (e *engine) narrow(x js.Node) { e.narrowBy(x, checked) }

func (e *engine) narrowBy(x js.Node, how move) {
	b := e.Binding(x)
	if b == 0 || e.shared[b] {
		return
	}
	r := e.fresh()
	e.link(e.get(b), r, how)
	e.hold(b, r)
}

func (e *engine) refineCompare(n js.Node, holds bool) {
	left, right := e.Left(n), e.Right(n)
	op := e.Op(n)
	equal := op == js.OpEq || op == js.OpStrictEq
	unequal := op == js.OpNe || op == js.OpStrictNe
	if equal && holds || unequal && !holds {
		for _, side := range [2][2]js.Node{{left, right}, {right, left}} {
			x, v := side[0], side[1]
			if _, ok := e.Constant(v); ok && e.Kind(x) == js.Ident {
				if b := e.Binding(x); b != 0 && !e.shared[b] {
					e.hold(b, ref(v))
				}
			}
			if s, _ := e.Constant(v); e.Kind(x) == js.Unary && e.Op(x) == js.OpTypeof && (s == "number" || s == "boolean") {
				e.narrow(e.Operand(x))
			}
			switch e.Kind(x) {
			case js.Dot, js.Call, js.Index, js.Ident:
				e.refineLook(x, v)
			}
			if name := e.Name(x); name == "origin" || name == "source" || name == "host" || name == "hostname" {
				e.refineSender(x, v)
			}
		}
		e.refineSame(left, right)
	}
	if unequal && holds || equal && !holds {
		e.refineNotSlash(left, right)
	}
	if holds {
		e.refineOrder(n)
	}
	if op == js.OpIn && holds && e.Kind(left) == js.Ident {
		e.narrow(left)
	}
	// list.indexOf(x) !== -1, >= 0, > -1
	found := unequal && holds || equal && !holds || (op == js.OpGe || op == js.OpGt) && holds || op == js.OpLt && !holds
	if found && e.Kind(left) == js.Call && e.isMinusOneOrZero(right) {
		e.refineMember(left)
	}
}

func (e *engine) isMinusOneOrZero(n js.Node) bool {
	if e.Kind(n) == js.Unary && e.Op(n) == js.OpMinus {
		return e.Num(e.Operand(n)) == 1
	}
	return e.Kind(n) == js.Number && e.Num(n) == 0
}

func (e *engine) refineCall(n js.Node) {
	callee := e.Callee(n)
	arg := e.Arg(n, 0)
	if e.Kind(callee) == js.Ident && e.Name(callee) == "isFinite" {
		e.refineNumber(arg)
	}
	if e.Kind(callee) != js.Dot {
		return
	}
	switch e.Name(callee) {
	case "test", "exec":
		e.refineTest(arg, e.Object(callee))
	case "match":
		e.refineTest(e.Object(callee), arg)
	case "startsWith":
		e.refineBeginning(e.Object(callee), arg)
	case "endsWith":
		if e.isSenderSuffix(arg) {
			e.trustSender(e.Object(callee))
			if p, ok := e.partOf(e.Object(callee)); ok && (p.name == "host" || p.name == "hostname") {
				e.leadsFrom(p.of, hosted)
			}
		}
	case "isNumeric", "isInteger", "isFinite", "isIPAddress", "isIPv4Address", "isIPv6Address":
		if e.Kind(arg) == js.Ident {
			e.narrow(arg)
		}
	case "includes", "has", "hasOwnProperty", "inArray", "hasOwn", "call":
		e.refineMember(n)
	}
}

// refineMember handles list.includes(x), where x is one of a list of the script's own. In x.includes(part) x stays what
// it is.
func (e *engine) refineMember(n js.Node) {
	callee := e.Callee(n)
	if e.Kind(callee) != js.Dot {
		return
	}
	list, arg := e.Object(callee), e.Arg(n, 0)
	switch e.Name(callee) {
	case "inArray":
		list = e.Arg(n, 1)
	case "hasOwn":
		list, arg = arg, e.Arg(n, 1)
	case "call": // Object.prototype.hasOwnProperty.call(table, x)
		if o := e.Object(callee); e.Kind(o) != js.Dot || e.Name(o) != "hasOwnProperty" {
			return
		}
		list, arg = arg, e.Arg(n, 1)
	case "includes", "indexOf", "has", "hasOwnProperty":
	default:
		return
	}
	if e.Kind(list) == js.String || e.Kind(list) == js.Template || !e.isTable(list, 0) {
		return
	}
	switch e.Kind(arg) {
	case js.Ident:
		e.narrow(arg)
		if e.Name(arg) == "origin" {
			e.trustSender(arg)
		}
	case js.Dot:
		e.trustSender(arg)
	}
	if p, ok := e.partOf(arg); ok {
		e.leadsFrom(p.of, partMove(p.name))
	}
}

// isTable says whether a list may be one that the script wrote down itself. Where a variable is not plain to see, its name
// decides nothing: it may.
func (e *engine) isTable(n js.Node, depth int) bool {
	switch e.Kind(n) {
	case js.Array, js.Object, js.New:
		return true
	case js.Call:
		return false
	case js.Ident:
		b := e.Binding(n)
		if b == 0 || depth > 3 || e.Bindings[b].Kind == js.Param {
			return false
		}
		return true
	}
	return true
}

// strict says whether a pattern lets through only texts that are harmless everywhere: anchored at both ends, and without
// anything that matches angle brackets, quotes or anything at all.
func strict(p string) bool {
	for _, a := range alternatives(p) {
		if !strings.HasPrefix(a, "^") || !strings.HasSuffix(a, "$") || strings.HasSuffix(a, `\$`) || !harmless(a[1:len(a)-1]) {
			return false
		}
	}
	return true
}

// harmless says whether what a pattern, or a part of one, matches is harmless everywhere.
func harmless(p string) bool {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			if i++; i < len(p) && strings.IndexByte("SWDB", p[i]) >= 0 {
				return false
			}
		case '.':
			if !inClass(p, i) {
				return false
			}
		case '[':
			if strings.HasPrefix(p[i+1:], "^") {
				end := strings.IndexByte(p[i:], ']')
				if end < 0 || !strings.Contains(p[i:i+end], "<") {
					return false
				}
			}
		case '<', '>', '"', '\'':
			if !inNegatedClass(p, i) {
				return false
			}
		}
	}
	return true
}

func inClass(p string, i int) bool {
	open := strings.LastIndexByte(p[:i], '[')
	return open >= 0 && strings.IndexByte(p[open:i], ']') < 0
}

func inNegatedClass(p string, i int) bool {
	open := strings.LastIndexByte(p[:i], '[')
	return inClass(p, i) && p[open+1] == '^'
}

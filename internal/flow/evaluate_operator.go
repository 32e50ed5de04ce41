package flow

import (
	"math"

	"sallyport/internal/js"
)

func (m *machine) unary(n js.Node, f *frame) (any, bool) {
	v, ok := m.expr(m.e.Operand(n), f)
	if !ok {
		return nil, false
	}
	switch m.e.Op(n) {
	case js.OpNot:
		return !truthy(v), true
	case js.OpVoid:
		return undefined{}, true
	case js.OpTypeof:
		return typeOf(v), true
	}
	x, ok := m.num(v)
	if !ok {
		return nil, false
	}
	switch m.e.Op(n) {
	case js.OpMinus:
		return -x, true
	case js.OpPlus:
		return x, true
	case js.OpBitNot:
		return float64(^toInt32(x)), true
	}
	return nil, false
}

func (m *machine) binary(n js.Node, f *frame) (any, bool) {
	l, ok := m.expr(m.e.Left(n), f)
	if !ok {
		return nil, false
	}
	r, ok := m.expr(m.e.Right(n), f)
	if !ok {
		return nil, false
	}
	return m.operate(m.e.Op(n), l, r)
}

func (m *machine) operate(op js.Op, l, r any) (any, bool) {
	switch op {
	case js.OpAdd:
		return m.add(l, r)
	case js.OpStrictEq, js.OpEq:
		v, ok := m.equal(l, r, op == js.OpEq)
		return v, ok
	case js.OpStrictNe, js.OpNe:
		v, ok := m.equal(l, r, op == js.OpNe)
		return !v, ok
	case js.OpIn:
		t, ok := r.(*table)
		name, _ := m.str(l)
		if !ok {
			return nil, false
		}
		_, has := t.values[name]
		return has, true
	case js.OpInstanceof:
		return nil, false
	}
	if a, ok := l.(string); ok {
		if b, ok := r.(string); ok {
			switch op {
			case js.OpLt:
				return a < b, true
			case js.OpGt:
				return a > b, true
			case js.OpLe:
				return a <= b, true
			case js.OpGe:
				return a >= b, true
			}
		}
	}
	x, ok1 := m.num(l)
	y, ok2 := m.num(r)
	if !ok1 || !ok2 {
		return nil, false
	}
	return arithmetic(op, x, y)
}

func (m *machine) add(l, r any) (any, bool) {
	x, ok1 := l.(float64)
	y, ok2 := r.(float64)
	if ok1 && ok2 {
		return x + y, true
	}
	if isSimple(l) && isSimple(r) {
		_, s1 := l.(string)
		_, s2 := r.(string)
		if !s1 && !s2 {
			a, _ := m.num(l)
			b, _ := m.num(r)
			return a + b, true
		}
	}
	a, ok1 := m.str(l)
	b, ok2 := m.str(r)
	if !ok1 || !ok2 || len(a)+len(b) > m.e.o.Limits.Text {
		return nil, false
	}
	m.steps -= (len(a) + len(b)) / 64
	return a + b, true
}

func (m *machine) equal(l, r any, loose bool) (bool, bool) {
	if isSimple(l) && isSimple(r) {
		if l == r {
			return true, true
		}
		if !loose || typeOf(l) == typeOf(r) {
			return false, true
		}
		_, u1 := l.(undefined)
		_, u2 := r.(undefined)
		if l == nil || r == nil || u1 || u2 {
			return (l == nil || u1) && (r == nil || u2), true
		}
		x, _ := m.num(l)
		y, _ := m.num(r)
		return x == y, true
	}
	if isSimple(l) != isSimple(r) && !loose {
		return false, true
	}
	if isSimple(l) || isSimple(r) {
		return false, false
	}
	a, ok1 := l.(*array)
	b, ok2 := r.(*array)
	return ok1 && ok2 && a == b, true
}

func arithmetic(op js.Op, x, y float64) (any, bool) {
	switch op {
	case js.OpSub:
		return x - y, true
	case js.OpMul:
		return x * y, true
	case js.OpDiv:
		return x / y, true
	case js.OpMod:
		return math.Mod(x, y), true
	case js.OpPow:
		return math.Pow(x, y), true
	case js.OpLt:
		return x < y, true
	case js.OpLe:
		return x <= y, true
	case js.OpGt:
		return x > y, true
	case js.OpGe:
		return x >= y, true
	case js.OpBitAnd:
		return float64(toInt32(x) & toInt32(y)), true
	case js.OpBitOr:
		return float64(toInt32(x) | toInt32(y)), true
	case js.OpBitXor:
		return float64(toInt32(x) ^ toInt32(y)), true
	case js.OpShl:
		return float64(toInt32(x) << (uint32(toInt32(y)) & 31)), true
	case js.OpShr:
		return float64(toInt32(x) >> (uint32(toInt32(y)) & 31)), true
	case js.OpUshr:
		return float64(uint32(toInt32(x)) >> (uint32(toInt32(y)) & 31)), true
	}
	return nil, false
}

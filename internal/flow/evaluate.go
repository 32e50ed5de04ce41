package flow

import (
	"math"
	"strconv"
	"strings"

	"sallyport/internal/js"
)

// machine runs those parts of a script that depend on nothing but its own constants: decoders, packers, tables of strings.
// It knows no page, no network and no clock; whatever asks for those is not computed at all.
type machine struct {
	e      *engine
	kept   map[js.BindingID]any // what variables outside of running functions hold
	failed map[js.Node]bool
	ready  map[js.BindingID]bool // preludes that ran
	atOnce []uint32              // calls that may be preludes
	looked int                   // calls that were looked at for that
	steps  int                   // left for this expression
	spent  int                   // on all expressions
	depth  int
	run    int // number of the expression
	turns  int // preludes under way
}

// own says whether the expression under way may change what it holds: only what it made itself, so that asking twice gives
// the same. Preludes may change everything.
func (m *machine) own(run int) bool { return run == m.run || m.turns > 0 }

func (m *machine) list(values []any) *array { return &array{values, m.run} }

// Values are string, float64, bool, nil for null, and those below.
type (
	undefined struct{}
	array     struct {
		list []any
		run  int // the expression that made it
	}
	table struct {
		keys   []string
		values map[string]any
		run    int
	}
	closure struct {
		node js.Node
		env  *frame
	}
	native string // a function of the language, by name
	method struct {
		self any
		name string
	}
	pattern struct{ source, flags string }
)

// frame holds the variables of a running function.
type frame struct {
	vars  map[js.BindingID]any
	outer *frame
}

// ending says how a statement ended.
type ending uint8

const (
	goesOn ending = iota
	returns
	breaks
	continues
	gaveUp // not computable
)

const (
	maxRun   = 300_000 // steps for one expression
	maxArray = 100_000
)

// evaluate runs an expression whose outcome depends on nothing but the script's own constants.
func (e *engine) evaluate(n js.Node) (Abstract, bool) {
	m := e.machine
	if m == nil {
		m = &machine{e: e, kept: map[js.BindingID]any{}, failed: map[js.Node]bool{}, ready: map[js.BindingID]bool{}}
		e.machine = m
	}
	if m.failed[n] || m.depth > 0 {
		return Abstract{}, false
	}
	m.steps = min(maxRun, e.o.Limits.Fold-m.spent)
	if m.steps <= 0 {
		e.note("not all constant texts were computed: the script takes too many steps")
		return Abstract{}, false
	}
	before := m.steps
	m.run++
	v, ok := m.expr(n, nil)
	m.spent += before - m.steps
	m.depth = 0
	if !ok {
		m.failed[n] = true
		return Abstract{}, false
	}
	switch v.(type) {
	case string, float64, bool, nil:
		s, _ := m.str(v)
		return e.literal(s), true
	case *array:
		if s, ok := m.str(v); ok {
			return e.literal(s), true
		}
	}
	return Abstract{}, false
}

func (m *machine) tick() bool {
	m.steps--
	return m.steps > 0
}

// expr computes an expression; ok is false when it cannot.
func (m *machine) expr(n js.Node, f *frame) (v any, ok bool) {
	if n == 0 || !m.tick() {
		return undefined{}, n == 0
	}
	if m.depth++; m.depth > 2000 {
		m.depth--
		return nil, false
	}
	v, ok = m.compute(n, f)
	m.depth--
	return v, ok
}

func (m *machine) compute(n js.Node, f *frame) (any, bool) {
	e := m.e
	switch e.Kind(n) {
	case js.String, js.TemplateText:
		return e.Str(n), true
	case js.Number:
		return e.Num(n), true
	case js.Bool:
		return e.Op(n) == js.OpTrue, true
	case js.Null:
		return nil, true
	case js.Regexp:
		return pattern{e.Str(n), e.RegexpFlags(n)}, true
	case js.Function:
		return &closure{n, f}, true
	case js.Ident:
		return m.variable(n, f)
	case js.Template:
		return m.template(n, f)
	case js.Array:
		return m.array(n, f)
	case js.Object:
		return m.object(n, f)
	case js.Unary:
		return m.unary(n, f)
	case js.Binary:
		return m.binary(n, f)
	case js.Logical:
		l, ok := m.expr(e.Left(n), f)
		if !ok {
			return nil, false
		}
		op := e.Op(n)
		_, undef := l.(undefined)
		if op == js.OpAnd && !truthy(l) || op == js.OpOr && truthy(l) || op == js.OpNullish && l != nil && !undef {
			return l, true
		}
		return m.expr(e.Right(n), f)
	case js.Cond:
		t, ok := m.expr(e.Test(n), f)
		if !ok {
			return nil, false
		}
		if truthy(t) {
			return m.expr(e.Then(n), f)
		}
		return m.expr(e.Else(n), f)
	case js.Sequence:
		var v any
		for _, x := range e.List(n) {
			var ok bool
			if v, ok = m.expr(x, f); !ok {
				return nil, false
			}
		}
		return v, true
	case js.Assign:
		return m.assign(n, f)
	case js.Update:
		return m.update(n, f)
	case js.Dot, js.Index:
		return m.member(n, f)
	case js.Call, js.New:
		return m.call(n, f)
	}
	return nil, false
}

func (m *machine) template(n js.Node, f *frame) (any, bool) {
	var b strings.Builder
	for _, p := range m.e.List(n) {
		v, ok := m.expr(p, f)
		if !ok {
			return nil, false
		}
		s, ok := m.str(v)
		if !ok {
			return nil, false
		}
		b.WriteString(s)
	}
	return b.String(), b.Len() <= m.e.o.Limits.Text
}

func (m *machine) array(n js.Node, f *frame) (any, bool) {
	a := m.list(nil)
	for _, p := range m.e.List(n) {
		if p == 0 {
			a.list = append(a.list, undefined{})
			continue
		}
		if m.e.Kind(p) == js.Spread {
			v, ok := m.expr(m.e.Operand(p), f)
			from, isArray := v.(*array)
			if !ok || !isArray {
				return nil, false
			}
			a.list = append(a.list, from.list...)
			continue
		}
		v, ok := m.expr(p, f)
		if !ok {
			return nil, false
		}
		a.list = append(a.list, v)
	}
	return a, true
}

func (m *machine) object(n js.Node, f *frame) (any, bool) {
	t := &table{values: map[string]any{}, run: m.run}
	for _, p := range m.e.List(n) {
		name, ok := m.e.KeyName(p)
		if !ok || m.e.Op(p) == js.OpGet || m.e.Op(p) == js.OpSet {
			return nil, false
		}
		v, ok := m.expr(m.e.Value(p), f)
		if !ok {
			return nil, false
		}
		t.set(name, v)
	}
	return t, true
}

func (t *table) set(name string, v any) {
	if _, ok := t.values[name]; !ok {
		t.keys = append(t.keys, name)
	}
	t.values[name] = v
}

// variable looks a name up: in the functions that run, then outside.
func (m *machine) variable(n js.Node, f *frame) (any, bool) {
	b := m.e.Binding(n)
	for ; f != nil; f = f.outer {
		if v, ok := f.vars[b]; ok {
			return v, true
		}
	}
	return m.outside(b, n)
}

func (m *machine) outside(b js.BindingID, n js.Node) (any, bool) {
	e := m.e
	if v, ok := m.kept[b]; ok {
		return v, true
	}
	if b == 0 {
		return nil, false
	}
	if e.Bindings[b].Kind == js.Global {
		return m.global(e.AtomText(e.Bindings[b].Name))
	}
	at := e.binding(b)
	if i := e.refs[n].in; i != 0 && e.edges[i].from != at {
		at = e.edges[i].from // what the variable holds right here
		if int(at) < e.Len() {
			return m.expr(js.Node(at), nil)
		}
		return nil, false
	}
	var only js.Node
	for i := e.refs[at].in; i != 0; i = e.edges[i].nextIn {
		from := e.edges[i].from
		if int(from) >= e.Len() {
			return nil, false
		}
		if d := js.Node(from); e.Kind(d) == js.Function && e.Is(d, js.IsDecl) {
			only = d // may replace itself, which running it shows
			break
		}
		if only != 0 && only != js.Node(from) {
			return nil, false
		}
		only = js.Node(from)
	}
	if only == 0 || e.Bindings[b].Kind == js.Param {
		return nil, false
	}
	v, ok := m.expr(only, nil)
	if !ok {
		return nil, false
	}
	m.kept[b] = v
	m.prelude(b)
	return m.kept[b], true
}

// prelude runs the functions at the top of the script that are called at once with a variable: rotators of string tables.
func (m *machine) prelude(b js.BindingID) {
	if m.ready[b] {
		return
	}
	m.ready[b] = true
	for _, id := range m.calledAtOnce() {
		c := &m.e.calls[id]
		for _, a := range c.args {
			if m.e.Binding(a) == b {
				m.turns++
				m.call(c.node, nil)
				m.turns--
				return
			}
		}
	}
}

// calledAtOnce are the calls at the top of the script of functions that stand there.
func (m *machine) calledAtOnce() []uint32 {
	e := m.e
	for ; m.looked < len(e.calls); m.looked++ {
		if c := &e.calls[m.looked]; e.Kind(c.callee) == js.Function && e.places[c.place].fn == 0 {
			m.atOnce = append(m.atOnce, uint32(m.looked))
		}
	}
	return m.atOnce
}

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

func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case undefined:
		return "undefined"
	case *closure, native, method:
		return "function"
	}
	return "object"
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

func isSimple(v any) bool {
	switch v.(type) {
	case string, float64, bool, nil, undefined:
		return true
	}
	return false
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

func toInt32(f float64) int32 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return int32(uint32(int64(math.Mod(math.Trunc(f), 4294967296))))
}

func truthy(v any) bool {
	switch x := v.(type) {
	case string:
		return x != ""
	case float64:
		return x != 0 && !math.IsNaN(x)
	case bool:
		return x
	case nil, undefined:
		return false
	}
	return true
}

// num is Number(v).
func (m *machine) num(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	case nil:
		return 0, true
	case undefined:
		return math.NaN(), true
	case string:
		return numberOf(x), true
	case *array:
		s, ok := m.str(x)
		return numberOf(s), ok
	case *table, *closure:
		return math.NaN(), true
	}
	return 0, false
}

func numberOf(s string) float64 {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' && strings.ContainsRune("xXoObB", rune(s[1])) {
		if v, err := strconv.ParseUint(s, 0, 64); err == nil {
			return float64(v)
		}
		return math.NaN()
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "xXpP_nN") {
		return v
	}
	return math.NaN()
}

// str is String(v).
func (m *machine) str(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case float64:
		return formatNumber(x), true
	case bool:
		return strconv.FormatBool(x), true
	case nil:
		return "null", true
	case undefined:
		return "undefined", true
	case *array:
		return m.joinArray(x, ",")
	case *table:
		return "[object Object]", true
	case pattern:
		return "/" + x.source + "/" + x.flags, true
	case method:
		return "function " + x.name + "() { [native code] }", true
	case native:
		return "function " + string(x) + "() { [native code] }", true
	}
	return "", false
}

func (m *machine) joinArray(a *array, by string) (string, bool) {
	var b strings.Builder
	for i, v := range a.list {
		if i > 0 {
			b.WriteString(by)
		}
		if _, undef := v.(undefined); undef || v == nil {
			continue
		}
		if v == any(a) || !m.tick() {
			return "", false
		}
		s, ok := m.str(v)
		if !ok || b.Len()+len(s) > m.e.o.Limits.Text {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

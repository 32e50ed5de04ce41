package flow

import "sallyport/internal/js"

// machine runs those parts of a script that depend on nothing but its own constants: decoders, packers, tables of strings.
// It knows no page, no network and no clock; whatever asks for those is not computed at all.
type machine struct {
	e      *engine
	kept   map[js.BindingID]any // what variables outside of running functions hold
	failed map[js.Node]bool
	fields map[js.Node]js.Node   // what properties hold, as [engine.onlyField] has it
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

const (
	maxRun   = 300_000 // steps for one expression
	maxArray = 100_000
)

// evaluate runs an expression whose outcome depends on nothing but the script's own constants.
func (e *engine) evaluate(n js.Node) (Abstract, bool) {
	m := e.machine
	if m == nil {
		m = &machine{e: e, kept: map[js.BindingID]any{}, failed: map[js.Node]bool{}, fields: map[js.Node]js.Node{}, ready: map[js.BindingID]bool{}}
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

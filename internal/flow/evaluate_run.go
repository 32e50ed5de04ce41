package flow

import "sallyport/internal/js"

func (m *machine) assign(n js.Node, f *frame) (any, bool) {
	left := m.e.Left(n)
	v, ok := m.expr(m.e.Right(n), f)
	if !ok {
		return nil, false
	}
	if op := m.e.Op(n); op != js.OpNone {
		old, ok := m.expr(left, f)
		if !ok {
			return nil, false
		}
		if v, ok = m.operate(op, old, v); !ok {
			return nil, false
		}
	}
	return v, m.store(left, v, f)
}

// store writes to a variable or a member. Variables outside are only written while a function runs.
func (m *machine) store(target js.Node, v any, f *frame) bool {
	switch m.e.Kind(target) {
	case js.Ident:
		b := m.e.Binding(target)
		for at := f; at != nil; at = at.outer {
			if _, ok := at.vars[b]; ok {
				at.vars[b] = v
				return true
			}
		}
		if f == nil || m.e.Bindings[b].Kind == js.Global {
			return false
		}
		m.kept[b] = v
		return true
	case js.Dot, js.Index:
		o, ok := m.expr(m.e.Object(target), f)
		if !ok {
			return false
		}
		key, ok := m.key(target, f)
		if !ok {
			return false
		}
		return m.setMember(o, key, v)
	}
	return false
}

func (m *machine) setMember(o any, key string, v any) bool {
	switch x := o.(type) {
	case *table:
		if len(x.keys) > maxArray || !m.own(x.run) {
			return false
		}
		x.set(key, v)
		return true
	case *array:
		if i, ok := indexOf(key); ok && i < maxArray && m.own(x.run) {
			for len(x.list) <= i {
				x.list = append(x.list, undefined{})
			}
			m.steps -= 1
			x.list[i] = v
			return true
		}
	}
	return false
}

func indexOf(key string) (int, bool) {
	n := 0
	for i := 0; i < len(key); i++ {
		if key[i] < '0' || key[i] > '9' || i > 8 {
			return 0, false
		}
		n = n*10 + int(key[i]-'0')
	}
	return n, key != ""
}

func (m *machine) key(n js.Node, f *frame) (string, bool) {
	if name, ok := m.e.KeyName(n); ok {
		return name, true
	}
	v, ok := m.expr(m.e.Right(n), f)
	if !ok {
		return "", false
	}
	return m.str(v)
}

func (m *machine) update(n js.Node, f *frame) (any, bool) {
	old, ok := m.expr(m.e.Operand(n), f)
	if !ok {
		return nil, false
	}
	x, ok := m.num(old)
	if !ok {
		return nil, false
	}
	y := x + 1
	if m.e.Op(n) == js.OpDec {
		y = x - 1
	}
	if !m.store(m.e.Operand(n), y, f) {
		return nil, false
	}
	if m.e.Is(n, js.IsPrefix) {
		return y, true
	}
	return x, true
}

// invoke runs a function of the script.
func (m *machine) invoke(c *closure, args []any) (any, bool) {
	e := m.e
	if e.Is(c.node, js.IsAsync) || e.Is(c.node, js.IsGenerator) || m.depth > 1000 {
		return nil, false
	}
	f := &frame{vars: map[js.BindingID]any{}, outer: c.env}
	for _, b := range e.Declares(e.ScopeOf(c.node)) {
		f.vars[b] = undefined{}
		if e.Bindings[b].Kind == js.ArgumentsObject {
			f.vars[b] = m.list(append([]any(nil), args...))
		}
	}
	for i, p := range e.Params(c.node) {
		var v any = undefined{}
		if i < len(args) {
			v = args[i]
		}
		if e.Kind(p) == js.AssignPattern {
			if _, ok := v.(undefined); ok {
				if v, ok = m.expr(e.Right(p), f); !ok {
					return nil, false
				}
			}
			p = e.Left(p)
		}
		if e.Kind(p) == js.Rest {
			p = e.Operand(p)
			v = m.list(append([]any(nil), args[min(i, len(args)):]...))
		}
		if e.Kind(p) != js.Ident {
			return nil, false
		}
		f.vars[e.Binding(p)] = v
	}
	if name := e.Ident(c.node); name != 0 && !e.Is(c.node, js.IsDecl) {
		f.vars[e.Binding(name)] = c
	}
	if e.Is(c.node, js.IsExprBody) {
		return m.expr(e.Body(c.node), f)
	}
	m.hoist(e.List(e.Body(c.node)), f)
	v, how := m.statements(e.List(e.Body(c.node)), f)
	switch how {
	case returns:
		return v, true
	case goesOn:
		return undefined{}, true
	}
	return nil, false
}

func (m *machine) hoist(list []js.Node, f *frame) {
	for _, n := range list {
		if m.e.Kind(n) == js.Function && m.e.Is(n, js.IsDecl) {
			f.vars[m.e.Binding(m.e.Ident(n))] = &closure{n, f}
		}
	}
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

func (m *machine) statements(list []js.Node, f *frame) (any, ending) {
	for _, n := range list {
		if v, how := m.statement(n, f); how != goesOn {
			return v, how
		}
	}
	return nil, goesOn
}

func (m *machine) statement(n js.Node, f *frame) (any, ending) {
	e := m.e
	if n == 0 {
		return nil, goesOn
	}
	if !m.tick() {
		return nil, gaveUp
	}
	switch e.Kind(n) {
	case js.ExprStmt:
		if _, ok := m.expr(e.Operand(n), f); !ok {
			return nil, gaveUp
		}
	case js.VarDecl:
		return m.declare(n, f)
	case js.Block:
		m.hoist(e.List(n), f)
		return m.statements(e.List(n), f)
	case js.If:
		t, ok := m.expr(e.Test(n), f)
		switch {
		case !ok:
			return nil, gaveUp
		case truthy(t):
			return m.statement(e.Then(n), f)
		}
		return m.statement(e.Else(n), f)
	case js.Return:
		v, ok := m.expr(e.Operand(n), f)
		if !ok {
			return nil, gaveUp
		}
		return v, returns
	case js.Break, js.Continue:
		if e.Name(n) != "" {
			return nil, gaveUp
		}
		if e.Kind(n) == js.Break {
			return nil, breaks
		}
		return nil, continues
	case js.For, js.While, js.DoWhile:
		return m.loop(n, f)
	case js.Switch:
		return m.switchOver(n, f)
	case js.Try:
		v, how := m.statement(e.Body(n), f)
		if how == gaveUp && m.steps > 0 && e.Handler(n) != 0 {
			return m.statement(e.Body(e.Handler(n)), f)
		}
		return v, how
	case js.Function, js.Empty:
	default:
		return nil, gaveUp
	}
	return nil, goesOn
}

func (m *machine) declare(n js.Node, f *frame) (any, ending) {
	for _, d := range m.e.List(n) {
		t := m.e.Target(d)
		if m.e.Kind(t) != js.Ident {
			return nil, gaveUp
		}
		var v any = undefined{}
		if m.e.Value(d) != 0 {
			var ok bool
			if v, ok = m.expr(m.e.Value(d), f); !ok {
				return nil, gaveUp
			}
		} else if _, has := f.vars[m.e.Binding(t)]; has && m.e.Op(n) == js.OpVar {
			continue
		}
		f.vars[m.e.Binding(t)] = v
	}
	return nil, goesOn
}

func (m *machine) loop(n js.Node, f *frame) (any, ending) {
	e := m.e
	if init := e.Init(n); init != 0 {
		if e.Kind(init) == js.VarDecl {
			if _, how := m.declare(init, f); how != goesOn {
				return nil, how
			}
		} else if _, ok := m.expr(init, f); !ok {
			return nil, gaveUp
		}
	}
	for first := true; ; first = false {
		if test := e.Test(n); test != 0 && !(first && e.Kind(n) == js.DoWhile) {
			t, ok := m.expr(test, f)
			if !ok {
				return nil, gaveUp
			}
			if !truthy(t) {
				return nil, goesOn
			}
		}
		v, how := m.statement(e.Body(n), f)
		switch how {
		case breaks:
			return nil, goesOn
		case returns, gaveUp:
			return v, how
		}
		if _, ok := m.expr(e.Step(n), f); !ok || !m.tick() {
			return nil, gaveUp
		}
	}
}

func (m *machine) switchOver(n js.Node, f *frame) (any, ending) {
	e := m.e
	v, ok := m.expr(e.Test(n), f)
	if !ok {
		return nil, gaveUp
	}
	cases := e.List(n)
	start := -1
	for i, c := range cases {
		if e.Test(c) == 0 {
			continue
		}
		t, ok := m.expr(e.Test(c), f)
		if !ok {
			return nil, gaveUp
		}
		if eq, ok := m.equal(v, t, false); ok && eq {
			start = i
			break
		}
	}
	if start < 0 {
		for i, c := range cases {
			if e.Test(c) == 0 {
				start = i
			}
		}
	}
	if start < 0 {
		return nil, goesOn
	}
	for _, c := range cases[start:] {
		v, how := m.statements(e.List(c), f)
		if how == breaks {
			return nil, goesOn
		}
		if how != goesOn {
			return v, how
		}
	}
	return nil, goesOn
}

package flow

import "sallyport/internal/js"

// frame holds the variables of a running function.
type frame struct {
	vars  map[js.BindingID]any
	outer *frame
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
	if only == 0 || e.Bindings[b].Kind == js.Param || m.failed[only] {
		return nil, false
	}
	v, ok := m.expr(only, nil)
	if !ok {
		m.failed[only] = e.settled && m.steps > 0 && m.turns == 0
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

package flow

import (
	"strings"

	"sallyport/internal/js"
)

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
			if !ok {
				return nil, false
			}
			switch from := v.(type) {
			case *array:
				a.list = append(a.list, from.list...)
			case string:
				for _, r := range from {
					a.list = append(a.list, string(r))
				}
			default:
				return nil, false
			}
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

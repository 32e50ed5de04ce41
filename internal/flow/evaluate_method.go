package flow

import (
	"math"
	"strings"
	"unicode/utf16"
)

func (m *machine) stringMethod(s, name string, args []any) (any, bool) {
	m.steps -= len(s) / 256
	first, _ := m.str(arg(args, 0))
	switch name {
	case "toString", "valueOf":
		return s, true
	case "toLowerCase":
		return strings.ToLower(s), true
	case "toUpperCase":
		return strings.ToUpper(s), true
	case "trim":
		return strings.TrimSpace(s), true
	case "concat":
		for _, a := range args {
			t, ok := m.str(a)
			if !ok {
				return nil, false
			}
			s += t
		}
		return s, len(s) <= m.e.o.Limits.Text
	case "repeat":
		n := m.whole(args, 0, 0)
		if n < 0 || n*len(s) > m.e.o.Limits.Text {
			return nil, false
		}
		return strings.Repeat(s, n), true
	case "includes":
		return strings.Contains(s, first), true
	case "startsWith":
		return strings.HasPrefix(s, first), true
	case "endsWith":
		return strings.HasSuffix(s, first), true
	case "indexOf":
		i := strings.Index(s, first)
		if i > 0 {
			i = len(units(s[:i]))
		}
		return float64(i), len(args) == 1
	case "split":
		return m.split(s, args)
	case "replace", "replaceAll":
		return m.replace(s, name == "replaceAll", args)
	}
	return m.unitMethod(units(s), name, args)
}

// unitMethod models methods that count in UTF-16.
func (m *machine) unitMethod(u []uint16, name string, args []any) (any, bool) {
	n := len(u)
	text := func(from, to int) (any, bool) {
		if from >= to {
			return "", true
		}
		return string(utf16.Decode(u[from:to])), true
	}
	within := func(i int) int { return max(0, min(i, n)) }
	relative := func(i int) int {
		if i < 0 {
			i += n
		}
		return within(i)
	}
	i := m.whole(args, 0, 0)
	switch name {
	case "charAt", "at":
		if name == "at" && i < 0 {
			i += n
		}
		if i < 0 || i >= n {
			return "", true
		}
		return text(i, i+1)
	case "charCodeAt", "codePointAt":
		if i < 0 || i >= n {
			return math.NaN(), true
		}
		return float64(u[i]), true
	case "slice":
		return text(relative(i), relative(m.whole(args, 1, n)))
	case "substring":
		a, b := within(i), within(m.whole(args, 1, n))
		return text(min(a, b), max(a, b))
	case "substr":
		from := relative(i)
		return text(from, within(from+min(n, m.whole(args, 1, n))))
	}
	return nil, false
}

func (m *machine) split(s string, args []any) (any, bool) {
	a := m.list(nil)
	var parts []string
	switch by := arg(args, 0).(type) {
	case undefined:
		parts = []string{s}
	case pattern:
		r, ok := compile(by)
		if !ok || strings.Contains(by.source, "(") {
			return nil, false
		}
		parts = r.Split(s, -1)
	default:
		t, ok := m.str(by)
		if !ok {
			return nil, false
		}
		parts = strings.Split(s, t)
	}
	if len(parts) > maxArray {
		return nil, false
	}
	m.steps -= len(parts) / 8
	for _, p := range parts {
		a.list = append(a.list, p)
	}
	return a, true
}

func (m *machine) replace(s string, all bool, args []any) (any, bool) {
	var spans [][]int
	switch what := arg(args, 0).(type) {
	case pattern:
		r, ok := compile(what)
		if !ok {
			return nil, false
		}
		limit := 1
		if strings.Contains(what.flags, "g") {
			limit = -1
		}
		spans = r.FindAllStringSubmatchIndex(s, limit)
	default:
		t, ok := m.str(what)
		if !ok {
			return nil, false
		}
		for at := 0; at <= len(s); {
			i := strings.Index(s[at:], t)
			if i < 0 {
				break
			}
			spans = append(spans, []int{at + i, at + i + len(t)})
			if at += i + max(1, len(t)); !all {
				break
			}
		}
	}
	m.steps -= len(spans)
	var b strings.Builder
	last := 0
	for _, sp := range spans {
		b.WriteString(s[last:sp[0]])
		t, ok := m.replacement(s, sp, arg(args, 1))
		if !ok || b.Len()+len(t) > m.e.o.Limits.Text {
			return nil, false
		}
		b.WriteString(t)
		last = sp[1]
	}
	b.WriteString(s[last:])
	return b.String(), true
}

func (m *machine) replacement(s string, sp []int, by any) (string, bool) {
	group := func(i int) string {
		if 2*i+1 < len(sp) && sp[2*i] >= 0 {
			return s[sp[2*i]:sp[2*i+1]]
		}
		return ""
	}
	if typeOf(by) == "function" {
		var args []any
		for i := 0; 2*i < len(sp); i++ {
			args = append(args, group(i))
		}
		v, ok := m.apply(by, append(args, float64(len(units(s[:sp[0]]))), s))
		if !ok {
			return "", false
		}
		return m.str(v)
	}
	t, ok := m.str(by)
	if !ok || !strings.Contains(t, "$") {
		return t, ok
	}
	var b strings.Builder
	for i := 0; i < len(t); i++ {
		switch {
		case t[i] != '$' || i+1 >= len(t):
			b.WriteByte(t[i])
			continue
		case t[i+1] == '$':
			b.WriteByte('$')
		case t[i+1] == '&':
			b.WriteString(group(0))
		case t[i+1] >= '1' && t[i+1] <= '9' && 2*int(t[i+1]-'0') < len(sp):
			b.WriteString(group(int(t[i+1] - '0')))
		default:
			b.WriteByte('$')
			continue
		}
		i++
	}
	return b.String(), true
}

func (m *machine) arrayMethod(a *array, name string, args []any) (any, bool) {
	n := len(a.list)
	relative := func(i int) int {
		if i < 0 {
			i += n
		}
		return max(0, min(i, n))
	}
	switch name {
	case "push", "unshift", "pop", "shift", "reverse", "splice":
		if !m.own(a.run) {
			return nil, false
		}
	}
	switch name {
	case "push":
		if n+len(args) > maxArray {
			return nil, false
		}
		a.list = append(a.list, args...)
		return float64(len(a.list)), true
	case "unshift":
		if n+len(args) > maxArray {
			return nil, false
		}
		a.list = append(append([]any(nil), args...), a.list...)
		m.steps -= n / 8
		return float64(len(a.list)), true
	case "pop", "shift":
		if n == 0 {
			return undefined{}, true
		}
		if name == "pop" {
			v := a.list[n-1]
			a.list = a.list[:n-1]
			return v, true
		}
		v := a.list[0]
		a.list = a.list[1:]
		return v, true
	case "reverse":
		for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
			a.list[i], a.list[j] = a.list[j], a.list[i]
		}
		return a, true
	case "join", "toString":
		by := ","
		if _, undef := arg(args, 0).(undefined); !undef && name == "join" {
			by, _ = m.str(args[0])
		}
		return m.joinArray(a, by)
	case "slice":
		from, to := relative(m.whole(args, 0, 0)), relative(m.whole(args, 1, n))
		return m.list(append([]any(nil), a.list[from:max(from, to)]...)), true
	case "splice":
		from := relative(m.whole(args, 0, 0))
		count := max(0, min(m.whole(args, 1, n), n-from))
		out := m.list(append([]any(nil), a.list[from:from+count]...))
		a.list = append(append(append([]any(nil), a.list[:from]...), args[min(2, len(args)):]...), a.list[from+count:]...)
		return out, true
	case "concat":
		out := m.list(append([]any(nil), a.list...))
		for _, v := range args {
			if l, ok := v.(*array); ok {
				out.list = append(out.list, l.list...)
				continue
			}
			out.list = append(out.list, v)
		}
		return out, len(out.list) <= maxArray
	case "indexOf", "includes":
		at := -1
		for i, v := range a.list {
			if eq, ok := m.equal(v, arg(args, 0), false); ok && eq {
				at = i
				break
			}
		}
		if name == "includes" {
			return at >= 0, true
		}
		return float64(at), true
	case "map", "forEach", "filter", "reduce":
		return m.iterate(a, name, args)
	}
	return nil, false
}

func (m *machine) iterate(a *array, name string, args []any) (any, bool) {
	out := m.list(nil)
	list := append([]any(nil), a.list...)
	acc := arg(args, 1)
	for i, v := range list {
		if name == "reduce" {
			if i == 0 && len(args) < 2 {
				acc = v
				continue
			}
			var ok bool
			if acc, ok = m.apply(arg(args, 0), []any{acc, v, float64(i), a}); !ok {
				return nil, false
			}
			continue
		}
		r, ok := m.apply(arg(args, 0), []any{v, float64(i), a})
		if !ok {
			return nil, false
		}
		if name == "map" {
			out.list = append(out.list, r)
		} else if name == "filter" && truthy(r) {
			out.list = append(out.list, v)
		}
	}
	switch name {
	case "reduce":
		return acc, true
	case "forEach":
		return undefined{}, true
	}
	return out, true
}

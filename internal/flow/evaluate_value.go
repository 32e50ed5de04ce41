package flow

import (
	"math"
	"strconv"
	"strings"

	"sallyport/internal/js"
)

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

func isSimple(v any) bool {
	switch v.(type) {
	case string, float64, bool, nil, undefined:
		return true
	}
	return false
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

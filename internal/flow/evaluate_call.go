package flow

import (
	"encoding/base64"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sallyport/internal/js"
)

// global is a function of the language by name; nothing else global can be computed.
func (m *machine) global(name string) (any, bool) {
	switch name {
	case "undefined":
		return undefined{}, true
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "window", "self", "globalThis", "String", "Number", "Boolean", "Array", "Object", "Math", "RegExp", "parseInt", "parseFloat",
		"atob", "btoa", "unescape", "escape", "decodeURIComponent", "encodeURIComponent", "decodeURI", "encodeURI", "isNaN":
		return native(name), true
	}
	return nil, false
}

func (m *machine) member(n js.Node, f *frame) (any, bool) {
	o, ok := m.expr(m.e.Object(n), f)
	if !ok {
		return m.field(n)
	}
	key, ok := m.key(n, f)
	if !ok {
		return nil, false
	}
	return m.read(o, key)
}

// field is what a property holds that one expression alone is put into, where its object cannot be computed.
func (m *machine) field(n js.Node) (any, bool) {
	e := m.e
	if !e.settled || e.refs[n].in == 0 {
		return nil, false
	}
	only, looked := m.fields[n]
	if !looked {
		only = e.onlyField(n)
		m.fields[n] = only
	}
	if only == 0 {
		return nil, false
	}
	m.fields[n] = 0 // while it is computed, and when that fails
	v, ok := m.expr(only, nil)
	if ok || m.steps <= 0 {
		m.fields[n] = only
	}
	return v, ok
}

// onlyField is the one expression that is put into a property and stays as it is there, 0 when there is none.
func (e *engine) onlyField(n js.Node) js.Node {
	if _, named := e.KeyName(n); !named {
		return 0
	}
	var only js.Node
	count := 0
	e.sourcesOf(ref(n), func(from js.Node) {
		if from != only {
			only, count = from, count+1
		}
	})
	if count != 1 || only == n || e.Kind(only) == js.Function || !e.untouched(only) {
		return 0
	}
	return only
}

// untouched says whether nothing is put into a list once it is made.
func (e *engine) untouched(n js.Node) bool {
	whole := true
	e.each(ref(n), func(f fact) {
		if i := e.facts.info[f]; i.kind == objectFact || i.kind == arrayFact && i.site != 0 && e.refs[e.site(f).loose].in != 0 && e.Kind(n) == js.Array {
			whole = false
		}
	})
	return whole
}

// target is the function of the script that a call calls, where that is one.
func (m *machine) target(n js.Node) (any, bool) {
	id := m.e.funcAt[n]
	if id == 0 || !m.e.settled {
		return nil, false
	}
	if t := m.e.calls[id].targets; len(t) == 1 && len(m.e.calls[id].names) == 0 && m.e.Kind(t[0]) == js.Function {
		return &closure{t[0], nil}, true
	}
	return nil, false
}

func (m *machine) read(o any, key string) (any, bool) {
	if key == "constructor" {
		return constructorOf(o)
	}
	switch x := o.(type) {
	case string:
		if key == "length" {
			return float64(len(units(x))), true
		}
		if i, ok := indexOf(key); ok {
			u := units(x)
			if i >= len(u) {
				return undefined{}, true
			}
			return string(utf16.Decode(u[i : i+1])), true
		}
		return method{x, key}, true
	case *array:
		if key == "length" {
			return float64(len(x.list)), true
		}
		if i, ok := indexOf(key); ok {
			if i >= len(x.list) {
				return undefined{}, true
			}
			return x.list[i], true
		}
		return method{x, key}, true
	case *table:
		if v, ok := x.values[key]; ok {
			return v, true
		}
		return undefined{}, true
	case float64, pattern, *closure:
		return method{x, key}, true
	case native:
		if x == "window" || x == "self" || x == "globalThis" {
			return m.global(key)
		}
		return native(string(x) + "." + key), true
	}
	return nil, false
}

// constructorOf is the function that makes values of a kind.
func constructorOf(v any) (any, bool) {
	switch v.(type) {
	case string:
		return native("String"), true
	case float64:
		return native("Number"), true
	case bool:
		return native("Boolean"), true
	case *array:
		return native("Array"), true
	case *table:
		return native("Object"), true
	case *closure, method, native:
		return native("Function"), true
	}
	return nil, false
}

// units are the UTF-16 code units of a text.
func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func (m *machine) call(n js.Node, f *frame) (any, bool) {
	e := m.e
	callee, ok := m.expr(e.Callee(n), f)
	if !ok {
		if callee, ok = m.target(n); !ok {
			return nil, false
		}
	}
	var args []any
	for _, a := range e.Args(n) {
		if e.Kind(a) == js.Spread {
			v, ok := m.expr(e.Operand(a), f)
			l, isArray := v.(*array)
			if !ok || !isArray {
				return nil, false
			}
			args = append(args, l.list...)
			continue
		}
		v, ok := m.expr(a, f)
		if !ok {
			return nil, false
		}
		args = append(args, v)
	}
	if e.Kind(n) == js.New && callee != any(native("RegExp")) && callee != any(native("Array")) {
		return nil, false
	}
	return m.apply(callee, args)
}

func (m *machine) apply(callee any, args []any) (any, bool) {
	if !m.tick() {
		return nil, false
	}
	switch c := callee.(type) {
	case *closure:
		return m.invoke(c, args)
	case native:
		return m.native(string(c), args)
	case method:
		switch self := c.self.(type) {
		case string:
			return m.stringMethod(self, c.name, args)
		case *array:
			return m.arrayMethod(self, c.name, args)
		case float64:
			return m.numberMethod(self, c.name, args)
		case *closure:
			if c.name == "call" && len(args) > 0 {
				return m.invoke(self, args[1:])
			}
			if c.name == "apply" && len(args) > 1 {
				if l, ok := args[1].(*array); ok {
					return m.invoke(self, l.list)
				}
			}
		case pattern:
			if c.name == "test" && len(args) > 0 {
				r, ok := compile(self)
				s, ok2 := m.str(args[0])
				if ok && ok2 {
					return r.MatchString(s), true
				}
			}
		}
	}
	return nil, false
}

func arg(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return undefined{}
}

// whole is an argument as an integer, or a default.
func (m *machine) whole(args []any, i, otherwise int) int {
	if _, ok := arg(args, i).(undefined); ok {
		return otherwise
	}
	f, _ := m.num(args[i])
	switch {
	case math.IsNaN(f):
		return 0
	case f > math.MaxInt32:
		return math.MaxInt32
	case f < math.MinInt32:
		return math.MinInt32
	}
	return int(f)
}

func (m *machine) native(name string, args []any) (any, bool) {
	s, ok := m.str(arg(args, 0))
	switch name {
	case "String":
		if len(args) == 0 {
			return "", true
		}
		return s, ok
	case "Number", "parseFloat":
		x, ok := m.num(arg(args, 0))
		return x, ok
	case "Boolean":
		return truthy(arg(args, 0)), true
	case "isNaN":
		x, ok := m.num(arg(args, 0))
		return math.IsNaN(x), ok
	case "parseInt":
		return parseInt(s, m.whole(args, 1, 10)), ok
	case "RegExp":
		flags, _ := arg(args, 1).(string)
		if p, isPattern := arg(args, 0).(pattern); isPattern {
			return p, true
		}
		return pattern{s, flags}, ok
	case "Array":
		if n, isNumber := arg(args, 0).(float64); isNumber && len(args) == 1 {
			if n < 0 || n > maxArray {
				return nil, false
			}
			a := m.list(nil)
			for range int(n) {
				a.list = append(a.list, undefined{})
			}
			return a, true
		}
		return m.list(args), true
	case "Array.isArray":
		_, is := arg(args, 0).(*array)
		return is, true
	case "String.fromCharCode", "String.fromCodePoint":
		return m.fromCodes(args)
	case "String.fromCharCode.apply":
		if l, isArray := arg(args, 1).(*array); isArray {
			return m.fromCodes(l.list)
		}
		return nil, false
	case "Object.keys":
		if t, is := arg(args, 0).(*table); is {
			a := m.list(nil)
			for _, k := range t.keys {
				a.list = append(a.list, k)
			}
			return a, true
		}
		return nil, false
	case "atob":
		v, err := base64.StdEncoding.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(strings.TrimSpace(s), "="))
		return latin1(v), ok && err == nil
	case "btoa":
		return toBase64(s), ok
	case "unescape":
		return unescape(s), ok
	case "decodeURIComponent", "decodeURI":
		v, err := url.PathUnescape(s)
		return v, ok && err == nil && utf8.ValidString(v)
	case "encodeURIComponent":
		return strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), ok
	}
	if strings.HasPrefix(name, "Math.") {
		return m.math(name[5:], args)
	}
	return nil, false
}

func (m *machine) math(name string, args []any) (any, bool) {
	x, ok := m.num(arg(args, 0))
	if !ok {
		return nil, false
	}
	switch name {
	case "floor":
		return math.Floor(x), true
	case "ceil":
		return math.Ceil(x), true
	case "abs":
		return math.Abs(x), true
	case "round":
		return math.Floor(x + 0.5), true
	case "pow":
		y, ok := m.num(arg(args, 1))
		return math.Pow(x, y), ok
	case "min", "max":
		y, ok := m.num(arg(args, 1))
		if name == "min" {
			return math.Min(x, y), ok && len(args) == 2
		}
		return math.Max(x, y), ok && len(args) == 2
	}
	return nil, false
}

func (m *machine) fromCodes(list []any) (any, bool) {
	var u []uint16
	var b strings.Builder
	for _, v := range list {
		x, ok := m.num(v)
		if !ok {
			return nil, false
		}
		if x > 0xffff {
			b.WriteString(string(utf16.Decode(u)))
			u = u[:0]
			b.WriteRune(rune(x))
			continue
		}
		u = append(u, uint16(toInt32(x)))
	}
	b.WriteString(string(utf16.Decode(u)))
	return b.String(), true
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

func toBase64(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// unescape is ECMA-262 §B.2.1.2.
func unescape(s string) string {
	var u []uint16
	in := units(s)
	hex := func(from, n int) (uint16, bool) {
		if from+n > len(in) {
			return 0, false
		}
		v, err := strconv.ParseUint(string(utf16.Decode(in[from:from+n])), 16, 16)
		return uint16(v), err == nil
	}
	for i := 0; i < len(in); i++ {
		if in[i] == '%' && i+1 < len(in) && in[i+1] == 'u' {
			if v, ok := hex(i+2, 4); ok {
				u = append(u, v)
				i += 5
				continue
			}
		} else if in[i] == '%' {
			if v, ok := hex(i+1, 2); ok {
				u = append(u, v)
				i += 2
				continue
			}
		}
		u = append(u, in[i])
	}
	return string(utf16.Decode(u))
}

func parseInt(s string, radix int) float64 {
	s = strings.TrimSpace(s)
	sign := 1.0
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	if (radix == 16 || radix == 10) && (strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X")) {
		radix, s = 16, s[2:]
	}
	v, digits := 0.0, 0
	for ; digits < len(s); digits++ {
		d := strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz", s[digits]|0x20)
		if s[digits] >= '0' && s[digits] <= '9' {
			d = int(s[digits] - '0')
		}
		if d < 0 || d >= radix {
			break
		}
		v = v*float64(radix) + float64(d)
	}
	if digits == 0 {
		return math.NaN()
	}
	return sign * v
}

func (m *machine) numberMethod(x float64, name string, args []any) (any, bool) {
	radix := m.whole(args, 0, 10)
	if name != "toString" || radix < 2 || radix > 36 {
		return nil, false
	}
	if radix == 10 || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return formatNumber(x), radix == 10
	}
	return strconv.FormatInt(int64(x), radix), true
}

// compile turns a pattern into one of Go's, where that means the same.
func compile(p pattern) (*regexp.Regexp, bool) {
	if len(p.source) > 2000 || strings.Contains(p.source, "(?=") || strings.Contains(p.source, "(?!") || strings.Contains(p.source, "(?<") {
		return nil, false
	}
	src := unicodeEscape.ReplaceAllString(p.source, `\x{$1}`)
	src = strings.ReplaceAll(src, `\/`, `/`)
	flags := ""
	for _, f := range p.flags {
		if f == 'i' || f == 'm' || f == 's' {
			flags += string(f)
		}
	}
	if flags != "" {
		src = "(?" + flags + ")" + src
	}
	r, err := regexp.Compile(src)
	return r, err == nil
}

var unicodeEscape = regexp.MustCompile(`\\u([0-9a-fA-F]{4})`)

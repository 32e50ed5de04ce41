package gate

import (
	"strings"

	"sallyport/internal/js"
)

// call reads calls that ask: x.includes( 'a' ), [ … ].indexOf( x ), /a|b/.test( x ), table.hasOwnProperty( x ).
func (s *Script) call(n js.Node) {
	if v, ok := s.reads(n); ok && v.key != "" {
		switch v.Asks {
		case Storage, Cookies, Preference, Parameters:
			s.add(n, Constant{Asks: v.Asks, Key: v.key, Op: "read"})
		}
	}
	s.elements(n)
	s.delay(n)
	callee := s.Callee(n)
	method, _ := s.KeyName(callee)
	object, arg := s.Object(callee), s.Arg(n, 0)
	if object == 0 || arg == 0 {
		return
	}
	switch method {
	case "includes", "indexOf", "lastIndexOf", "contains":
		s.part(object, arg, "has", n)
	case "startsWith":
		s.part(object, arg, "begins", n)
	case "endsWith":
		s.part(object, arg, "ends", n)
	case "match", "search", "matchAll":
		s.part(object, arg, "matches", n)
	case "localeCompare":
		s.equal(object, arg, "===", n)
	case "test", "exec":
		s.part(arg, object, "matches", n)
	case "has", "hasOwnProperty", "hasOwn":
		if method == "hasOwn" {
			object, arg = arg, s.Arg(n, 1)
		}
		s.member(arg, object, n)
	case "call": // Object.prototype.hasOwnProperty.call( table, x )
		if name, _ := s.KeyName(object); name == "hasOwnProperty" {
			s.member(s.Arg(n, 1), arg, n)
		}
	case "inArray":
		s.part(s.Arg(n, 1), arg, "has", n)
	}
}

// delay reads how long a timer waits, when that is longer than anybody watches.
func (s *Script) delay(n js.Node) {
	if c := s.calls[n]; c != nil && c.Is("setTimeout", "setInterval") {
		if f, ok := s.number(c.Arg(1), 0); ok && f >= 5000 {
			s.add(n, Constant{Asks: Dates, Key: "delay", Op: ">=", Value: formatNumber(f)})
		}
	}
}

// part says that a text or a list is asked for a part, or a list of the script's own for what it holds.
func (s *Script) part(whole, part js.Node, op string, at js.Node) {
	if whole == 0 || part == 0 {
		return
	}
	if v := s.about(whole); v.Asks != Other {
		values := s.values(part)
		if text := s.text(part); op == "matches" && text != "" { // x.match( 'a|b' )
			values = literals(text)
		}
		for _, value := range values {
			s.say(at, v, op, value)
		}
		if pattern := s.regexpOf(part); v.Asks == Users && op == "matches" && pattern != "" {
			s.add(at, Constant{Asks: v.Asks, Key: plainKey(v), Op: Fits, Value: pattern})
		}
		return
	}
	s.member(part, whole, at)
}

// member says that something is looked for in a list or table of the script's own.
func (s *Script) member(what, list, at js.Node) {
	if what == 0 || list == 0 {
		return
	}
	if v := s.about(list); v.Asks != Other { // 'sysop' in groups
		for _, value := range s.values(what) {
			s.say(at, v, "has", value)
		}
		return
	}
	v := s.about(what)
	if v.Asks == Other {
		return
	}
	for _, value := range s.members(list) {
		s.say(at, v, "is", value)
	}
}

// parameter takes 'action=edit' apart.
func parameter(text string) (subject, string) {
	text = strings.TrimLeft(text, "?&")
	key, value, ok := strings.Cut(text, "=")
	if !ok {
		return subject{Parameters, text}, "1"
	}
	if value == "" {
		value = "1"
	}
	return subject{Parameters, key}, value
}

package gate

import "sallyport/internal/js"

// compare reads x === 'a', 3 < y, 'sysop' in groups.
func (s *Script) compare(n js.Node) {
	left, right := s.Left(n), s.Right(n)
	switch op := s.Op(n); op {
	case js.OpEq, js.OpStrictEq, js.OpNe, js.OpStrictNe, js.OpLt, js.OpLe, js.OpGt, js.OpGe:
		s.equal(left, right, op.String(), n)
		s.equal(right, left, flipped(op).String(), n)
	case js.OpIn:
		s.member(left, right, n)
	case js.OpMod:
		s.remainder(n)
	}
}

// flipped is the comparison as its right side would write it.
func flipped(op js.Op) js.Op {
	switch op {
	case js.OpLt:
		return js.OpGt
	case js.OpLe:
		return js.OpGe
	case js.OpGt:
		return js.OpLt
	case js.OpGe:
		return js.OpLe
	}
	return op
}

// equal says that what stands on one side is compared with what stands on the other.
func (s *Script) equal(what, with js.Node, op string, at js.Node) {
	if what == 0 || with == 0 || s.placed(what) || s.isRemainder(what) {
		return
	}
	v := s.about(what)
	if v.Asks == Dates && v.key != "text" {
		if value, key, ok := s.moment(with, v.key); ok {
			s.add(at, Constant{Asks: Dates, Key: key, Op: op, Value: value})
		}
		return
	}
	if v.Asks == Other {
		return
	}
	for _, value := range s.values(with) {
		s.say(at, v, op, value)
	}
}

// placed leaves x.indexOf( 'a' ) > -1 to what reads the call.
func (s *Script) placed(n js.Node) bool {
	if s.Kind(n) != js.Call {
		return false
	}
	switch method, _ := s.KeyName(s.Callee(n)); method {
	case "indexOf", "lastIndexOf", "search", "inArray", "localeCompare", "findIndex":
		return true
	}
	return false
}

// say lists one value under its subject. A number that a kept value is compared with counts visits.
func (s *Script) say(at js.Node, v subject, op, value string) {
	switch {
	case value == "", v.Asks == Other, v.Asks == Chance, v.Asks == Person:
		return
	case isNumber(value) && !numbered[v.Asks], value == "-1" && v.Asks != Namespaces:
		return
	}
	if v.Asks == Storage && isNumber(value) {
		v.Asks = Visits
	}
	if v.Asks == Parameters && v.key == "" {
		v, value = parameter(value)
	}
	s.add(at, Constant{Asks: v.Asks, Key: plainKey(v), Op: op, Value: value})
}

// numbered are the subjects whose values may be numbers; with others a number is a place in a text, or a length.
var numbered = map[Asks]bool{
	Users: true, EditCounts: true, Pages: true, Namespaces: true, Dates: true, Zones: true, Storage: true, Visits: true, Cookies: true, Preference: true,
	Parameters: true, Agents: true, Config: true,
}

// plainKey leaves out keys that say no more than the subject.
func plainKey(v subject) string {
	switch v.Asks {
	case Storage, Visits, Cookies, Preference, Parameters, Config, Agents, Dates, Zones:
		return v.key
	}
	if _, ok := configured[v.key]; ok {
		return v.key
	}
	return ""
}

// lookUp reads table[ name ], where the table is written down in the script.
func (s *Script) lookUp(n js.Node) {
	v := s.about(s.Right(n))
	if v.Asks == Other {
		s.readMember(n)
		return
	}
	for _, f := range s.graph.Obj(s.Object(n)).Fields {
		s.say(n, v, "is", f.Name)
	}
}

// readMember reads localStorage.key and its like.
func (s *Script) readMember(n js.Node) {
	if up := s.up[n]; s.Kind(up) == js.Call && s.Callee(up) == n {
		return
	}
	switch v := subjectOf(s.graph.NameOf(n)); v.Asks {
	case Storage:
		if v.key != "length" {
			s.add(n, Constant{Asks: v.Asks, Key: v.key, Op: "read"})
		}
	case Agents:
		s.add(n, Constant{Asks: v.Asks, Key: v.key, Op: "read"})
	}
}

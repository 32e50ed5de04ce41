package gate

import (
	"strings"

	"sallyport/internal/js"
)

// Bounds for one question, and for all that are asked of one script.
const (
	maxDepth    = 12
	maxSteps    = 300
	maxAllSteps = 3_000_000
)

// about says what a value is about: the first thing it is made of that is known.
func (s *Script) about(n js.Node) subject {
	if v, ok := s.subjects[n]; ok {
		return v
	}
	s.steps = 0
	v := s.resolve(n, 0)
	s.subjects[n] = v
	return v
}

func (s *Script) resolve(n js.Node, depth int) subject {
	s.steps++
	s.all++
	if n == 0 || depth > maxDepth || s.steps > maxSteps || s.all > maxAllSteps {
		return subject{}
	}
	switch s.Kind(n) {
	case js.Function, js.Class, js.Object, js.String, js.Number, js.Regexp:
		return subject{}
	case js.New:
		return s.newSubject(n, depth)
	case js.Call:
		return s.callSubject(n, depth)
	case js.Dot, js.Index:
		return s.memberSubject(n, depth)
	case js.Ident:
		return s.identSubject(n, depth)
	}
	return s.partsSubject(n, depth)
}

// partsSubject is that of the first part of an expression that has one.
func (s *Script) partsSubject(n js.Node, depth int) subject {
	var found subject
	s.Children(n, func(c js.Node) {
		if found.Asks == Other {
			found = s.resolve(c, depth+1)
		}
	})
	return found
}

// newSubject: a date is about time only when it is now.
func (s *Script) newSubject(n js.Node, depth int) subject {
	if s.Name(s.Callee(n)) == "Date" {
		if len(s.Args(n)) == 0 {
			return subject{Dates, "time"}
		}
		v := s.resolve(s.Arg(n, 0), depth+1)
		if v.Asks == Dates {
			v.key = "time"
		}
		return v
	}
	return s.partsSubject(n, depth)
}

func (s *Script) callSubject(n js.Node, depth int) subject {
	callee := s.Callee(n)
	if v, ok := s.reads(n); ok {
		return v
	}
	if v := subjectOf(s.graph.NameOf(callee)); v.Asks == Users || v.Asks == Groups || v.Asks == Rights || v.Asks == Chance || v == (subject{Dates, "time"}) {
		return v
	}
	method, _ := s.KeyName(callee)
	object := s.Object(callee)
	if object == 0 { // parseInt( x ), Number( x ), f( x )
		if v := subjectOf(s.graph.NameOf(callee) + "()"); v.Asks != Other {
			return v
		}
		if len(s.Args(n)) > 0 {
			return s.resolve(s.Arg(n, 0), depth+1)
		}
		return subject{}
	}
	if s.graph.NameOf(object) == "Date" && (method == "UTC" || method == "parse") {
		return subject{}
	}
	v := s.resolve(object, depth+1)
	if part, ok := dateParts[method]; ok && v.Asks == Dates {
		if part == "offset" {
			return subject{Zones, part}
		}
		return subject{Dates, part}
	}
	if v.Asks == Other && !quiet(method) {
		for _, a := range s.Args(n) {
			if v = s.resolve(a, depth+1); v.Asks != Other {
				break
			}
		}
	}
	return v
}

// quiet are methods whose arguments say nothing about what they give.
func quiet(method string) bool {
	return method == "then" || method == "on" || method == "addEventListener"
}

// reads knows calls that read one thing by its key.
func (s *Script) reads(n js.Node) (subject, bool) {
	c := s.calls[n]
	if c == nil {
		return subject{}, false
	}
	key := s.text(c.Arg(0))
	switch {
	case c.Is("mw.config.get"):
		if key == "" {
			return subject{}, false
		}
		return configSubject(key), true
	case c.Is("mw.util.getParamValue"), c.Is("URLSearchParams.get", "URLSearchParams.has", "URLSearchParams.getAll"), strings.HasSuffix(c.Callee, ".searchParams.get"), strings.HasSuffix(c.Callee, ".searchParams.has"):
		return subject{Parameters, key}, true
	case c.Is("localStorage.getItem", "sessionStorage.getItem", "mw.storage.get", "mw.storage.getObject", "mw.storage.session.get", "mw.storage.session.getObject"):
		return subject{Storage, key}, true
	case c.Is("mw.cookie.get", "$.cookie"):
		return subject{Cookies, key}, true
	case c.Is("mw.user.options.get"):
		return subject{Preference, key}, true
	case strings.HasSuffix(c.Callee, ".resolvedOptions"):
		return subject{Zones, ""}, true
	case c.Is("matchMedia"):
		return subject{Agents, "media"}, true
	}
	return subject{}, false
}

func (s *Script) memberSubject(n js.Node, depth int) subject {
	if v := subjectOf(s.graph.NameOf(n)); v.Asks != Other {
		return v
	}
	object := s.Object(n)
	key, known := s.KeyName(n)
	if s.Kind(n) == js.Index && !known {
		key = s.text(s.Right(n))
	}
	if isConfigKey(key) { // conf.wgUserName, whatever conf is
		return configSubject(key)
	}
	switch key {
	case "lang":
		return subject{Languages, ""}
	case "webdriver":
		return subject{Agents, key}
	}
	v := s.resolve(object, depth+1)
	if v.Asks == Zones && key != "timeZone" {
		return subject{}
	}
	if v.Asks == Other && s.Kind(n) == js.Index {
		return s.resolve(s.Right(n), depth+1)
	}
	return v
}

// isConfigKey: a name that begins as those of mw.config do, and goes on with a capital.
func isConfigKey(key string) bool {
	return len(key) > 3 && strings.HasPrefix(key, "wg") && key[2] >= 'A' && key[2] <= 'Z'
}

func (s *Script) identSubject(n js.Node, depth int) subject {
	if s.Name(n) == "Date" { // the constructor is no date
		return subject{}
	}
	if v := subjectOf(s.graph.NameOf(n)); v.Asks != Other {
		return v
	}
	b := s.Binding(n)
	if b == 0 {
		return subject{}
	}
	name := s.Name(n)
	if s.Bindings[b].Kind == js.Global || isConfigKey(name) {
		if isConfigKey(name) { // the globals of old, and what is taken out of mw.config.get()
			return configSubject(name)
		}
		return subject{}
	}
	for i, r := range s.Refs(b) {
		if i > 20 {
			break
		}
		if v := s.givenTo(r, depth); v.Asks != Other {
			return v
		}
	}
	return subject{}
}

// givenTo is what a declaration or an assignment puts into a variable.
func (s *Script) givenTo(r js.Node, depth int) subject {
	up := s.up[r]
	switch s.Kind(up) {
	case js.Declarator:
		if s.Target(up) == r {
			return s.resolve(s.Value(up), depth+1)
		}
	case js.Assign:
		if s.Left(up) == r {
			return s.resolve(s.Right(up), depth+1)
		}
	case js.ForOf:
		if s.Left(up) == r {
			return s.resolve(s.Right(up), depth+1)
		}
	case js.VarDecl:
		return subject{}
	case js.Property:
		if key, ok := s.KeyName(up); ok && s.Value(up) == r && s.Kind(s.up[up]) == js.ObjectPattern && (isConfigKey(key) || key == "skin") {
			return configSubject(key)
		}
	case js.Function:
		return s.parameter(up, r, depth)
	}
	if d := s.up[up]; s.Kind(up) == js.Declarator && s.Kind(d) == js.VarDecl && s.Kind(s.up[d]) == js.ForOf {
		return s.resolve(s.Right(s.up[d]), depth+1)
	}
	return subject{}
}

// parameter is what a callback is given: an element of the list it walks, what a promise comes to.
func (s *Script) parameter(f, r js.Node, depth int) subject {
	call := s.up[f]
	if s.Kind(call) != js.Call || len(s.Params(f)) == 0 || s.Params(f)[0] != r {
		return subject{}
	}
	switch method, _ := s.KeyName(s.Callee(call)); method {
	case "then", "done", "some", "every", "find", "filter", "forEach", "map", "findIndex", "reduce":
		return s.resolve(s.Object(s.Callee(call)), depth+1)
	}
	return subject{}
}

// text is the only text a node can hold, "" when that is not known.
func (s *Script) text(n js.Node) string {
	if n == 0 {
		return ""
	}
	t, _ := s.graph.Str(n).Const()
	return t
}

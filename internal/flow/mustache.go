package flow

import (
	"strings"

	"sallyport/internal/js"
)

// Bounds for one template: its tags, the sections around one, the names that lead to a field.
const (
	maxTags   = 200
	maxLevels = 6
	maxNames  = 6
)

// templateOf is the text of the template that a method is asked of: the first argument of the call that compiled it.
func (e *engine) templateOf(c *callRecord) string {
	at := ref(c.callee)
	if c.object != 0 {
		at = ref(c.object)
	}
	for range 8 {
		if int(at) < e.Len() && e.Kind(js.Node(at)) == js.Call {
			s, _ := e.fold(ref(e.Arg(js.Node(at), 0))).Const()
			return s
		}
		i := e.refs[at].in
		if i == 0 {
			break
		}
		at = e.edges[i].from
	}
	return ""
}

// mustache lets the fields that a template shows reach the text it makes: {{name}} escaped, {{{name}}} and {{&name}} as they
// are (mustache(5)).
func (e *engine) mustache(c *callRecord, template string, data ref) {
	levels := []ref{data}
	var h htmlState
	for tags := 0; template != "" && data != 0; tags++ {
		if tags == maxTags {
			e.note("a template has more fields than are followed")
			return
		}
		before, rest, ok := strings.Cut(template, "{{")
		h.read(before)
		if !ok {
			return
		}
		tag, raw := rest, strings.HasPrefix(rest, "{")
		end := "}}"
		if raw {
			end, tag = "}}}", rest[1:]
		}
		if tag, template, ok = strings.Cut(tag, end); !ok {
			return
		}
		switch name := strings.TrimSpace(tag); {
		case name == "":
		case raw:
			e.show(levels, name, ref(c.node), h.move())
		case name[0] == '&':
			e.show(levels, name[1:], ref(c.node), h.move())
		case name[0] == '#':
			levels = append(levels, e.section(levels, name[1:]))
		case name[0] == '/' && len(levels) > 1:
			levels = levels[:len(levels)-1]
		case strings.IndexByte("^!>=/", name[0]) >= 0:
			if name[0] == '^' {
				levels = append(levels, levels[len(levels)-1])
			}
		default:
			in := e.fresh()
			e.show(levels, name, in, escaped)
			e.link(in, ref(c.node), h.move())
		}
	}
}

// show lets a field, of the innermost section that has it, reach a place.
func (e *engine) show(levels []ref, name string, to ref, how move) {
	for _, at := range levels[max(0, len(levels)-maxLevels):] {
		e.link(e.fieldPath(at, name), to, how)
	}
}

// section is what a section is about: a field, or each member of it.
func (e *engine) section(levels []ref, name string) ref {
	here := e.fresh()
	for _, at := range levels[max(0, len(levels)-maxLevels):] {
		v := e.fieldPath(at, name)
		e.link(v, here, asIs)
		e.watch(v, readAny, 0, here)
	}
	return here
}

// fieldPath reads a.b.c of a place; . is the place itself.
func (e *engine) fieldPath(at ref, path string) ref {
	for _, name := range strings.SplitN(strings.TrimSpace(path), ".", maxNames) {
		if name == "" {
			continue
		}
		v := e.fresh()
		e.watch(at, readField, e.name(name), v)
		e.link(at, v, passOn)
		at = v
	}
	return at
}

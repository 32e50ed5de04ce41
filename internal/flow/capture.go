package flow

import (
	"strings"

	"sallyport/internal/js"
)

// maxGroups bounds the groups of a pattern that are told apart.
const maxGroups = 32

// captures models what x.match(pattern) and pattern.exec(x) give: a list of the pieces that the groups of the pattern match. A
// group that only digits fit holds digits, whatever x is. It says whether the pattern is there to be seen.
func (e *engine) captures(c *callRecord, text ref, pattern js.Node) bool {
	p, flags, ok := e.patternOf(pattern)
	if !ok || text == 0 {
		return false
	}
	list := e.made(arrayFact, c.node)
	put := func(name, part string) {
		how := cut
		if harmless(part) {
			how = checked
		}
		e.link(text, e.field(list, e.name(name)), how)
	}
	e.learn(ref(c.node), list)
	if strings.Contains(flags, "g") && e.Name(e.Callee(c.node)) != "exec" {
		how := cut
		if harmless(p) {
			how = checked
		}
		e.link(text, e.site(list).loose, how)
		return true
	}
	put("0", p)
	groups := groups(p)
	for i, g := range groups {
		put(digits(i+1), g)
	}
	if strings.Contains(p, "(?<") {
		e.link(text, e.field(list, e.name("groups")), cut)
	}
	e.link(text, e.field(list, e.name("input")), passOn)
	return true
}

// groups are what stands in the capturing groups of a pattern, in the order of their numbers.
func groups(p string) []string {
	var out []string
	class := false
	for i := 0; i < len(p) && len(out) < maxGroups; i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			end := groupEnd(p[i:])
			if end < 0 {
				return out
			}
			inner := p[i+1 : i+end]
			if rest, special := strings.CutPrefix(inner, "?"); special {
				name, named := strings.CutPrefix(rest, "<")
				if !named || strings.HasPrefix(name, "=") || strings.HasPrefix(name, "!") {
					continue
				}
				_, inner, _ = strings.Cut(name, ">")
			}
			out = append(out, inner)
		}
	}
	return out
}

// execCall models pattern.exec(x).
func (e *engine) execCall(c *callRecord) {
	if c.object == 0 || !e.captures(c, e.arg(c, 0), c.object) {
		e.pass(c, cut)
	}
}

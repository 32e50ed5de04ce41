package pattern

import (
	"slices"
	"strings"

	"sallyport/internal/js"
)

// value is what a metavariable is bound to: a node, the list of $...X, or a text where there is no node: a property's
// name, what stands in a string, a group of a regular expression.
type value struct {
	kind       valueKind
	node       js.Node
	nodes      []js.Node
	text       string
	start, end int
}

type valueKind uint8

const (
	aNode valueKind = iota
	aList
	aText
)

// bound is one metavariable with its value.
type bound struct {
	v int
	value
}

// env are the metavariables of one hit. It is never changed, only copied.
type env []bound

func (e env) get(v int) (value, bool) {
	for i := range e {
		if e[i].v == v {
			return e[i].value, true
		}
	}
	return value{}, false
}

// join puts two together if they agree about what both have.
func (r *run) join(a, b env) (env, bool) {
	if len(b) == 0 {
		return a, true
	}
	out := a
	for i := range b {
		have, ok := a.get(b[i].v)
		if !ok {
			out = append(slices.Clip(out), b[i])
			continue
		}
		if !r.same(have, b[i].value) {
			return nil, false
		}
	}
	return out, true
}

// agree says whether two could be joined.
func (r *run) agree(a, b env) bool {
	for i := range b {
		if have, ok := a.get(b[i].v); ok && !r.same(have, b[i].value) {
			return false
		}
	}
	return true
}

func (r *run) nodeValue(n js.Node) value {
	return value{kind: aNode, node: n, start: r.Start(n), end: r.End(n)}
}

func (r *run) listValue(nodes []js.Node, at int) value {
	v := value{kind: aList, nodes: nodes, start: at, end: at}
	for _, n := range nodes {
		if n != 0 {
			v.start, v.end = min(v.start, r.Start(n)), max(v.end, r.End(n))
		}
	}
	if len(nodes) > 0 && nodes[0] != 0 {
		v.start = r.Start(nodes[0])
	}
	return v
}

// same says whether two values are the same code.
func (r *run) same(a, b value) bool {
	switch {
	case a.kind == aNode && b.kind == aNode:
		return r.equal(a.node, b.node)
	case a.kind == aList && b.kind == aList:
		return slices.EqualFunc(a.nodes, b.nodes, r.equal)
	}
	return r.word(a) == r.word(b)
}

// word is the text of a value without the quotes of a string.
func (r *run) word(v value) string {
	switch {
	case v.kind == aText:
		return v.text
	case v.kind == aNode && r.Kind(v.node) == js.String:
		return r.Str(v.node)
	}
	return r.code(v)
}

// code is the text of a value as it is written.
func (r *run) code(v value) string {
	if v.kind == aText {
		return v.text
	}
	return r.Text[v.start:v.end]
}

// constant is the string or number that a value is, or that a variable holds.
func (r *run) constant(v value) (string, bool) {
	if v.kind == aText {
		return v.text, true
	}
	if v.kind != aNode {
		return "", false
	}
	switch r.Kind(v.node) {
	case js.String:
		return r.Str(v.node), true
	case js.Number:
		return r.Source(v.node), true
	case js.Ident, js.Dot, js.Index, js.Binary, js.Template, js.Unary:
		return r.g.Str(v.node).Const()
	}
	return "", false
}

// clip keeps what comes from a script short enough to show.
func clip(s string) string {
	const most = 120
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

package flow

import (
	"slices"

	"sallyport/internal/js"
)

// Field is a property of an object as seen through variables, spreads and copies.
type Field struct {
	Name  string
	Value js.Node
}

// Object is what is known of an object's properties.
type Object struct {
	Fields []Field // in the order of the text; a name may come more than once when it may hold several values
	Open   bool    // there may be more
}

// Get is the last value of a property, 0 when there is none.
func (o Object) Get(name string) js.Node {
	for i := len(o.Fields) - 1; i >= 0; i-- {
		if o.Fields[i].Name == name {
			return o.Fields[i].Value
		}
	}
	return 0
}

// All are the values a property may have.
func (o Object) All(name string) []js.Node {
	var out []js.Node
	for _, f := range o.Fields {
		if f.Name == name {
			out = append(out, f.Value)
		}
	}
	return out
}

// maxFields bounds the fields that are listed.
const maxFields = 512

// Obj are the properties of the object a node holds.
func (g *Graph) Obj(n js.Node) Object {
	if g.e == nil || n == 0 {
		return Object{Open: true}
	}
	return g.e.properties(ref(n))
}

func (e *engine) properties(at ref) Object {
	var out Object
	any := false
	e.each(at, func(f fact) {
		k := e.facts.info[f].kind
		if k != objectFact && k != instFact {
			out.Open = out.Open || k != arrayFact
			return
		}
		any = true
		s := e.site(f)
		for _, name := range s.names {
			before := len(out.Fields)
			e.sourcesOf(e.field(f, name), func(n js.Node) {
				for _, have := range out.Fields[before:] {
					if have.Value == n {
						return
					}
				}
				if len(out.Fields) < maxFields {
					out.Fields = append(out.Fields, Field{e.nameText(name), n})
				}
			})
		}
		out.Open = out.Open || e.refs[s.loose].in != 0
	})
	out.Open = out.Open || !any
	return out
}

// maxSources bounds the places that are looked through for one field.
const maxSources = 48

// sourcesOf lists the expressions that a field gets its value from, those that were written right to it last.
func (e *engine) sourcesOf(at ref, f func(js.Node)) {
	list := []ref{at}
	var direct []js.Node
	width := 0 // of what stands right next to it
	for k := 0; k < len(list); k++ {
		if at := list[k]; k > 0 && int(at) < e.Len() {
			if k <= width {
				direct = append(direct, js.Node(at))
			} else {
				f(js.Node(at))
			}
			continue
		}
		first := len(list)
		for i := e.refs[list[k]].in; i != 0 && len(list) < maxSources; i = e.edges[i].nextIn {
			if e.edges[i].how <= comeOut && !slices.Contains(list, e.edges[i].from) {
				list = append(list, e.edges[i].from)
			}
		}
		slices.Reverse(list[first:])
		if k == 0 {
			width = len(list) - 1
		}
	}
	for _, n := range direct {
		f(n)
	}
}

// Elements are the values in the arrays a node may hold, in order where that is known.
func (g *Graph) Elements(n js.Node) []js.Node {
	var out []js.Node
	if g.e == nil || n == 0 {
		return nil
	}
	g.e.each(ref(n), func(f fact) {
		i := g.e.facts.info[f]
		if i.kind != arrayFact {
			return
		}
		if g.s.Kind(js.Node(i.a)) == js.Array {
			for _, v := range g.s.List(js.Node(i.a)) {
				if v != 0 {
					out = append(out, v)
				}
			}
		}
		g.e.sourcesOf(g.e.site(f).loose, func(v js.Node) { out = append(out, v) })
	})
	return out
}

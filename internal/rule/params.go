package rule

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// param is a value that a request may have for a parameter.
type param struct {
	texts []flow.Text
	node  js.Node // 0 when it stands inside a longer text
}

// params are the parameters of a request by name.
type params map[string][]param

// has says whether a parameter may have one of the values.
func (q params) has(name string, values ...string) bool {
	for _, v := range q.consts(name) {
		for _, want := range values {
			if v == want {
				return true
			}
		}
	}
	return false
}

// consts are the values of a parameter that are known from end to end.
func (q params) consts(name string) []string {
	var out []string
	for _, v := range q[name] {
		for _, t := range v.texts {
			if s, ok := t.Const(); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// texts are all values of some parameters.
func (q params) texts(names ...string) []flow.Text {
	var out []flow.Text
	for _, name := range names {
		for _, v := range q[name] {
			out = append(out, v.texts...)
		}
	}
	return out
}

// nodes are where the values of some parameters stand.
func (q params) nodes(names ...string) []js.Node {
	var out []js.Node
	for _, name := range names {
		for _, v := range q[name] {
			if v.node != 0 {
				out = append(out, v.node)
			}
		}
	}
	return out
}

// all are where the values of all parameters stand, in the order of the names: what is reported must not depend on a map.
func (q params) all() []js.Node { return q.nodes(slices.Sorted(maps.Keys(q))...) }

// read takes in what a node holds: an object, a text a=b&c=d, a URLSearchParams or FormData.
func (p *Pass) read(q params, n js.Node) {
	if n == 0 {
		return
	}
	for _, f := range p.Graph.Obj(n).Fields {
		q[f.Name] = append(q[f.Name], p.param(f.Value))
	}
	for _, t := range p.Graph.Str(n).Texts {
		q.query(t)
	}
	p.unnamed(q, n)
	made := p.origin(n)
	if k := p.Kind(made); k == js.New || k == js.Call {
		switch p.Graph.NameOf(p.Callee(made)) {
		case "URLSearchParams", "FormData", "Headers", "$.param", "Object.assign", "$.extend", "JSON.stringify":
			for _, a := range p.Args(made) {
				p.read(q, a)
				p.pairs(q, a)
			}
			p.appended(q, n)
		}
	}
}

// pairs takes in what a list like [ [ 'action', 'edit' ], … ] holds.
func (p *Pass) pairs(q params, list js.Node) {
	for _, one := range p.Graph.Elements(list) {
		if pair := p.Graph.Elements(one); len(pair) == 2 {
			for _, name := range p.Graph.Str(pair[0]).Consts() {
				q[name] = append(q[name], p.param(pair[1]))
			}
		}
	}
}

// unnamed takes in what a script puts under names it computes: p[ keys[ i ] ] = values[ i ]. What the values are tells
// which parameters they are for.
func (p *Pass) unnamed(q params, n js.Node) {
	b := p.Tree.Binding(n)
	if b == 0 || !p.Graph.Obj(n).Open {
		return
	}
	for a := range p.Graph.EachAssign() {
		if a.Property != "" || a.Object == 0 || p.Tree.Binding(a.Object) != b {
			continue
		}
		for _, t := range p.Graph.Str(a.Value).Texts {
			name := "text"
			if s, ok := t.Const(); ok && changes[s] {
				name = "action"
			} else if k := kindOf(t); k != somePage && k != anyPage {
				name = "title"
			}
			q[name] = append(q[name], param{texts: []flow.Text{t}, node: a.Value})
		}
	}
}

func (p *Pass) param(n js.Node) param { return param{p.Graph.Str(n).Texts, n} }

// appended takes in body.append( name, value ) on the variable that is sent.
func (p *Pass) appended(q params, n js.Node) {
	b := p.Tree.Binding(n)
	if b == 0 {
		return
	}
	for c := range p.Graph.EachCall() {
		if (c.Method != "append" && c.Method != "set") || p.Tree.Binding(c.Object) != b {
			continue
		}
		entries := p.Graph.Obj(p.gone(c.Arg(0), c.Arg(1))).Fields
		for _, f := range entries {
			q[f.Name] = append(q[f.Name], p.param(f.Value))
		}
		names := p.Graph.Str(c.Arg(0)).Consts()
		if len(entries) > 0 {
			names = nil // all of them, each with any value
		}
		for _, name := range names {
			q[name] = append(q[name], p.param(c.Arg(1)))
		}
		if len(names) == 0 && c.Arg(1) != 0 { // under a name that it computes
			q[""] = append(q[""], p.param(c.Arg(1)))
		}
	}
}

// gone is the object whose entries a name and a value are, one after the other: o in for ( k in o ) f.set( k, o[ k ] ), in
// Object.entries( o ).forEach( ( [ k, v ] ) => f.set( k, v ) ) and its like. 0 for others.
func (p *Pass) gone(name, value js.Node) js.Node {
	if b := p.Tree.Binding(name); b != 0 && p.Kind(value) == js.Index && p.Tree.Binding(p.Right(value)) == b {
		return p.Object(value)
	}
	list := p.oneOf(value)
	if call := p.givenBy(value); call != 0 && p.Graph.NameOf(p.Callee(call)) == "$.each" {
		return p.Arg(call, 0)
	}
	if made := p.origin(list); p.Kind(made) == js.Call && p.Graph.NameOf(p.Callee(made)) == "Object.entries" {
		return p.Arg(made, 0)
	}
	return 0
}

// query takes a text apart that looks like a query string: "action=edit&title=<me>".
func (q params) query(t flow.Text) {
	if i := cut(t, "?"); i != nil {
		t = i
	} else if strings.ContainsAny(t.Prefix(), " \n<{") {
		return
	}
	name, value, inValue := "", flow.Text(nil), false
	flush := func() {
		if inValue && name != "" {
			q[name] = append(q[name], param{texts: []flow.Text{value}})
		}
		name, value, inValue = "", nil, false
	}
	for _, piece := range t {
		if piece.Hole != "" {
			if inValue {
				value = append(value, piece)
			}
			continue
		}
		for i, part := range strings.Split(piece.Text, "&") {
			if i > 0 {
				flush()
			}
			if !inValue {
				if key, rest, ok := strings.Cut(part, "="); ok {
					name, part, inValue = unescape(name+key), rest, true
				} else {
					name, part = name+part, ""
				}
			}
			if part != "" {
				value = append(value, flow.Piece{Text: unescape(part)})
			}
		}
	}
	flush()
}

// cut is the text behind a mark, nil when it has none.
func cut(t flow.Text, mark string) flow.Text {
	for i, piece := range t {
		if piece.Hole != "" {
			continue
		}
		if _, rest, ok := strings.Cut(piece.Text, mark); ok {
			return append(flow.Text{{Text: rest}}, t[i+1:]...)
		}
	}
	return nil
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

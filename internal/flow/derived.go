package flow

import (
	"sort"

	"sallyport/internal/js"
)

// Document is a text that the script runs as code.
type Document struct {
	Text   string
	Node   js.Node  // what is run: an argument or an assigned value
	Sink   string   // what runs it: "eval", "Function", "setTimeout", "element.text", …
	Params []string // names of parameters, for Function
}

// Derived are the constant texts that the script runs as code. They are to be read and analysed like any script.
func (g *Graph) Derived() []Document {
	var out []Document
	add := func(n js.Node, sink string, params []string) {
		for _, s := range g.Str(n).Consts() {
			if s != "" {
				out = append(out, Document{s, n, sink, params})
			}
		}
	}
	for i := range g.calls {
		c := &g.calls[i]
		switch name := codeSink(c); name {
		case "eval", "setTimeout", "setInterval", "$.globalEval", "execScript":
			if a := c.Arg(0); a != 0 && g.s.Kind(a) != js.Function {
				add(a, name, nil)
			}
		case "Function":
			var params []string
			for k := 0; k+1 < len(c.Args); k++ {
				p, _ := g.Str(c.Args[k]).Const()
				params = append(params, p)
			}
			if len(c.Args) > 0 {
				add(c.Args[len(c.Args)-1], name, params)
			}
		}
	}
	for i := range g.assigns {
		a := &g.assigns[i]
		if a.Tag == "script" && (a.Property == "text" || a.Property == "textContent" || a.Property == "innerHTML" || a.Property == "innerText") {
			add(a.Value, "element."+a.Property, nil)
		}
	}
	return out
}

// codeSink is the name of what runs an argument as code, "" for other calls.
func codeSink(c *Call) string {
	for _, s := range []string{"eval", "setTimeout", "setInterval", "$.globalEval", "execScript", "Function"} {
		if c.Is(s) {
			return s
		}
	}
	if c.Method == "constructor" && len(c.Args) > 0 { // ''.constructor.constructor('…')()
		return "Function"
	}
	return ""
}

// Return is a value that a function hands to callers outside of the script: nobody in it calls the function.
type Return struct {
	Func  js.Node
	Value js.Node
}

// Returns are the values that leave through functions that only others call, in source order.
func (g *Graph) Returns() []Return {
	var out []Return
	if g.e == nil {
		return nil
	}
	for _, f := range g.e.funcs[1:] {
		if f.called {
			continue
		}
		for i := g.e.refs[f.ret].in; i != 0; i = g.e.edges[i].nextIn {
			if from := g.e.edges[i].from; int(from) < g.s.Len() {
				out = append(out, Return{f.node, js.Node(from)})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return g.before(out[i].Value, out[j].Value) })
	return out
}

package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// sink is a place where text becomes HTML.
type sink struct {
	node  js.Node
	value js.Node
	what  string
	sure  bool // it is HTML whatever the text; otherwise only when the text begins with or holds markup
}

// htmlSinks are the places of the text where text becomes HTML, once computed.
func (p *Pass) htmlSinks() []sink {
	if !p.known.sunk {
		p.known.sunk, p.known.sinks = true, p.findHTMLSinks()
	}
	return p.known.sinks
}

func (p *Pass) findHTMLSinks() []sink {
	var out []sink
	for a := range p.Graph.EachAssign() {
		switch a.Property {
		case "innerHTML", "outerHTML", "srcdoc":
			if a.Tag != "script" && a.Tag != "style" {
				out = append(out, sink{a.Node, a.Value, a.Property, true})
			}
		}
	}
	for c := range p.Graph.EachCall() {
		out = append(out, p.callSinks(c)...)
	}
	return p.propertySinks(out)
}

// propertySinks are objects with a property that somebody makes the content of an element: h( 'div', { innerHTML: x } ) of
// Vue, with domProps around it in Vue 2, { dangerouslySetInnerHTML: { __html: x } } of React, and what is copied onto elements.
func (p *Pass) propertySinks(out []sink) []sink {
	p.each(func(n js.Node) {
		switch name, _ := p.KeyName(n); name {
		case "innerHTML", "outerHTML", "srcdoc", "__html":
			if p.Kind(p.parent(n)) == js.Object && p.Kind(p.Value(n)) != js.Function {
				out = append(out, sink{n, p.Value(n), name, true})
			}
		}
	}, js.Property)
	return out
}

// htmlTakers are methods of libraries for maps and tips that read what they get as HTML: Leaflet's, MapLibre's.
var htmlTakers = words("bindPopup bindTooltip setPopupContent setTooltipContent setHTML setHTMLUnsafe")

// adopting are the methods that put nodes into a document.
var adopting = words("append appendChild prepend before after replaceWith replaceChildren insertBefore adoptNode importNode html")

// adopts says whether something of a parsed document gets into the page: as long as it stays where it was parsed, nothing runs.
func (p *Pass) adopts(parsed js.Node) bool {
	of := func(n js.Node) bool {
		for range 16 {
			n = p.origin(n)
			switch p.Kind(n) {
			case js.Call:
				if n == parsed {
					return true
				}
				n = p.Object(p.Callee(n))
			case js.Dot, js.Index:
				n = p.Object(n)
			case js.Spread:
				n = p.Operand(n)
			default:
				return false
			}
		}
		return false
	}
	for c := range p.Graph.EachCall() {
		if adopting[c.Method] && slices.ContainsFunc(c.Args, of) {
			return true
		}
	}
	return false
}

// tips are plugins that show a tip, whose options say whether it is HTML: Bootstrap's, tipsy, qTip.
var tips = words("tooltip popover tipsy tooltipster qtip")

// tipSinks are what $x.tooltip( { html: true, content: … } ) shows.
func (p *Pass) tipSinks(c *flow.Call) []sink {
	o := p.Graph.Obj(c.Arg(0))
	html := false
	for _, name := range [...]string{"html", "contentAsHTML"} {
		for _, v := range o.All(name) {
			html = html || slices.Contains(p.Graph.Str(v).Consts(), "true")
		}
	}
	var out []sink
	for _, name := range [...]string{"content", "title"} {
		for _, v := range o.All(name) {
			values := []js.Node{v}
			for _, f := range p.Graph.Functions(v) {
				values = append(values, p.returns(f)...)
			}
			for _, v := range values {
				if html && p.Graph.KindOf(v) != flow.Function {
					out = append(out, sink{c.Node, v, name, true})
				}
			}
		}
	}
	return out
}

func (p *Pass) callSinks(c *flow.Call) []sink {
	one := func(i int, sure bool) []sink {
		if c.Arg(i) == 0 {
			return nil
		}
		return []sink{{c.Node, c.Arg(i), c.Method, sure}}
	}
	switch {
	case c.Is("document.write", "document.writeln", "$.parseHTML", "OO.ui.HtmlSnippet", "mw.html.Raw"), c.Method == "createContextualFragment":
		return one(0, true)
	case c.Is("mw.template.compile().render", "mw.template.get().render"):
		return []sink{{c.Node, c.Node, "render", true}}
	case htmlTakers[c.Method] && len(c.Targets) == 0:
		return one(0, true)
	case c.Method == "insertAdjacentHTML":
		return one(1, true)
	case c.Is("$"):
		out := one(0, false)
		return append(out, p.fieldSinks(c, c.Arg(1), "html")...)
	case setsAttribute(c):
		return p.namedSink(c)
	case c.Method == "parseFromString":
		if strings.Contains(p.Graph.Str(c.Arg(1)).Pattern(), "xml") || !p.adopts(c.Node) {
			return nil
		}
		return one(0, true)
	case tips[c.Method]:
		return p.tipSinks(c)
	}
	return p.jquerySinks(c)
}

// namedSink is $el.prop( 'innerHTML', x ) and its like.
func (p *Pass) namedSink(c *flow.Call) []sink {
	if c.Arg(1) == 0 {
		var out []sink
		for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
			if strings.HasPrefix(f.Name, "on") && p.Graph.KindOf(f.Value) == flow.String {
				out = append(out, sink{c.Node, f.Value, f.Name, true})
			}
		}
		return out
	}
	for _, name := range p.Graph.Str(c.Arg(0)).Consts() {
		if (name == "innerHTML" || name == "srcdoc" || strings.HasPrefix(name, "on")) && c.Arg(1) != 0 {
			return []sink{{c.Node, c.Arg(1), name, true}}
		}
	}
	return nil
}

func (p *Pass) fieldSinks(c *flow.Call, n js.Node, names ...string) []sink {
	var out []sink
	o := p.Graph.Obj(n)
	for _, name := range names {
		for _, v := range o.All(name) {
			out = append(out, sink{c.Node, v, name, true})
		}
	}
	return out
}

// jquerySinks are the methods of jQuery that read text as HTML.
func (p *Pass) jquerySinks(c *flow.Call) []sink {
	switch c.Method {
	case "html", "append", "prepend", "before", "after", "replaceWith", "wrap", "wrapAll", "wrapInner", "add":
	default:
		return nil
	}
	if c.Receiver != flow.JQuery && c.Receiver != flow.Unknown || len(c.Targets) > 0 {
		return nil
	}
	sure := c.Receiver == flow.JQuery && c.Method != "add" && c.Method != "wrap"
	var out []sink
	for _, a := range c.Args {
		out = append(out, sink{c.Node, a, c.Method, sure})
		if l := p.origin(a); p.Kind(l) == js.Array {
			for _, e := range p.List(l) {
				if e != 0 {
					out = append(out, sink{c.Node, e, c.Method, sure})
				}
			}
		}
	}
	return out
}

// mayBeMarkup says whether a text begins like an element, or may.
func mayBeMarkup(a flow.Abstract) (yes, certain bool) {
	for _, t := range a.Texts {
		switch {
		case strings.HasPrefix(strings.TrimSpace(t.Prefix()), "<"):
			return true, true
		case len(t) > 0 && t[0].Hole != "" && t[0].Hole != flow.NumberOf:
			yes = true
		}
	}
	return yes || len(a.Texts) == 0, false
}

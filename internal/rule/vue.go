package rule

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// component is a Vue component: what its template shows, and where the values of that are.
type component struct {
	parts   []js.Part
	at      js.Node // the template, where that is a text in a script; 0 in files of their own
	text    string  // and what it says
	readers []reader
}

// reader is the part of a script that a component's values are in.
type reader struct {
	*Pass
	object js.Node // that makes the component; 0 when all of the script does
}

// maxTemplates bounds the templates of one script that are looked at.
const maxTemplates = 100

// components are the components of a .vue file, and those whose template stands as text in a script.
func (p *Pass) components() []component {
	if !p.known.taken {
		p.known.taken = true
		p.known.components = p.readComponents()
	}
	return p.known.components
}

func (p *Pass) readComponents() []component {
	if len(p.Parts) > 0 {
		c := component{parts: p.Parts}
		for _, part := range p.Parts {
			if part.Kind == js.PartScript && part.Script != nil {
				q := &Pass{Script: part.Script, Graph: flow.Analyse(part.Script, p.text.o.Flow), text: p.text, known: &known{}}
				c.readers = append(c.readers, reader{Pass: q})
			}
		}
		return []component{c}
	}
	var out []component
	p.each(func(n js.Node) {
		if name, _ := p.KeyName(n); name != "template" || p.Kind(p.parent(n)) != js.Object {
			return
		}
		for _, text := range p.Graph.Str(p.Value(n)).Consts() {
			if len(out) == maxTemplates || !strings.Contains(text, "<") || !strings.Contains(text, "v-") && !strings.Contains(text, ":") {
				continue
			}
			s := js.Parse([]byte(templateTag+text+"</template>"), js.Options{Name: "template.vue", Limits: p.text.o.Limits})
			out = append(out, component{parts: s.Parts, at: p.origin(p.Value(n)), text: text, readers: []reader{{p, p.parent(n)}}})
		}
	}, js.Property)
	return out
}

// vueSinks looks at what templates show as HTML: v-html and :inner-html, by name in the component's script.
func (p *Pass) vueSinks() {
	for _, c := range p.components() {
		for i := range c.parts {
			part := &c.parts[i]
			name := strings.ReplaceAll(strings.ToLower(part.Attribute), "-", "")
			if part.Script == nil || name != "vhtml" && name != "innerhtml" {
				continue
			}
			start, end := c.span(p, part)
			p.text.out.Capabilities = append(p.text.out.Capabilities, capability.Capability{
				Name: capability.DOMHTML, Certainty: capability.Certain, Line: p.span(start, end).Start.Line,
			})
			if worst, mine := p.vueValue(&c, part, (*Pass).worstHTML); worst.severity > finding.Note {
				f := p.ReportAt(start, end, worst.severity, "%s becomes HTML through %s", sourceWord(worst.Source), part.Attribute)
				if mine {
					p.Way(f, worst.Flow)
				}
			}
		}
	}
}

// vueAddresses looks at what templates make the target of links and frames.
func (p *Pass) vueAddresses() {
	for _, c := range p.components() {
		for i := range c.parts {
			part := &c.parts[i]
			attribute := strings.ToLower(part.Attribute)
			leads := attribute == "href" || attribute == "action" || attribute == "formaction" || isFrame(part.Element) && (attribute == "src" || attribute == "data")
			if part.Script == nil || !leads || part.Kind != js.PartExpression {
				continue
			}
			if worst, mine := p.vueValue(&c, part, (*Pass).worstAddress); worst.severity > finding.Note {
				start, end := c.span(p, part)
				f := p.ReportAt(start, end, worst.severity, wholeMessage, sourceWord(worst.Source))
				if mine {
					p.Way(f, worst.Flow)
				}
			}
		}
	}
}

// span is where a part of a template stands, as far as the script shows it.
func (c *component) span(p *Pass, part *js.Part) (start, end int) {
	if c.at == 0 {
		return part.Start, part.End
	}
	start, end = p.Start(c.at), p.End(c.at)
	if source := p.Source(c.at); len(source) == len(c.text)+2 && source[1:len(source)-1] == c.text && part.End <= len(templateTag)+len(c.text) {
		begin := start + 1 - len(templateTag) // nothing in the text is escaped
		return begin + part.Start, begin + part.End
	}
	return start, end
}

// templateTag is what is put in front of a template that stands as text in a script.
const templateTag = "<template>"

// vueValue is the worst that reaches the names an expression of the template uses, and whether it comes by a way through
// the script of the pass.
func (p *Pass) vueValue(c *component, part *js.Part, weigh func(*Pass, js.Node) danger) (worst danger, mine bool) {
	take := func(q *Pass, n js.Node) {
		if w := weigh(q, n); w.severity > worst.severity {
			worst, mine = w, q.Graph == p.Graph
		}
	}
	expression := &Pass{Script: part.Script, Graph: flow.Analyse(part.Script, p.text.o.Flow), text: p.text, known: &known{}}
	take(expression, part.Script.Root)
	names := c.names(expression, part, weigh)
	for _, r := range c.readers {
		r.named(names, func(n js.Node) { take(r.Pass, n) })
	}
	return worst, mine
}

// names are the names whose values an expression of the template shows.
func (c *component) names(e *Pass, part *js.Part, weigh func(*Pass, js.Node) danger) map[string]bool {
	names := map[string]bool{}
	begin := e.Root
	if weighed := e.Graph.Str(begin); begin != 0 && len(weighed.Texts) > 0 && isAddress(part) && !e.beginsOpen(begin) {
		return names // the beginning of the address stands there
	}
	e.Walk(begin, func(n js.Node) bool {
		switch e.Kind(n) {
		case js.Ident, js.Dot:
			names[e.Name(n)] = true
		case js.Call:
			callee := e.Callee(n)
			name, _ := e.KeyName(callee)
			if name == "" {
				name = e.Name(callee)
			}
			if !c.passes(name, weigh) {
				names[name] = true
				return false
			}
		}
		return true
	})
	for i := range c.parts { // v-for="name in list"
		if loop := &c.parts[i]; loop.Names != "" && loop.Script != nil && names[strings.Trim(loop.Names, "() ")] {
			loop.Script.Walk(loop.Script.Root, func(n js.Node) bool {
				if k := loop.Script.Kind(n); k == js.Ident || k == js.Dot {
					names[loop.Script.Name(n)] = true
				}
				return true
			})
		}
	}
	return names
}

func isAddress(part *js.Part) bool {
	return !strings.HasPrefix(part.Attribute, "v-") && !strings.Contains(strings.ToLower(part.Attribute), "html")
}

// passes says whether a function that a template calls lets through what is handed to it: one of the component does when
// what it returns does, others unless their name says that they clean it.
func (c *component) passes(name string, weigh func(*Pass, js.Node) danger) bool {
	own, through := false, false
	for _, r := range c.readers {
		r.named(map[string]bool{name: true}, func(n js.Node) {
			if len(r.Graph.Functions(n)) > 0 {
				own = true
				return
			}
			for _, f := range r.Graph.Taint(n) {
				through = through || f.Source == flow.FromUnknown
			}
			through = through && weigh(r.Pass, n).severity > finding.Note
		})
	}
	if own {
		return through
	}
	lower := strings.ToLower(name)
	for _, word := range [...]string{"escape", "sanitize", "purify", "encode", "geturl"} {
		if strings.Contains(lower, word) {
			return false
		}
	}
	return true
}

// within says whether a node belongs to the component.
func (r *reader) within(n js.Node) bool {
	return r.object == 0 || r.Start(n) >= r.Start(r.object) && r.End(n) <= r.End(r.object)
}

// named calls f with the values of variables and properties that have one of the names, and with what functions of
// that name, computed() among them, return.
func (r *reader) named(names map[string]bool, f func(js.Node)) {
	p := r.Pass
	values := func(n js.Node) {
		f(n)
		o := p.origin(n)
		if p.Kind(o) == js.Call {
			o = p.Arg(o, 0)
		}
		for _, fn := range append(p.Graph.Functions(n), p.Graph.Functions(o)...) {
			for _, v := range p.returns(fn) {
				f(v)
			}
		}
	}
	for a := range p.Graph.EachAssign() { // hello.value = …, this.hello = …
		if (names[a.Property] || a.Property == "value" && names[p.Name(a.Object)]) && (r.within(a.Node) || p.isMounted(a.Object)) {
			f(a.Value)
		}
	}
	p.each(func(n js.Node) {
		name, _ := p.KeyName(n)
		if p.Kind(n) == js.Declarator {
			name = p.Name(p.Target(n))
		}
		if names[name] && p.Value(n) != 0 && r.within(n) {
			values(p.Value(n))
		}
	}, js.Declarator, js.Property)
}

// isMounted knows the instance that new Vue( … ) and createMwApp( … ).mount( … ) give.
func (p *Pass) isMounted(n js.Node) bool {
	if n == 0 {
		return false
	}
	made := p.origin(n)
	name, _ := p.KeyName(p.Callee(made))
	return p.Kind(made) == js.Call && name == "mount" || p.Kind(made) == js.New && p.Name(p.Callee(made)) == "Vue"
}

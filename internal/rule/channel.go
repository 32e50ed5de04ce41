package rule

import (
	"slices"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// Ways by which data leaves a page that do not look like a request.

// hinted says whether a link element only tells the browser what to fetch ahead of time: such a link is for its address
// alone, and nothing of what is fetched is used.
func (p *Pass) hinted(element js.Node) bool {
	b := p.Tree.Binding(element)
	if b == 0 {
		return false
	}
	hint := func(n js.Node) bool {
		return slices.ContainsFunc(p.Graph.Str(n).Consts(), isHint)
	}
	for a := range p.Graph.EachAssign() {
		if a.Property == "rel" && a.Object != 0 && p.Tree.Binding(a.Object) == b && hint(a.Value) {
			return true
		}
	}
	for c := range p.Graph.EachCall() {
		if setsAttribute(c) && p.Tree.Binding(c.Object) == b && hint(c.Arg(1)) {
			return true
		}
	}
	return false
}

// sideways says whether data leaves in a way in which an honest answer cannot come back.
func sideways(how string) bool { return how == "hint" || how == "ping" }

// assigned reads Object.assign( element, { src: … } ) and $( '<img>', { src: … } ), which set the properties of an element one by one.
func (p *Pass) assigned(c *flow.Call) []request {
	if len(c.Args) < 2 {
		return nil
	}
	tag := ""
	switch {
	case c.Is("Object.assign", "$.extend"):
		tag = p.madeTag(c.Arg(0))
	case c.Is("$"):
		tag = p.tagOf(c.Node)
	}
	if tag == "" {
		return nil
	}
	var out []request
	for _, a := range c.Args[1:] {
		fields := p.Graph.Obj(a)
		for _, f := range fields.Fields {
			how := loadedBy(tag, f.Name, "")
			if how == "" {
				continue
			}
			if tag == "link" && slices.ContainsFunc(fields.All("rel"), p.saysHint) {
				how = "hint"
			}
			out = append(out, p.finish(request{node: c.Node, how: how, urls: []js.Node{f.Value}, q: params{}, Where: c.Where}))
		}
	}
	return out
}

func (p *Pass) saysHint(n js.Node) bool { return isHint(p.Graph.Str(n).Pattern()) }

// isHint says whether what a link element is for (its rel) is only to be fetched ahead of time.
func isHint(rel string) bool {
	return strings.Contains(rel, "prefetch") || strings.Contains(rel, "preconnect") || strings.Contains(rel, "prerender")
}

// madeTag is the name of the element that a node makes, or holds since it was made.
func (p *Pass) madeTag(n js.Node) string {
	made := p.origin(n)
	if p.Kind(made) != js.Call || p.Graph.NameOf(p.Callee(made)) != "document.createElement" {
		return ""
	}
	tag, _ := p.Graph.Str(p.Arg(made, 0)).Const()
	return strings.ToLower(tag)
}

// addressParts reads an address that is made as an object: new URL( base ) whose search, hash and parameters are set. What is
// set belongs to the address.
func (p *Pass) addressParts(n js.Node) (base js.Node, parts []js.Node) {
	object := p.origin(n)
	switch p.Kind(object) {
	case js.Dot: // address.href
		n = p.Object(object)
	case js.Call: // address.toString(), String( address )
		if callee := p.Callee(object); p.Kind(callee) == js.Dot {
			n = p.Object(callee)
		} else {
			n = p.Arg(object, 0)
		}
	}
	made := p.origin(n)
	b := p.Tree.Binding(n)
	if p.Kind(made) != js.New || b == 0 {
		return 0, nil
	}
	switch p.Graph.NameOf(p.Callee(made)) {
	case "URL", "mw.Uri":
	default:
		return 0, nil
	}
	for a := range p.Graph.EachAssign() {
		if a.Object != 0 && p.holdsPart(a.Object, b) {
			parts = append(parts, a.Value)
		}
	}
	for c := range p.Graph.EachCall() {
		if (c.Method == "set" || c.Method == "append" || c.Method == "extend") && p.holdsPart(c.Object, b) {
			parts = append(parts, c.Args...)
		}
	}
	if base = p.Arg(made, 0); p.Arg(made, 1) != 0 && len(p.Graph.Str(base).Hosts()) == 0 { // new URL( path, site )
		parts, base = append(parts, base), p.Arg(made, 1)
	}
	return base, parts
}

// holdsPart says whether a node is a variable, or a property of it such as searchParams.
func (p *Pass) holdsPart(n js.Node, b js.BindingID) bool {
	if p.Kind(n) == js.Dot {
		n = p.Object(n)
	}
	return n != 0 && p.Tree.Binding(n) == b
}

// leftBehind reports secrets that are put where whoever comes next can read them: the name of a window outlives the page, and
// the site that the tab goes to next reads it; a style with addresses in it asks for them.
func (p *Pass) leftBehind() {
	for a := range p.Graph.EachAssign() {
		switch {
		case a.Target == "name" && a.Object != 0:
			if s := p.secretIn(a.Value, a.Where, ""); s.severity >= finding.High && s.word != draft { // a draft is kept so, too
				p.tellLeak(a.Node, s, "whatever site this tab shows next")
			}
		case a.Tag == "style" && (a.Property == "textContent" || a.Property == "innerHTML" || a.Property == "innerText"), a.Property == "cssText":
			p.styled(a.Node, a.Value, a.Where)
		}
	}
	for _, s := range p.htmlSinks() {
		if p.secretIn(s.value, p.whereAround(s.node), "image").severity == finding.Note { // most, and their texts are long
			continue
		}
		for _, t := range p.Graph.Str(s.value).Texts {
			if len(t) < 2 || !t.Contains("//") {
				continue
			}
			for _, m := range tags.FindAllStringSubmatch(written(t), 8) {
				_, address := tagged(m)
				for _, host := range p.foreign(plainly(address)) {
					p.leaks(s.node, s.value, p.whereAround(s.node), "image", host)
				}
			}
		}
	}
	for c := range p.Graph.EachCall() {
		switch {
		case c.Is("RTCPeerConnection"):
			if s := p.secretIn(c.Arg(0), c.Where, "hint"); s.severity >= finding.Medium {
				p.tellLeak(c.Node, s, "the server that helps browsers to find each other")
			}
		case c.Is("mw.util.addCSS", "mw.loader.addStyleTag"), c.Method == "insertRule" || c.Method == "replaceSync",
			c.Tag == "style" && (c.Method == "text" || c.Method == "html" || c.Method == "append"), c.Method == "setProperty":
			for _, a := range c.Args {
				p.styled(c.Node, a, c.Where)
			}
		case c.Is("document.createTextNode"): // where it goes is not known here; only a style has addresses that load
			p.styled(c.Node, c.Arg(0), c.Where)
		}
	}
}

// styled is a style that the script makes of something.
func (p *Pass) styled(at, css js.Node, w flow.Where) {
	if !p.writesOut("url(") && !p.writesOut("@import") {
		return
	}
	if s := p.secretIn(css, w, ""); s.severity >= finding.High {
		p.tellLeak(at, s, "wherever an address in a style leads")
	}
}

// writesOut says whether a literal of the script holds a word.
func (p *Pass) writesOut(word string) bool {
	if p.known.literals == nil {
		var all strings.Builder
		all.Grow(len(p.Text))
		p.each(func(n js.Node) {
			all.WriteString(p.Str(n))
			all.WriteByte('\n')
		}, js.String, js.TemplateText)
		text := all.String()
		p.known.literals = &text
	}
	return strings.Contains(*p.known.literals, word)
}

// keepsAll says whether a value is made of local storage as a whole. Those who read one key name it.
func (p *Pass) keepsAll(n js.Node) bool {
	if n == 0 {
		return false
	}
	if p.known.whole == nil {
		p.known.whole = p.markStorage()
	}
	_, reached := p.known.whole.At(n)
	return reached
}

func (p *Pass) markStorage() *flow.Marked {
	var sources []js.Node
	p.each(func(n js.Node) {
		switch p.Name(n) {
		case "localStorage", "sessionStorage":
		default:
			return
		}
		if name := p.Graph.NameOf(n); name != "localStorage" && name != "sessionStorage" {
			return
		}
		switch up := p.parent(n); p.Kind(up) {
		case js.Call, js.Spread, js.Property:
			if p.Callee(up) != n {
				sources = append(sources, n)
			}
		case js.ForIn:
			sources = append(sources, n)
		}
	}, js.Ident, js.Dot)
	var entries []flow.Link // from the name of an entry, where all names are gone through, to the entry
	for c := range p.Graph.EachCall() {
		switch {
		case c.Is("localStorage.key", "sessionStorage.key"):
			sources = append(sources, c.Node)
		case c.Is("localStorage.getItem", "sessionStorage.getItem") && c.Arg(0) != 0:
			entries = append(entries, flow.Link{From: c.Arg(0), To: c.Node})
		}
	}
	p.each(func(n js.Node) {
		if name := p.Graph.NameOf(p.Object(n)); name == "localStorage" || name == "sessionStorage" {
			entries = append(entries, flow.Link{From: p.Right(n), To: n})
		}
	}, js.Index)
	return p.Graph.Mark(flow.Marking{Sources: sources, Links: entries})
}

// filledAtOnce are the values that go into form fields as they are made: Object.assign( field, { value: … } ), $field.attr( { value: … } ).
func (p *Pass) filledAtOnce(c *flow.Call) []js.Node {
	var from []js.Node
	switch {
	case c.Is("Object.assign") && len(c.Args) > 1:
		switch p.madeTag(c.Arg(0)) {
		case "input", "textarea", "option":
			from = c.Args[1:]
		}
	case (c.Method == "attr" || c.Method == "prop") && len(c.Args) == 1:
		from = c.Args
	case setsAttribute(c) && len(c.Args) == 2:
		if s, _ := p.Graph.Str(c.Arg(0)).Const(); s == "value" {
			return c.Args[1:]
		}
	case c.Is("$") && len(c.Args) > 1 && strings.HasPrefix(strings.TrimSpace(p.Graph.Str(c.Arg(0)).Pattern()), "<"):
		from = c.Args[1:]
	}
	var out []js.Node
	for _, n := range from {
		o := p.Graph.Obj(n)
		out = append(append(out, o.All("value")...), o.All("val")...)
	}
	return out
}

// followed says whether the script clicks on a link that it makes.
func (p *Pass) followed(link js.Node) bool {
	b := p.Tree.Binding(link)
	if b == 0 {
		return false
	}
	for c := range p.Graph.EachCall() {
		if c.Method == "click" && len(c.Args) == 0 && p.Tree.Binding(c.Object) == b {
			return true
		}
	}
	return false
}

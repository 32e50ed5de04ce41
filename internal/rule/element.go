package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// attribute reads el.setAttribute( name, url ), $el.attr( name, url ) and $el.attr( { name: url } ).
func (p *Pass) attribute(c *flow.Call, r request) (request, bool) {
	tag := c.Tag
	if tag == "" {
		tag = p.tagOf(c.Object)
	}
	take := func(name string, value js.Node) {
		if how := loadedBy(tag, strings.ToLower(name), ""); how != "" && value != 0 {
			if tag == "link" && (p.hinted(c.Object) || isHint(p.words(c.Object))) {
				how = "hint"
			}
			r.how = how
			r.urls = append(r.urls, value)
		}
	}
	if c.Arg(1) != 0 {
		for _, name := range p.Graph.Str(c.Arg(0)).Consts() {
			take(name, c.Arg(1))
		}
	} else {
		o := p.Graph.Obj(c.Arg(0))
		for _, f := range o.Fields {
			take(f.Name, f.Value)
		}
		if r.how == "style" && slices.ContainsFunc(o.All("rel"), p.saysHint) {
			r.how = "hint"
		}
	}
	return p.finish(r), len(r.urls) > 0
}

// setsAttribute says whether a call is one of those that set an attribute by its name.
func setsAttribute(c *flow.Call) bool {
	return c.Method == "attr" || c.Method == "prop" || c.Method == "setAttribute"
}

// tagOf is the element a chain like $( '<img>' ).attr( … ) began with.
func (p *Pass) tagOf(n js.Node) string {
	begin := p.chain(n)
	if p.Kind(begin) != js.Call {
		return ""
	}
	s := strings.TrimSpace(p.Graph.Str(p.Arg(begin, 0)).Pattern())
	if !strings.HasPrefix(s, "<") {
		return ""
	}
	end := strings.IndexAny(s[1:], " />\t\n")
	if end < 0 {
		return ""
	}
	return strings.ToLower(s[1 : 1+end])
}

// background reads $el.css( 'background-image', 'url(…)' ).
func (p *Pass) background(c *flow.Call, r request) (request, bool) {
	values := []js.Node{c.Arg(1)}
	if c.Arg(1) == 0 {
		values = nil
		for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
			values = append(values, f.Value)
		}
	}
	for _, n := range values {
		if t := p.Graph.Str(n).Texts; len(t) > 0 && cut(t[0], "url(") != nil {
			r.urls = append(r.urls, n)
		}
	}
	r.how = "image"
	return r, len(r.urls) > 0
}

// loadedBy says what setting a property of an element loads.
func loadedBy(tag, property, target string) string {
	switch property {
	case "ping":
		if target != ".ping" {
			return "ping"
		}
	case "srcset", "poster":
		return "image"
	case "src":
		switch tag {
		case "script":
			return "script"
		case "iframe", "frame", "embed":
			return "frame"
		}
		return "image"
	case "href":
		switch {
		case tag == "link":
			return "style"
		case target == "location.href":
			return "navigate"
		}
	case "location":
		return "navigate"
	case "action", "formAction", "formaction":
		return "form"
	case "backgroundImage":
		return "image"
	case "data":
		if tag == "object" {
			return "frame"
		}
	}
	return ""
}

package rule

import (
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// isFrame knows the elements that run a javascript: address as the page they are in.
func isFrame(tag string) bool {
	switch tag {
	case "iframe", "frame", "embed", "object":
		return true
	}
	return false
}

// opens says whether an attribute is the address of a frame. Where the element is not known, the words it was found by tell:
// #preview-frame.
func (p *Pass) opens(tag string, element js.Node, attribute string) bool {
	if attribute != "src" && attribute != "data" {
		return false
	}
	if tag == "" {
		tag = p.tagOf(element)
	}
	if tag == "" && attribute == "src" {
		return strings.Contains(p.words(element), "frame")
	}
	return isFrame(tag) && (attribute == "data") == (tag == "object")
}

// addressFields are the addresses among the attributes that an object holds.
func (p *Pass) addressFields(out []urlSink, c *flow.Call, attributes js.Node, frame bool) []urlSink {
	for _, f := range p.Graph.Obj(attributes).Fields {
		if f.Name == "href" || f.Name == "formaction" || frame && (f.Name == "src" || f.Name == "data") {
			out = append(out, urlSink{c.Node, f.Value, false})
		}
	}
	return out
}

// makesElement knows h( 'a', { href } ) of Vue and its like, whatever the function is called.
func (p *Pass) makesElement(c *flow.Call) bool {
	if c.Object != 0 && !c.Is("Vue.h", "Vue.createVNode", "React.createElement") || p.Kind(c.Arg(0)) != js.String || p.Kind(c.Arg(1)) != js.Object {
		return false
	}
	tag := p.Str(c.Arg(0))
	return tag == "a" || tag == "form" || isFrame(tag)
}

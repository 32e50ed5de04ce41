package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/flow"
	"sallyport/internal/js"
)

var styleText = &Rule{
	Name:     "style-text",
	Severity: finding.Medium,
	CWE:      []int{74},
	Doc: `a stranger's text becomes a style

A style can hide warnings, lay one button over another, load pictures from any server, and tell that server what stands in
fields and attributes. Let through only what is expected: a colour that matches /^#[0-9a-f]{6}$/i, one name of a list.`,
	Run: func(p *Pass) {
		for _, s := range p.styleSinks() {
			for _, f := range p.strangers(s.value, flow.InCSS) {
				if severity := s.severity(f.Source); severity > finding.Note {
					p.Way(p.Report(s.node, severity, "%s becomes a style", sourceWord(f.Source)), f)
					break
				}
			}
		}
	},
}

// styleSink is a place where text becomes a style.
type styleSink struct {
	node  js.Node
	value js.Node
	sheet bool // rules with selectors, not the style of one element
	plain bool // what wikitext can do as well
}

func (s styleSink) severity(from flow.Source) finding.Severity {
	switch from {
	case flow.FromStorage:
		return finding.Note // one's own
	case flow.FromURL, flow.FromPostMessage, flow.FromThirdParty:
		if s.sheet {
			return finding.Medium
		}
		return finding.Low
	}
	if s.plain {
		return finding.Note
	}
	return finding.Low
}

func (p *Pass) styleSinks() []styleSink {
	var out []styleSink
	for a := range p.Graph.EachAssign() {
		switch a.Property {
		case "textContent", "innerHTML", "innerText", "text":
			if a.Tag == "style" {
				out = append(out, styleSink{a.Node, a.Value, true, false})
			}
		case "cssText":
			out = append(out, styleSink{a.Node, a.Value, false, false})
		default:
			if name, _ := p.KeyName(a.Object); name == "style" && loadsPictures(a.Property) {
				out = append(out, styleSink{a.Node, a.Value, false, false})
			}
		}
	}
	for c := range p.Graph.EachCall() {
		out = append(out, p.styleCall(c)...)
	}
	return out
}

func (p *Pass) styleCall(c *flow.Call) []styleSink {
	switch c.Method {
	case "addCSS", "addStyleTag", "GM_addStyle", "addStyle", "insertRule", "replaceSync":
		if len(c.Targets) == 0 {
			return []styleSink{{c.Node, c.Arg(0), true, false}}
		}
	case "text", "append", "appendChild":
		if c.Tag == "style" || c.Method == "text" && c.Arg(0) != 0 && p.tagOf(c.Object) == "style" {
			return []styleSink{{c.Node, p.textNode(c.Arg(0)), true, false}}
		}
	case "attr", "setAttribute":
		return p.styleNamed(c, func(name string) bool { return name == "style" })
	case "css", "setProperty":
		return p.styleNamed(c, loadsPictures)
	case "$":
		if len(c.Args) > 1 && p.tagOf(c.Node) == "style" {
			return p.styleNamed(&flow.Call{Node: c.Node, Args: c.Args[1:]}, func(name string) bool { return name == "text" })
		}
	}
	return nil
}

// styleNamed are the values that a call sets under certain names: ( name, value ) or ( { name: value } ).
func (p *Pass) styleNamed(c *flow.Call, sought func(string) bool) []styleSink {
	var out []styleSink
	if c.Arg(1) != 0 {
		for _, name := range p.Graph.Str(c.Arg(0)).Consts() {
			if sought(name) {
				out = append(out, styleSink{c.Node, c.Arg(1), false, name == "style"})
			}
		}
		return out
	}
	for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
		if sought(f.Name) {
			out = append(out, styleSink{c.Node, f.Value, false, f.Name == "style"})
		}
	}
	return out
}

// textNode is the text in document.createTextNode( text ).
func (p *Pass) textNode(n js.Node) js.Node {
	if made := p.origin(n); p.Kind(made) == js.Call {
		if name, _ := p.KeyName(p.Callee(made)); name == "createTextNode" {
			return p.Arg(made, 0)
		}
	}
	return n
}

// loadsPictures knows the properties whose values may be addresses.
func loadsPictures(property string) bool {
	name := strings.ToLower(strings.ReplaceAll(property, "-", ""))
	for _, s := range [...]string{"background", "backgroundimage", "liststyle", "liststyleimage", "cursor", "content", "borderimage", "borderimagesource", "mask", "maskimage", "webkitmask", "webkitmaskimage"} {
		if name == s {
			return true
		}
	}
	return false
}

package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

// boxLoaders reports scripts that change what stands in the edit box, and that hold a line of code which loads from somebody else's
// server: whoever saves a page of code then saves the line too.
func (p *Pass) boxLoaders() {
	at := p.fillsBox()
	if at == 0 {
		return
	}
	host := ""
	p.each(func(n js.Node) {
		if host != "" || !mayLoadCode(p.Str(n)) {
			return
		}
		for {
			up := p.parent(n)
			if kind := p.Kind(up); kind != js.Binary && kind != js.Template {
				break
			}
			n = up
		}
		for _, t := range p.Graph.Str(n).Texts {
			if h := p.loaderHost(written(t), 4); h != "" {
				host = h
			}
		}
	}, js.String, js.TemplateText)
	if host != "" {
		p.Report(at, finding.High, "changes the text in the edit box, and has a line of code ready that loads from %s", host)
	}
}

// mayLoadCode finds literals that may belong to such a line.
func mayLoadCode(s string) bool {
	for _, word := range [...]string{"load", "getScript", "addScriptTag", "import", "src", "url"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// fillsBox is a place where the text of the edit box is changed, 0 when there is none.
func (p *Pass) fillsBox() js.Node {
	named := p.writesOut("wpTextbox1")
	if !named && !p.writesOut("Contents") && !p.writesOut("Selection") {
		return 0
	}
	for c := range p.Graph.EachCall() {
		switch c.Method {
		case "textSelection":
			switch how, _ := p.Graph.Str(c.Arg(0)).Const(); how {
			case "setContents", "replaceSelection", "encapsulateSelection":
				return c.Node
			}
		case "val":
			if named && len(c.Args) > 0 && strings.Contains(p.words(c.Object), "wpTextbox1") {
				return c.Node
			}
		}
	}
	for a := range p.Graph.EachAssign() {
		if named && a.Property == "value" && a.Object != 0 && strings.Contains(p.words(a.Object), "wpTextbox1") {
			return a.Node
		}
	}
	return 0
}

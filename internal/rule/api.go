package rule

import (
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// isAPI knows calls that send something through MediaWiki's own API classes.
func (p *Pass) isAPI(c *flow.Call) bool {
	switch c.Method {
	case "postWithToken", "postWithEditToken", "saveOption", "saveOptions":
		return len(c.Targets) == 0
	case "get", "post", "put", "delete", "ajax", "edit", "create", "newSection", "rollback", "upload", "uploadToStash", "uploadFromStash",
		"chunkedUpload", "watch", "unwatch", "patch", "postJSON":
		return c.Receiver == flow.API || strings.HasPrefix(c.Callee, "mw.Api.") || strings.HasPrefix(c.Callee, "mw.ForeignApi.") ||
			strings.HasPrefix(c.Callee, "mw.Rest.") || strings.HasPrefix(c.Callee, "mw.ForeignRest.")
	}
	return false
}

// apiRequest reads a call of mw.Api (resources/src/mediawiki.api) or mw.Rest.
func (p *Pass) apiRequest(c *flow.Call, r request) (request, bool) {
	r.api = true
	r.post = c.Method != "get"
	set := func(name, value string) {
		r.q[name] = append(r.q[name], param{texts: []flow.Text{{{Text: value}}}})
	}
	take := func(name string, i int) {
		if n := c.Arg(i); n != 0 {
			r.q[name] = append(r.q[name], p.param(n))
		}
	}
	if strings.Contains(c.Callee, "Rest.") {
		r.urls, r.data = append(r.urls, c.Arg(0)), append(r.data, c.Arg(1))
		return p.finish(r), true
	}
	switch c.Method {
	case "postWithToken":
		r.data = append(r.data, c.Arg(1))
	case "edit":
		set("action", "edit")
		take("title", 0)
		p.returned(r.q, c.Arg(1))
	case "create":
		set("action", "edit")
		take("title", 0)
		take("text", 2)
	case "newSection":
		set("action", "edit")
		set("section", "new")
		take("title", 0)
		take("text", 2)
	case "rollback":
		set("action", "rollback")
		take("title", 0)
	case "upload", "uploadToStash", "uploadFromStash", "chunkedUpload":
		set("action", "upload")
		r.data = append(r.data, c.Arg(1))
	case "saveOption":
		set("action", "options")
		take("optionname", 0)
		take("optionvalue", 1)
	case "saveOptions":
		set("action", "options")
		for _, f := range p.Graph.Obj(c.Arg(0)).Fields {
			set("optionname", f.Name)
		}
	case "watch", "unwatch":
		set("action", "watch")
		if c.Method == "unwatch" {
			set("unwatch", "1")
		}
		take("titles", 0)
	default:
		r.data = append(r.data, c.Arg(0))
		p.options(&r, c.Arg(1))
	}
	return p.finish(r), true
}

// returned takes in what the function given to mw.Api.edit() returns: parameters, or the text itself.
func (p *Pass) returned(q params, n js.Node) {
	for _, f := range p.Graph.Functions(n) {
		for _, v := range p.returns(f) {
			fields := p.Graph.Obj(v).Fields
			for _, f := range fields {
				q[f.Name] = append(q[f.Name], p.param(f.Value))
			}
			if len(fields) == 0 {
				q["text"] = append(q["text"], p.param(v))
			}
		}
	}
}

// returns are the values a function may return.
func (p *Pass) returns(f js.Node) []js.Node {
	body := p.Body(f)
	if p.Is(f, js.IsExprBody) {
		return []js.Node{body}
	}
	var out []js.Node
	p.Walk(body, func(n js.Node) bool {
		if p.Kind(n) == js.Return && p.Operand(n) != 0 {
			out = append(out, p.Operand(n))
		}
		return p.Kind(n) != js.Function
	})
	return out
}

package rule

import (
	"slices"
	"strings"

	"sallyport/internal/flow"
	"sallyport/internal/js"
)

// request is something the script asks a server for, or loads.
type request struct {
	node js.Node
	how  string // as in capability.Capability: fetch, script, image, …
	urls []js.Node
	data []js.Node // what is sent along; URLs may carry something too
	post bool      // POST or its like, as far as one can tell
	api  bool      // through mw.Api and its like: the address is the wiki's
	q    params
	flow.Where
}

// requests are all requests of the text, once computed.
func (p *Pass) requests() []request {
	if p.known.fetched {
		return p.known.requests
	}
	p.known.fetched = true
	for c := range p.Graph.EachCall() {
		if r, ok := p.requestOf(c); ok {
			p.known.requests = append(p.known.requests, r)
		}
		p.known.requests = append(p.known.requests, p.assigned(c)...)
	}
	for a := range p.Graph.EachAssign() {
		how := loadedBy(a.Tag, a.Property, a.Target)
		if a.Tag == "a" && a.Property == "href" && p.followed(a.Object) {
			how = "navigate"
		}
		if how != "" {
			if a.Tag == "link" && p.hinted(a.Object) {
				how = "hint"
			}
			r := request{node: a.Node, how: how, urls: []js.Node{a.Value}, q: params{}, Where: a.Where}
			p.known.requests = append(p.known.requests, p.finish(r))
		}
	}
	return p.known.requests
}

// finish reads parameters out of the URLs and the data.
func (p *Pass) finish(r request) request {
	for _, n := range r.urls {
		if base, parts := p.addressParts(n); base != 0 {
			r.urls, r.data = append(r.urls[:len(r.urls):len(r.urls)], base), append(r.data, parts...)
		}
	}
	for _, n := range r.urls {
		p.wikiAddress(r.q, n)
		for _, t := range p.Graph.Str(n).Texts {
			if cut(t, "?") != nil {
				r.q.query(t)
			}
		}
	}
	for _, n := range r.data {
		p.read(r.q, n)
	}
	return r
}

// asking are the functions that requestOf knows by name.
var asking = words(`fetch navigator.sendBeacon WebSocket EventSource RTCPeerConnection Worker SharedWorker navigator.serviceWorker.register importScripts
	$.post $.get $.getJSON $().load $.ajax GM_xmlhttpRequest GM.xmlHttpRequest axios axios.post $.getScript mw.loader.getScript mw.loader.load
	importScriptURI mw.loader.addScriptTag importStylesheetURI mw.loader.addLinkTag XMLHttpRequest.open window.open open $().css`)

// asks says, at little cost, whether requestOf may know a call: of most it does not.
func (p *Pass) asks(c *flow.Call) bool {
	switch c.Method {
	case "assign", "replace", "setAttribute", "attr", "prop":
		return true
	}
	return asking[c.Callee] || p.isAPI(c) || p.Kind(c.Node) == js.ImportCall || slices.ContainsFunc(c.Others, func(name string) bool { return asking[name] })
}

// requestOf reads a call.
func (p *Pass) requestOf(c *flow.Call) (request, bool) {
	if !p.asks(c) {
		return request{}, false
	}
	r := request{node: c.Node, how: "fetch", q: params{}, Where: c.Where}
	url := func() { r.urls = append(r.urls, c.Arg(0)) }
	data := func(i int) { r.data = append(r.data, c.Arg(i)) }
	switch {
	case p.isAPI(c):
		return p.apiRequest(c, r)
	case c.Is("fetch"):
		address, options := c.Arg(0), c.Arg(1)
		if made := p.origin(address); p.Kind(made) == js.New && p.Graph.NameOf(p.Callee(made)) == "Request" {
			address, options = p.Arg(made, 0), p.Arg(made, 1)
		}
		r.urls = append(r.urls, address)
		o := p.Graph.Obj(options)
		r.data = append(r.data, o.All("body")...)
		r.data = append(r.data, o.All("headers")...)
		r.post = p.posts(o.All("method"))
	case c.Is("navigator.sendBeacon"):
		r.how, r.post = "beacon", true
		url()
		data(1)
	case c.Is("WebSocket", "EventSource", "RTCPeerConnection"):
		r.how = "socket"
		url()
	case c.Is("Worker", "SharedWorker", "navigator.serviceWorker.register", "importScripts"):
		r.how = "worker"
		url()
	case c.Is("$.post", "$.get", "$.getJSON", "$().load"):
		r.post = c.Method == "post"
		url()
		data(1)
		p.options(&r, c.Arg(0))
	case c.Is("$.ajax", "GM_xmlhttpRequest", "GM.xmlHttpRequest", "axios", "axios.post"):
		p.ajax(&r, c)
	case c.Is("$.getScript", "mw.loader.getScript", "importScriptURI", "mw.loader.addScriptTag"), c.Method == "load" && c.Is("mw.loader.load"):
		r.how = "script"
		if c.Is("mw.loader.load") && strings.Contains(p.Graph.Str(c.Arg(1)).Pattern(), "css") {
			r.how = "style"
		}
		url()
	case c.Is("importStylesheetURI", "mw.loader.addLinkTag"):
		r.how = "style"
		url()
	case p.Kind(c.Node) == js.ImportCall:
		r.how = "script"
		url()
	case c.Is("XMLHttpRequest.open"):
		return p.xhr(c, r)
	case c.Is("window.open", "open"):
		r.how = "navigate"
		url()
	case c.Method == "assign" || c.Method == "replace":
		if !c.Is("location.assign", "location.replace") {
			return r, false
		}
		r.how = "navigate"
		url()
	case setsAttribute(c):
		return p.attribute(c, r)
	case c.Is("$().css"):
		return p.background(c, r)
	default:
		return r, false
	}
	return p.finish(r), true
}

// ajax reads $.ajax( url, options ) and $.ajax( options ).
func (p *Pass) ajax(r *request, c *flow.Call) {
	p.options(r, c.Arg(0))
	if len(r.urls) == 0 {
		r.urls = append(r.urls, c.Arg(0))
		p.options(r, c.Arg(1))
	}
	if c.Is("axios.post") {
		r.post = true
		r.data = append(r.data, c.Arg(1))
	}
}

func (p *Pass) options(r *request, n js.Node) {
	o := p.Graph.Obj(n)
	r.urls = append(r.urls, o.All("url")...)
	r.data = append(r.data, o.All("data")...)
	r.post = r.post || p.posts(o.All("type")) || p.posts(o.All("method"))
	for _, n := range o.All("dataType") {
		if known := p.Graph.Str(n).Consts(); slices.Contains(known, "script") || len(known) == 0 {
			r.how = "script"
		}
	}
}

func (p *Pass) posts(methods []js.Node) bool {
	return slices.ContainsFunc(methods, func(n js.Node) bool { return p.isPost(n) })
}

func (p *Pass) isPost(n js.Node) bool {
	return slices.ContainsFunc(p.Graph.Str(n).Consts(), func(s string) bool {
		switch strings.ToUpper(s) {
		case "POST", "PUT", "PATCH", "DELETE":
			return true
		}
		return false
	})
}

// xhr joins open( method, url ) with what send() sends on the same variable.
func (p *Pass) xhr(open *flow.Call, r request) (request, bool) {
	r.urls, r.post = append(r.urls, open.Arg(1)), p.isPost(open.Arg(0))
	b := p.Tree.Binding(open.Object)
	for c := range p.Graph.EachCall() {
		if c.Is("XMLHttpRequest.send") && (b == 0 || p.Tree.Binding(c.Object) == b) && c.Arg(0) != 0 {
			r.data = append(r.data, c.Arg(0))
		}
	}
	return p.finish(r), true
}

// wikiAddress takes in the parameters of an address that mw.util.getUrl( title, { … } ) makes.
func (p *Pass) wikiAddress(q params, n js.Node) {
	made := p.origin(n)
	if p.Kind(made) != js.Call || p.Graph.NameOf(p.Callee(made)) != "mw.util.getUrl" || p.Arg(made, 1) == 0 {
		return
	}
	q["title"] = append(q["title"], p.param(p.Arg(made, 0)))
	for _, f := range p.Graph.Obj(p.Arg(made, 1)).Fields {
		q[f.Name] = append(q[f.Name], p.param(f.Value))
	}
}

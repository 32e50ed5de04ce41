package flow

import (
	"slices"

	"sallyport/internal/js"
)

func (e *engine) promiseLike(method string) bool {
	switch method {
	case "then", "done", "fail", "always", "catch", "finally", "progress", "pipe", "promise":
		return true
	}
	return false
}

// newPromise makes a call give a promise, and says where its content goes.
func (e *engine) newPromise(n js.Node) ref {
	p := e.made(promiseFact, n)
	e.learn(ref(n), p)
	return e.content(p)
}

// promiseMethod models a method of a promise that is known.
func (e *engine) promiseMethod(id uint32, p uint32, method string) {
	c := &e.calls[id]
	e.chain(id, method, e.content(fact(p)))
	switch method {
	case "resolve", "resolveWith", "notify":
		i := 0
		if method == "resolveWith" {
			i = 1
		}
		if a := e.arg(c, i); a != 0 {
			e.link(a, e.content(fact(p)), asIs)
		}
		e.learn(ref(c.node), fact(p))
	case "promise":
		e.learn(ref(c.node), fact(p))
	case "json", "text", "blob", "formData", "arrayBuffer":
		e.link(e.content(fact(p)), e.newPromise(c.node), asIs)
	}
}

// chain models then and its like.
func (e *engine) chain(id uint32, method string, content ref) {
	c := &e.calls[id]
	rest := e.positions(content)
	cb := callback{params: append([]ref{content}, rest...), place: c.place, call: id}
	switch method {
	case "then", "pipe", "catch", "fail":
		to := e.newPromise(c.node)
		cb.ret = to
		if r := e.refusals[content]; r != 0 {
			e.refusals[to] = r
		}
		if method == "catch" || method == "fail" {
			// jQuery's fail gets a code and an answer with texts of the server.
			cb.params = []ref{0, e.refusals[content]}
			e.link(content, to, asIs)
		}
		e.handler(e.arg(c, 0), cb)
		if len(c.args) > 1 {
			cb.params = []ref{0, e.refusals[content]}
			e.handler(e.arg(c, 1), cb)
		}
	case "done", "always", "finally", "progress":
		for i := range c.args {
			e.handler(e.arg(c, i), cb)
		}
		if c.object != 0 {
			e.link(ref(c.object), ref(c.node), asIs)
		}
	}
}

// positions are the further contents of $.when().
func (e *engine) positions(content ref) []ref { return e.when[content] }

// thenUnknown models then on something nobody knows: what comes is as good as what it was asked of.
func (e *engine) thenUnknown(id uint32, method string) {
	c := &e.calls[id]
	content := e.fresh()
	if c.object != 0 {
		e.watch(ref(c.object), awaitIt, 0, content)
		e.link(ref(c.object), content, passOn)
	}
	e.chain(id, method, content)
}

// all models Promise.all and its like, and $.when.
func (e *engine) all(id uint32, spread bool) {
	c := &e.calls[id]
	content := e.newPromise(c.node)
	if spread {
		var more []ref
		for i := range c.args {
			to := content
			if i > 0 {
				to = e.fresh()
				more = append(more, to)
			}
			e.watch(e.arg(c, i), awaitIt, 0, to)
		}
		e.when[content] = more
		return
	}
	list := e.made(arrayFact, c.node)
	e.learn(content, list)
	if len(c.args) == 0 {
		return
	}
	if e.Kind(c.args[0]) == js.Array {
		for i, a := range e.List(c.args[0]) {
			if a != 0 {
				e.watch(ref(a), awaitIt, 0, e.field(list, e.name(digits(i))))
			}
		}
		return
	}
	any := e.fresh()
	e.watch(e.arg(c, 0), readAny, 0, any)
	e.watch(any, awaitIt, 0, e.site(list).loose)
}

// respond makes a call a request for something.
func (e *engine) respond(id uint32, r request) ref {
	c := &e.calls[id]
	r.node = c.node
	r.content = e.newPromise(c.node)
	e.requests = append(e.requests, r)
	if r.url != 0 {
		e.link(ref(r.url), r.content, toAnswer)
	}
	return r.content
}

// refuse notes what the handlers of an error get behind its code: an answer with a message of the wiki's interface, in which
// what was asked may come back.
func (e *engine) refuse(at js.Node, content ref) {
	if e.refusals == nil {
		e.refusals = map[ref]ref{}
	}
	e.refusals[content] = e.fresh()
	e.learn(e.refusals[content], e.answer(e.Callee(at), false, keptTag))
}

// answers says what the answers of requests are, now that their URLs are known as far as they will be.
func (e *engine) answers() {
	for _, r := range e.requests[e.answered:] {
		address := e.urlOf(r)
		foreign, page := e.judgeURL(address)
		if r.url != 0 || r.options != 0 {
			page = page || !foreign && e.asksRaw(r)
		}
		kept := e.keptPage(r)
		switch {
		case page && !foreign && kept == codeTag:
		case page && !foreign && kept == keptTag:
			e.seed(r.content, FromInterface, Anywhere)
		case page && !foreign:
			e.seed(r.content, FromUserJSON, Anywhere)
		case foreign:
			e.seed(r.content, FromThirdParty, Anywhere)
		}
		if page && !foreign {
			continue
		}
		if !foreign && slices.ContainsFunc(address.Texts, Text.ForOneself) {
			e.seed(r.content, FromPersonal, Data)
		}
		e.learn(r.content, e.answer(r.node, foreign, kept))
	}
	e.answered = len(e.requests)
}

// urlOf is the address of a request.
func (e *engine) urlOf(r request) Abstract {
	if r.url != 0 {
		if a := e.fold(ref(r.url)); len(a.Texts) > 0 {
			return a
		}
	}
	if r.options != 0 {
		if v := e.properties(ref(r.options)).Get("url"); v != 0 {
			return e.fold(ref(v))
		}
	}
	return Abstract{}
}

// judgeURL says whether a URL leads elsewhere, or to the text of a page.
func (e *engine) judgeURL(a Abstract) (foreign, page bool) {
	for _, t := range a.Texts {
		if t.Contains("api.php") || t.Contains("/rest_v1") || t.Contains("rest.php") {
			continue
		}
		if h, ok := t.Host(); ok && !e.own(h) {
			foreign = true
		}
		if t.Contains("action=raw") || t.Contains(".json") || t.Contains("ctype=") {
			page = true
		}
	}
	return foreign, page
}

// own says whether a host belongs to the wiki.
func (e *engine) own(host string) bool {
	for _, h := range e.o.Hosts {
		if host == h || len(h) > 0 && h[0] == '.' && len(host) > len(h) && host[len(host)-len(h):] == h {
			return true
		}
	}
	return len(host) > 2 && host[0] == '<' // begins with a hole: mw.config.get('wgServerName')
}

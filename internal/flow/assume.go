package flow

import "sallyport/internal/js"

// assume decides about what is not known once all that is known has been followed: methods go by their names, properties by
// whatever anybody wrote under the same name.
func (e *engine) assume() {
	e.answers()
	e.spread()
	for ; e.assumedReads < len(e.plain); e.assumedReads++ {
		u := e.plain[e.assumedReads]
		if e.refs[u.next].held == 0 && !e.parsed(u) {
			if r := e.named[u.name].any; r != 0 {
				e.link(r, u.to, asIs)
			}
			e.assumeElement(u)
		}
	}
	e.spread()
	for id := 1; id < len(e.calls); id++ {
		c := &e.calls[id]
		if c.assumed || len(c.names) > 0 {
			continue
		}
		c.assumed = true
		if len(c.targets) == 0 {
			e.assumeCall(uint32(id))
		}
	}
	e.spread()
	e.answers()
}

// assumeElement takes for an element what is asked for something that nothing else has.
func (e *engine) assumeElement(u use) {
	switch e.nameText(u.name) {
	case "textContent", "innerText":
		e.seed(u.to, FromPage, Anywhere)
	case "dataset":
		e.learn(u.to, e.path(e.element(""), "dataset"))
	}
}

// parsed knows data.parse.text, the HTML of the wiki's own parser, by its name.
func (e *engine) parsed(u use) bool {
	return int(u.next) < e.Len() && e.Kind(js.Node(u.next)) == js.Dot && e.Name(js.Node(u.next)) == "parse"
}

func (e *engine) assumeCall(id uint32) {
	c := &e.calls[id]
	method := e.methodOf(c)
	if e.refs[ref(c.callee)].held != 0 && method == "" || e.Kind(c.callee) == js.Super {
		return
	}
	if method != "" && (e.apiByLooks(id, method) || e.commonMethod(id, method) || e.looseMethod(id, method)) {
		return
	}
	if c.object != 0 {
		e.link(ref(c.object), ref(c.node), passOn)
	}
	e.unknownCall(id, noFact, method)
}

// methodOf is the last part of what is called.
func (e *engine) methodOf(c *callRecord) string {
	name, computed := e.plainMethod(c)
	if computed != 0 {
		name, _ = e.fold(ref(computed)).Const()
	}
	return name
}

// methodIn is methodOf inside a question about texts.
func (e *engine) methodIn(c *callRecord, depth int) string {
	name, computed := e.plainMethod(c)
	if computed != 0 {
		name, _ = e.foldRef(ref(computed), depth+1).Const()
	}
	return name
}

// plainMethod is the name of a method, or the node that computes it.
func (e *engine) plainMethod(c *callRecord) (name string, computed js.Node) {
	switch e.Kind(c.callee) {
	case js.Dot:
		return e.Name(c.callee), 0
	case js.Index:
		if name, ok := e.KeyName(c.callee); ok {
			return name, 0
		}
		return "", e.Right(c.callee)
	}
	return "", 0
}

// looseMethod models getters of elements and jQuery objects that came from nobody knows where.
func (e *engine) looseMethod(id uint32, method string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	switch method {
	case "text":
		if len(c.args) == 0 {
			e.link(ref(c.object), n, passOn)
			return true
		}
	case "html", "append", "prepend", "addClass", "removeClass", "css", "attr", "appendTo", "click", "find":
		if len(c.args) == 1 && method == "attr" && !e.holdsObject(c.args[0]) {
			e.attribute(c, method)
			return true
		}
		e.jqueryMethod(id, method)
		return true
	case "getAttribute":
		e.attribute(c, "attr")
		return true
	case "appendChild", "querySelector", "closest", "insertBefore":
		e.learn(n, e.element(e.tagOf(c, method)))
		return true
	case "toString", "valueOf":
		e.link(ref(c.object), n, passOn)
		return true
	}
	return false
}

// unfoldKeys looks again at properties whose names were computed.
func (e *engine) unfoldKeys() bool {
	found := false
	kept := e.open[:0]
	for _, n := range e.open {
		a := e.fold(ref(e.Right(n)))
		s, ok := a.Const()
		if !ok || len(s) > 200 {
			kept = append(kept, n)
			continue
		}
		found = true
		name := e.name(s)
		e.known[n] = name
		e.watch(ref(e.Object(n)), readField, name, ref(n))
	}
	e.open = kept
	return found
}

// strangers marks the parameters of functions that nobody in the script calls.
func (e *engine) strangers() {
	for i := 1; i < len(e.funcs); i++ {
		f := &e.funcs[i]
		if f.called {
			continue
		}
		for _, p := range f.params {
			if e.refs[p].held == 0 {
				e.seed(p, FromUnknown, Anywhere)
			}
		}
	}
}

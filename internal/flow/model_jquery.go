package flow

import (
	"strings"

	"sallyport/internal/js"
)

// jqueryStatic models $(…) and the functions on $ (https://api.jquery.com/).
func (e *engine) jqueryStatic(id uint32, name string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	switch name {
	case "$":
		e.learn(n, e.jq())
		self := e.fresh()
		e.learn(self, e.global("$"))
		e.handler(e.arg(c, 0), callback{params: []ref{self}, place: c.place, call: id})
		if len(c.args) > 0 {
			e.link(e.arg(c, 0), n, onlyData)
		}
	case "$.each":
		e.eachOf(id, e.arg(c, 0), e.arg(c, 1), true)
		e.link(e.arg(c, 0), n, asIs)
	case "$.map":
		e.mapOf(id, e.arg(c, 0), e.arg(c, 1))
	case "$.grep":
		e.link(e.arg(c, 0), n, asIs)
		e.eachOf(id, e.arg(c, 0), e.arg(c, 1), false)
	case "$.extend", "Object.assign":
		e.extend(c)
	case "$.ajax", "$.get", "$.post", "$.getJSON", "$.getScript":
		e.ajax(id, name)
	case "$.ajaxPrefilter":
		e.settings(id, len(c.args)-1, 0)
	case "$.when":
		e.all(id, true)
	case "$.Deferred":
		e.newPromise(c.node)
		p := e.made(promiseFact, c.node)
		self := e.fresh()
		e.learn(self, p)
		e.handler(e.arg(c, 0), callback{params: []ref{self}, this: self, place: c.place, call: id})
	case "$.param":
		inside := e.fresh()
		e.watch(e.arg(c, 0), readAny, 0, inside)
		e.link(inside, n, encoded)
		e.pass(c, encoded)
		e.passInside(c.args, n, encoded)
	case "$.trim", "$.makeArray", "$.merge", "$.uniqueSort", "$.parseHTML", "$.parseJSON", "$.parseXML", "$.unique":
		e.pass(c, passOn)
		if name == "$.parseHTML" {
			e.learn(n, e.jq())
		}
		if name == "$.makeArray" || name == "$.merge" {
			e.pass(c, asIs)
		}
	case "$.escapeSelector":
		e.pass(c, noSelector)
	case "$.proxy":
		e.link(e.arg(c, 0), n, asIs)
	case "$.inArray", "$.isArray", "$.isFunction", "$.isEmptyObject", "$.isNumeric", "$.type", "$.noop", "$.isPlainObject":
	default:
		return false
	}
	return true
}

// extend copies fields: $.extend([true,] target, …) and Object.assign(target, …).
func (e *engine) extend(c *callRecord) {
	args := c.args
	if len(args) > 0 && e.Kind(args[0]) == js.Bool {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	target := ref(args[0])
	e.link(target, ref(c.node), asIs)
	for _, a := range args[1:] {
		e.watch(ref(a), copyInto, 0, target)
		e.watch(target, copyFrom, 0, ref(a))
		e.link(ref(a), ref(c.node), passOn)
		whole := e.fresh() // data that is no object of the script, such as what JSON.parse gives: nobody knows its fields
		e.link(ref(a), whole, passOn)
		e.watch(target, writeAny, 0, whole)
	}
	if len(args) == 1 && e.Kind(c.callee) == js.Dot && e.Kind(c.object) != js.Ident { // $.fn.extend({…})
		e.watch(target, copyInto, 0, ref(c.object))
	}
}

func (e *engine) ajax(id uint32, name string) {
	c := &e.calls[id]
	r := request{}
	if len(c.args) > 0 && e.Kind(c.args[0]) == js.Object || name == "$.ajax" {
		if len(c.args) > 0 {
			r.options = c.args[0]
		}
		if name == "$.ajax" && len(c.args) > 1 {
			r.url, r.options = c.args[0], c.args[1]
		} else if len(c.args) == 1 && e.Kind(c.args[0]) != js.Object {
			r.url = c.args[0]
		}
	} else if len(c.args) > 0 {
		r.url = c.args[0]
		if len(c.args) > 1 {
			r.data = c.args[1]
		}
	}
	content := e.respond(id, r)
	cb := callback{params: []ref{content}, place: c.place, call: id}
	for i := 1; i < len(c.args); i++ {
		e.handler(e.arg(c, i), cb)
	}
	if r.options != 0 {
		for _, word := range []string{"success", "complete", "error"} {
			h := e.fresh()
			e.watch(ref(r.options), readField, e.name(word), h)
			k := cb
			if word != "success" {
				k.params = []ref{0, 0}
			}
			e.handler(h, k)
		}
	}
}

// settings hands a handler the settings of requests that others make.
func (e *engine) settings(id uint32, handler, param int) {
	c := &e.calls[id]
	given := e.fresh()
	e.learn(given, e.global("ajaxSettings"))
	params := make([]ref, param, param+1)
	e.handler(e.arg(c, handler), callback{params: append(params, given), place: c.place, call: id})
}

// jqueryMethod models a method of a jQuery object.
func (e *engine) jqueryMethod(id uint32, method string) {
	c := &e.calls[id]
	n := ref(c.node)
	self := func() {
		e.learn(n, e.jq())
	}
	switch method {
	case "text":
		if len(c.args) == 0 {
			e.seed(n, FromPage, Anywhere)
			e.textOf(c, decoded)
			return
		}
	case "html":
		if len(c.args) == 0 {
			e.textOf(c, escapedText)
			return
		}
	case "val":
		if len(c.args) == 0 {
			e.seed(n, e.inputSource(c), Anywhere)
			return
		}
	case "attr", "data", "prop", "css":
		if len(c.args) == 0 || len(c.args) == 1 && !e.holdsObject(c.args[0]) {
			e.attribute(c, method)
			return
		}
	case "each":
		el := e.fresh()
		e.learn(el, e.element(""))
		e.handler(e.arg(c, 0), callback{params: []ref{0, el}, this: el, loop: true, place: c.place, call: id})
	case "map":
		el := e.fresh()
		e.learn(el, e.element(""))
		list := e.made(arrayFact, c.node)
		e.handler(e.arg(c, 0), callback{params: []ref{0, el}, this: el, ret: e.site(list).loose, loop: true, place: c.place, call: id})
		e.learn(n, list)
		return
	case "get":
		e.learn(n, e.element(""))
		e.learn(n, e.jq())
		return
	case "on", "one", "bind", "live", "delegate":
		e.onMethod(id)
		self()
		return
	case "click", "submit", "change", "keydown", "keyup", "keypress", "mousedown", "mouseup", "dblclick", "select", "input",
		"focus", "blur", "hover", "mouseover", "mouseenter", "mouseleave", "mouseout", "mousemove", "scroll", "resize", "load", "error":
		if method == "load" && len(c.args) > 0 && e.Kind(c.args[0]) != js.Function {
			break
		}
		for i := range c.args {
			e.listener(id, e.arg(c, i), method)
		}
	case "ajaxSend", "ajaxSuccess", "ajaxComplete", "ajaxError":
		e.settings(id, 0, 2)
	case "ready", "promise", "queue":
		jquery := e.fresh()
		e.learn(jquery, e.global("$"))
		e.handler(e.arg(c, 0), callback{params: []ref{jquery}, place: c.place, call: id})
	case "toArray", "serialize", "serializeArray":
		if method != "toArray" {
			e.seed(n, FromInput, InWikitext)
		} else {
			e.learn(n, e.jq())
		}
		return
	case "is", "hasClass", "length", "index", "width", "height", "outerWidth", "outerHeight", "scrollTop", "size":
		if len(c.args) == 0 || method == "is" || method == "hasClass" || method == "index" {
			return
		}
	case "fadeIn", "fadeOut", "animate", "slideUp", "slideDown", "toggle", "slideToggle", "show", "hide":
		for i := range c.args {
			e.handler(e.arg(c, i), callback{place: c.place, call: id})
		}
	case "append", "prepend", "before", "after", "replaceWith", "wrap", "add", "find", "closest", "filter", "not":
		for i := range c.args {
			e.handler(e.arg(c, i), callback{unknown: true, place: c.place, call: id})
		}
	case "updateTooltipster", "tooltip", "dialog", "autocomplete":
		for i := range c.args {
			e.handler(e.arg(c, i), callback{unknown: true, place: c.place, call: id})
		}
	case "then", "done", "always", "fail":
		e.thenUnknown(id, method)
		return
	case "textSelection":
		if s := e.constArg(c, 0); s == "getContents" || s == "getSelection" {
			e.seed(n, FromPage, Anywhere)
			return
		}
	case "trigger", "triggerHandler":
		params := e.channel("event", e.constArg(c, 0))
		for _, a := range c.args[min(1, len(c.args)):] {
			if e.Kind(a) == js.Array {
				for i, v := range e.List(a) {
					if v != 0 && i+1 < len(params) {
						e.link(ref(v), params[i+1], asIs)
					}
				}
			}
		}
	default: // of a library
		for _, a := range c.args {
			e.handIn(id, a)
		}
	}
	self()
}

// textOf follows $('<div>').text(x).html(), the well-known way to escape, and its opposite.
func (e *engine) textOf(c *callRecord, how move) {
	for o, depth := c.object, 0; e.Kind(o) == js.Call && depth < 8; depth++ {
		d := e.Callee(o)
		if e.Kind(d) != js.Dot {
			return
		}
		if m := e.Name(d); (m == "text" || m == "html" || m == "append") && e.Arg(o, 0) != 0 {
			if m == "text" && how == decoded {
				e.link(ref(e.Arg(o, 0)), ref(c.node), passOn)
			} else if m == "text" {
				e.link(ref(e.Arg(o, 0)), ref(c.node), how)
			} else {
				e.link(ref(e.Arg(o, 0)), ref(c.node), how)
			}
			return
		}
		o = e.Object(d)
	}
}

// holdsObject says whether a node holds an object of the script: $x.attr( object ) sets, $x.attr( name ) gets.
func (e *engine) holdsObject(n js.Node) bool {
	object := e.Kind(n) == js.Object
	e.each(ref(n), func(f fact) { object = object || e.facts.info[f].kind == objectFact })
	return object
}

// newElement knows $( '<div>' ) at the beginning of a chain.
func (e *engine) newElement(n js.Node) bool {
	for e.Kind(n) == js.Call {
		d := e.Callee(n)
		if e.Kind(d) != js.Dot {
			s, ok := e.Constant(e.Arg(n, 0))
			return ok && strings.HasPrefix(s, "<")
		}
		n = e.Object(d)
	}
	return false
}

// attribute models a getter. Wikitext can set data-* (but data-mw*, data-ooui, data-parsoid are MediaWiki's own), title,
// and others (Sanitizer::attributesAllowedInternal).
func (e *engine) attribute(c *callRecord, method string) {
	if e.newElement(c.object) {
		return // nobody has written to it yet
	}
	n := ref(c.node)
	name := strings.ToLower(e.constArg(c, 0))
	bad := Anywhere
	switch {
	case method == "css":
		return
	case strings.HasPrefix(name, "data-mw") || strings.HasPrefix(name, "data-ooui") || strings.HasPrefix(name, "data-parsoid"),
		method == "data" && (strings.HasPrefix(name, "mw") || strings.HasPrefix(name, "ooui")):
		return
	case method == "data":
	case name == "checked" || name == "disabled" || name == "selected" || name == "tagname" || name == "nodename" || name == "scrollheight":
		return
	case method == "prop" && name == "value" || method == "attr" && name == "value":
		e.seed(n, e.inputSource(c), Anywhere)
		return
	case name == "href" || name == "src" || name == "action":
		bad = InParam // MediaWiki encodes quotes in addresses and lets no javascript: through
	case name == "id" || name == "class" || name == "for" || name == "rel":
		bad = InAttr | InSelector | InParam | InRegexp
	case method == "prop" && name != "title" && name != "alt" && name != "innertext" && name != "textcontent":
		return
	}
	e.seed(n, FromPage, bad)
}

// inputSource tells password fields from others by what is asked for.
func (e *engine) inputSource(c *callRecord) Source {
	if c.object == 0 {
		return FromInput
	}
	s := e.Source(c.object)
	if len(s) > 400 {
		s = s[len(s)-400:]
	}
	if strings.Contains(s, "assword") {
		return FromPassword
	}
	return e.filledIn(c.object)
}

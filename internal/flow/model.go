package flow

import (
	"strconv"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/js"
)

func digits(i int) string { return strconv.Itoa(i) }

// request is an HTTP request whose answer the script reads.
type request struct {
	node    js.Node
	url     js.Node // 0 for the wiki's API
	options js.Node // object with a url
	data    js.Node // parameters besides those in the url; 0 when they are in options
	content ref
}

// model says what a call of something that is not in the script does.
func (e *engine) model(id uint32, f fact, name string) {
	c := &e.calls[id]
	n := c.node
	if e.Kind(n) == js.New {
		e.modelNew(id, f, name)
		return
	}
	dot := strings.LastIndexByte(name, '.')
	method := name[dot+1:]
	switch {
	case strings.HasPrefix(name, "$()."):
		e.jqueryMethod(id, method)
		return
	case name == "promise."+method:
		e.promiseMethod(id, e.facts.info[f].a, method)
		return
	case strings.HasPrefix(name, "array."):
		e.arrayCall(id, method, fact(e.facts.info[f].a))
		return
	case strings.HasPrefix(name, storeOfDatabase+"."):
		e.databaseCall(c, method)
		return
	case strings.HasPrefix(name, "mw."):
		if e.mwCall(id, f, name, method) {
			return
		}
	case strings.HasPrefix(name, "answer") || strings.HasPrefix(name, "foreign"):
		e.answerCall(id, f, method)
		return
	}
	if e.vueCall(id, name) || e.builtin(id, f, name) || e.domCall(id, f, name, method) || e.jqueryStatic(id, name) {
		return
	}
	if method == "getValue" && strings.HasPrefix(name, "OO.ui.") && strings.Contains(name, "Input") {
		e.seed(ref(n), FromInput, Anywhere)
		return
	}
	if method == "postMessage" {
		e.linkOnce(e.arg(c, 0), e.posted)
	}
	if dot >= 0 && (e.apiByLooks(id, method) || e.commonMethod(id, method)) {
		return
	}
	e.unknownCall(id, f, name)
}

// apiByLooks takes what is asked with an action for the wiki's API, whoever is asked.
func (e *engine) apiByLooks(id uint32, method string) bool {
	switch method {
	case "get", "post", "postWithToken", "postWithEditToken", "ajax":
	default:
		return false
	}
	c := &e.calls[id]
	for _, a := range c.args {
		looks := false
		e.each(ref(a), func(f fact) {
			looks = looks || e.facts.info[f].kind == objectFact && e.fields.get(uint32(f), actionName) != 0
		})
		if looks {
			c.names = append([]fact{e.path(e.path(e.global("mw"), "Api"), method)}, c.names...)
			e.apiMethod(id, method)
			return true
		}
	}
	return false
}

// unknownCall lets what goes in come out: texts through it, functions called some day.
func (e *engine) unknownCall(id uint32, f fact, name string) {
	c := &e.calls[id]
	how := byName(name)
	for _, a := range c.args {
		if e.Kind(a) == js.TemplateText {
			continue
		}
		e.link(ref(a), ref(c.node), how)
		e.handler(ref(a), callback{unknown: true, rest: e.beside(c, a), place: c.place, call: id})
		e.handIn(id, a)
	}
	if f != noFact && e.facts.info[f].deep < maxDeep {
		e.learn(ref(c.node), e.pathOf(f, resultName))
	}
}

// byName believes what a function that nobody can see says of itself.
func byName(name string) move {
	s := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	switch {
	case strings.Contains(s, "unescape") || strings.Contains(s, "decode"):
		return decoded
	case strings.Contains(s, "escape") || strings.Contains(s, "sanitize") || strings.Contains(s, "purify"):
		return escaped
	case strings.Contains(s, "encode"):
		return encoded
	case s == "exec":
		return cut
	}
	return passOn
}

// arg is one argument as a ref, 0 when there is none.
func (e *engine) arg(c *callRecord, i int) ref {
	if i >= 0 && i < len(c.args) {
		return ref(c.args[i])
	}
	return 0
}

// pass lets data go from all arguments to the result.
func (e *engine) pass(c *callRecord, how move) {
	for _, a := range c.args {
		e.link(ref(a), ref(c.node), how)
	}
}

func (e *engine) modelNew(id uint32, f fact, name string) {
	c := &e.calls[id]
	n := ref(c.node)
	switch name {
	case "Promise":
		p := e.made(promiseFact, c.node)
		e.learn(n, p)
		resolve := e.fresh()
		e.learn(resolve, e.made(settleFact, c.node))
		e.handler(e.arg(c, 0), callback{params: []ref{resolve}, place: c.place, call: id})
		return
	case "Array", "Set", "Map", "WeakMap", "Uint8Array", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array", "Float32Array", "Float64Array",
		"Uint8ClampedArray":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		for i := range c.args {
			e.watch(e.arg(c, i), readAny, 0, e.site(list).loose)
		}
		e.pass(c, passOn)
		return
	case "Date", "RegExp", "Error", "Image", "Option", "URL", "URLSearchParams", "mw.Title", "mw.Uri", "String", "Function":
		how := passOn
		switch name {
		case "mw.Title":
			how = titled
		case "Date", "Option", "Image":
			how = onlyData
		case "URL", "URLSearchParams", "mw.Uri":
			how = cut
		}
		if name == "URL" && len(c.args) > 1 { // the base says where what is relative leads
			e.link(e.arg(c, 0), n, how)
			e.link(e.arg(c, 1), n, leadsHome)
		} else {
			e.pass(c, how)
		}
		switch name {
		case "URLSearchParams", "mw.Uri":
			e.passInside(c.args, n, encoded)
		case "Image":
			e.learn(n, e.element("img"))
			return
		case "Option":
			e.learn(n, e.element("option"))
			return
		case "Function":
			return
		}
	case "Blob", "File":
		parts := e.fresh()
		e.watch(e.arg(c, 0), readAny, 0, parts)
		e.watch(parts, readAny, 0, n)
		e.link(parts, n, passOn)
	case "OO.ui.Process":
		e.handler(e.arg(c, 0), callback{this: e.arg(c, 1), trigger: capability.OnClick, place: c.place, call: id})
	default:
		for _, a := range c.args {
			e.handler(ref(a), callback{unknown: true, place: c.place, call: id})
		}
	}
	if e.facts.info[f].recv == OOUI || strings.HasPrefix(name, "OO.") {
		e.pass(c, onlyData)
	}
	e.learn(n, f)
}

// clickLike are events that follow from what a person does on purpose.
func clickLike(typ string) bool {
	typ, _, _ = strings.Cut(strings.TrimSpace(typ), ".")
	switch typ {
	case "click", "dblclick", "submit", "keydown", "keyup", "keypress", "mousedown", "mouseup", "change", "input", "select",
		"choose", "touchstart", "touchend", "contextmenu", "auxclick", "pointerdown", "pointerup", "enter", "toggle", "drop", "paste":
		return true
	}
	return false
}

func triggerOf(types string) capability.Trigger {
	words := strings.Fields(types)
	typing := true
	for _, w := range words {
		if !clickLike(w) {
			return ""
		}
		typing = typing && typingLike(w)
	}
	switch {
	case len(words) == 0:
		return ""
	case typing:
		return onTyping
	}
	return capability.OnClick
}

// onTyping is the trigger of events that come while somebody types, who need not mean anything by it. Outside of this
// package it is a click with [Where.Typing].
const onTyping capability.Trigger = "typing"

// typingLike are events that come while somebody types.
func typingLike(typ string) bool {
	typ, _, _ = strings.Cut(strings.TrimSpace(typ), ".")
	switch typ {
	case "keydown", "keyup", "keypress", "input", "paste":
		return true
	}
	return false
}

// listener makes an argument a handler of events of a type.
func (e *engine) listener(id uint32, at ref, types string) {
	this := e.fresh()
	e.learn(this, e.element(""))
	e.listenerOf(id, at, this, types)
}

// listenerOf is listener with what the function has as this.
func (e *engine) listenerOf(id uint32, at, this ref, types string) {
	c := &e.calls[id]
	ev := e.fresh()
	word, _, _ := strings.Cut(strings.TrimSpace(types), " ")
	word, _, _ = strings.Cut(word, ".")
	e.learn(ev, e.event(e.eventAt(c.object, word)))
	sent := e.channel("event", word)
	e.link(sent[0], ev, asIs)
	h := callback{params: append([]ref{ev}, sent[1:]...), this: this, trigger: triggerOf(types), place: c.place, call: id}
	e.handler(at, h)
	if int(at) >= e.Len() || e.Kind(js.Node(at)) != js.Function { // an object may listen, too
		method := e.fresh()
		e.watch(at, readField, e.name("handleEvent"), method)
		h.this = at
		e.handler(method, h)
	}
}

// constArg is an argument that is plain to see.
func (e *engine) constArg(c *callRecord, i int) string {
	if i >= len(c.args) {
		return ""
	}
	if s, ok := e.Constant(c.args[i]); ok {
		return s
	}
	s, _ := e.fold(ref(c.args[i])).Const()
	return s
}

// commonMethod models methods whose name says enough, whatever they are called on.
func (e *engine) commonMethod(id uint32, method string) bool {
	c := &e.calls[id]
	switch {
	case method == "objectStore" && len(c.args) == 1:
		e.learn(ref(c.node), e.path(noFact, storeOfDatabase))
	case e.promiseLike(method) && len(c.args) > 0:
		e.thenUnknown(id, method)
	case method == "exec" && c.object != 0:
		e.execCall(c)
	case isStringMethod(method) && method != "concat" && method != "slice" && method != "includes" && method != "indexOf" && method != "at":
		e.stringMethod(id, method)
	case method == "emit" && len(c.args) > 1:
		e.send(c, e.channel("event", e.constArg(c, 0)), 1)
	case method == "addEventListener" || method == "on" || method == "one" || method == "once" || method == "bind":
		e.onMethod(id)
	case method == "connect":
		e.connectMethod(id)
	case (method == "append" || method == "set") && len(c.args) > 1 && e.filled(c.object) != 0:
		e.link(e.arg(c, 1), e.filled(c.object), passOn)
	case listMethods[method] && len(c.args) > 1 && e.Kind(c.args[1]) == js.Function && e.Kind(c.args[0]) != js.Function:
		e.unknownCall(id, noFact, method) // each( list, f ) of a library
	case listMethods[method]:
		e.arrayCall(id, method, noFact)
	default:
		return false
	}
	return true
}

// filled is where a variable's FormData, or its like, was made: it carries what is put into it, wherever it then goes. 0 for others.
func (e *engine) filled(n js.Node) ref {
	b := e.Binding(n)
	if b == 0 || e.shared[b] {
		return 0
	}
	made := e.current[b]
	if int(made) >= e.Len() || e.Kind(js.Node(made)) != js.New {
		return 0
	}
	switch e.Name(e.Callee(js.Node(made))) {
	case "FormData", "URLSearchParams", "Headers":
		return made
	}
	return 0
}

// listMethods are methods of lists that hardly anything else has.
var listMethods = words("forEach map filter each some every find flatMap reduce sort push concat slice join reverse indexOf includes")

// onMethod models target.on(types, …, handler) and on({type: handler}).
func (e *engine) onMethod(id uint32) {
	c := &e.calls[id]
	types := e.constArg(c, 0)
	for i := 1; i < len(c.args); i++ {
		e.listener(id, e.arg(c, i), types)
	}
	if len(c.args) > 0 && e.Kind(c.args[0]) == js.Object {
		e.table(id, c.args[0])
	}
	if c.object != 0 {
		e.link(ref(c.object), ref(c.node), asIs)
	}
}

// table makes the functions of an object handlers of the events they are named for.
func (e *engine) table(id uint32, table js.Node) {
	for _, p := range e.List(table) {
		if name, ok := e.KeyName(p); ok && e.Value(p) != 0 {
			e.listener(id, ref(e.Value(p)), name)
		}
	}
}

// connectMethod models OOUI's widget.connect(this, {event: 'method'}).
func (e *engine) connectMethod(id uint32) {
	c := &e.calls[id]
	if len(c.args) < 2 || e.Kind(c.args[1]) != js.Object {
		return
	}
	for _, p := range e.List(c.args[1]) {
		event, ok := e.KeyName(p)
		if !ok || e.Value(p) == 0 {
			continue
		}
		method, ok := e.Constant(e.Value(p))
		if !ok && e.Kind(e.Value(p)) == js.Binary {
			method, ok = e.fold(ref(e.Value(p))).Const()
		}
		if ok {
			h := e.fresh()
			e.watch(ref(c.args[0]), readField, e.name(method), h)
			e.listener(id, h, event)
			continue
		}
		e.listenerOf(id, ref(e.Value(p)), ref(c.args[0]), event)
	}
}

package flow

import (
	"strings"

	"sallyport/internal/js"
)

// builtin models the functions of the language (ECMA-262) and of a few libraries.
func (e *engine) builtin(id uint32, f fact, name string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	switch name {
	case "String.fromCharCode", "String.fromCodePoint":
		e.pass(c, decoded) // numbers of letters become a text that may be anything
		e.passSpread(c)
	case "String", "JSON.stringify", "Object", "structuredClone", "String.raw":
		e.pass(c, passOn)
		e.passSpread(c)
		if name == "Object" || name == "structuredClone" {
			e.pass(c, asIs)
		}
		if name == "JSON.stringify" && len(c.args) > 0 {
			e.watch(ref(c.args[0]), readAny, 0, n)
			e.passInside(c.args[:1], n, passOn)
		}
	case "JSON.parse":
		e.pass(c, fromJSON)
	case "parseInt", "parseFloat", "Number", "Boolean", "isNaN", "isFinite", "Array.isArray", "Date.now", "Date.parse", "Number.isInteger":
		e.pass(c, onlyData)
	case "CSS.escape":
		e.pass(c, noSelector)
	case "Mustache.render", "Mustache.to_html", "mustache.render":
		e.mustache(c, e.constArg(c, 0), e.arg(c, 1))
	case "Handlebars.compile()", "Hogan.compile().render":
		e.mustache(c, e.templateOf(c), e.arg(c, 0))
	case "DOMPurify.sanitize":
		e.pass(c, purified)
	case "Object.keys":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		e.keysOf(e.arg(c, 0), e.site(list).loose)
	case "Object.fromEntries":
		e.watch(e.arg(c, 0), readAny, 0, n)
		e.pass(c, passOn)
	case "Object.values":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		e.watch(e.arg(c, 0), readAny, 0, e.site(list).loose)
		e.link(e.arg(c, 0), e.site(list).loose, passOn)
	case "Object.entries":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		e.watch(e.arg(c, 0), readAny, 0, e.site(list).loose)
		e.keysOf(e.arg(c, 0), e.site(list).loose)
		e.learn(e.site(list).loose, list)
	case "Array.from":
		e.link(e.arg(c, 0), n, asIs)
		if len(c.args) > 1 {
			e.mapOf(id, e.arg(c, 0), e.arg(c, 1))
		}
	case "Array.of":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		for i := range c.args {
			e.link(e.arg(c, i), e.site(list).loose, asIs)
		}
	case "Object.create":
		if len(c.args) > 0 && e.Kind(c.args[0]) == js.Null {
			e.learn(n, e.made(objectFact, c.node))
		}
		e.link(e.arg(c, 0), n, asIs)
	case "Object.freeze", "Object.seal":
		e.link(e.arg(c, 0), n, asIs)
	case "Reflect.construct":
		e.link(e.arg(c, 0), n, asIs)
	case "Reflect.get":
		if name := e.constArg(c, 1); name != "" {
			e.watch(e.arg(c, 0), readField, e.name(name), n)
		}
	case "Reflect.set":
		if name := e.constArg(c, 1); name != "" {
			e.watch(e.arg(c, 0), writeField, e.name(name), e.arg(c, 2))
		}
	case "Object.defineProperty":
		if name := e.constArg(c, 1); name != "" && len(c.args) > 2 {
			v := e.fresh()
			e.watch(e.arg(c, 2), readField, e.name("value"), v)
			e.watch(e.arg(c, 0), writeField, e.name(name), v)
			g := e.fresh()
			e.watch(e.arg(c, 2), readField, e.name("get"), g)
			got := e.fresh()
			e.handler(g, callback{ret: got, place: c.place, call: id})
			e.watch(e.arg(c, 0), writeField, e.name(name), got)
		}
	case "Promise.resolve", "Promise.reject":
		content := e.newPromise(c.node)
		e.watch(e.arg(c, 0), awaitIt, 0, content)
		if a := e.arg(c, 0); a != 0 {
			e.link(a, content, asIs)
		}
	case "Promise.all", "Promise.allSettled", "Promise.any", "Promise.race":
		e.all(id, false)
	case "OO.inheritClass", "OO.mixinClass":
		e.inheritCall(c)
	case "require":
		e.learn(n, e.module(e.constArg(c, 0)))
	case "Math.random":
		e.seed(n, FromRandom, Data)
		e.learn(n, e.pathOf(f, resultName))
	case "RegExp", "Error", "Symbol", "Date":
		e.pass(c, passOn)
	default:
		if how, ok := textMoves[name]; ok {
			e.pass(c, how)
			return true
		}
		if name == "RegExp.exec" {
			e.execCall(c)
			return true
		}
		if strings.HasPrefix(name, "Math.") || strings.HasPrefix(name, "console.") || strings.HasPrefix(name, "RegExp.") {
			e.pass(c, onlyData)
			return true
		}
		if strings.HasPrefix(name, "Array.prototype.") || strings.HasPrefix(name, "String.prototype.") {
			method := name[strings.LastIndexByte(name, '.')+1:]
			if isStringMethod(method) && name[0] == 'S' {
				e.stringMethod(id, method)
				return true
			}
			e.arrayCall(id, method, noFact)
			return true
		}
		return false
	}
	return true
}

// inheritCall models OO.inheritClass(Child, Parent).
func (e *engine) inheritCall(c *callRecord) {
	if len(c.args) < 2 {
		return
	}
	e.each(ref(c.args[0]), func(f fact) {
		if i := e.facts.info[f]; i.kind == funcFact || i.kind == classFact {
			e.watch(ref(c.args[1]), inherit, 0, ref(i.a))
		}
	})
}

// eachOf calls a function for each member of a list.
func (e *engine) eachOf(id uint32, list, fn ref, keyFirst bool) {
	c := &e.calls[id]
	value, key := e.fresh(), e.fresh()
	e.watch(list, readAny, 0, value)
	e.link(list, value, passOn)
	e.keysOf(list, key)
	params := []ref{value, key, list}
	if keyFirst {
		params = []ref{key, value}
	}
	e.handler(fn, callback{params: params, this: value, loop: true, place: c.place, call: id})
}

// mapOf calls a function for each member of a list and makes a list of what it gives.
func (e *engine) mapOf(id uint32, list, fn ref) {
	c := &e.calls[id]
	value, key := e.fresh(), e.fresh()
	e.watch(list, readAny, 0, value)
	e.link(list, value, passOn)
	e.link(list, key, onlyData)
	made := e.made(arrayFact, c.node)
	e.learn(ref(c.node), made)
	e.handler(fn, callback{params: []ref{value, key, list}, ret: e.site(made).loose, loop: true, place: c.place, call: id})
	e.each(fn, func(f fact) { // list.map( encodeURIComponent )
		if how, ok := textMoves[e.facts.info[f].name]; ok {
			e.link(value, e.site(made).loose, how)
		}
	})
}

// textMoves are what functions of the browser and of MediaWiki do to a text, where they are called and where they are handed on by
// their names.
var textMoves = map[string]move{
	"encodeURIComponent": encoded, "encodeURI": encodedURI, "escape": encoded, "decodeURIComponent": decoded, "decodeURI": decoded, "unescape": decoded, "atob": decoded,
	"btoa": onlyData, "String": passOn, "mw.html.escape": escaped, "mw.util.wikiUrlencode": encoded, "mw.util.rawurlencode": encoded,
}

// arrayCall models methods of lists, of those the script made and of others.
func (e *engine) arrayCall(id uint32, method string, list fact) {
	c := &e.calls[id]
	n, self := ref(c.node), ref(c.object)
	if c.object == 0 {
		self = e.fresh()
		e.learn(self, list)
	}
	switch method {
	case "forEach", "some", "every":
		e.eachOf(id, self, e.arg(c, 0), false)
	case "each":
		e.eachOf(id, self, e.arg(c, 0), true)
	case "filter", "sort", "reverse", "slice", "splice", "flat", "toArray", "toSorted", "toReversed", "concat", "values":
		e.link(self, n, asIs)
		if method == "filter" || method == "sort" {
			e.eachOf(id, self, e.arg(c, 0), false)
		}
		if method == "concat" {
			for i := range c.args {
				e.link(e.arg(c, i), n, asIs)
			}
		}
	case "map", "flatMap":
		e.mapOf(id, self, e.arg(c, 0))
	case "find", "pop", "shift", "at", "findLast", "get":
		e.watch(self, readAny, 0, n)
		e.link(self, n, passOn)
		if method == "find" || method == "findLast" {
			e.eachOf(id, self, e.arg(c, 0), false)
		}
	case "push", "unshift", "add", "fill":
		for i := range c.args {
			if a := c.args[i]; e.Kind(a) == js.Spread {
				v := e.fresh()
				e.watch(ref(a), readAny, 0, v)
				e.watch(self, writeAny, 0, v)
				continue
			}
			e.watch(self, writeAny, 0, e.arg(c, i))
			e.link(e.arg(c, i), self, passOn)
			e.intoOpen(self, c.args[i])
		}
	case "set":
		e.watch(self, writeAny, 0, e.arg(c, 1))
		e.watch(self, writeKey, 0, e.arg(c, 0))
	case "reduce", "reduceRight":
		if e.pipeline(c, id) {
			return
		}
		value := e.fresh()
		e.watch(self, readAny, 0, value)
		e.link(self, value, passOn)
		e.link(e.arg(c, 1), n, asIs)
		e.handler(e.arg(c, 0), callback{params: []ref{n, value}, ret: n, loop: true, place: c.place, call: id})
	case "join", "toString":
		e.watch(self, readAny, 0, n)
		e.link(self, n, passOn)
		e.joined(c)
	case "keys", "entries":
		made := e.made(arrayFact, c.node)
		e.learn(n, made)
		e.keysOf(self, e.site(made).loose)
		if method == "entries" {
			e.watch(self, readAny, 0, e.site(made).loose)
			e.learn(e.site(made).loose, made)
		}
	case "indexOf", "includes", "findIndex", "lastIndexOf", "length", "has", "delete":
	default:
		if c.object != 0 {
			e.link(self, n, passOn)
		}
		e.unknownCall(id, noFact, method)
	}
}

// joined treats ['<li>', x, '</li>'].join(”) like a concatenation.
func (e *engine) joined(c *callRecord) {
	if e.Kind(c.object) != js.Array {
		return
	}
	var parts []js.Node
	for _, p := range e.List(c.object) {
		if p != 0 && e.Kind(p) != js.Spread {
			parts = append(parts, p)
		}
	}
	e.concat(c.node, parts)
}

// stringMethod models methods of texts.
func (e *engine) stringMethod(id uint32, method string) {
	c := &e.calls[id]
	n := ref(c.node)
	if c.object == 0 {
		return
	}
	self := ref(c.object)
	switch method {
	case "charCodeAt", "codePointAt", "endsWith", "startsWith", "search", "localeCompare", "indexOf", "includes", "lastIndexOf":
		e.link(self, n, onlyData)
	case "replace", "replaceAll":
		e.replace(id, method)
	case "substring", "substr", "slice":
		e.link(self, n, cut)
	case "split", "match", "matchAll":
		if method == "match" && len(c.args) > 0 && e.captures(c, self, c.args[0]) {
			return
		}
		e.link(self, n, cut)
		if method != "split" {
			e.handler(e.arg(c, 1), callback{place: c.place, call: id})
		}
	default:
		e.link(self, n, passOn)
		if method == "concat" || method == "padStart" || method == "padEnd" {
			e.pass(c, passOn)
		}
	}
}

// replace judges x.replace(pattern, text) as the piece of a sanitizer, or of its opposite, that it may be.
func (e *engine) replace(id uint32, method string) {
	c := &e.calls[id]
	n, self := ref(c.node), ref(c.object)
	how := passOn
	if len(c.args) == 2 {
		how = e.replaceMove(c.args[0], c.args[1], method == "replaceAll")
		if p := e.Str(c.args[0]); how == passOn && e.Kind(c.args[0]) == js.Regexp && (strings.HasPrefix(p, "^") || strings.HasPrefix(p, ".*") || strings.HasPrefix(p, "[")) {
			how = cut // the beginning may go
		}
	}
	e.link(self, n, how)
	if len(c.args) < 2 {
		return
	}
	if _, ok := e.Constant(c.args[1]); !ok {
		part := e.fresh()
		e.link(self, part, passOn)
		back := e.fresh()
		e.handler(e.arg(c, 1), callback{params: []ref{part}, rest: part, ret: back, place: c.place, call: id})
		if p, _ := e.Constant(c.args[0]); p == "$1" {
			e.link(e.arg(c, 1), n, behindHost) // wgArticlePath and its like: never the beginning
			e.link(back, n, behindHost)
		} else if e.Kind(c.args[1]) != js.Function {
			e.link(e.arg(c, 1), n, passOn)
		} else if how == passOn {
			e.link(back, n, passOn)
		}
	}
}

func (e *engine) replaceMove(pattern, by js.Node, all bool) move {
	text, _ := e.Constant(by)
	p, isRegexp := e.Str(pattern), e.Kind(pattern) == js.Regexp
	if isRegexp {
		all = strings.Contains(e.RegexpFlags(pattern), "g")
	} else if s, ok := e.Constant(pattern); ok {
		p = s
	} else if r, flags, ok := e.patternOf(pattern); ok {
		p, isRegexp, all = r, true, strings.Contains(flags, "g")
	}
	if strings.Contains(p, "&lt;") && strings.Contains(text, "<") || strings.Contains(p, "&#") {
		return decoded
	}
	if !all || p == "" {
		return passOn
	}
	if isRegexp && text == "" && (strings.TrimSuffix(p, "+") == `\D` || strings.TrimSuffix(p, "+") == `\W`) {
		return checked
	}
	if isRegexp && strings.HasPrefix(p, "[^") && strings.IndexByte(p, ']') == len(p)-1-len(strings.TrimLeft(p[strings.IndexByte(p, ']')+1:], "+*")) {
		return e.keepOnly(p)
	}
	class := isRegexp && strings.HasPrefix(p, "[") && strings.Index(p, "]") >= len(p)-2
	single := len(p) == 1 || isRegexp && len(p) == 2 && p[0] == '\\'
	alternatives := isRegexp && isAlternatives(p)
	if !class && !single && !alternatives {
		if isRegexp && strings.HasPrefix(p, "<") && len(p) > 2 {
			return stripped
		}
		return passOn
	}
	angle := strings.Contains(p, "<")
	quote := strings.Contains(p, `"`)
	switch {
	case angle && quote:
		return escaped
	case angle:
		return escapedText
	case quote:
		return noQuotes
	case class && (strings.Contains(p, `\$`) || strings.Contains(p, `\*`)) && strings.Contains(text, `\`):
		return noRegexp
	}
	return passOn
}

// isAlternatives knows patterns such as <|>|".
func isAlternatives(p string) bool {
	for _, a := range strings.Split(strings.Trim(p, "()"), "|") {
		if len(a) != 1 {
			return false
		}
	}
	return true
}

// keepOnly judges a pattern that takes out all but a set of characters.
func (e *engine) keepOnly(p string) move {
	inside := p[2:strings.IndexByte(p, ']')]
	if strings.ContainsAny(inside, `<>"'&`) || strings.Contains(inside, `\S`) || strings.Contains(inside, `\W`) || strings.Contains(inside, `\D`) {
		return passOn
	}
	return checked
}

package flow

import (
	"strings"

	"sallyport/internal/js"
)

// Kinds that only the engine tells apart.
const answerKind Kind = "answer"

// maxDeep bounds how many names follow behind a global. Structures that contain themselves would go on for ever.
const maxDeep = 5

// global is the fact for a name that nobody in the script declares.
func (e *engine) global(name string) fact {
	switch name {
	case "window", "self", "globalThis", "top", "parent", "frames", "unsafeWindow", "global":
		name = "window"
	case "jQuery", "$j":
		name = "$"
	case "mediaWiki", "mediawiki":
		name = "mw"
	}
	return e.path(noFact, name)
}

// path is the fact for a name under a parent, which may be none.
func (e *engine) path(parent fact, name string) fact { return e.pathOf(parent, e.name(name)) }

// pathOf is path for a name by its number.
func (e *engine) pathOf(parent fact, id uint32) fact {
	if f := e.facts.get(pathFact, uint32(parent), id); f != noFact {
		return f
	}
	name := e.nameText(id)
	i := factInfo{kind: pathFact, a: uint32(parent), b: id, name: name, recv: Known}
	if parent != noFact {
		p := &e.facts.info[parent]
		i.deep = p.deep + 1
		i.name = p.name + "." + name
		if id == resultName {
			i.name = p.name + name
		}
		i.tag = p.tag
	}
	i.recv = kindOfName(i.name)
	i.from, i.bad = sourceOfName(&i)
	return e.facts.put(i)
}

// member is the fact for a property of something known.
func (e *engine) member(f fact, name uint32) fact {
	text := e.nameText(name)
	i := &e.facts.info[f]
	if i.kind != pathFact {
		return e.pathOf(f, name)
	}
	switch {
	case text == "constructor" && isBuiltinFunction(i.name):
		return e.global("Function")
	case i.name == "mw.config" && text == "values":
		return f
	case i.name == "window" || i.name == "document" && (text == "defaultView" || text == "location"):
		if text == "defaultView" {
			return e.global("window")
		}
		return e.global(text)
	case i.name == "URL" && text == "searchParams":
		return e.global("URLSearchParams")
	case i.name == "$" && text == "fn":
		return e.jq()
	case i.deep >= maxDeep && i.recv == answerKind:
		return e.pathOf(fact(i.a), name) // what is further in an answer is told apart by its own name
	case i.deep >= maxDeep:
		return noFact
	case text == "default" && i.recv != answerKind:
		return f
	case text == "documentElement" || text == "body" || text == "head" || text == "parentNode" || text == "firstChild" ||
		text == "parentElement" || text == "nextSibling" || text == "firstElementChild" || text == "lastChild" || elementParts[text]:
		if i.recv == Element || i.name == "document" {
			return e.element("")
		}
	case (i.recv == answerKind || i.name == "element") && e.named[name].index:
		return f
	case text == "contentWindow" && i.recv == Element:
		return e.global("window")
	case (text == "contentDocument" || text == "ownerDocument") && i.recv == Element:
		return e.global("document")
	case text == "originalEvent" && i.recv == Event:
		return f
	case text == "currentTarget" || text == "target" || text == "delegateTarget":
		if i.recv == Event {
			return e.element("")
		}
	case (text == "msg" || text == "message") && (i.name == "ve" || i.name == "OO.ui" || i.name == "mw.ui"):
		return e.path(e.global("mw"), text)
	case strings.HasPrefix(text, "$") && (i.recv == OOUI || text == "$element"):
		return e.jq()
	case i.name == "$()" && e.named[name].index:
		return e.element("")
	}
	return e.pathOf(f, name)
}

// isBuiltinFunction knows names of functions of the language and the browser, whose constructor is Function. Those that make
// objects are not among them: what they make has their name.
func isBuiltinFunction(name string) bool {
	switch name {
	case "parseInt", "parseFloat", "isNaN", "isFinite", "alert", "setTimeout", "setInterval", "fetch", "atob", "btoa", "escape", "unescape", "encodeURIComponent", "decodeURIComponent", "$":
		return true
	}
	return strings.HasPrefix(name, "array.") || strings.HasPrefix(name, "string.") || strings.HasPrefix(name, "Math.") ||
		strings.Contains(name, ".prototype.") || strings.HasPrefix(name, "Object.") || strings.HasPrefix(name, "JSON.")
}

// memberOfList is what one of many is: answers and collections are their own members.
func (e *engine) memberOfList(f fact) fact {
	if e.facts.info[f].name == "$()" {
		return e.element("")
	}
	return f
}

// element is the fact for a DOM element.
func (e *engine) element(tag string) fact {
	tag = strings.ToLower(tag)
	key := "element"
	if tag != "" {
		key = "element " + tag
	}
	id := e.name(key)
	if f := e.facts.get(pathFact, 0, id); f != noFact {
		return f
	}
	return e.facts.put(factInfo{kind: pathFact, b: id, name: "element", recv: Element, tag: tag})
}

// event is the fact for an event of a type.
func (e *engine) event(typ string) fact {
	key := "event " + typ
	id := e.name(key)
	if f := e.facts.get(pathFact, 0, id); f != noFact {
		return f
	}
	return e.facts.put(factInfo{kind: pathFact, b: id, name: "event", recv: Event, tag: typ})
}

// answer is the fact for what a request gives. The tag says whose text it is; see keptPage.
func (e *engine) answer(at js.Node, foreign bool, tag string) fact {
	name := "answer"
	if foreign {
		name, tag = "foreign", ""
	}
	id := e.name(name)
	if f := e.facts.get(pathFact, uint32(at), id); f != noFact {
		return f
	}
	return e.facts.put(factInfo{kind: pathFact, a: uint32(at), b: id, name: name, tag: tag, recv: answerKind})
}

func (e *engine) jq() fact { return e.pathOf(noFact, jqueryName) }

// kindOfName is the kind of what has a canonical name.
func kindOfName(name string) Kind {
	switch name {
	case "$()":
		return JQuery
	case "document", "element":
		return Element
	case "mw.Api", "mw.Rest", "mw.ForeignApi", "mw.ForeignRest":
		return API
	case "mw.message()", "mw.Message":
		return Message
	case "event":
		return Event
	case "promise":
		return Promise
	}
	switch {
	case strings.HasPrefix(name, "answer.") || strings.HasPrefix(name, "foreign."):
		return answerKind
	case strings.HasPrefix(name, "OO.ui.") && strings.Count(name, ".") == 2:
		return OOUI
	}
	return Known
}

// elementParts are properties of elements that are elements again, or lists of them.
var elementParts = words(`children childNodes cells rows tBodies tHead tFoot elements options selectedOptions form content shadowRoot lastElementChild
	previousElementSibling nextElementSibling previousSibling offsetParent labels caption`)

var stringMethods = words(`charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf localeCompare match matchAll
	normalize padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLowerCase
	toLocaleLowerCase toUpperCase toLocaleUpperCase trim trimStart trimEnd trimLeft trimRight at`)

func isStringMethod(s string) bool { return stringMethods[s] }

var arrayMethods = words(`push pop shift unshift slice splice concat join reverse sort map forEach filter find findIndex findLast
	reduce reduceRight some every indexOf lastIndexOf includes flat flatMap fill keys values entries at length each add
	get set has delete toArray`)

package flow

import (
	"strings"

	"sallyport/internal/js"
)

// domCall models methods of documents, elements, storage and requests (DOM, HTML and Fetch standards).
func (e *engine) domCall(id uint32, f fact, name, method string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	recv := Unknown
	if i := &e.facts.info[f]; i.kind == pathFact && i.a != 0 {
		recv = e.facts.info[i.a].recv
	}
	switch name {
	case "setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback", "setImmediate", "queueMicrotask":
		e.timer(id)
		return true
	case "addEventListener", "document.addEventListener":
		e.onMethod(id)
		return true
	case "fetch":
		r := request{}
		if len(c.args) > 0 {
			r.url = c.args[0]
		}
		e.respond(id, r) // json() and text() of an answer give it again
		return true
	case "XMLHttpRequest.open":
		if len(c.args) > 1 {
			e.requests = append(e.requests, request{node: c.node, url: c.args[1], content: e.xhr})
		}
		return true
	case "event.clipboardData.getData", "window.clipboardData.getData", "clipboardData.getData":
		e.seed(n, FromClipboard, Anywhere)
		return true
	case "event.dataTransfer.getData":
		e.seed(n, FromClipboard, Anywhere)
		return true
	case "getSelection", "document.getSelection":
		e.seed(n, FromPage, Anywhere)
		return true
	case "navigator.clipboard.readText", "navigator.clipboard.read":
		e.seed(e.newPromise(c.node), FromClipboard, Anywhere)
		return true
	case "cookieStore.getAll", "cookieStore.get":
		e.seed(e.newPromise(c.node), FromCookie, Anywhere)
		return true
	case "open": // a window, and one of the same site until it has gone elsewhere
		if len(c.args) == 0 || e.constArg(c, 0) == "" || e.constArg(c, 0) == "about:blank" {
			e.learn(n, e.global("window"))
			return true
		}
		return false
	case "prompt":
		e.seed(n, FromInput, Anywhere)
		e.learn(n, e.pathOf(f, resultName))
		return true
	case "confirm", "OO.ui.confirm", "OO.ui.prompt", "OO.ui.alert":
		if strings.HasPrefix(name, "OO.") {
			e.learn(e.newPromise(c.node), e.pathOf(f, resultName))
		} else {
			e.learn(n, e.pathOf(f, resultName))
		}
		return true
	case "localStorage.getItem", "sessionStorage.getItem":
		e.recall(c)
		return true
	case "localStorage.setItem", "sessionStorage.setItem":
		e.store(c)
		return true
	case "document.createElement", "document.createElementNS":
		tag := 0
		if method == "createElementNS" {
			tag = 1
		}
		e.learn(n, e.element(e.constArg(c, tag)))
		return true
	case "document.createTextNode", "document.createDocumentFragment", "document.createComment":
		e.learn(n, e.element("#text"))
		return true
	case "URLSearchParams.get", "URLSearchParams.getAll":
		e.parameter(c)
		return true
	case "URLSearchParams.entries", "URLSearchParams.keys", "URLSearchParams.values", "URLSearchParams.toString":
		if c.object != 0 {
			e.link(ref(c.object), n, passOn)
		}
		return true
	}
	switch method {
	case "getElementById", "querySelector", "closest", "appendChild", "insertBefore", "cloneNode", "replaceChild", "removeChild",
		"insertCell", "insertRow", "createCaption", "getRootNode", "attachShadow":
		e.learn(n, e.element(e.tagOf(c, method)))
	case "querySelectorAll", "getElementsByTagName", "getElementsByClassName", "getElementsByName":
		list := e.made(arrayFact, c.node)
		e.learn(n, list)
		e.learn(e.site(list).loose, e.element(e.tagOf(c, method)))
	case "getAttribute":
		if recv == Element || recv == Unknown {
			e.attribute(c, "attr")
		}
	case "addEventListener":
		e.onMethod(id)
	case "setAttribute", "removeAttribute", "append", "prepend", "insertAdjacentHTML", "insertAdjacentElement", "remove", "preventDefault":
		return recv == Element || recv == Event
	default:
		return false
	}
	return true
}

// tagOf is the element name that a lookup asks for, where that is plain to see.
func (e *engine) tagOf(c *callRecord, method string) string {
	switch method {
	case "getElementsByTagName":
		return e.constArg(c, 0)
	case "appendChild", "insertBefore":
		tag := ""
		if len(c.args) > 0 {
			e.each(ref(c.args[0]), func(f fact) { tag = e.facts.info[f].tag })
		}
		return tag
	case "querySelector", "querySelectorAll":
		if s, ok := e.Constant(e.first(c.args)); ok {
			end := strings.IndexAny(s, " .#[:>")
			if end < 0 {
				end = len(s)
			}
			return s[:end]
		}
	}
	return ""
}

func (e *engine) first(list []js.Node) js.Node {
	if len(list) == 0 {
		return 0
	}
	return list[0]
}

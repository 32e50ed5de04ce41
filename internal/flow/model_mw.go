package flow

import (
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/js"
)

// mwCall models MediaWiki's own library. The texts that its parts give are described in resources/src of MediaWiki core.
func (e *engine) mwCall(id uint32, f fact, name, method string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	switch name {
	case "mw.html.escape":
		e.link(e.arg(c, 0), n, escaped)
	case "mw.html.element":
		e.htmlElement(c)
	case "mw.messages.get":
		e.seed(n, FromInterface, Anywhere)
	case "mw.msg", "mw.message().text", "mw.message().plain", "mw.message().toString":
		e.messageText(c, name)
	case "mw.message().escaped", "mw.message().parse", "mw.message().parseDom", "mw.message().exists":
		if c.object != 0 && name != "mw.message().exists" {
			e.link(ref(c.object), n, asParsed)
		}
		if name == "mw.message().parseDom" {
			e.learn(n, e.jq())
		}
	case "mw.message":
		for i := 1; i < len(c.args); i++ {
			e.link(e.arg(c, i), n, asParam)
		}
		e.seed(n, FromInterface, Anywhere)
		e.learn(n, e.pathOf(f, resultName))
	case "mw.message().params", "mw.message().inLanguage", "mw.message().setContext":
		e.pass(c, asParam)
		if c.object != 0 {
			e.link(ref(c.object), n, asIs)
		}
	case "mw.config.get":
		e.configGet(c)
	case "mw.user.getName", "mw.user.getId", "mw.user.id", "mw.user.sessionId":
		e.seed(n, FromUser, titleUnsafe)
	case "mw.user.getGroups", "mw.user.getRights", "mw.user.isAnon":
		e.learn(n, e.pathOf(f, resultName))
	case "mw.user.options.get":
		from := FromPersonal
		bad := Data
		if s := e.constArg(c, 0); strings.HasPrefix(s, "userjs-") || s == "" && len(c.args) > 0 { // without a name it gives them all
			from, bad = FromStorage, Anywhere
		}
		e.seed(n, from, bad)
	case "mw.user.tokens.get":
		e.seed(n, FromToken, Data)
	case "mw.util.getParamValue":
		e.seed(n, FromURL, Anywhere)
	case "mw.template.compile().render", "mw.template.get().render":
		e.mustache(c, e.templateOf(c), e.arg(c, 0))
		e.learn(n, e.jq())
	case "mw.util.getUrl", "mw.util.wikiUrlencode", "mw.util.rawurlencode":
		e.pass(c, encoded)
		if name == "mw.util.getUrl" {
			e.learn(n, e.pathOf(f, resultName))
		}
	case "mw.util.escapeRegExp", "mw.RegExp.escape":
		e.pass(c, noRegexp)
	case "mw.util.escapeId", "mw.util.escapeIdForLink", "mw.util.escapeIdForAttribute":
		e.pass(c, escapedText)
	case "mw.util.addPortletLink", "mw.util.addPortlet", "mw.util.addSubtitle":
		e.learn(n, e.element("li"))
	case "mw.hook", "mw.hook().add":
		if method == "add" {
			name := e.hookName(c)
			params := e.channel("hook", name)
			if name == "" || strings.HasPrefix(name, "wikipage.") {
				e.learn(params[0], e.jq())
			}
			for i := range c.args {
				e.handler(e.arg(c, i), callback{params: params, place: c.place, call: id})
			}
			e.learn(n, e.path(noFact, "mw.hook()"))
			return true
		}
		e.learn(n, e.path(noFact, "mw.hook()"))
	case "mw.hook().fire":
		e.send(c, e.channel("hook", e.hookName(c)), 0)
		e.learn(n, e.path(noFact, "mw.hook()"))
	case "mw.loader.using", "mw.loader.getScript", "mw.loader.load", "mw.loader.implement":
		e.loader(id, method)
	case "mw.loader.require":
		e.learn(n, e.module(e.constArg(c, 0)))
	case "mw.storage.get", "mw.storage.session.get", "mw.storage.getObject", "mw.storage.session.getObject", "mw.cookie.get":
		e.recall(c)
	case "mw.storage.set", "mw.storage.session.set", "mw.storage.setObject", "mw.storage.session.setObject":
		e.store(c)
	case "mw.html.Raw", "mw.html.Cdata":
		e.pass(c, passOn)
	case "mw.Title.newFromText", "mw.Title.makeTitle", "mw.Title.newFromUserInput":
		e.pass(c, titled)
		e.learn(n, e.path(e.global("mw"), "Title"))
	case "mw.requestIdleCallback":
		e.handler(e.arg(c, 0), callback{place: c.place, call: id})
	case "mw.confirm":
		return false
	default:
		return e.mwMethod(id, name, method)
	}
	return true
}

// mwMethod models methods of what mw's constructors make.
func (e *engine) mwMethod(id uint32, name, method string) bool {
	c := &e.calls[id]
	n := ref(c.node)
	switch {
	case strings.HasPrefix(name, "mw.Api.") || strings.HasPrefix(name, "mw.ForeignApi.") || strings.HasPrefix(name, "mw.Rest.") ||
		strings.HasPrefix(name, "mw.ForeignRest.") || strings.HasPrefix(name, "mw.Api.prototype."):
		e.apiMethod(id, method)
	case strings.HasPrefix(name, "mw.Title."):
		if c.object != 0 {
			how := titled
			switch method {
			case "getUrl":
				how = encoded
			case "getNamespaceId", "exists", "isTalkPage", "canHaveTalkPage":
				how = onlyData
			}
			e.link(ref(c.object), n, how)
		}
		if strings.HasPrefix(method, "get") && strings.Contains(method, "Page") {
			e.learn(n, e.path(e.global("mw"), "Title"))
		}
	case strings.HasPrefix(name, "mw.Uri."):
		if c.object != 0 {
			e.link(ref(c.object), n, encodedURI)
		}
	default:
		return false
	}
	return true
}

func (e *engine) apiMethod(id uint32, method string) {
	c := &e.calls[id]
	n := ref(c.node)
	switch method {
	case "parse": // gives HTML that the parser made
		e.newPromise(c.node)
		e.learn(n, e.path(noFact, "promise"))
	case "getToken", "getEditToken":
		e.seed(e.newPromise(c.node), FromToken, Data)
	case "abort", "badToken":
	case "getMessages":
		e.seed(n, FromInterface, Anywhere)
		e.link(n, e.newPromise(c.node), passOn)
	case "loadMessages", "loadMessagesIfMissing":
		e.newPromise(c.node)
	case "assertCurrentUser": // adds a parameter
		e.link(e.arg(c, 0), n, asIs)
	case "getUserInfo":
		e.respond(id, request{})
	default:
		r := request{}
		for _, a := range c.args { // postWithToken( 'csrf', { … } )
			if r.data == 0 && !e.isPlain(ref(a)) && e.Kind(a) != js.Function {
				r.data = a
			}
		}
		content := e.respond(id, r)
		e.refuse(c.node, content)
		for i := range c.args {
			if i > 0 { // edit(title, function (revision) { … })
				e.handler(e.arg(c, i), callback{params: []ref{content}, place: c.place, call: id})
			}
		}
	}
}

// messageText models texts of messages: mw.msg(key, …params), and message objects read as text.
func (e *engine) messageText(c *callRecord, name string) {
	n := ref(c.node)
	if name == "mw.msg" {
		for i := 1; i < len(c.args); i++ {
			e.link(e.arg(c, i), n, asParam)
		}
		e.seed(n, FromInterface, Anywhere)
		return
	}
	if c.object != 0 {
		e.link(ref(c.object), n, passOn)
	}
}

// htmlElement models mw.html.element(name, attributes, content), which escapes all but what it is told not to.
func (e *engine) htmlElement(c *callRecord) {
	for _, a := range c.args {
		e.link(ref(a), ref(c.node), escaped)
	}
	e.passInside(c.args[min(1, len(c.args)):], ref(c.node), escaped)
	if len(c.args) > 2 && e.Kind(c.args[2]) == js.New {
		e.link(ref(c.args[2]), ref(c.node), passOn)
	}
}

// configGet models mw.config.get(name).
func (e *engine) configGet(c *callRecord) {
	n := ref(c.node)
	name := e.constArg(c, 0)
	config := e.path(e.global("mw"), "config")
	if len(c.args) == 0 || e.Kind(c.args[0]) == js.Array { // they give an object
		e.learn(n, config)
		for _, a := range e.List(e.first(c.args)) {
			if s, _ := e.Constant(a); s == "wgUserName" || s == "wgUserGroups" || s == "wgUserId" {
				e.seed(n, FromUser, 0)
				break
			}
		}
		return
	}
	if name != "" {
		f := e.path(config, name)
		e.learn(n, f)
		e.bring(f, n)
	}
}

// configSource says what a variable of mw.config holds (https://www.mediawiki.org/wiki/Manual:Interface/JavaScript).
func configSource(name string) (Source, Contexts) {
	switch name {
	case "wgPageName", "wgTitle", "wgRelevantPageName", "wgRedirectedFrom", "wgCategories", "wgRelevantUserName":
		return FromTitle, titleUnsafe
	case "wgUserName":
		return FromUser, titleUnsafe
	case "wgUserGroups", "wgUserId", "wgUserRights", "wgGlobalGroups":
		return FromUser, 0
	}
	return NoSource, 0
}

// titleUnsafe is where page and user names do harm: brackets cannot stand in them, quotes can (MediaWikiTitleCodec).
const titleUnsafe = InAttr | InParam | InJS | InSelector | InWikitext | InRegexp

func (e *engine) loader(id uint32, method string) {
	c := &e.calls[id]
	if method == "load" {
		return
	}
	content := e.newPromise(c.node)
	if method == "using" {
		e.learn(content, e.path(e.path(e.global("mw"), "loader"), "require"))
		if len(c.args) > 1 {
			e.handler(e.arg(c, 1), callback{params: []ref{content}, place: c.place, call: id})
		}
	}
	if method == "implement" {
		for i := range c.args {
			e.handler(e.arg(c, i), callback{place: c.place, call: id})
		}
	}
}

// timer models setTimeout and its like.
func (e *engine) timer(id uint32) {
	c := &e.calls[id]
	e.handler(e.arg(c, 0), callback{params: refs(c.args, 2), trigger: capability.OnTimer, place: c.place, call: id})
}

func refs(list []js.Node, from int) []ref {
	var out []ref
	for i := from; i < len(list); i++ {
		out = append(out, ref(list[i]))
	}
	return out
}

// answerSource says what stands in a field of an API answer (MediaWiki's ApiResult and the modules' documentation).
func answerSource(name string) (Source, Contexts) {
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch last {
	case "displaytitle", "parsedcomment", "parsedsummary", "parseddescription", "parsed", "html", "[]", "()", "query",
		"pages", "revisions", "parse", "compare", "pageid", "revid", "ns", "length", "continue", "batchcomplete", "servedby", "missing", "anon",
		"snippet", "titlesnippet", "sectionsnippet", "redirectsnippet", "categorysnippet", // escaped, with their own highlights
		"size", "minor", "bot", "new", "count", "0", "-1", "slots", "main", "rcid", "logid", "userid", "data", "result",
		"forEach", "map", "filter", "then", "join", "push", "thumbnail", "imageinfo", "width", "height":
		return NoSource, 0
	case "id", "oldid", "newid", "diff", "fromid", "toid", "fromrevid", "torevid", "parentid", "gadgetid", "oldlen", "newlen", "edits", "editcount",
		"registration", "touched", "expiry", "timestamp", "fromtimestamp", "totimestamp", "oldtimestamp", "newtimestamp", "lastrevid", "index", "lang", "dir":
		return NoSource, 0
	case "title", "user", "name", "from", "to", "displayname", "pagename", "page", "username", "prefixedtitle", "target_title":
		return FromTitle, titleUnsafe
	case "csrftoken", "rollbacktoken", "watchtoken", "patroltoken", "userrightstoken", "createaccounttoken", "logintoken", "edittoken", "token", "tokens":
		return FromToken, Data
	case "email", "realname", "watchlisttoken":
		return FromPersonal, Anywhere
	case "text", "*":
		if strings.Contains(name, ".compare.") || strings.Contains(name, ".parse.") || strings.HasSuffix(name, ".parse.text") {
			return NoSource, 0
		}
	case "headhtml", "categorieshtml", "extract_html":
		return NoSource, 0
	case "body":
		if strings.Contains(name, ".compare.") {
			return NoSource, 0
		}
	case "url", "descriptionurl", "fullurl", "editurl", "canonicalurl", "thumburl", "source":
		return FromAPI, InParam
	}
	return FromAPI, Anywhere
}

// sourceOfName says what reading something known brings in.
func sourceOfName(i *factInfo) (Source, Contexts) {
	name := i.name
	switch name {
	case "location.hash", "location.search", "name": // window.name is what whoever opened the window says
		return FromURL, Anywhere
	case "location", "location.href", "document.URL", "document.documentURI", "document.baseURI", "document.referrer":
		return FromURL, Anywhere &^ (InURL | InHost) // as a whole it leads to where one is, or was
	case "document.cookie":
		return FromCookie, Anywhere
	case "document.title":
		return FromTitle, InAttr | InParam | InJS | InSelector | InWikitext
	case "element.textContent", "element.innerText", "element.title", "element.alt", "element.outerText", "element.data",
		"element.nodeValue", "element.placeholder":
		return FromPage, Anywhere
	case "element.href": // harmless as it is; what of it was encoded is text of the page once more when that is undone
		return FromPage, 0
	case "element.value": // see engine.bring
		return FromInput, Anywhere
	case "event.newURL", "event.oldURL":
		return FromURL, Anywhere &^ (InURL | InHost)
	case "event.data":
		if i.tag == "message" {
			return FromPostMessage, Anywhere
		}
	case "event.key", "event.keyCode", "event.which", "event.charCode", "event.code":
		if strings.HasPrefix(i.tag, "key") {
			return FromKeys, Data
		}
	case "mw.user.options.values":
		return FromPersonal, Data
	case "mw.Uri.query":
		return FromURL, Anywhere
	case "mw.user.tokens.values", "ajaxSettings.data": // a request of whatever runs on the page has its token there
		return FromToken, Data
	}
	switch {
	case strings.HasPrefix(name, "event.results") && strings.HasSuffix(name, ".transcript"): // of speech
		return FromInput, Data
	case strings.HasPrefix(name, "mw.config."):
		return configSource(strings.TrimPrefix(strings.TrimPrefix(name, "mw.config."), "values."))
	case strings.HasPrefix(name, "answer."):
		from, bad := answerSource(name)
		switch {
		case from != FromAPI:
		case i.tag == keptTag:
			from = FromInterface
		case i.tag == codeTag:
			return NoSource, 0
		}
		return from, bad
	case strings.HasPrefix(name, "foreign."):
		return FromThirdParty, Anywhere
	case strings.HasPrefix(name, "element.dataset."):
		return FromPage, Anywhere
	case strings.HasPrefix(name, "mw.user.tokens.values."):
		return FromToken, Data
	case strings.HasPrefix(name, "localStorage.") || strings.HasPrefix(name, "sessionStorage."):
		return FromStorage, Anywhere
	}
	return NoSource, 0
}

// answerCall models methods of an answer: lists, mostly.
func (e *engine) answerCall(id uint32, f fact, method string) {
	switch method {
	case "json", "text", "clone": // of a Response: the same once more
		e.learn(e.newPromise(e.calls[id].node), fact(e.facts.info[f].a))
		if c := &e.calls[id]; c.object != 0 {
			e.link(ref(c.object), e.content(e.made(promiseFact, c.node)), passOn)
		}
		return
	}
	e.arrayCall(id, method, fact(e.facts.info[f].a))
}

package flow

import "sallyport/internal/js"

// move says what becomes of data on its way along an edge.
type move uint8

const (
	asIs      move = iota // the same value
	goIn                  // the same value, into a function
	leadsAway             // the same value, an address that was seen to be no code
	leadsHome             // the same value, an address of a host that is known
	hosted                // the same value, an address of which the host is known, and the scheme is not
	comeOut               // the same value, out of a function
	// What follows moves data but not what is known about objects.
	trusted     // a message of a window that is known
	checked     // passed a check that only harmless texts pass
	passOn      // part of it, or something made from it
	onlyData    // nothing but the information
	escaped     // mw.html.escape and its like
	escapedText // safe as text between tags: quotes are left
	noQuotes    // quotes are gone, angle brackets are not
	encoded     // encodeURIComponent
	encodedURI  // encodeURI
	decoded     // unescape, .text(), innerText
	titled      // through a page title: no angle brackets
	asParam     // a parameter of a message used as text
	asParsed    // a parameter of a message that is parsed
	inText      // between tags of literal markup
	inQuotes    // in a quoted attribute
	inTag       // in a tag, outside of quotes
	atURL       // at the beginning of a URL attribute
	atScript    // in an event attribute or a script element
	atStyle     // in a style attribute or element
	behindHost  // behind the beginning of a URL
	noRegexp    // mw.util.escapeRegExp
	noSelector  // CSS.escape
	purified    // DOMPurify
	stripped    // tags taken out by hand
	cut         // a piece of it: what stood further on may now stand at the beginning
	toTitle     // a field that holds a title or user name when it is of an answer of the wiki's API
	toParsed    // a field that holds HTML of the wiki's own parser when it is of such an answer
	toNumber    // a field that holds a number or a time when it is of such an answer
	fromJSON    // JSON.parse: what it gives has nothing of the shape of such an answer
	toAnswer    // the address that is asked: who chooses the host writes the answer
)

const markupSafe = InHTML | InAttr

// change is what contexts become on a move.
func (m move) change(c Contexts) Contexts {
	flags := c & (Data | Markup | Param)
	put := func(bad bool) Contexts {
		if bad {
			return c&(InAttr|InWikitext) | InHTML | flags | Markup
		}
		return c&InWikitext | flags | Markup
	}
	switch m {
	case checked, onlyData:
		return c & Data
	case escaped:
		return c &^ markupSafe
	case escapedText:
		return c &^ InHTML
	case noQuotes:
		return c &^ InAttr
	case encoded:
		return c & (InJS | flags)
	case encodedURI:
		return c &^ (markupSafe | InWikitext)
	case decoded:
		return Anywhere | flags
	case titled:
		return c &^ (InHTML | InRegexp | InHost)
	case asParam:
		return c | Param
	case asParsed:
		return c&^markupSafe | Param
	case inText:
		return c | Markup
	case inQuotes:
		return put(c&InAttr != 0)
	case inTag:
		return put(c&(InAttr|InHTML) != 0)
	case atURL:
		return put(c&InAttr != 0) | c&InURL
	case atScript:
		return put(c&(InJS|InAttr|InHTML) != 0)
	case atStyle:
		return put(c&(InAttr|InHTML) != 0)
	case behindHost, leadsHome:
		return c &^ (InURL | InHost)
	case leadsAway:
		return c &^ InURL
	case hosted:
		return c &^ InHost
	case noRegexp:
		return c &^ InRegexp
	case noSelector:
		return c &^ InSelector
	case purified:
		return c & (InWikitext | flags)
	case stripped:
		return c | InHTML
	case cut:
		if c&InParam != 0 {
			return c | InURL | InHost
		}
	}
	return c
}

// concat joins texts. What stands left of a part decides in which context it is.
func (e *engine) concat(n js.Node, parts []js.Node) {
	var h htmlState
	markup := false
	for _, p := range parts {
		if s, ok := e.literalPart(p); ok && hasTag(s) {
			markup = true
		}
	}
	first := true
	for _, p := range parts {
		if s, ok := e.literalPart(p); ok {
			if markup {
				h.read(s)
			} else if s != "" && !isCodeScheme(s) {
				h.behind = true
			}
			first = first && s == ""
			continue
		}
		how := passOn
		switch {
		case markup:
			how = h.move()
		case h.behind || !first:
			how = behindHost
		}
		first = false
		e.link(ref(p), ref(n), how)
	}
}

// literalPart is the text of a literal in a chain of +.
func (e *engine) literalPart(n js.Node) (string, bool) {
	switch e.Kind(n) {
	case js.TemplateText:
		return e.Str(n), true
	}
	return e.Constant(n)
}

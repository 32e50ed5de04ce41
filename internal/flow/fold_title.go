package flow

import (
	"strings"

	"sallyport/internal/js"
)

// namespaceNames are the names that every wiki understands (NamespaceInfo::CANONICAL_NAMES).
var namespaceNames = map[string]string{
	"0": "", "1": "Talk", "2": "User", "3": "User talk", "4": "Project", "5": "Project talk", "6": "File", "7": "File talk", "8": "MediaWiki",
	"9": "MediaWiki talk", "10": "Template", "11": "Template talk", "12": "Help", "13": "Help talk", "14": "Category", "15": "Category talk",
	"-1": "Special", "828": "Module",
}

// foldNamespace knows mw.config.get( 'wgFormattedNamespaces' )[ 8 ].
func (e *engine) foldNamespace(n js.Node) (Abstract, bool) {
	var name string
	e.each(ref(n), func(f fact) {
		if rest, ok := strings.CutPrefix(e.facts.info[f].name, "mw.config.wgFormattedNamespaces."); ok {
			name = namespaceNames[rest]
		}
	})
	return e.literal(name), name != ""
}

// foldTitle computes new mw.Title( name, namespace ).getPrefixedText() and its like (mediawiki.Title).
func (e *engine) foldTitle(c *callRecord, method string, depth int) (Abstract, bool) {
	prefixed := false
	switch method {
	case "getPrefixedText", "getPrefixedDb", "toText", "toString":
		prefixed = true
	case "getMain", "getMainText", "getName", "getNameText":
	default:
		return Abstract{}, false
	}
	var out Abstract
	found := false
	read := func(n js.Node) {
		id := e.callAt(n)
		if id == 0 || !e.makesTitle(id) || found {
			return
		}
		made := &e.calls[id]
		found = true
		out = e.foldRef(ref(e.first(made.args)), depth+1)
		if e.isCall(made, "makeTitle") && len(made.args) > 1 {
			out = e.joinTexts(e.namespacePrefix(made.args[0], depth), e.foldRef(ref(made.args[1]), depth+1))
		} else if prefixed && len(made.args) > 1 {
			out = e.joinTexts(e.namespacePrefix(made.args[1], depth), out)
		}
	}
	if c.object == 0 {
		return out, false
	}
	read(c.object)
	e.sourcesOf(ref(c.object), read)
	return out, found
}

// foldMadeTitle is what mw.Title.newFromText( name, namespace ) is taken for where a text is asked for.
func (e *engine) foldMadeTitle(c *callRecord, id uint32, depth int) (Abstract, bool) {
	if len(c.args) < 2 || !e.makesTitle(id) || e.isCall(c, "makeTitle") {
		return Abstract{}, false
	}
	return e.joinTexts(e.namespacePrefix(c.args[1], depth), e.foldRef(ref(c.args[0]), depth+1)), true
}

// namespacePrefix is "MediaWiki:" for 8.
func (e *engine) namespacePrefix(n js.Node, depth int) Abstract {
	number := e.foldRef(ref(n), depth+1)
	if s, ok := number.Const(); ok {
		if name, known := namespaceNames[s]; known && name != "" {
			return e.literal(name + ":")
		}
		return e.literal("")
	}
	return e.joinTexts(e.hole(SomeText, n), e.literal(":"))
}

func (e *engine) makesTitle(id uint32) bool {
	for _, f := range e.calls[id].names {
		switch e.facts.info[f].name {
		case "mw.Title", "mw.Title.newFromText", "mw.Title.makeTitle", "mw.Title.newFromUserInput":
			return true
		}
	}
	return false
}

func (e *engine) isCall(c *callRecord, method string) bool {
	for _, f := range c.names {
		if strings.HasSuffix(e.facts.info[f].name, "."+method) {
			return true
		}
	}
	return false
}

// callAt is the call record of a node, 0 when it is none.
func (e *engine) callAt(n js.Node) uint32 {
	switch e.Kind(n) {
	case js.Call, js.New:
		return e.funcAt[n]
	}
	return 0
}

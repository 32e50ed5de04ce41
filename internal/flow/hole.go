package flow

import "strings"

// holeAt says what stands at a ref that no text is known of.
func (e *engine) holeAt(at ref) Abstract { return e.hole(e.holeFor(at), e.nodeOf(at)) }

// holeFor goes by the names that a ref has, then by the data that reaches it.
func (e *engine) holeFor(at ref) Hole {
	found := SomeText
	for c := e.refs[at].held; c != 0; c = e.cells[c].next { // the last in this list came first, and counts
		if h := e.holeOf(e.cells[c].fact); h != "" {
			found = h
		}
	}
	if found == SomeText && int(at) < len(e.marked) {
		for i := e.marked[at]; i != 0; i = e.marks[i].next {
			if h := holeOfSource[e.marks[i].from]; h != "" {
				return h
			}
		}
	}
	return found
}

// holeOf keeps the hole of a name with it: the same few come up all the time.
func (e *engine) holeOf(f fact) Hole {
	i := &e.facts.info[f]
	if !i.holed {
		i.hole, i.holed = holeOfName(i.name), true
	}
	return i.hole
}

var holeOfSource = [sources]Hole{
	FromURL: URLPart, FromTitle: ThisPage, FromAPI: Answer, FromUserJSON: Answer, FromThirdParty: Foreign, FromUnknown: FromFunc,
	FromInput: Input, FromToken: TokenText, FromCookie: Cookies, FromUser: OwnName, FromRandom: Random,
}

func holeOfName(name string) Hole {
	switch name {
	case "mw.config.wgUserName", "mw.user.getName()", "mw.user.getName", "mw.user.id()":
		return OwnName
	case "mw.config.wgPageName", "mw.config.wgTitle", "mw.config.wgRelevantPageName", "document.title", "mw.config.wgArticleId":
		return ThisPage
	case "mw.config.wgRelevantUserName":
		return OtherUser
	case "mw.config.skin":
		return Skin
	case "mw.config.wgServer", "mw.config.wgServerName", "location.origin", "location.host", "location.hostname", "location.protocol":
		return Server
	case "mw.config.wgScriptPath", "mw.config.wgScript", "mw.config.wgArticlePath", "mw.util.wikiScript()", "mw.util.getUrl()":
		return ScriptURL
	case "document.cookie":
		return Cookies
	case "Math.random()":
		return Random
	case "prompt()", "element.value":
		return Input
	case "Date", "Date.now()":
		return Now
	}
	switch {
	case strings.HasPrefix(name, "answer.") || name == "answer":
		switch name[strings.LastIndexByte(name, '.')+1:] {
		case "user", "username":
			return OtherUser
		case "csrftoken", "token":
			return TokenText
		}
		return Answer
	case strings.HasPrefix(name, "foreign"):
		return Foreign
	case strings.HasPrefix(name, "location"), strings.HasPrefix(name, "document.URL"), name == "document.referrer":
		return URLPart
	}
	return ""
}

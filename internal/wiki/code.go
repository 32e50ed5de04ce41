package wiki

import "strings"

// CodeKind says what kind of code a page is, to MediaWiki (Title::isSiteJsConfigPage and its siblings).
type CodeKind int

// Kinds of code. Pages of [NotCode] may still end up in a gadget, unprotected: see [Protected].
const (
	NotCode CodeKind = iota
	SiteJS
	SiteCSS
	SiteJSON
	SiteVue
	SiteHTML // a message that is shown as raw HTML
	UserJS
	UserCSS
	UserJSON
	UserVue
)

// Site says whether the page is the wiki's.
func (k CodeKind) Site() bool { return k >= SiteJS && k <= SiteHTML }

// User says whether the page is one person's.
func (k CodeKind) User() bool { return k >= UserJS }

// Runs says whether the text is a program or a style sheet rather than data.
func (k CodeKind) Runs() bool { return k != NotCode && k != SiteJSON && k != UserJSON }

// Code classifies a page. In the MediaWiki namespace the suffix counts as well as the content model; in user space only
// the model does, and only on subpages.
func Code(t Title, model string) CodeKind {
	switch {
	case t.NS == NSMediaWiki:
		return siteCode(t.Key, model)
	case t.NS == NSUser && t.IsSubpage():
		return userCode(model)
	default:
		return NotCode
	}
}

func siteCode(key, model string) CodeKind {
	switch {
	case model == ModelJavaScript || strings.HasSuffix(key, ".js"):
		return SiteJS
	case model == ModelCSS || strings.HasSuffix(key, ".css"):
		return SiteCSS
	case model == ModelJSON || strings.HasSuffix(key, ".json"):
		return SiteJSON
	case model == ModelVue || strings.HasSuffix(key, ".vue"):
		return SiteVue
	case isRawHTML(key):
		return SiteHTML
	default:
		return NotCode
	}
}

func userCode(model string) CodeKind {
	switch model {
	case ModelJavaScript:
		return UserJS
	case ModelCSS:
		return UserCSS
	case ModelJSON:
		return UserJSON
	case ModelVue:
		return UserVue
	default:
		return NotCode
	}
}

// isRawHTML knows the messages of $wgRawHtmlMessages that core and Gadgets put there. Language subpages count.
func isRawHTML(key string) bool {
	root, _, _ := strings.Cut(key, "/")
	switch root {
	case "Copyright", "History_copyright", "Googlesearch", "Gadgets-definition":
		return true
	}
	return false
}

// DefaultModel is the content model an unmodified MediaWiki gives a page when it is created
// (MainSlotRoleHandler::getDefaultModel).
func DefaultModel(t Title) string {
	isCode := t.NS == NSMediaWiki || t.NS == NSUser && t.IsSubpage()
	switch dot := strings.LastIndexByte(t.Key, '.'); {
	case !isCode || dot < 0:
		return ModelWikitext
	case t.Key[dot:] == ".js" && codeName(t, dot):
		return ModelJavaScript
	case t.Key[dot:] == ".css" && codeName(t, dot):
		return ModelCSS
	case t.Key[dot:] == ".json" && codeName(t, dot):
		return ModelJSON
	}
	return ModelWikitext
}

// codeName asks that in user space the suffix stands after a slash: "User:A.js/b" is no script.
func codeName(t Title, dot int) bool {
	return t.NS == NSMediaWiki || strings.LastIndexByte(t.Key[:dot], '/') >= 0
}

// Protected says whether an unmodified MediaWiki keeps strangers from editing a page because of what it is: everything
// in the MediaWiki namespace, and in user space the subpages whose content model is JavaScript, CSS or JSON. A stranger
// is neither the owner nor holds editinterface or an edituser… right. A wikitext page in user space is open to all,
// whatever its name ends in. So are User subpages of model vue, which no release read so far protects.
func Protected(t Title, model string) bool {
	if t.NS == NSMediaWiki {
		return true
	}
	switch Code(t, model) {
	case UserJS, UserCSS, UserJSON:
		return true
	default:
		return false
	}
}

// OwnScripts are the names of the pages below a user page that MediaWiki runs for their owner: for all skins, and for those that
// the tarball has or had (UserModule).
func OwnScripts() []string {
	return []string{"common.js", "vector.js", "vector-2022.js", "monobook.js", "timeless.js", "minerva.js", "cologneblue.js", "modern.js"}
}

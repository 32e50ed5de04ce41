package flow

import (
	"strings"

	"sallyport/internal/js"
)

// Tags of answers that are about pages which only the trusted can edit, and about such pages that are code anyway.
const (
	keptTag = "kept"
	codeTag = "code"
)

// parametersOf is the object with the parameters of a request, 0 when there is none to be seen.
func (e *engine) parametersOf(r request) js.Node {
	if r.data != 0 || r.options == 0 {
		return r.data
	}
	return e.properties(ref(r.options)).Get("data")
}

// asksRaw says whether a request is for the text of a page: action=raw of index.php beside the address.
func (e *engine) asksRaw(r request) bool {
	data := e.parametersOf(r)
	if data == 0 {
		return false
	}
	if e.Kind(data) == js.Object || !e.isText(data) {
		for _, v := range e.properties(ref(data)).All("action") {
			if s, ok := e.fold(ref(v)).Const(); ok && s == "raw" {
				return true
			}
		}
		return false
	}
	for _, t := range e.fold(ref(data)).Texts {
		if t.Contains("action=raw") {
			return true
		}
	}
	return false
}

func (e *engine) isText(n js.Node) bool {
	k, _ := e.kindOf(ref(n))
	return k == String
}

// keptPage says whether all pages that a request may be for are such that only the trusted edit, those of the MediaWiki
// namespace: the tag for its answer, "" when they are not.
func (e *engine) keptPage(r request) (tag string) {
	var titles []js.Node
	if data := e.parametersOf(r); data != 0 {
		o := e.properties(ref(data))
		for _, name := range [...]string{"titles", "title", "page"} {
			titles = append(titles, o.All(name)...)
		}
	}
	take := func(title Text) bool {
		switch {
		case !isKept(title):
			tag = ""
			return false
		case !strings.HasSuffix(title.Suffix(), ".js"):
			tag = keptTag
		case tag == "":
			tag = codeTag
		}
		return true
	}
	for _, n := range titles {
		for _, t := range e.fold(ref(n)).Texts {
			if !take(t) {
				return ""
			}
		}
	}
	if r.url == 0 {
		return tag
	}
	for _, t := range e.urlOf(r).Texts {
		for _, piece := range t {
			if _, title, named := strings.Cut(piece.Text, "title="); named {
				title, _, _ = strings.Cut(title, "&")
				if !take(Text{{Text: title}}) {
					return ""
				}
			}
		}
	}
	return tag
}

// isKept says whether a title begins with a namespace in which only the trusted write.
func isKept(t Text) bool {
	lower := strings.ToLower(strings.ReplaceAll(t.Prefix(), " ", "_"))
	return strings.HasPrefix(lower, "mediawiki:") || strings.HasPrefix(lower, "gadget:")
}

package registry

import (
	"encoding/json"
	"net/url"
	"strings"

	"sallyport/internal/wiki"
)

// Redirect reads the exact text MediaWiki leaves behind when a script or style page is moved
// (JavaScriptContent::makeRedirectContent, CssContent), and returns where it leads.
func Redirect(site *wiki.Site, model, text string) (wiki.Title, bool) {
	var target string
	switch model {
	case wiki.ModelJavaScript:
		rest, ok := strings.CutPrefix(text, "/* #REDIRECT */mw.loader.load(")
		if !ok {
			return wiki.Title{}, false
		}
		rest, _, _ = strings.Cut(rest, ");")
		if json.Unmarshal([]byte(rest), &target) != nil {
			return wiki.Title{}, false
		}
	case wiki.ModelCSS:
		rest, ok := strings.CutPrefix(text, "/* #REDIRECT */@import url(")
		if !ok {
			return wiki.Title{}, false
		}
		target, _, _ = strings.Cut(rest, ");")
	default:
		return wiki.Title{}, false
	}
	u, err := url.Parse(target)
	if err != nil || u.Query().Get("action") != "raw" {
		return wiki.Title{}, false
	}
	t, err := site.Parse(u.Query().Get("title"))
	return t, err == nil
}

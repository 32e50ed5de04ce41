package web

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 500

// choose picks the language of a page: the one the address asks for, as everywhere in MediaWiki, else what the browser
// prefers, else the wiki's.
func (c *catalog) choose(r *http.Request, site string) string {
	if want := strings.ToLower(r.URL.Query().Get("uselang")); want == showKeys || c.has(want) {
		return want
	}
	accept := r.Header.Get("Accept-Language")
	if tags, _, err := language.ParseAcceptLanguage(accept[:min(len(accept), maxAccept)]); err == nil && len(tags) > 0 {
		if _, i, sure := c.matcher.Match(tags...); sure > language.No {
			return strings.ToLower(c.tags[i].String())
		}
	}
	if c.has(site) {
		return site
	}
	return fallback
}

// has says whether there are messages in a language or one it falls back to, English excepted.
func (c *catalog) has(lang string) bool {
	return lang == fallback || len(lang) <= 35 && len(c.chain(lang)) > 1
}

// base is the language there is a file for: "he-il" is rendered as "he".
func (c *catalog) base(lang string) string {
	if lang == showKeys {
		return lang
	}
	return c.chain(lang)[0].code
}

var rightToLeft = []string{"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}

// dir is the direction a language is written in, by its script.
func (t *tongue) dir() string {
	script, _ := t.tag.Script()
	if slices.Contains(rightToLeft, script.String()) {
		return "rtl"
	}
	return "ltr"
}

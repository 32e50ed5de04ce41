package message

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 500

// Choose picks the language of a page: the one asked for, as uselang does everywhere in MediaWiki, else what the browser
// prefers by its Accept-Language header, else the wiki's. What is asked for may be empty, and need not be known.
func (c *Catalog) Choose(asked, accept, site string) string {
	if asked = strings.ToLower(asked); asked == ShowKeys || c.speaks(asked) {
		return asked
	}
	if tags, _, err := language.ParseAcceptLanguage(accept[:min(len(accept), maxAccept)]); err == nil && len(tags) > 0 {
		if _, i, sure := c.matcher.Match(tags...); sure > language.No {
			return strings.ToLower(c.tags[i].String())
		}
	}
	if c.speaks(site) {
		return site
	}
	return Fallback
}

// speaks says whether there are messages in a language or one it falls back to, English excepted.
func (c *Catalog) speaks(lang string) bool {
	return lang == Fallback || len(lang) <= 35 && len(c.chain(lang)) > 1
}

// Base is the language there is a file for: "he-il" is rendered as "he".
func (c *Catalog) Base(lang string) string {
	if lang == ShowKeys {
		return lang
	}
	return c.chain(lang)[0].code
}

// scriptsToLeft are the scripts written from right to left, by ISO 15924.
const scriptsToLeft = "Adlm Arab Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa Yezi"

// Dir is the direction a language is written in, by its script: "ltr" or "rtl".
func (c *Catalog) Dir(lang string) string {
	if lang == ShowKeys {
		return "ltr"
	}
	script, _ := c.chain(lang)[0].tag.Script()
	if slices.Contains(strings.Fields(scriptsToLeft), script.String()) {
		return "rtl"
	}
	return "ltr"
}

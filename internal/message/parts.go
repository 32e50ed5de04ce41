package message

import (
	"html/template"
	"strings"

	"sallyport/internal/diff"
)

// Parts writes a line of a text that somebody chose: what changed is marked, and what hides or deceives stands in a box.
func (c *Catalog) Parts(lang string, parts []diff.Part) template.HTML {
	return diff.HTML(parts, func(odd string) template.HTML { return c.odd(lang, odd) })
}

// odd names a character: its number, and in words the script that its letter is from.
func (c *Catalog) odd(lang, odd string) template.HTML {
	number, letters, found := strings.Cut(odd, ", ")
	key := "letters-" + strings.NewReplacer(",", "", " ", "-").Replace(strings.ToLower(letters))
	if !found || !c.Has(key) {
		return template.HTML(template.HTMLEscapeString(odd)) //nolint:gosec // G203: escaped
	}
	return template.HTML(template.HTMLEscapeString(number+", ")) + c.HTML(lang, key) //nolint:gosec // G203: escaped
}

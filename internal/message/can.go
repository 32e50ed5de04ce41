package message

import (
	"html/template"
	"strings"

	"sallyport/internal/capability"
)

// Can is what a script can do, as [capability.Capability.Sentence] says it, in a language. Targets come from scripts: show
// makes them safe to look at.
func (c *Catalog) Can(lang string, can capability.Capability, show func(string) template.HTML) template.HTML {
	key := "can-" + strings.ReplaceAll(string(can.Name), ":", "-")
	if !c.Has(key) {
		return c.HTML(lang, "can-unnamed", show(string(can.Name)))
	}
	says := c.HTML(lang, key)
	switch {
	case can.Target == "":
	case c.Has(key + "-about"):
		says = c.HTML(lang, key+"-about", show(can.Target))
	default:
		says = c.HTML(lang, "can-of", says, show(can.Target))
	}
	if can.How != "" {
		how := show(can.How)
		if c.Has("how-" + can.How) {
			how = c.HTML(lang, "how-"+can.How)
		}
		says = c.HTML(lang, "can-of", says, how)
	}
	if when := "when-" + strings.ReplaceAll(string(can.Trigger), " ", "-"); can.Trigger != "" && c.Has(when) {
		says = c.HTML(lang, "can-when", says, c.HTML(lang, when))
	}
	if can.Unasked() {
		says = c.HTML(lang, "can-when", says, c.HTML(lang, "when-unasked"))
	}
	return says
}

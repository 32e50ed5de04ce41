package sandbox

import (
	"path"
	"slices"
	"strings"

	"sallyport/internal/decoy"
	"sallyport/internal/gadget"
)

// maxDepending bounds how far gadgets that depend on gadgets are followed.
const maxDepending = 4

// defined adds what the definition of the script's gadget says: the pages that stand before it there, and the modules and gadgets that it
// depends on.
func (c *companions) defined() {
	for _, g := range c.box.o.Library.Gadgets() {
		pages := scripts(&g)
		at := slices.IndexFunc(pages, c.isScript)
		if at < 0 {
			continue
		}
		c.depends(&g, 0)
		if !g.Definition.Settings.Package {
			c.pages(pages[:at])
		}
		return
	}
}

// isScript says whether a page of a definition is the script under test, which may be a file of that name.
func (c *companions) isScript(page string) bool {
	plain := strings.TrimPrefix(page, gadget.PagePrefix)
	return strings.EqualFold(page, c.s.Title) || strings.EqualFold(plain, strings.TrimPrefix(path.Base(c.s.Path), "Gadget-"))
}

func scripts(g *gadget.Entry) []string {
	return slices.DeleteFunc(slices.Clone(g.Definition.Module.Pages), func(page string) bool { return !strings.HasSuffix(page, ".js") })
}

// depends adds the modules that a gadget depends on; of gadgets their pages.
func (c *companions) depends(g *gadget.Entry, depth int) {
	for _, name := range g.Definition.Module.Dependencies {
		if !strings.HasPrefix(name, gadget.ModulePrefix) {
			c.modules = append(c.modules, name)
			continue
		}
		all := c.box.o.Library.Gadgets()
		at := slices.IndexFunc(all, func(other gadget.Entry) bool { return other.Module() == name })
		if at < 0 || depth == maxDepending {
			continue
		}
		c.depends(&all[at], depth+1)
		c.pages(scripts(&all[at]))
	}
}

// pages adds pages that are at hand.
func (c *companions) pages(titles []string) {
	for _, title := range titles {
		text, ok := c.box.o.Library.Page(title)
		if !ok || c.had[text] || c.isScript(title) || len(c.out) >= maxCompanions || c.size+len(text) > maxTogether {
			continue
		}
		c.had[text] = true
		c.size += len(text)
		c.out = append(c.out, decoy.Companion{Title: title, Text: wrap(text)})
	}
}

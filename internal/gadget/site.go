package gadget

// PagePrefix is what the names of a site gadget's pages leave out.
const PagePrefix = "MediaWiki:Gadget-"

// An Entry is one gadget of a wiki's own inventory.
type Entry struct {
	ID         string
	Definition Definition // pages with their full titles
	Legacy     bool       // without the ResourceLoader option: MediaWiki loads its styles and drops its scripts
	Targets    []string   // "desktop", "mobile"; MediaWiki up to 1.40 only
	Line       int        // 1-based, in MediaWiki:Gadgets-definition; 0 for a JSON page
}

// Module is the ResourceLoader module of the gadget.
func (e *Entry) Module() string { return ModulePrefix + e.ID }

// ParseSiteJSON reads MediaWiki:Gadgets/<id>.json with MediaWiki's tolerance: unknown keys pass, and of two equal keys
// the last counts. Wrong types are errors (GadgetDefinitionValidator); combinations without effect are warnings.
func ParseSiteJSON(id string, page []byte) (Entry, []Mistake) {
	e := Entry{ID: id}
	d := &e.Definition
	c := &checker{report: newReport(page), lenient: true}
	if !validID(id) {
		c.add(Error, "bad-id", "", 0, "%q cannot be the id of a gadget.", brief(id))
	}
	root, ok := c.root(page)
	if !ok {
		return e, c.mistakes()
	}
	settings := append(d.settings(), field{"category", func(c *checker, n node, at string) {
		c.text(&d.Settings.Section, n, at, 0) // the name of section until 2024
	}})
	c.object(root, "", []field{
		{"settings", func(c *checker, n node, at string) { c.object(n, at, settings) }},
		{"module", func(c *checker, n node, at string) { c.object(n, at, d.module()) }},
	})
	for _, f := range d.effects() {
		c.add(Warning, f.code, f.pointer, find(root, f.pointer).at, "%s", f.message)
	}
	return e, c.mistakes()
}

// ParseFlat reads a definition whose settings and module stand side by side in one object, as some repositories keep
// them before a build step writes the wiki's form. Every key that has no meaning to MediaWiki is listed.
func ParseFlat(page []byte) (*Definition, []Mistake) {
	c := &checker{report: newReport(page)}
	root, ok := c.root(page)
	if !ok {
		return nil, c.mistakes()
	}
	d := &Definition{}
	fields := append(append(d.settings(), d.hosts()), d.module()...)
	fields = append(fields, field{"description", func(c *checker, n node, at string) {
		c.text(&d.Description, n, at, MaxDescription)
	}})
	c.object(root, "", fields)
	return d, c.mistakes()
}

// sitePage checks one page of a site gadget.
func (c *checker) sitePage(name string) (page, *fault) {
	if kindOf(name) == "" {
		return page{}, &fault{Warning, "unknownpages", "ends in none of .js .css .json .vue and is not loaded"}
	}
	return page{PagePrefix + name, PagePrefix + name}, nil
}

// validID is Gadget::isValidGadgetID.
func validID(id string) bool { return id != "" && validModule(ModulePrefix+id) }

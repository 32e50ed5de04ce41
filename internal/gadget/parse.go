package gadget

import (
	"errors"
	"strconv"
	"strings"
)

// A checker walks one definition page and collects what is wrong with it.
type checker struct {
	*report
	o       Options
	lenient bool // a site gadget: MediaWiki's tolerance
}

// Parse reads the definition of a user gadget and lists every mistake in it, in the order of the page. The definition is
// nil when the page is not a JSON object; otherwise it holds what could be read. Ask [Refused] whether it may run.
func Parse(page []byte, o Options) (*Definition, []Mistake) {
	c := &checker{report: newReport(page), o: o}
	root, ok := c.root(page)
	if !ok {
		return nil, c.mistakes()
	}
	d := &Definition{}
	parts := []field{
		{"description", func(c *checker, n node, at string) { c.text(&d.Description, n, at, MaxDescription) }},
		{"settings", func(c *checker, n node, at string) { c.object(n, at, append(d.settings(), d.hosts())) }},
		{"module", func(c *checker, n node, at string) { c.object(n, at, d.module()) }},
	}
	c.object(root, "", parts)
	c.afterwards(d, root)
	return d, c.mistakes()
}

// root reads the page as far as it is JSON.
func (c *checker) root(page []byte) (node, bool) {
	if len(page) > MaxBytes {
		c.add(Error, "too-large", "", 0, "The definition is %d bytes long; at most %d are allowed.", len(page), MaxBytes)
		return node{}, false
	}
	n, err := document(page)
	if stop := (*syntaxError)(nil); errors.As(err, &stop) {
		c.add(Error, "syntax", "", stop.at, "%s", stop.message)
		return node{}, false
	}
	if n.kind != isObject {
		c.add(Error, "wrong-type", "", n.at, `A definition is an object: { "settings": {}, "module": {} }.`)
		return node{}, false
	}
	return n, true
}

// object reads the known keys of an object and remarks on the others.
func (c *checker) object(n node, at string, fields []field) {
	if !c.want(n, isObject, at) {
		return
	}
	last := make(map[string]int, len(n.members))
	for i, m := range n.members {
		if _, twice := last[m.key]; twice && !c.lenient {
			c.add(Error, "duplicate-key", pointer(at, m.key), m.at, "The key %q stands here twice. Remove one.", brief(m.key))
		}
		last[m.key] = i
	}
	for i, m := range n.members {
		if last[m.key] == i {
			c.member(m, at, fields)
		}
	}
}

func (c *checker) member(m member, at string, fields []field) {
	here := pointer(at, m.key)
	if why := refusal(here); why != "" && !c.lenient {
		c.refuse(m, here, why)
		return
	}
	for _, f := range fields {
		if f.name == m.key {
			f.read(c, m.value, here)
			return
		}
	}
	if !c.lenient {
		c.add(Warning, "unknown-key", here, m.at, "%q means nothing here%s", brief(m.key), suggest(m.key, at, fields))
	}
}

// refusal says why a setting is for site gadgets only: it would act on people who did not choose the gadget.
func refusal(at string) string {
	switch at {
	case "/settings/default":
		return "A user gadget cannot switch itself on for others: each person decides. Remove default."
	case "/settings/hidden":
		return "A user gadget cannot hide from the list: people have to see what they can run. Remove hidden."
	case "/settings/supportsUrlLoad":
		return "A user gadget cannot be loaded by a link: somebody else would decide what runs. Remove supportsUrlLoad."
	}
	return ""
}

// refuse lets a false pass with a remark, because copies of site gadgets carry it.
func (c *checker) refuse(m member, at, why string) {
	if m.value.kind == isBool && !m.value.truth {
		c.add(Warning, "not-in-user-space", at, m.at, "This setting is only for site gadgets. Remove it.")
		return
	}
	c.add(Error, "not-in-user-space", at, m.at, "%s", why)
}

// afterwards checks what only shows when all is read.
func (c *checker) afterwards(d *Definition, root node) {
	if len(d.Module.Pages) > 0 {
		for _, e := range d.effects() {
			c.add(Warning, e.code, e.pointer, find(root, e.pointer).at, "%s", e.message)
		}
	}
	pages := find(root, "/module/pages")
	if pages.kind != isArray && pages.kind != isObject {
		return // reported as a wrong type
	}
	if len(entries(pages)) == 0 || pages.kind == isObject {
		c.add(Error, "no-pages", "/module/pages", pages.at,
			`The gadget has no pages. Name at least one, for instance "pages": [ "/doit.js" ] under module.`)
	}
}

// find follows a pointer as far as there are keys; the last node reached stands for the rest. Steps need no unescaping.
func find(n node, pointer string) node {
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next, ok := n.child(step)
		if !ok {
			return n
		}
		n = next
	}
	return n
}

func (n node) child(key string) (node, bool) {
	for _, m := range n.members {
		if m.key == key {
			return m.value, true
		}
	}
	return node{}, false
}

// pages reads module.pages. Two names for one page are one too many.
func (c *checker) pages(to *[]string, n node, at string) {
	items, ok := c.bounded(n, at, MaxPages)
	if !ok {
		return
	}
	check := c.page
	if c.lenient {
		check = c.sitePage
	}
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		here := pointer(at, strconv.Itoa(i))
		if !c.want(item, isString, here) {
			continue
		}
		p, wrong := check(item.text)
		switch {
		case wrong != nil:
			c.add(wrong.severity, wrong.code, here, item.at, "%q %s.", brief(item.text), wrong.message)
		case seen[p.key]:
			c.add(Warning, "duplicate-entry", here, item.at, "The page %q stands in this list already.", brief(item.text))
		default:
			seen[p.key] = true
			*to = append(*to, p.name)
		}
	}
}

// A page is one entry of module.pages as it is kept, and the title by which two spellings of it are the same.
type page struct{ name, key string }

// A fault is what is wrong with a page's name; the message goes after the name.
type fault struct {
	severity      Severity
	code, message string
}

// page checks one page of a user gadget.
func (c *checker) page(name string) (page, *fault) {
	const suffixes = "has to end in .js, .css, .json or .vue"
	if c.o.Site == nil {
		if kindOf(name) == "" {
			return page{}, &fault{Error, "bad-suffix", suffixes}
		}
		return page{name, name}, nil
	}
	t, err := c.o.page(name)
	switch {
	case errors.Is(err, ErrNamespace):
		return page{}, &fault{Error, "bad-namespace",
			`is neither in user space nor in the MediaWiki namespace. A page of your own is "/name.js"`}
	case err != nil:
		return page{}, &fault{Error, "bad-title", "is not a page a gadget can have: " + cause(err).Error()}
	case kindOf(t.Key) == "":
		return page{}, &fault{Error, "bad-suffix", suffixes}
	}
	if strings.HasPrefix(name, "/") {
		return page{"/" + t.Subpage(), c.o.Site.Prefixed(t)}, nil
	}
	return page{c.o.Site.PrefixedText(t), c.o.Site.Prefixed(t)}, nil
}

// cause is the sentinel at the bottom of an error, without the title that the message has already named.
func cause(err error) error {
	for next := err; next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

package gadget

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"sallyport/internal/wiki"
)

// want reports a value of the wrong type.
func (c *checker) want(n node, k kind, at string) bool {
	if n.kind == k || c.lenient && k == isArray && n.kind == isObject {
		return true
	}
	c.add(Error, "wrong-type", at, n.at, "This has to be %s, not %s.", k, n.kind)
	return false
}

// entries are the values of a list. PHP's arrays are lists and objects at once, and so MediaWiki takes both.
func entries(n node) []node {
	items := n.items
	for _, m := range n.members {
		items = append(items, m.value)
	}
	return items
}

// bounded reports a list that is too long, once.
func (c *checker) bounded(n node, at string, most int) ([]node, bool) {
	if !c.want(n, isArray, at) {
		return nil, false
	}
	items := entries(n)
	if len(items) > most {
		c.add(Error, "too-many", at, n.at, "This list has %d entries; at most %d are allowed.", len(items), most)
		return nil, false
	}
	return items, true
}

// strings reads a list of names. Each goes through check, which returns it as it is to be kept.
func (c *checker) strings(to *[]string, n node, at string, most int, check func(string) (string, error)) {
	items, ok := c.bounded(n, at, most)
	if !ok {
		return
	}
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		here := pointer(at, strconv.Itoa(i))
		name, ok := c.name(item, here, check)
		if !ok {
			continue
		}
		if seen[name] && !c.lenient {
			c.add(Warning, "duplicate-entry", here, item.at, "%q stands in this list already.", brief(name))
			continue
		}
		seen[name] = true
		*to = append(*to, name)
	}
}

func (c *checker) name(item node, at string, check func(string) (string, error)) (string, bool) {
	if !c.want(item, isString, at) {
		return "", false
	}
	if c.lenient {
		return item.text, true
	}
	switch {
	case item.text == "":
		c.add(Error, "empty", at, item.at, "This text is empty. Remove it.")
		return "", false
	case len(item.text) > maxName:
		c.add(Error, "too-long", at, item.at, "This name is %d bytes long; at most %d are allowed.", len(item.text), maxName)
		return "", false
	}
	name, err := check(item.text)
	if err != nil {
		c.add(Error, "bad-name", at, item.at, "%s.", sentence(err))
		return "", false
	}
	return name, true
}

func (c *checker) text(to *string, n node, at string, most int) {
	if !c.want(n, isString, at) {
		return
	}
	if length := utf8.RuneCountInString(n.text); length > most && !c.lenient {
		c.add(Error, "too-long", at, n.at, "This text is %d characters long; at most %d are allowed.", length, most)
		return
	}
	*to = n.text
}

func (c *checker) moduleType(to *string, n node, at string) {
	if !c.want(n, isString, at) {
		return
	}
	switch n.text {
	case "", TypeGeneral, TypeStyles:
		*to = n.text
	default:
		c.add(Error, "wrong-value", at, n.at, `%q is no type. Write "general" or "styles", or leave it out.`, brief(n.text))
	}
}

func (c *checker) namespaces(to *[]int, n node, at string) {
	items, ok := c.bounded(n, at, MaxEntries)
	if !ok {
		return
	}
	for i, item := range items {
		here := pointer(at, strconv.Itoa(i))
		ns, err := strconv.ParseInt(item.text, 10, 32)
		switch {
		case item.kind != isNumber && (!c.lenient || item.kind != isString):
			c.add(Error, "wrong-type", here, item.at, "A namespace is named by its number here, for instance 2 for User, not by %s.", item.kind)
		case err != nil:
			c.add(Error, "wrong-value", here, item.at, "%s is no number of a namespace.", brief(item.text))
		case c.o.Site != nil && c.o.Site.Namespaces[int(ns)].ID != int(ns):
			c.add(Warning, "invalidnamespaces", here, item.at, "This wiki has no namespace %d.", ns)
			*to = append(*to, int(ns))
		default:
			*to = append(*to, int(ns))
		}
	}
}

// category keeps the title text with spaces, which is what MediaWiki compares a page's categories with.
func (c *checker) category(name string) (string, error) {
	if c.o.Site == nil {
		return name, nil
	}
	t, err := c.o.Site.ParseIn(name, wiki.NSCategory)
	if err != nil {
		return "", fmt.Errorf("%q is no category: %w", brief(name), cause(err))
	}
	if t.NS != wiki.NSCategory {
		return "", fmt.Errorf("%q is no category", brief(name))
	}
	return t.Text(), nil
}

func (c *checker) dependency(name string) (string, error) { return c.ref(name, c.o.dependency) }

func (c *checker) peer(name string) (string, error) { return c.ref(name, c.o.peer) }

func (c *checker) ref(name string, read func(string) (Ref, error)) (string, error) {
	r, err := read(name)
	if err != nil {
		return "", fmt.Errorf("%q: %w", brief(name), cause(err))
	}
	if r.Gadget != nil && *r.Gadget == c.o.Title && c.o.Title != (wiki.Title{}) {
		return "", fmt.Errorf("%q is this very gadget", brief(name))
	}
	return name, nil
}

// sentence makes a message of an error.
func sentence(err error) string {
	text := err.Error()
	r, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(string(r)) + text[size:]
}

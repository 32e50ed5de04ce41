package gadget

import (
	"fmt"
	"regexp"
	"strings"
)

// Bounds of a definition. They are far above what honest gadgets need.
const (
	MaxBytes       = 256 << 10 // of a definition page
	MaxPages       = 200
	MaxMessages    = 500
	MaxEntries     = 200 // of any other list
	MaxDescription = 500 // characters
	maxName        = 255 // bytes of any name
)

var (
	jsonNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`)
	plainName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._:/-]*$`)
	iconName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	gadgetID   = regexp.MustCompile(`^[a-zA-Z](?:[-_:.\w ]*[a-zA-Z0-9])?$`)
)

// A field is one key of settings or module, and how its value is read.
type field struct {
	name string
	read func(c *checker, n node, at string)
}

// settings and module list the fields of GadgetDefinition (GadgetDefinitionValidator), bound to one definition.
func (d *Definition) settings() []field {
	s := &d.Settings
	return []field{
		{"rights", names(&s.Rights, plainName)},
		{"skins", names(&s.Skins, plainName)},
		{"actions", names(&s.Actions, plainName)},
		{"categories", func(c *checker, n node, at string) { c.strings(&s.Categories, n, at, MaxEntries, c.category) }},
		{"contentModels", names(&s.ContentModels, plainName)},
		{"namespaces", func(c *checker, n node, at string) { c.namespaces(&s.Namespaces, n, at) }},
		{"section", func(c *checker, n node, at string) { c.text(&s.Section, n, at, 100) }},
		{"default", flag(&s.Default)},
		{"hidden", flag(&s.Hidden)},
		{"package", flag(&s.Package)},
		{"requiresES6", flag(&s.RequiresES6)},
		{"supportsUrlLoad", flag(&s.SupportsURLLoad)},
	}
}

func (d *Definition) module() []field {
	m := &d.Module
	return []field{
		{"pages", func(c *checker, n node, at string) { c.pages(&m.Pages, n, at) }},
		{"peers", func(c *checker, n node, at string) { c.strings(&m.Peers, n, at, MaxEntries, c.peer) }},
		{"dependencies", func(c *checker, n node, at string) { c.strings(&m.Dependencies, n, at, MaxEntries, c.dependency) }},
		{"messages", func(c *checker, n node, at string) { c.strings(&m.Messages, n, at, MaxMessages, messageKey) }},
		{"codexIcons", names(&m.CodexIcons, iconName)},
		{"type", func(c *checker, n node, at string) { c.moduleType(&m.Type, n, at) }},
	}
}

func flag(to *bool) func(*checker, node, string) {
	return func(c *checker, n node, at string) {
		if c.want(n, isBool, at) {
			*to = n.truth
		}
	}
}

func names(to *[]string, shape *regexp.Regexp) func(*checker, node, string) {
	check := func(name string) (string, error) {
		if !shape.MatchString(name) {
			return "", fmt.Errorf("%q does not look like a name: letters, digits and a few signs, no spaces", brief(name))
		}
		return name, nil
	}
	return func(c *checker, n node, at string) { c.strings(to, n, at, MaxEntries, check) }
}

func messageKey(key string) (string, error) {
	if strings.ContainsAny(key, "<>[]{}|#\n\t") {
		return "", fmt.Errorf("%q is no message key: it holds a character no title may hold", brief(key))
	}
	return key, nil
}

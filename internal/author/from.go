package author

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/js"
)

// Made is a gadget made from a script.
type Made struct {
	Files map[string]string
	Notes []string // what was done, and what is left to do, for the author
}

// From makes a gadget of a user script: the script without what it loaded by itself, and a definition that names that instead.
// Modules of MediaWiki that it uses become dependencies; pages of the wiki that it imports become pages of the gadget, behind the
// script, as they came behind it before. What it loads from elsewhere stays as it is, and is said.
func From(name string, text []byte) (*Made, error) {
	if !good(name) {
		return nil, fmt.Errorf("%q: %w", name, ErrName)
	}
	s := js.Parse(text, js.Options{})
	if s.Root == 0 || s.Lowered {
		return nil, fmt.Errorf("the script cannot be read: only plain JavaScript that this version knows can be taken apart")
	}
	c := &conversion{script: s, uses: map[string]bool{}, became: "in the definition now"}
	s.Walk(s.Root, c.enter)
	c.implied()
	d := gadget.Definition{Description: "Say in one sentence what it does for whoever switches it on."}
	d.Module.Pages = append([]string{"/" + name + ".js"}, c.pages...)
	for module := range c.uses {
		d.Module.Dependencies = append(d.Module.Dependencies, module)
	}
	slices.Sort(d.Module.Dependencies)
	return &Made{Files: map[string]string{name + gadget.DefaultSuffix: string(d.JSON()) + "\n", name + ".js": c.text()}, Notes: c.notes}, nil
}

type conversion struct {
	script *js.Script
	only   func(title string) bool // takes out what loads this page, and nothing else; nil: everything that a definition can name
	became string                  // what the comment in place of a statement says
	uses   map[string]bool         // modules
	pages  []string
	gone   [][2]int // ranges of the text that the definition replaces
	notes  []string
}

func (c *conversion) note(n js.Node, format string, args ...any) {
	line := 1 + strings.Count(c.script.Text[:c.script.Start(n)], "\n")
	c.notes = append(c.notes, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// enter looks at a statement or a call; it goes deeper unless the statement goes.
func (c *conversion) enter(n js.Node) bool {
	s := c.script
	switch s.Kind(n) {
	case js.ExprStmt:
		if call := s.Operand(n); s.Kind(call) == js.Call && c.loads(call) {
			c.gone = append(c.gone, [2]int{s.Start(n), s.End(n)})
			return false
		}
	case js.Call:
		if dotted(s, s.Callee(n)) == "mw.loader.using" { // it stays: what is there already costs it nothing
			c.modules(s.Arg(n, 0))
		}
	}
	return true
}

// loads says whether a call does nothing but load what the definition will name.
func (c *conversion) loads(call js.Node) bool {
	s := c.script
	name, args := dotted(s, s.Callee(call)), len(s.Args(call))
	if args == 0 || args > 2 {
		return false
	}
	text, constant := s.Constant(s.Arg(call, 0))
	switch name {
	case "importScript", "importStylesheet", "window.importScript", "window.importStylesheet":
		if constant && args == 1 {
			return c.page(call, text)
		}
	case "mw.loader.load", "mw.loader.getScript", "$.getScript", "jQuery.getScript":
		if constant && strings.ContainsAny(text, "/?") {
			return c.address(call, text)
		}
		if name == "mw.loader.load" && args == 1 && c.only == nil {
			return c.modules(s.Arg(call, 0))
		}
	default:
		return false
	}
	if !constant {
		c.note(call, "what it loads here is worked out as it runs; that stays as it is")
	}
	return false
}

// address takes a page out of an address of the wiki itself.
func (c *conversion) address(call js.Node, text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	title := u.Query().Get("title")
	switch {
	case u.Host != "":
		c.note(call, "it loads code from %s; that stays as it is. A gadget takes code from its own wiki: copy the page, or use the wiki's mirror of libraries", u.Host)
		return false
	case title == "" || u.Query().Get("action") != "raw":
		return false
	case u.Query().Get("oldid") != "":
		c.note(call, "it loads one revision of %s; that stays as it is, because a gadget always takes the newest", title)
		return false
	}
	return c.page(call, title)
}

func (c *conversion) page(call js.Node, title string) bool {
	if c.only != nil {
		return c.only(title)
	}
	title = strings.ReplaceAll(title, "_", " ")
	if !slices.Contains(c.pages, title) {
		c.pages = append(c.pages, title)
	}
	c.note(call, "%s is a page of the gadget now: whoever can edit it can change what your gadget does", title)
	return true
}

// modules are those that an argument names; false when not all of it is constant.
func (c *conversion) modules(n js.Node) bool {
	s := c.script
	if name, ok := s.Constant(n); ok {
		c.uses[name] = true
		return true
	}
	if s.Kind(n) != js.Array {
		return false
	}
	all := true
	for _, item := range s.List(n) {
		name, ok := s.Constant(item)
		if ok {
			c.uses[name] = true
		}
		all = all && ok
	}
	return all
}

// implied modules are those whose names a script uses without asking for them: pages often have them already.
func (c *conversion) implied() {
	s := c.script
	s.Walk(s.Root, func(n js.Node) bool {
		if s.Kind(n) == js.Dot {
			if module := providers[dotted(s, n)]; module != "" {
				c.uses[module] = true
			}
		}
		return true
	})
}

// providers are the modules that define a name (resources/Resources.php).
var providers = map[string]string{
	"mw.util": "mediawiki.util", "mw.Api": "mediawiki.api", "mw.Title": "mediawiki.Title", "mw.Uri": "mediawiki.Uri", "mw.user": "mediawiki.user",
	"mw.cookie": "mediawiki.cookie", "mw.storage": "mediawiki.storage", "mw.language": "mediawiki.language", "mw.ForeignApi": "mediawiki.ForeignApi",
	"OO.ui": "oojs-ui", "mw.Rest": "mediawiki.api", "$.client": "jquery.client", "mw.String": "mediawiki.String",
}

// dotted is a name of names: "mw.loader.load"; empty for anything else.
func dotted(s *js.Script, n js.Node) string {
	switch s.Kind(n) {
	case js.Ident:
		return s.Name(n)
	case js.Dot:
		if of := dotted(s, s.Object(n)); of != "" {
			return of + "." + s.Name(n)
		}
	}
	return ""
}

// text is the script without what went.
func (c *conversion) text() string {
	var out strings.Builder
	at := 0
	for _, g := range c.gone {
		out.WriteString(c.script.Text[at:g[0]])
		was := strings.Join(strings.Fields(c.script.Text[g[0]:g[1]]), " ")
		// The semicolon is a statement that does nothing: what went may have been all that an if or a loop had.
		out.WriteString("/* " + strings.ReplaceAll(c.became+": "+was, "*/", "* /") + " */;")
		at = g[1]
	}
	out.WriteString(c.script.Text[at:])
	return out.String()
}

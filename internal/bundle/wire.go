package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The payload asks the client which of the two forms it knows: mw.loader.impl came with MediaWiki 1.41 and keeps what it is
// given in localStorage; implement is all there is before. The declarator uses nothing from outside itself, because 1.41
// stores its source text and evaluates it again elsewhere (mediawiki.loader.js, impl).
const (
	payloadHead = "(function(D){mw.loader.impl?mw.loader.impl(D):mw.loader.implement.apply(null,D())})(function(){return["
	payloadTail = "]});\n"
)

// Combined is the statement that hands the whole module to the client, ended by a line feed:
// name@version, script, styles, messages, without what is empty at the end.
func (m *Module) Combined() []byte { return m.payload(m.script, m.styles, m.in.Messages).buf }

// payload writes the wrapper (ResourceLoader::makeLoaderImplementScript).
func (m *Module) payload(script *output, styles []string, messages map[string]string) *output {
	o := &output{mapped: script != nil && script.mapped}
	o.write(payloadHead + quote(m.Name+"@"+m.Version))
	rest := []string{"null", styleSlot(styles), messageSlot(messages)}
	last := 0
	for i, s := range rest {
		if s != "{}" && s != "null" {
			last = i
		}
	}
	if script != nil {
		o.write(",")
		o.append(script)
	} else if last > 0 {
		o.write(",null")
	}
	for _, s := range rest[1 : last+1] {
		o.write("," + s)
	}
	o.write(payloadTail)
	return o
}

func styleSlot(styles []string) string {
	if len(styles) == 0 {
		return "{}"
	}
	quoted := make([]string, len(styles))
	for i, s := range styles {
		quoted[i] = quote(s)
	}
	return `{"css":[` + strings.Join(quoted, ",") + `]}`
}

func messageSlot(messages map[string]string) string {
	var entries []string
	for _, k := range slices.Sorted(maps.Keys(messages)) {
		entries = append(entries, key(k)+":"+quote(messages[k]))
	}
	return "{" + strings.Join(entries, ",") + "}"
}

// StylesCSS is the body for only=styles.
func (m *Module) StylesCSS() []byte {
	if len(m.styles) == 0 {
		return nil
	}
	return []byte(strings.Join(m.styles, "\n") + "\n")
}

// Scripts is the body for only=scripts: for a package the wrapper without styles and messages, otherwise code that runs in
// the page's global scope. A page with a return outside functions, which is possible in a module and not there, is given
// a function of its own.
func (m *Module) Scripts() []byte {
	if m.script == nil {
		return nil
	}
	if m.plain == nil {
		return m.payload(m.script, nil, nil).buf
	}
	text, returns := m.global()
	if m.in.Debug == 0 && !anyNomin(m.plain) && !returns {
		opts := minifyOptions(api.LoaderJS)
		opts.MinifyWhitespace, opts.MinifyIdentifiers = true, true
		if t := transform(text, opts); len(t.errors) == 0 {
			text = t.code
		}
	}
	return []byte(text)
}

// global joins the pages of a plain gadget for the global scope.
func (m *Module) global() (text string, returns bool) {
	b := builder{in: m.in}
	a := b.assemble("", m.plain)
	text = strings.TrimSuffix(strings.TrimPrefix(a.text, "function(){\n"), "}")
	if strings.Contains(text, "return") {
		// In a module a return at the top is an error, and the export makes this one.
		returns = slices.ContainsFunc(parses(text+"\nexport{}"), func(m api.Message) bool {
			return strings.Contains(m.Text, "Top-level return")
		})
	}
	if returns {
		text = "(function(){\n" + text + "}).call(this);\n"
	}
	return text, returns
}

// SourceMap is the source map (ECMA-426) of [Module.Combined]. It is made when asked for, at the cost of another build.
func (m *Module) SourceMap() []byte {
	mapped := build(m.in, true)
	o := mapped.payload(mapped.script, mapped.styles, mapped.in.Messages)
	return o.encode(m.Name, mapped.in.Files)
}

// version covers everything the module can answer with. The bytes go in, not only the pages, so that another minifier
// makes another version.
func (m *Module) version() string {
	var b strings.Builder
	add := func(s string) { fmt.Fprintf(&b, "%d:%s", len(s), s) }
	add(m.in.Module)
	if m.script != nil {
		add(string(m.script.buf))
	}
	for _, p := range m.plain {
		add(p.text)
	}
	add(styleSlot(m.styles))
	add(messageSlot(m.in.Messages))
	return Hash([]byte(b.String()))
}

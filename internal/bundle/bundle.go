// Package bundle turns the pages of a gadget into what load.php would have served for it: bytes in, values out.
//
//	 pages + settings                                    one Module
//	┌──────────────┐   survey ─► parse alone ─► closure   ┌───────────────────────────────┐
//	│ a.js  b.js   │──────────────────────────────────────► script     function or package │
//	│ d.json x.vue │   decode, write again                │ styles     {"css":[…]}         │
//	│ s.css        │──► remap url() ─► flip ─► minify ────► messages   {"key":"text"}      │
//	└──────────────┘                                      └── Combined, Scripts, StylesCSS ┘
//
// The pages are written by strangers, and what they become is sent in one answer with other people's gadgets. So no
// page may break another: each script must parse on its own and inside its function, and one that does not is replaced
// by a statement that says which page, where and why, while its siblings run. Styles are closed page by page. [Build]
// never fails and never panics; what could not be built stands in Module.Problems.
//
// Two parsers are asked about each script. The minifier's (esbuild) decides. Where a second one (tdewolff) disagrees, or
// a regular expression is newer than our own check, the code travels as a string and is compiled when it runs, so that
// a browser which refuses it refuses this module and not the whole answer.
//
// esbuild and the second parser recurse, and Go ends the process when a stack grows too large, so nothing reaches them
// before [survey] has bounded its depth.
//
// Facts are MediaWiki's: includes/ResourceLoader/WikiModule.php, ResourceLoader.php, VueComponentParser.php,
// CodexModule.php, and CSSJanus for mirrored styles.
package bundle

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// File is one page of a gadget.
type File struct {
	Name    string // what require() calls it and what its kind is read from, for instance "doit.js"
	Title   string // the page as people know it, for instance "User:Mara/doit.js"
	URL     string // where it can be read; base of relative url() in styles, and its name in source maps; may be empty
	Text    string
	Missing bool   // the page does not exist or must not run
	Reason  string // why, when Missing
}

// Input is a gadget ready to be built.
type Input struct {
	Module   string // for instance "ext.usergadget.p12"
	Package  bool   // has effect only with at least one .js file, which MediaWiki asks for too
	Styles   bool   // the effective type is styles: no script is sent
	Files    []File // in the order of the definition
	Messages map[string]string
	Icons    []string // codexIcons: what require('./icons.json') gives in a package
	RTL      bool     // mirror the styles
	Debug    int      // 0, 1 or 2; above 0 nothing is minified and each page is preceded by its title
}

// Module is a built gadget. Its methods may be called from several goroutines.
type Module struct {
	Name     string
	Version  string // a [Hash] of all that the methods below return
	Problems []Problem

	in     Input
	script *output // the second slot of the wrapper; nil without scripts
	plain  []part  // the checked pages of a gadget that is no package
	styles []string
}

// Problem is something wrong with one page.
type Problem struct {
	Title   string // of the page
	Line    int    // 1-based; 0 when the problem is with the page as a whole
	Column  int    // 1-based, in UTF-16 code units; 0 when unknown
	Message string
	Dropped bool // the page is not in the module
}

func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return p.Title + ": " + p.Message
	case p.Column == 0:
		return fmt.Sprintf("%s, line %d: %s", p.Title, p.Line, p.Message)
	}
	return fmt.Sprintf("%s, line %d, column %d: %s", p.Title, p.Line, p.Column, p.Message)
}

// Limits on one gadget. A page larger than MaxPage is refused before anything reads it.
const (
	MaxPage   = 2 << 20 // bytes, as many as MediaWiki's own limit on a page ($wgMaxArticleSize)
	MaxModule = 8 << 20 // bytes, all pages together
)

// Build makes a module. It always gives one: see Module.Problems for what is missing from it.
func Build(in Input) *Module { return build(in, false) }

func build(in Input, mapped bool) *Module {
	b := &builder{in: in, mapped: mapped}
	b.in.Files = b.admit(in.Files)
	m := &Module{Name: in.Module, in: b.in}
	switch {
	case in.Styles:
		b.unused("a gadget of type styles runs no scripts", ".js", ".json", ".vue")
	case in.Package && b.has(".js"):
		m.script = b.packaged()
	default:
		b.unused("only a package gadget can use this page: set \"package\" and name at least one .js page", ".json", ".vue")
		m.script, m.plain = b.concatenated()
	}
	m.styles = b.stylesheets()
	m.Problems = b.problems
	m.Version = m.version()
	return m
}

// builder carries one gadget through [Build].
type builder struct {
	in       Input
	mapped   bool
	problems []Problem
	embedded []stylesheet // styles inside .vue pages
}

// admit takes out what is too large or is no text, before anything else looks at it.
func (b *builder) admit(files []File) []File {
	admitted := make([]File, len(files))
	total := 0
	for i, f := range files {
		f.Text = lineEnds.Replace(strings.TrimPrefix(f.Text, "\ufeff"))
		if !f.Missing {
			f.Reason = refusal(f.Text, total)
			f.Missing = f.Reason != ""
		} else if f.Reason == "" {
			f.Reason = "the page does not exist"
		}
		if f.Missing {
			f.Text = ""
			b.drop(&f, 0, 0, f.Reason)
		}
		total += len(f.Text)
		admitted[i] = f
	}
	return admitted
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func refusal(text string, before int) string {
	switch {
	case len(text) > MaxPage:
		return fmt.Sprintf("the page has %d bytes, more than the %d a gadget page may have", len(text), MaxPage)
	case before+len(text) > MaxModule:
		return fmt.Sprintf("with this page the gadget has more than the %d bytes a gadget may have", MaxModule)
	case !utf8.ValidString(text):
		return "the page is not valid UTF-8"
	}
	return ""
}

// extension gives the kind of a page: ".js", ".css", ".json", ".vue", or something nobody uses.
func (f *File) extension() string {
	if ext := path.Ext(f.Name); ext != "" {
		return strings.ToLower(ext)
	}
	return strings.ToLower(path.Ext(f.Title))
}

func (b *builder) has(ext string) bool {
	for i := range b.in.Files {
		if b.in.Files[i].extension() == ext {
			return true
		}
	}
	return false
}

// unused reports pages that have no effect in this kind of gadget.
func (b *builder) unused(why string, extensions ...string) {
	for i := range b.in.Files {
		f := &b.in.Files[i]
		if !f.Missing && contains(extensions, f.extension()) {
			b.drop(f, 0, 0, why)
		}
	}
}

// drop records that a page is left out. line and column are 1-based.
func (b *builder) drop(f *File, line, column int, msg string) Problem {
	p := Problem{Title: f.Title, Line: line, Column: column, Message: msg, Dropped: true}
	b.problems = append(b.problems, p)
	return p
}

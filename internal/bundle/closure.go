package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// assembly is the text of one function made of parts, and where each line of it comes from.
type assembly struct {
	files []File
	parts []part
	text  string // "function(…){", then the parts, then "}"
	start []int  // 0-based line in text at which each part begins
}

func (b *builder) assemble(params string, parts []part) *assembly {
	a := &assembly{files: b.in.Files, parts: parts}
	var s strings.Builder
	line := 0
	write := func(t string) {
		s.WriteString(t)
		line += breaks(t)
	}
	write("function(" + params + "){\n")
	for i, p := range parts {
		if p.source >= 0 {
			write("/*\n" + inComment(a.files[p.source].Title) + "\n*/\n")
		}
		a.start = append(a.start, line)
		write(p.text + "\n") // the line break ends a last line that is a comment
		if i < len(parts)-1 && !p.empty {
			write(";\n") // so that "a" and "(b)" of two pages do not become a call
		}
	}
	write("}")
	a.text = s.String()
	return a
}

// inComment makes text safe inside a comment.
func inComment(s string) string {
	return strings.NewReplacer("*/", "* /", "\n", " ", "\r", " ", "\u2028", " ", "\u2029", " ").Replace(s)
}

// joined adds up what the minifier would join; the pages themselves stand side by side too.
func (a *assembly) joined() int {
	n := len(a.parts) * len(a.parts)
	for _, p := range a.parts {
		n += p.joined
	}
	return n
}

// origin finds the part a line comes from, and the line in its page; part is negative for lines of our own.
func (a *assembly) origin(line int) (part, pageLine int) {
	for i := len(a.start) - 1; i >= 0; i-- {
		if line < a.start[i] {
			continue
		}
		if n := line - a.start[i]; n < a.parts[i].lines {
			return i, n
		}
		return -1, 0
	}
	return -1, 0
}

// blame finds the parts that errors are about, with the first error of each.
func (a *assembly) blame(msgs []api.Message) map[int]Problem {
	blamed := map[int]Problem{}
	for _, m := range msgs {
		line, col := errorAt(m)
		i, pageLine := a.origin(line)
		if _, twice := blamed[i]; twice || i < 0 {
			continue
		}
		p := a.parts[i]
		blamed[i] = Problem{Title: a.files[p.source].Title, Line: pageLine + 1, Column: col + 1, Message: m.Text, Dropped: true}
	}
	return blamed
}

// minified gives the function as the minifier writes it, or the errors that stand in the way.
func (b *builder) minified(a *assembly) (*output, []api.Message) {
	opts := minifyOptions(api.LoaderJS)
	opts.MinifyWhitespace, opts.MinifyIdentifiers = true, true
	opts.MinifySyntax = a.joined() <= maxJoined
	if b.mapped {
		opts.Sourcemap = api.SourceMapExternal
		opts.SourcesContent = api.SourcesContentExclude
	}
	// The minifier drops an expression that nobody uses, so the function is returned. A return outside a function also
	// makes it refuse whatever would turn the text into a module.
	t := transform("return "+a.text, opts)
	if len(t.errors) == 0 && !t.trimWrapper() {
		t.errors = []api.Message{{Text: "the minifier wrote something other than one function"}}
	}
	if len(t.errors) > 0 {
		return nil, t.errors
	}
	o := &output{buf: []byte(t.code), names: t.names, mapped: b.mapped}
	for _, s := range t.segs {
		o.segs = append(o.segs, a.attribute(s))
	}
	return o, nil
}

// attribute points a segment of the assembly at the page it comes from.
func (a *assembly) attribute(s segment) segment {
	i, line := a.origin(s.srcLine)
	if s.source < 0 || i < 0 {
		return segment{line: s.line, col: s.col, source: -1, name: -1}
	}
	s.source, s.srcLine = a.parts[i].source, line
	return s
}

// verbatim gives the function as it was assembled, if the minifier's parser accepts it.
func (b *builder) verbatim(a *assembly) (*output, []api.Message) {
	if msgs := parses("return " + a.text); len(msgs) > 0 {
		return nil, msgs
	}
	o := &output{buf: []byte(a.text), mapped: b.mapped}
	if b.mapped {
		wordStarts(a.text, func(line, col int) {
			o.segs = append(o.segs, a.attribute(segment{line: line, col: col, srcLine: line, srcCol: col, name: -1}))
		})
	}
	return o, nil
}

// closure makes one function of parts. Where the parts do not parse together, those that are to blame are replaced by
// complaints. It returns the parts that are left.
func (b *builder) closure(params string, parts []part) (*output, []part) {
	compile := b.minified
	if b.in.Debug > 0 || anyNomin(parts) {
		compile = b.verbatim
	}
	for round := 0; ; round++ {
		a := b.assemble(params, parts)
		msgs := a.together()
		if len(msgs) == 0 {
			var o *output
			if o, msgs = compile(a); len(msgs) == 0 {
				return b.isolate(o, parts), parts
			}
		}
		blamed := a.blame(msgs)
		if round == maxRounds {
			a.blameRest(blamed)
		}
		if len(blamed) == 0 && !a.blameLast(blamed, msgs[0].Text) {
			return &output{buf: []byte(a.text), mapped: b.mapped}, parts // nothing but our own statements is left
		}
		parts = b.replace(parts, blamed)
	}
}

// maxRounds bounds how often pages that do not fit together are tried again without some of them.
const maxRounds = 20

// blameRest blames every page but the first.
func (a *assembly) blameRest(blamed map[int]Problem) {
	for i, p := range a.parts {
		if _, done := blamed[i]; !done && i > 0 && p.source >= 0 {
			blamed[i] = Problem{Title: a.files[p.source].Title, Message: "too many pages of this gadget do not fit together", Dropped: true}
		}
	}
}

// together keeps pages away from the first parser that are each fine and make it slow together; see largePage.
func (a *assembly) together() []api.Message {
	if len(a.parts) < 2 || len(a.text) <= largePage {
		return nil
	}
	hazards := 0
	for _, p := range a.parts {
		hazards += p.hazards
	}
	if hazards*len(a.text) > maxHazards {
		return []api.Message{{Text: "with this page the gadget has too many octal numbers, with, delete, eval and arguments for its size"}}
	}
	if err := second("x="+a.text, js.Options{}); err != nil {
		m := api.Message{Text: err.Error()}
		if placed, ok := errors.AsType[*parse.Error](err); ok {
			m.Text = placed.Message
			m.Location = &api.Location{Line: placed.Line, Column: max(placed.Column-1, 0), LineText: a.text[lineStart(a.text, placed.Line-1):]}
		}
		return []api.Message{m}
	}
	return nil
}

// blameLast blames the last page for an error that has no place, so that there is one page less to try.
func (a *assembly) blameLast(blamed map[int]Problem, msg string) bool {
	for i := len(a.parts) - 1; i >= 0; i-- {
		if p := a.parts[i]; p.source >= 0 {
			blamed[i] = Problem{Title: a.files[p.source].Title, Message: msg, Dropped: true}
			return true
		}
	}
	return false
}

// replace puts complaints in place of the parts that are to blame.
func (b *builder) replace(parts []part, blamed map[int]Problem) []part {
	kept := slices.Clone(parts)
	for i := range kept {
		if p, ok := blamed[i]; ok {
			b.problems = append(b.problems, p)
			kept[i] = b.complaint(p)
		}
	}
	return kept
}

// isolate keeps a syntax error that only a browser sees inside its module: the code is compiled when it is run.
func (b *builder) isolate(o *output, parts []part) *output {
	unsure := slices.ContainsFunc(parts, func(p part) bool { return p.unsure })
	if !unsure && seconded(o.buf) {
		return o
	}
	code := fmt.Sprintf("function(){return Function(%s)().apply(this,arguments)}", quote("return "+string(o.buf)))
	return &output{buf: []byte(code), mapped: b.mapped}
}

// anyNomin says whether a page asks to be sent as it is (ResourceLoader::FILTER_NOMIN). In a plain gadget that goes for
// all its pages, as in MediaWiki: they are one function.
func anyNomin(parts []part) bool {
	for _, p := range parts {
		if p.source >= 0 && strings.Contains(p.text, "/*@nomin*/") {
			return true
		}
	}
	return false
}

// concatenated builds a gadget that is no package: all scripts in one function.
func (b *builder) concatenated() (*output, []part) {
	var parts []part
	for i := range b.in.Files {
		if b.in.Files[i].extension() == ".js" {
			parts = append(parts, b.script(i, b.in.Files[i].Text))
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return b.closure(plainParams, parts)
}

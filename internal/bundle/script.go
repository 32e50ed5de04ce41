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

// part is one page's share of a function.
type part struct {
	source int // index of the page; negative for a statement of our own
	text   string
	lines  int  // how many lines of text are the page's own
	empty  bool // no tokens
	rows   int  // most statements in one block
	unsure bool // has a regular expression that only a browser can judge
}

// Params of the function around a plain gadget and around a file of a package (mediawiki.loader.js, runScript).
const (
	plainParams   = "$,jQuery,require,module"
	packageParams = "require,module,exports"
)

// script checks a page of JavaScript on its own. What cannot run becomes a statement that says so.
func (b *builder) script(source int, text string) part {
	f := &b.in.Files[source]
	if f.Missing {
		return b.complaint(Problem{Title: f.Title, Message: f.Reason})
	}
	o, err := survey(text)
	if err == nil {
		err = b.literals(o)
	}
	if err == nil {
		err = alone(text, o)
	}
	if err != nil {
		line, column := position(text, err.at)
		return b.complaint(b.drop(f, line, column, err.msg))
	}
	return part{source, text, breaks(text) + 1, o.empty, o.rows, o.unsure}
}

// complaint is the statement that stands where a page could not.
func (b *builder) complaint(p Problem) part {
	return part{source: -1, text: complain(b.in.Module + ": " + p.String())}
}

func (b *builder) literals(o *outline) *syntaxError {
	for _, r := range o.regexps {
		v := checkRegexp(r.text)
		if v.msg != "" {
			return &syntaxError{r.at, v.msg}
		}
		o.unsure = o.unsure || v.unsure
	}
	return nil
}

// alone asks the minifier's parser about a page as it is. A text that is complete by itself cannot close the function it
// will be put into, as long as it means the same there; "await" is the one word that may not.
func alone(text string, o *outline) *syntaxError {
	if len(text) > largePage {
		if err := second("x=function(){\n" + text + "\n}"); err != nil {
			return inWrapper(err, text)
		}
	}
	if msgs := parses(text); len(msgs) > 0 {
		return located(text, msgs[0])
	}
	if o.modular {
		if err := classic(text); err != nil {
			return err
		}
	}
	if !o.await {
		return nil
	}
	// A return at the top is an error in a module only, and await at the top makes one.
	if msgs := parses(text + "\n;return"); len(msgs) > 0 {
		at := strings.Index(text, "await")
		return &syntaxError{max(at, 0), "await works only inside an async function here: put the code that waits into (async function () { … })()"}
	}
	return nil
}

// A page above largePage must please the second parser before the first sees it. The first goes on after errors such as
// a name declared twice and takes quadratic time to tell where each is; the second stops at one.
const largePage = 32 << 10

// maxJoined bounds the statements of one block that the minifier may join into one expression: that takes quadratic time,
// and stack for each.
const maxJoined = 1_000

// classic asks again about a page with the word import or export, this time inside a function.
func classic(text string) *syntaxError {
	const head = "return function(){\n"
	msgs := parses(head + text + "\n}")
	if len(msgs) == 0 {
		return nil
	}
	if strings.Contains(msgs[0].Text, "ECMAScript module") {
		return &syntaxError{max(strings.Index(text, "import"), 0), "import.meta exists only in modules, and a gadget page is a script"}
	}
	e := located(head+text, msgs[0])
	e.at = max(e.at-len(head), 0)
	e.msg += ": a gadget page is a script, not a module: write require() and module.exports, not import and export"
	return e
}

// located finds the byte a message is about.
func located(text string, m api.Message) *syntaxError {
	e := &syntaxError{0, m.Text}
	if m.Location == nil {
		return e
	}
	e.at = lineStart(text, m.Location.Line-1) + m.Location.Column
	return e
}

// seconded asks the second parser about a finished function: it catches what the first lets through, such as
// "let {a};", and what the minifier prints wrongly, such as l\u0065t[a] as let[a].
func seconded(code []byte) bool { return second("x="+string(code)) == nil }

// second runs the second parser.
func second(text string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	_, err = js.Parse(parse.NewInputString(text), js.Options{})
	return err
}

// inWrapper places an error of the second parser in a page that it saw from its second line on.
func inWrapper(err error, text string) *syntaxError {
	e := &syntaxError{0, err.Error()}
	if placed, ok := errors.AsType[*parse.Error](err); ok {
		e.msg = placed.Message
		e.at = min(lineStart(text, placed.Line-2)+max(placed.Column-1, 0), len(text))
	}
	return e
}

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

// rows bounds the statements of one block.
func (a *assembly) rows() int {
	n := len(a.parts)
	for _, p := range a.parts {
		n += p.rows
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
	opts.MinifySyntax = a.rows() <= maxJoined
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
	for {
		a := b.assemble(params, parts)
		o, msgs := compile(a)
		if len(msgs) == 0 {
			return b.isolate(o, parts), parts
		}
		blamed := a.blame(msgs)
		if len(blamed) == 0 && !a.blameLast(blamed, msgs[0].Text) {
			return &output{buf: []byte(a.text), mapped: b.mapped}, parts // nothing but our own statements is left
		}
		parts = b.replace(parts, blamed)
	}
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

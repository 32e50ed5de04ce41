package bundle

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// transformed is what the minifier made of a text.
type transformed struct {
	code   string
	segs   []segment
	names  []string
	errors []api.Message
}

// minifyOptions are the settings every run of the minifier shares. The target is the newest language: nothing is
// lowered, so no helper code is added. Comments go, also those with a licence: the page itself is the source, and the
// source map leads to it.
func minifyOptions(loader api.Loader) api.TransformOptions {
	return api.TransformOptions{
		Loader:            loader,
		Target:            api.ESNext,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		IgnoreAnnotations: true, // a wrong /* @__PURE__ */ must not change what a page does
		LogLevel:          api.LogLevelSilent,
		LogOverride:       quiet,
		TreeShaking:       api.TreeShakingFalse,
	}
}

// quiet keeps the minifier from making warnings: nobody reads them, and finding the line of each takes quadratic time.
var quiet = func() map[string]api.LogLevel {
	levels := map[string]api.LogLevel{}
	for id := range words(`assert-to-with assert-type-json assign-to-constant assign-to-define assign-to-import bigint
		call-import-namespace class-name-will-throw commonjs-variable-in-esm confusing-typescript-cast
		delete-super-property direct-eval duplicate-case duplicate-class-member duplicate-object-key empty-import-meta
		equals-nan equals-negative-zero equals-new-object html-comment-in-js impossible-typeof indirect-require
		private-name-will-throw semicolon-after-return suspicious-boolean-not suspicious-define
		suspicious-logical-operator suspicious-nullish-coalescing this-is-undefined-in-esm unsupported-dynamic-import
		unsupported-jsx-comment unsupported-regexp unsupported-require-call css-syntax-error invalid-@charset
		invalid-@import invalid-@layer invalid-calc js-comment-in-css unsupported-@charset unsupported-@namespace
		unsupported-css-property unsupported-css-nesting`) {
		levels[id] = api.LogLevelSilent
	}
	return levels
}()

// transform runs the minifier and turns a panic of its into an error of the text.
func transform(text string, opts api.TransformOptions) (t transformed) {
	defer func() {
		if r := recover(); r != nil {
			t = transformed{errors: []api.Message{{Text: fmt.Sprintf("the minifier gave up: %v", r)}}}
		}
	}()
	res := api.Transform(text, opts)
	t.errors = res.Errors
	if len(t.errors) > 0 {
		return t
	}
	t.code = string(res.Code)
	if opts.Sourcemap != api.SourceMapNone {
		t.readMap(res.Map)
	}
	return t
}

func (t *transformed) readMap(raw []byte) {
	var m sourceMap
	err := json.Unmarshal(raw, &m)
	if err == nil {
		t.segs, err = decodeMappings(m.Mappings)
	}
	if err != nil {
		t.errors = []api.Message{{Text: "the minifier wrote a map that cannot be read: " + err.Error()}}
	}
	t.names = m.Names
}

// parses says what the minifier's parser thinks of a text as it is.
func parses(text string) []api.Message {
	return transform(text, minifyOptions(api.LoaderJS)).errors
}

// errorAt gives the 0-based line and UTF-16 column of a message, or -1 where it has none.
func errorAt(m api.Message) (line, col int) {
	if m.Location == nil {
		return -1, -1
	}
	return m.Location.Line - 1, utf16Column(m.Location.LineText, m.Location.Column)
}

// trimWrapper cuts the "return " and the semicolon that stand around the function in the minifier's output.
func (t *transformed) trimWrapper() bool {
	const keyword = "return "
	code, found := strings.CutPrefix(t.code, keyword)
	code = strings.TrimRight(code, ";\n")
	if !found || !strings.HasSuffix(code, "}") {
		return false
	}
	t.code = code
	segs := t.segs[:0]
	for _, s := range t.segs {
		if s.line == 0 {
			s.col -= len(keyword)
		}
		if s.col >= 0 {
			segs = append(segs, s)
		}
	}
	t.segs = segs
	return true
}

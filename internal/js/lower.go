package js

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// maxWeight bounds how deep esbuild can be led into calling itself, about 2.3 KB of stack a level. The weight of a text
// counts everything that can open a level, and never anything that closes one: where a string or a comment ends is for
// the hostile to blur.
const maxWeight = 30_000

func weight(text string) int {
	n := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{', '!', '~', '+', '-', '*', '?', ':', '=', '<', '>', '&', '|', '@', '`', '.', ',', '%', '^', '/':
			n++
		}
	}
	for _, w := range []string{"if", "else", "for", "while", "do", "with", "new", "typeof", "void", "delete", "await", "yield",
		"async", "function", "class", "extends", "keyof", "readonly", "unique", "infer", "in", "instanceof", "as", "is", "case"} {
		n += strings.Count(text, w+" ") + strings.Count(text, w+"\n") + strings.Count(text, w+"\t")
	}
	return n
}

// lowered is a script after esbuild took out of it what our parser does not read.
type lowered struct {
	code     string
	mappings string
	types    bool // TypeScript or JSX was in it
}

// noInputMap comes behind a text so that esbuild does not follow a map the page brings along, which would let the page say
// where its findings stand. The last such comment counts, and this one leads nowhere.
const noInputMap = "\n//# sourceMappingURL=none"

// lower tries the readings a wiki page may have meant, plain JavaScript first.
func lower(text string, max int) (lowered, bool) {
	if len(text) > max || weight(text) > maxWeight {
		return lowered{}, false
	}
	for _, loader := range []api.Loader{api.LoaderJS, api.LoaderTS, api.LoaderTSX} {
		r := transform(text+noInputMap, loader, true)
		if len(r.Errors) > 0 {
			continue
		}
		var m struct{ Mappings string }
		if err := json.Unmarshal(r.Map, &m); err != nil {
			return lowered{}, false
		}
		return lowered{string(r.Code), m.Mappings, loader != api.LoaderJS}, true
	}
	return lowered{}, false
}

// transform runs esbuild. A panic of its counts as a refusal. Classes, async functions and private names stay as they are,
// so that the script keeps its shape.
func transform(text string, loader api.Loader, mapped bool) (r api.TransformResult) {
	defer func() {
		if p := recover(); p != nil {
			r = api.TransformResult{Errors: []api.Message{{Text: fmt.Sprint(p)}}}
		}
	}()
	o := api.TransformOptions{
		Loader:            loader,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		LogLimit:          1,
		IgnoreAnnotations: true,
		TreeShaking:       api.TreeShakingFalse,
		TsconfigRaw:       `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
	}
	if mapped {
		o.Sourcemap, o.SourcesContent = api.SourceMapExternal, api.SourcesContentExclude
	}
	return api.Transform(text, o)
}

// secondOpinion says what is wrong with a text in esbuild's eyes, and where; "" when it is fine. The caller has read it
// without reaching a limit.
func secondOpinion(text string, lines *Lines) (at int, msg string) {
	r := transform(text, api.LoaderJS, false)
	if len(r.Errors) == 0 {
		return 0, ""
	}
	e := r.Errors[0]
	if e.Location == nil {
		return 0, e.Text
	}
	at = lines.Offset(e.Location.Line, 1) + e.Location.Column
	return min(at, len(text)), e.Text
}

package bundle

import (
	"errors"
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// part is one page's share of a function.
type part struct {
	source  int // index of the page; negative for a statement of our own
	text    string
	lines   int  // how many lines of text are the page's own
	empty   bool // no tokens
	joined  int  // see maxJoined
	hazards int  // see maxHazards
	unsure  bool // has a regular expression that only a browser can judge
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
	return part{source, unmapped(text, o.maps), breaks(text) + 1, o.empty, o.joined, o.hazards, o.unsure}
}

// unmapped spoils references to source maps of the page's own: one would be taken for the map of the whole answer.
func unmapped(text string, at []int) string {
	if len(at) == 0 {
		return text
	}
	b := []byte(text)
	for _, i := range at {
		b[i+len(mapComment)-1] = ':'
	}
	return string(b)
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
		return large(text, o)
	}
	if msgs := parses(text); len(msgs) > 0 {
		return located(text, msgs[0])
	}
	if o.modular {
		if err := classic(text, o); err != nil {
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

// largePage is the size above which the first parser must not see a page it may find many errors in, nor one that stands
// at the top of a file: it goes on after errors such as a name declared twice, and takes quadratic time both to tell
// where each is and to list what is declared at the top.
const largePage = 32 << 10

// large asks the second parser about the page as it is, and then the first about the page inside a function.
func large(text string, o *outline) *syntaxError {
	if err := second(text, js.Options{Inline: true}); err != nil {
		e := &syntaxError{0, err.Error()}
		if placed, ok := errors.AsType[*parse.Error](err); ok {
			e.msg = placed.Message
			e.at = min(lineStart(text, placed.Line-1)+max(placed.Column-1, 0), len(text))
		}
		return e
	}
	return classic(text, o)
}

// classic asks about a page inside a function, where import and export are errors.
func classic(text string, o *outline) *syntaxError {
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
	if o.modular {
		e.msg += ": a gadget page is a script, not a module: write require() and module.exports, not import and export"
	}
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
func seconded(code []byte) bool { return second("x="+string(code), js.Options{}) == nil }

// second runs the second parser.
func second(text string, opts js.Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	_, err = js.Parse(parse.NewInputString(text), opts)
	return err
}

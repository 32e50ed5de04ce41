package bundle

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// block is one of the three parts of a .vue page, as byte offsets of its content.
type block struct{ start, end int }

// component builds one file of a package from a single-file component: the script, to which the template is added
// (FileModule::parseVueContent does the same). Its styles join the module's.
func (b *builder) component(i int) *output {
	f := &b.in.Files[i]
	if f.Missing {
		o, _ := b.closure(packageParams, []part{b.complaint(Problem{Title: f.Title, Message: f.Reason})})
		return o
	}
	blocks, err := splitComponent(f.Text)
	if err != nil {
		line, column := position(f.Text, err.at)
		p := b.drop(f, line, column, err.msg)
		o, _ := b.closure(packageParams, []part{b.complaint(p)})
		return o
	}
	if style, ok := blocks["style"]; ok {
		b.embedded = append(b.embedded, stylesheet{file: f, text: blank(f.Text[:style.start]) + f.Text[style.start:style.end]})
	}
	script := blocks["script"]
	p := b.script(i, blank(f.Text[:script.start])+f.Text[script.start:script.end])
	if p.source >= 0 {
		p.text += "\n;module.exports.template=" + quote(b.template(f.Text, blocks["template"])) + ";"
	}
	o, _ := b.closure(packageParams, []part{p})
	return o
}

// blank keeps the lines and columns of what it wipes out.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if isBreak(r) {
			return r
		}
		return ' '
	}, s)
}

// splitComponent finds <template>, <script> and <style> at the top of a .vue page, with VueComponentParser's rules:
// exactly one template and script, at most one style, no attributes.
func splitComponent(text string) (map[string]block, *syntaxError) {
	blocks := map[string]block{}
	z := newTokens(text)
	for z.next() {
		switch {
		case z.kind == html.StartTagToken:
			name, err := z.topTag(blocks)
			if err != nil {
				return nil, err
			}
			start := z.end
			if !z.skipTo(name) {
				return nil, &syntaxError{start, "<" + name + "> is never closed"}
			}
			blocks[name] = block{start, z.start}
		case z.kind != html.CommentToken && strings.TrimSpace(z.raw()) != "":
			return nil, &syntaxError{z.start, "only <template>, <script> and <style> may stand at the top of a .vue page"}
		}
	}
	for _, name := range []string{"script", "template"} {
		if _, ok := blocks[name]; !ok {
			return nil, &syntaxError{0, "there is no <" + name + ">"}
		}
	}
	return blocks, nil
}

// What to write instead of what a build step would understand and MediaWiki does not.
var vueAdvice = map[string]string{
	"setup":  "write module.exports = { setup() { … } } in a plain <script>",
	"lang":   "write plain JavaScript, HTML and CSS: nothing is compiled on a wiki",
	"scoped": "write plain <style> and give your elements a class of their own",
	"module": "write plain <style> and give your elements a class of their own",
	"src":    "put the code into this page",
}

func (z *tokens) topTag(blocks map[string]block) (string, *syntaxError) {
	name, attr, hasAttr := z.tag()
	switch _, twice := blocks[name]; {
	case name != "template" && name != "script" && name != "style":
		return "", &syntaxError{z.start, fmt.Sprintf("<%s> may not stand at the top of a .vue page: only <template>, <script> and <style>", name)}
	case twice:
		return "", &syntaxError{z.start, "there is more than one <" + name + ">"}
	case hasAttr && !(name == "style" && attr == `lang="css"`):
		msg := fmt.Sprintf("<%s> may not have the attribute %s", name, attr)
		word, _, _ := strings.Cut(attr, "=")
		if advice := vueAdvice[word]; advice != "" {
			msg += ": " + advice
		}
		return "", &syntaxError{z.start, msg}
	}
	return name, nil
}

// tokens reads HTML as a browser's tokenizer does and knows where each token stands.
type tokens struct {
	z          *html.Tokenizer
	text       string
	kind       html.TokenType
	start, end int
}

func newTokens(text string) *tokens {
	return &tokens{z: html.NewTokenizer(strings.NewReader(text)), text: text}
}

func (z *tokens) next() bool {
	z.kind = z.z.Next()
	z.start = z.end
	z.end += len(z.z.Raw())
	return z.kind != html.ErrorToken
}

func (z *tokens) raw() string { return z.text[z.start:z.end] }

// tag gives the lower-case name of a tag and its first attribute, written name="value".
func (z *tokens) tag() (name, attr string, hasAttr bool) {
	n, more := z.z.TagName()
	name = string(n)
	if more {
		k, v, _ := z.z.TagAttr()
		attr = string(k)
		if len(v) > 0 {
			attr += `="` + string(v) + `"`
		}
	}
	return name, attr, more
}

// skipTo passes everything up to the end tag of name that is not inside another element of that name.
func (z *tokens) skipTo(name string) bool {
	depth := 1
	for z.next() {
		if z.kind != html.StartTagToken && z.kind != html.EndTagToken {
			continue
		}
		if n, _, _ := z.tag(); n != name {
			continue
		}
		if z.kind == html.StartTagToken {
			depth++
		} else if depth--; depth == 0 {
			return true
		}
	}
	return false
}

// template gives the text of the template, without comments and with white space as VueComponentParser leaves it unless
// debug is on. Tags are copied as they are written, so names keep their case and attributes like @click stay whole.
func (b *builder) template(text string, t block) string {
	inner := text[t.start:t.end]
	if b.in.Debug > 0 {
		return strings.TrimSpace(inner)
	}
	c := condenser{tokens: newTokens(inner)}
	for c.next() {
		c.add()
	}
	return strings.TrimSpace(c.out.String())
}

// condenser writes HTML again with less white space.
type condenser struct {
	*tokens
	out      strings.Builder
	space    bool   // white space waits: it vanishes beside the edge of an element
	edge     bool   // a tag has just been opened
	name     string // of the last tag
	keep     string // inside this element white space stays
	keepOpen int
}

func (c *condenser) add() {
	raw := c.raw()
	switch c.kind {
	case html.CommentToken:
		return
	case html.TextToken:
		if c.keep == "" {
			c.text(raw)
			return
		}
	case html.StartTagToken, html.EndTagToken:
		c.element()
	}
	c.flush(c.kind == html.EndTagToken)
	c.out.WriteString(raw)
	c.edge = c.kind == html.StartTagToken && c.keep == "" && !voidElements[c.name]
}

var voidElements = words("area base br col embed hr img input link meta source track wbr")

// text collapses white space and holds back what stands at either end.
func (c *condenser) text(raw string) {
	const white = " \t\r\n"
	words := strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune(white, r) })
	if len(words) == 0 {
		c.space = true
		return
	}
	c.space = c.space || strings.IndexByte(white, raw[0]) >= 0
	c.flush(false)
	c.out.WriteString(strings.Join(words, " "))
	c.space = strings.IndexByte(white, raw[len(raw)-1]) >= 0
	c.edge = false
}

func (c *condenser) flush(closing bool) {
	if c.space && !c.edge && !closing {
		c.out.WriteByte(' ')
	}
	c.space = false
}

// element follows <pre>, <textarea> and <listing>, which HTML leaves as they are.
func (c *condenser) element() {
	name, _, _ := c.tag()
	c.name = name
	if c.keep == "" && (name == "pre" || name == "textarea" || name == "listing") && c.kind == html.StartTagToken {
		c.flush(false)
		c.keep = name
	}
	if name != c.keep {
		return
	}
	if c.kind == html.StartTagToken {
		c.keepOpen++
	} else if c.keepOpen--; c.keepOpen == 0 {
		c.keep = ""
	}
}

// Package message is how pages speak the reader's language: texts in the JSON form of translatewiki.net, one file a language,
// with plurals, numbers, dates and the direction of writing.
//
// A package with pages embeds a folder i18n of en.json, he.json and so on; qqq.json beside them tells translators what a
// message is for. What several packages say, months and what scripts can do, stands in the i18n folder here. Texts are
// never HTML: whatever they say is escaped, and so are parameters, except those that are [template.HTML] already.
package message

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed i18n/*.json
var common embed.FS

// Shared holds the messages that every package can use beside its own, in its folder i18n.
func Shared() fs.FS { return common }

// Fallback is where every chain of languages ends.
const Fallback = "en"

// ShowKeys is MediaWiki's language for finding out which message is where.
const ShowKeys = "qqx"

// Catalog holds the messages of every language there is a file for.
type Catalog struct {
	tongues map[string]*tongue
	tags    []language.Tag // of tongues, the fallback first, for matching
	matcher language.Matcher
}

// tongue is one language: its messages, and how it counts.
type tongue struct {
	code     string
	tag      language.Tag
	messages map[string][]node
	plurals  []plural.Form // the forms it has, in the order translators write them
	numbers  *message.Printer
}

// Read reads i18n/LANGUAGE.json of files, and puts the messages that every package shares beside them.
func Read(files fs.FS) (*Catalog, error) {
	c := &Catalog{tongues: map[string]*tongue{ShowKeys: newTongue(ShowKeys, language.English)}}
	for _, source := range []fs.FS{common, files} {
		if err := c.read(source); err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
	}
	if c.tongues[Fallback] == nil {
		return nil, fmt.Errorf("read messages: there is no %s.json", Fallback)
	}
	c.tags = []language.Tag{c.tongues[Fallback].tag}
	for _, code := range c.Languages() {
		if code != Fallback && code != ShowKeys {
			c.tags = append(c.tags, c.tongues[code].tag)
		}
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

func (c *Catalog) read(files fs.FS) error {
	entries, err := fs.ReadDir(files, "i18n")
	if err != nil {
		return err
	}
	for _, e := range entries {
		code := strings.TrimSuffix(e.Name(), ".json")
		if code == "qqq" { // notes for translators
			continue
		}
		tag, err := language.Parse(code)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name(), err)
		}
		raw, err := fs.ReadFile(files, "i18n/"+e.Name())
		if err != nil {
			return err
		}
		if c.tongues[code] == nil {
			c.tongues[code] = newTongue(code, tag)
		}
		if err := c.tongues[code].learn(raw); err != nil {
			return fmt.Errorf("%s: %w", e.Name(), err)
		}
	}
	return nil
}

// Languages lists the codes there are messages for, [ShowKeys] among them.
func (c *Catalog) Languages() []string { return slices.Sorted(maps.Keys(c.tongues)) }

func newTongue(code string, tag language.Tag) *tongue {
	return &tongue{
		code: code, tag: tag, messages: map[string][]node{}, plurals: pluralForms(tag), numbers: message.NewPrinter(tag),
	}
}

func (t *tongue) learn(raw []byte) error {
	var texts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &texts); err != nil {
		return err
	}
	for key, value := range texts {
		if key == "@metadata" {
			continue
		}
		var text string
		err := json.Unmarshal(value, &text)
		if err == nil {
			t.messages[key], err = parseBanana(text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// pluralForms finds out which of CLDR's plural categories a language uses for whole numbers. Messages list their forms
// in the order zero, one, two, few, many, other.
func pluralForms(tag language.Tag) []plural.Form {
	used := map[plural.Form]bool{}
	for n := range 1001 {
		used[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)] = true
	}
	var forms []plural.Form
	for _, f := range []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other} {
		if used[f] {
			forms = append(forms, f)
		}
	}
	return forms
}

// HTML is a message as HTML. Its text and its parameters are escaped; a [template.HTML] parameter is not, an int is
// written the language's way. A text that somebody chose belongs into <bdi> before it is a parameter.
func (c *Catalog) HTML(lang, key string, params ...any) template.HTML {
	if lang == ShowKeys {
		return template.HTML(template.HTMLEscapeString("(" + key + ")")) //nolint:gosec // G203: escaped right here
	}
	for _, t := range c.chain(lang) {
		if nodes, ok := t.messages[key]; ok {
			var b strings.Builder
			t.write(&b, nodes, params)
			return template.HTML(b.String()) //nolint:gosec // every piece was escaped by write
		}
	}
	return template.HTML(template.HTMLEscapeString("⧼" + key + "⧽")) //nolint:gosec // G203: escaped right here
}

// Text is a message as plain text. No parameter may be [template.HTML].
func (c *Catalog) Text(lang, key string, params ...any) string {
	return html.UnescapeString(string(c.HTML(lang, key, params...)))
}

// List puts the members of a list beside each other in a sentence.
func (c *Catalog) List(lang string, members []template.HTML) template.HTML {
	var list template.HTML
	for i, m := range members {
		if i > 0 {
			list += c.HTML(lang, "comma")
		}
		list += m
	}
	return list
}

// Has says whether the fallback language has a message.
func (c *Catalog) Has(key string) bool {
	_, ok := c.tongues[Fallback].messages[key]
	return ok
}

// chain lists a language and those it falls back to: "pt-br", "pt", "en".
func (c *Catalog) chain(lang string) []*tongue {
	var chain []*tongue
	for code := lang; code != ""; {
		if t := c.tongues[code]; t != nil {
			chain = append(chain, t)
		}
		at := strings.LastIndexByte(code, '-')
		code = code[:max(at, 0)]
	}
	return append(chain, c.tongues[Fallback])
}

func (t *tongue) write(b *strings.Builder, nodes []node, params []any) {
	for _, n := range nodes {
		switch {
		case n.pick != "":
			t.write(b, t.choose(n, params), params)
		case n.param == 0:
			template.HTMLEscape(b, []byte(n.text))
		case n.param > len(params):
			fmt.Fprintf(b, "$%d", n.param)
		default:
			b.WriteString(t.param(params[n.param-1]))
		}
	}
}

// choose picks the form of a plural; of a gender the neutral one, for nobody tells us theirs.
func (t *tongue) choose(n node, params []any) []node {
	last := len(n.forms) - 1
	if n.pick == "GENDER" {
		return n.forms[last]
	}
	count, ok := 0, n.param <= len(params)
	if ok {
		count, ok = params[n.param-1].(int)
	}
	if !ok {
		return n.forms[last]
	}
	if form, ok := n.exact[strconv.Itoa(count)]; ok {
		return form
	}
	form := plural.Cardinal.MatchPlural(t.tag, count, 0, 0, 0, 0)
	for i, f := range t.plurals {
		if f == form {
			return n.forms[min(i, last)]
		}
	}
	return n.forms[last]
}

func (t *tongue) param(v any) string {
	switch v := v.(type) {
	case template.HTML:
		return string(v)
	case int:
		return template.HTMLEscapeString(t.numbers.Sprint(number.Decimal(v)))
	default:
		return template.HTMLEscapeString(fmt.Sprint(v))
	}
}

package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
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
var messages embed.FS

// fallback is where every chain of languages ends.
const fallback = "en"

// showKeys is MediaWiki's language for finding out which message is where.
const showKeys = "qqx"

// catalog holds the messages of every language there is a file for.
type catalog struct {
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

func readCatalog(files embed.FS) (*catalog, error) {
	entries, err := files.ReadDir("i18n")
	if err != nil {
		return nil, err
	}
	c := &catalog{tongues: map[string]*tongue{}}
	for _, e := range entries {
		code := strings.TrimSuffix(e.Name(), ".json")
		if code == "qqq" { // notes for translators
			continue
		}
		raw, err := files.ReadFile("i18n/" + e.Name())
		if err != nil {
			return nil, err
		}
		if c.tongues[code], err = readTongue(code, raw); err != nil {
			return nil, fmt.Errorf("read messages %q: %w", e.Name(), err)
		}
	}
	if c.tongues[fallback] == nil {
		return nil, fmt.Errorf("read messages: there is no %s.json", fallback)
	}
	c.tongues[showKeys] = newTongue(showKeys, language.English)
	c.tags = []language.Tag{c.tongues[fallback].tag}
	for _, code := range slices.Sorted(maps.Keys(c.tongues)) {
		if code != fallback && code != showKeys {
			c.tags = append(c.tags, c.tongues[code].tag)
		}
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

func readTongue(code string, raw []byte) (*tongue, error) {
	tag, err := language.Parse(code)
	if err != nil {
		return nil, err
	}
	var texts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, err
	}
	t := newTongue(code, tag)
	for key, value := range texts {
		if key == "@metadata" {
			continue
		}
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if t.messages[key], err = parseBanana(text); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return t, nil
}

func newTongue(code string, tag language.Tag) *tongue {
	return &tongue{
		code: code, tag: tag, messages: map[string][]node{}, plurals: pluralForms(tag), numbers: message.NewPrinter(tag),
	}
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

// html is a message as HTML. Its text and its parameters are escaped; a [template.HTML] parameter is not, an int is
// written the language's way.
func (c *catalog) html(lang, key string, params ...any) template.HTML {
	if lang == showKeys {
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

// chain lists a language and those it falls back to: "pt-br", "pt", "en".
func (c *catalog) chain(lang string) []*tongue {
	var chain []*tongue
	for code := lang; code != ""; {
		if t := c.tongues[code]; t != nil {
			chain = append(chain, t)
		}
		at := strings.LastIndexByte(code, '-')
		code = code[:max(at, 0)]
	}
	return append(chain, c.tongues[fallback])
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

package confirm

import (
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"sallyport/internal/capability"
	"sallyport/internal/diff"
)

//go:embed i18n/*.json
var messages embed.FS

// language is the language of the answer to a request: what the browser says its reader prefers, else the wiki's. An
// address cannot ask for one, or else whoever sends the address could choose a language that the reader cannot read.
func (c *origin) language(accept string) string {
	return c.words.Base(c.words.Choose("", accept, c.Desk.Site().Lang))
}

// say is a message in the reader's language. What somebody else chose is a parameter as [name], [code] or [english] only.
func (v *visit) say(key string, params ...any) template.HTML {
	return v.words.HTML(v.lang, key, params...)
}

func (v *visit) date(t time.Time) template.HTML   { return v.words.Date(v.lang, t) }
func (v *visit) moment(t time.Time) template.HTML { return v.words.Moment(v.lang, t) }

// vocabulary is what templates can say in one language.
func (c *origin) vocabulary(lang string) template.FuncMap {
	w := c.words
	name := func(text string) template.HTML { return c.name(lang, text) }
	code := func(text string) template.HTML {
		return `<code dir="ltr">` + w.Parts(lang, diff.Marked(text, false)) + "</code>"
	}
	return template.FuncMap{
		"msg":   func(key string, params ...any) template.HTML { return w.HTML(lang, key, params...) },
		"name":  name,
		"code":  code,
		"parts": func(parts []diff.Part) template.HTML { return w.Parts(lang, parts) },
		"english": func(text string) template.HTML {
			return `<bdi lang="en" dir="ltr">` + w.Parts(lang, diff.Marked(text, false)) + "</bdi>"
		},
		"lines": func(text string) template.HTML { // each with a direction of its own
			var all []string
			for line := range strings.SplitSeq(text, "\n") {
				all = append(all, string(name(line)))
			}
			return template.HTML(strings.Join(all, "<br>")) //nolint:gosec // G203: every line was escaped
		},
		"order": func(p queuePage, by string, says template.HTML) map[string]any {
			return map[string]any{"Page": p, "By": by, "Says": says}
		},
		"bold":   func(text template.HTML) template.HTML { return "<strong>" + text + "</strong>" },
		"date":   func(t time.Time) template.HTML { return w.Date(lang, t) },
		"moment": func(t time.Time) template.HTML { return w.Moment(lang, t) },
		"age":    func(d time.Duration) template.HTML { return w.Age(lang, d) },
		"can":    func(can capability.Capability) template.HTML { return w.Can(lang, can, name) },
		"said": func(kind string, word any) template.HTML {
			key := kind + "-" + slug(fmt.Sprint(word))
			if !w.Has(key) {
				return code(fmt.Sprint(word))
			}
			return w.HTML(lang, key)
		},
	}
}

// slug is a word of ours as it stands in the keys of messages.
func slug(word string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(word, ",", "")), " ", "-")
}

// name is a name that somebody chose, which keeps its own writing direction.
func (c *origin) name(lang, text string) template.HTML {
	return "<bdi>" + c.words.Parts(lang, diff.Marked(text, false)) + "</bdi>"
}

// plain makes an address of ours or the wiki's part of a sentence.
func plain(address string) template.HTML {
	return template.HTML(`<bdi dir="ltr">` + template.HTMLEscapeString(address) + "</bdi>") //nolint:gosec // G203: escaped
}

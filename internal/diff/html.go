package diff

import (
	"fmt"
	"html/template"
	"strings"
)

// HTML writes parts of a line: what changed as <mark>, and every odd character in a box (class "odd") with its name. odd puts a
// [Part.Odd] into the reader's language.
func HTML(parts []Part, odd func(string) template.HTML) template.HTML {
	var b strings.Builder
	for _, p := range parts {
		text := template.HTMLEscapeString(p.Text)
		switch {
		case p.Odd != "":
			changed := ""
			if p.Changed {
				changed = " changed"
			}
			fmt.Fprintf(&b, `<span class="odd%s"><bdi>%s</bdi>[%s]</span>`, changed, text, odd(p.Odd))
		case p.Changed:
			b.WriteString("<mark>" + text + "</mark>")
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String()) //nolint:gosec // G203: every text was escaped
}

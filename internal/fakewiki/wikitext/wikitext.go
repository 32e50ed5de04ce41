// Package wikitext turns a small, common part of wikitext into HTML that is safe to show: headings, paragraphs, lists,
// tables, links, bold and italic, categories, a few harmless tags. What it does not know it shows as text. Templates are
// not expanded: they become links.
package wikitext

import (
	"regexp"
	"strings"

	"sallyport/internal/wiki"
)

// Link is what a link's target turns out to be.
type Link struct {
	Title  wiki.Title
	Text   string // as people read it, with its namespace
	Href   string
	Exists bool
}

// Resolver looks up the target of a link, without its fragment. It is false for what is no title here.
type Resolver func(target string) (Link, bool)

// Heading is one heading of a page.
type Heading struct {
	Level int // 1 to 6
	ID    string
	HTML  string
}

// Page is a rendered page.
type Page struct {
	HTML       string
	Headings   []Heading
	Categories []wiki.Title // in order of appearance, each once
	Links      []wiki.Title
}

const categoryNamespace = 14

var comments = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)

// Render turns wikitext into HTML. Every element it opens it closes.
func Render(text string, resolve Resolver) Page {
	r := &renderer{resolve: resolve, ids: map[string]int{}}
	text = strings.ReplaceAll(comments.ReplaceAllString(text, ""), "\r", "")
	for _, line := range strings.Split(text, "\n") {
		r.line(line)
	}
	r.endBlocks()
	if r.table.open {
		r.endTable()
	}
	r.closeTags(0)
	r.page.HTML = r.out.String()
	return r.page
}

// renderer keeps what is open between lines.
type renderer struct {
	resolve   Resolver
	page      Page
	out       strings.Builder
	ids       map[string]int
	tags      []string // HTML elements the text itself opened
	list      string   // the prefix of the list item before, for instance "*#"
	paragraph bool
	pre       bool // inside a block of lines that begin with a space
	verbatim  bool // inside <pre>
	table     tableState
}

func (r *renderer) line(line string) {
	switch {
	case r.verbatim:
		r.verbatimLine(line)
	case strings.HasPrefix(line, "<pre>"):
		r.endBlocks()
		r.out.WriteString("<pre>")
		r.verbatim = true
		r.verbatimLine(line[len("<pre>"):])
	case r.tableLine(line):
	case r.headingLine(line):
	case strings.HasPrefix(line, "----"):
		r.endBlocks()
		r.out.WriteString("<hr>" + r.inline(strings.TrimLeft(line, "-")) + "\n")
	case line != "" && strings.IndexByte("*#:;", line[0]) >= 0:
		r.listLine(line)
	case strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "":
		r.preLine(line[1:])
	case strings.TrimSpace(line) == "" || isMagic(line):
		r.endBlocks()
	default:
		r.textLine(line)
	}
}

func isMagic(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) > 4 && strings.HasPrefix(line, "__") && strings.HasSuffix(line, "__") && strings.ToUpper(line) == line
}

func (r *renderer) verbatimLine(line string) {
	before, after, end := strings.Cut(line, "</pre>")
	r.out.WriteString(escape(before))
	if !end {
		r.out.WriteByte('\n')
		return
	}
	r.out.WriteString("</pre>\n")
	r.verbatim = false
	if strings.TrimSpace(after) != "" {
		r.line(after)
	}
}

func (r *renderer) headingLine(line string) bool {
	level, text := headingParts(line)
	if level == 0 {
		return false
	}
	r.endBlocks()
	html := r.inline(text)
	id := r.id(plain(html))
	n := itoa(level)
	r.page.Headings = append(r.page.Headings, Heading{level, id, html})
	r.out.WriteString(`<div class="mw-heading mw-heading` + n + `"><h` + n + ` id="` + escape(id) + `">` + html + `</h` + n + "></div>\n")
	return true
}

func headingParts(line string) (level int, text string) {
	line = strings.TrimRight(line, " \t")
	left := len(line) - len(strings.TrimLeft(line, "="))
	right := len(line) - len(strings.TrimRight(line, "="))
	if level = min(left, right, 6); level == 0 || left+right >= len(line) {
		return 0, ""
	}
	return level, strings.TrimSpace(line[level : len(line)-level])
}

// id makes a heading's id unique on the page.
func (r *renderer) id(text string) string {
	id := strings.Join(strings.Fields(text), "_")
	key := strings.ToLower(id)
	r.ids[key]++
	if n := r.ids[key]; n > 1 {
		return id + "_" + itoa(n)
	}
	return id
}

func (r *renderer) preLine(line string) {
	if !r.pre {
		r.endBlocks()
		r.out.WriteString("<pre>")
		r.pre = true
	}
	r.out.WriteString(r.inline(line) + "\n")
}

func (r *renderer) textLine(line string) {
	if r.pre || r.list != "" {
		r.endBlocks()
	}
	html := r.inline(line)
	if strings.TrimSpace(html) == "" {
		return
	}
	if startsBlock(html) {
		r.endBlocks()
		r.out.WriteString(html + "\n")
		return
	}
	if !r.paragraph {
		r.out.WriteString("<p>")
		r.paragraph = true
	}
	r.out.WriteString(html + "\n")
}

// startsBlock says whether a line of HTML cannot stand in a paragraph.
func startsBlock(html string) bool {
	name := strings.TrimPrefix(strings.TrimPrefix(html, "</"), "<")
	if len(name) == len(html) {
		return false
	}
	end := strings.IndexAny(name, " >/")
	return end > 0 && blockTags[name[:end]]
}

// endBlocks closes the paragraph, preformatted block and lists that are open.
func (r *renderer) endBlocks() {
	if r.paragraph {
		r.out.WriteString("</p>\n")
	}
	if r.pre || r.verbatim {
		r.out.WriteString("</pre>\n")
	}
	r.paragraph, r.pre, r.verbatim = false, false, false
	r.closeList(0)
}

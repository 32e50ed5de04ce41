package wikitext

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

var (
	entity   = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)
	bareLink = regexp.MustCompile(`^https?://[^\s<>"\[\]{}|]+`)
	tagForm  = regexp.MustCompile(`^<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>`)
	attrForm = regexp.MustCompile(`(?i)\b(class|id|title|dir|lang|colspan|rowspan|data-[a-z0-9-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

var blockTags = tagSet("div p blockquote center table tbody tr td th ul ol dl li dd dt pre hr h1 h2 h3 h4 h5 h6")

// allowedTags are the elements text may use. None of them fetches or runs anything.
var allowedTags = tagSet("b i u s del ins sub sup small big code kbd tt samp var abbr bdi bdo span div p blockquote center br hr mark q cite em strong")

var voidTags = tagSet("br hr")

func tagSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(names) {
		set[n] = true
	}
	return set
}

func escape(s string) string { return html.EscapeString(s) }

func itoa(n int) string { return strconv.Itoa(n) }

var anyTag = regexp.MustCompile(`<[^>]*>`)

// plain is the text of a piece of HTML this package made.
func plain(markup string) string { return html.UnescapeString(anyTag.ReplaceAllString(markup, "")) }

// inline renders what may stand inside a line. Quote marks are closed at its end, as in MediaWiki.
func (r *renderer) inline(text string) string {
	var b strings.Builder
	var quotes []string // "i" and "b", in the order they were opened
	for len(text) > 0 {
		n := 1
		switch {
		case strings.HasPrefix(text, "''"):
			n = r.quote(&b, &quotes, text)
		case strings.HasPrefix(text, "[["):
			n = r.link(&b, text)
		case strings.HasPrefix(text, "{{"):
			n = r.template(&b, text)
		case text[0] == '[':
			n = external(&b, text)
		case text[0] == '<':
			n = r.tag(&b, text)
		case text[0] == '&':
			n = reference(&b, text)
		case text[0] == 'h' && bareLink.MatchString(text):
			address := strings.TrimRight(bareLink.FindString(text), ".,;:!?)")
			writeExternal(&b, address, escape(address), "free")
			n = len(address)
		case text[0] == '>' || text[0] == '"' || text[0] == '\'':
			b.WriteString(escape(text[:1]))
		default:
			if n = strings.IndexAny(text[1:], "'[{<&h>\"") + 1; n == 0 {
				n = len(text)
			}
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	for i := len(quotes) - 1; i >= 0; i-- {
		b.WriteString("</" + quotes[i] + ">")
	}
	return b.String()
}

// window bounds how far the end of a link is looked for: a page of nothing but "[[" must not take forever.
func window(text string) string { return text[:min(len(text), 4096)] }

func (r *renderer) quote(b *strings.Builder, open *[]string, text string) int {
	n := len(text) - len(strings.TrimLeft(text, "'"))
	switch {
	case n == 4:
		b.WriteString("&#39;")
		toggle(b, open, "b")
		return 4
	case n > 5:
		b.WriteString(strings.Repeat("&#39;", n-5))
		fallthrough
	case n == 5:
		toggle(b, open, "i")
		toggle(b, open, "b")
		return n
	case n == 3:
		toggle(b, open, "b")
		return 3
	}
	toggle(b, open, "i")
	return 2
}

// toggle opens or closes an element. One that was opened before others is closed with them, and they are opened again.
func toggle(b *strings.Builder, open *[]string, tag string) {
	at := slices.Index(*open, tag)
	if at < 0 {
		*open = append(*open, tag)
		b.WriteString("<" + tag + ">")
		return
	}
	inner := slices.Clone((*open)[at+1:])
	for i := len(*open) - 1; i >= at; i-- {
		b.WriteString("</" + (*open)[i] + ">")
	}
	*open = (*open)[:at]
	for _, t := range inner {
		toggle(b, open, t)
	}
}

func (r *renderer) link(b *strings.Builder, text string) int {
	end := strings.Index(window(text), "]]")
	if end < 0 || strings.Contains(text[2:end], "[[") {
		b.WriteString("[[")
		return 2
	}
	target, label, piped := strings.Cut(text[2:end], "|")
	page, fragment, _ := strings.Cut(target, "#")
	if page == "" && fragment != "" {
		b.WriteString(`<a href="#` + escape(strings.ReplaceAll(fragment, " ", "_")) + `">` + r.label(label, "#"+fragment) + "</a>")
		return end + 2
	}
	l, ok := r.resolve(page)
	if !ok {
		b.WriteString(escape(text[:end+2]))
		return end + 2
	}
	if l.Title.NS == categoryNamespace && !strings.HasPrefix(strings.TrimSpace(target), ":") {
		r.page.Categories = appendNew(r.page.Categories, l.Title)
		return end + 2
	}
	r.page.Links = appendNew(r.page.Links, l.Title)
	shown := strings.TrimPrefix(strings.TrimSpace(target), ":")
	if piped && label == "" {
		shown = l.Title.Text()
	}
	trail := linkTrail(text[end+2:])
	writeLink(b, l, fragment, r.label(label, shown)+trail)
	return end + 2 + len(trail)
}

func (r *renderer) label(label, fallback string) string {
	if label == "" {
		return escape(fallback)
	}
	return r.inline(strings.ReplaceAll(label, "[[", "["))
}

// linkTrail are the letters right after a link that belong to its label: [[cat]]s.
func linkTrail(text string) string {
	n := 0
	for n < len(text) && text[n] >= 'a' && text[n] <= 'z' {
		n++
	}
	return text[:n]
}

func writeLink(b *strings.Builder, l Link, fragment, label string) {
	href := l.Href
	if fragment != "" {
		href += "#" + strings.ReplaceAll(fragment, " ", "_")
	}
	class, title := "", l.Text
	if !l.Exists && l.Title.NS >= 0 {
		class, title = ` class="new"`, l.Text+" (page does not exist)"
	}
	b.WriteString(`<a href="` + escape(href) + `"` + class + ` title="` + escape(title) + `">` + label + "</a>")
}

// template shows a template as a link to its page, for nothing is expanded here.
func (r *renderer) template(b *strings.Builder, text string) int {
	end := strings.Index(window(text), "}}")
	if end < 0 {
		b.WriteString("{{")
		return 2
	}
	name, _, _ := strings.Cut(text[2:end], "|")
	name = strings.TrimSpace(name)
	l, ok := r.resolve("Template:" + name)
	if !ok || strings.HasPrefix(name, "#") {
		b.WriteString(escape(text[:end+2]))
		return end + 2
	}
	writeLink(b, l, "", escape(l.Text))
	return end + 2
}

func external(b *strings.Builder, text string) int {
	address := bareLink.FindString(text[1:])
	end := strings.IndexByte(window(text), ']')
	if address == "" || end < 0 {
		b.WriteByte('[')
		return 1
	}
	label := strings.TrimSpace(text[min(1+len(address), end):end])
	if label == "" {
		writeExternal(b, address, escape(address), "autonumber")
	} else {
		writeExternal(b, address, escape(label), "text")
	}
	return end + 1
}

func writeExternal(b *strings.Builder, address, label, kind string) {
	b.WriteString(`<a rel="nofollow" class="external ` + kind + `" href="` + escape(address) + `">` + label + "</a>")
}

func reference(b *strings.Builder, text string) int {
	if ref := entity.FindString(text); ref != "" {
		b.WriteString(ref)
		return len(ref)
	}
	b.WriteString("&amp;")
	return 1
}

// tag passes the elements of the list above, with harmless attributes, and shows all others as text.
func (r *renderer) tag(b *strings.Builder, text string) int {
	if rest, ok := strings.CutPrefix(text, "<nowiki>"); ok {
		inner, _, closed := strings.Cut(rest, "</nowiki>")
		b.WriteString(escape(inner))
		n := len("<nowiki>") + len(inner)
		if closed {
			n += len("</nowiki>")
		}
		return n
	}
	m := tagForm.FindStringSubmatch(text)
	if m == nil || !allowedTags[strings.ToLower(m[2])] {
		b.WriteString("&lt;")
		return 1
	}
	name := strings.ToLower(m[2])
	switch {
	case voidTags[name]:
		b.WriteString("<" + name + ">")
	case m[1] == "":
		r.openTag(b, name, m[3])
	default:
		r.endTag(b, name)
	}
	return len(m[0])
}

func (r *renderer) openTag(b *strings.Builder, name, attrs string) {
	if len(r.tags) >= maxDepth {
		return
	}
	r.tags = append(r.tags, name)
	b.WriteString("<" + name + attributes(attrs) + ">")
	if strings.HasSuffix(attrs, "/") {
		r.endTag(b, name)
	}
}

// endTag closes the element and whatever was opened inside it; one that is not open is ignored.
func (r *renderer) endTag(b *strings.Builder, name string) {
	at := -1
	for i, t := range r.tags {
		if t == name {
			at = i
		}
	}
	if at < r.table.tags || at < 0 {
		return
	}
	for len(r.tags) > at {
		b.WriteString("</" + r.tags[len(r.tags)-1] + ">")
		r.tags = r.tags[:len(r.tags)-1]
	}
}

// closeTags closes the elements beyond the first n, at the end of a cell or of the page.
func (r *renderer) closeTags(n int) {
	for len(r.tags) > n {
		r.out.WriteString("</" + r.tags[len(r.tags)-1] + ">")
		r.tags = r.tags[:len(r.tags)-1]
	}
}

func attributes(text string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, m := range attrForm.FindAllStringSubmatch(text, 20) {
		name := strings.ToLower(m[1])
		if seen[name] {
			continue
		}
		seen[name] = true
		b.WriteString(" " + name + `="` + escape(html.UnescapeString(m[2]+m[3]+m[4])) + `"`)
	}
	return b.String()
}

func appendNew(list []wiki.Title, t wiki.Title) []wiki.Title {
	if slices.Contains(list, t) {
		return list
	}
	return append(list, t)
}

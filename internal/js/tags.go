package js

import "strings"

type tagKind uint8

const (
	tagText tagKind = iota
	tagStart
	tagEnd
)

// tags cuts HTML into tags and text, and knows where each attribute stands (HTML §13.2.5, as far as templates need it).
type tags struct {
	text       string
	pos        int
	kind       tagKind
	name       string
	closed     bool // <br/>
	start, end int
	attributes []attribute
	tags       int // seen so far
}

// attribute of a start tag; start and end are the bounds of its value.
type attribute struct {
	name       string
	start, end int
}

func (z *tags) next() bool {
	for z.pos < len(z.text) {
		z.start = z.pos
		rest := z.text[z.pos:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			z.pos += 4
			z.past("-->")
			continue
		case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
			z.past(">")
			continue
		case len(rest) > 1 && rest[0] == '<' && classes[rest[1]] == cLetter:
			z.startTag()
		case len(rest) > 2 && rest[0] == '<' && rest[1] == '/' && classes[rest[2]] == cLetter:
			z.endTag()
		default:
			z.kind = tagText
			n := strings.IndexByte(rest[1:], '<')
			if n < 0 {
				n = len(rest) - 1
			}
			z.pos += n + 1
		}
		z.end = z.pos
		return true
	}
	return false
}

// past goes behind a mark, or to the end.
func (z *tags) past(mark string) {
	n := strings.Index(z.text[z.pos:], mark)
	if n < 0 {
		z.pos = len(z.text)
		return
	}
	z.pos += n + len(mark)
}

func (z *tags) endTag() {
	z.kind = tagEnd
	z.pos += 2
	z.name = z.tagName()
	z.past(">")
}

func (z *tags) tagName() string {
	start := z.pos
	for z.pos < len(z.text) && !isHTMLSpace(z.text[z.pos]) && z.text[z.pos] != '>' && z.text[z.pos] != '/' {
		z.pos++
	}
	return strings.ToLower(z.text[start:z.pos])
}

func isHTMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func (z *tags) startTag() {
	z.kind, z.closed, z.attributes = tagStart, false, z.attributes[:0]
	z.tags++
	z.pos++
	z.name = z.tagName()
	for z.pos < len(z.text) {
		switch c := z.text[z.pos]; {
		case c == '>':
			z.pos++
			return
		case c == '/':
			z.pos++
			z.closed = z.pos < len(z.text) && z.text[z.pos] == '>'
		case isHTMLSpace(c):
			z.pos++
		default:
			z.attribute()
		}
	}
}

func (z *tags) attribute() {
	start := z.pos
	z.pos++
	for z.pos < len(z.text) && !isHTMLSpace(z.text[z.pos]) && strings.IndexByte("=>", z.text[z.pos]) < 0 && !strings.HasPrefix(z.text[z.pos:], "/>") {
		z.pos++
	}
	a := attribute{name: strings.ToLower(z.text[start:z.pos])}
	z.space()
	a.start, a.end = z.pos, z.pos
	if z.pos < len(z.text) && z.text[z.pos] == '=' {
		z.pos++
		z.space()
		a.start, a.end = z.value()
	}
	z.attributes = append(z.attributes, a)
}

func (z *tags) space() {
	for z.pos < len(z.text) && isHTMLSpace(z.text[z.pos]) {
		z.pos++
	}
}

func (z *tags) value() (start, end int) {
	if z.pos < len(z.text) && (z.text[z.pos] == '"' || z.text[z.pos] == '\'') {
		quote := z.text[z.pos]
		z.pos++
		start = z.pos
		n := strings.IndexByte(z.text[start:], quote)
		if n < 0 {
			z.pos = len(z.text)
			return start, z.pos
		}
		z.pos = start + n + 1
		return start, start + n
	}
	start = z.pos
	for z.pos < len(z.text) && !isHTMLSpace(z.text[z.pos]) && z.text[z.pos] != '>' {
		z.pos++
	}
	return start, z.pos
}

// skipTo passes the raw text of an element and gives the offset of its end tag.
func (z *tags) skipTo(name string) int {
	end := "</" + name
	for i := z.pos; i < len(z.text); {
		n := strings.IndexByte(z.text[i:], '<')
		if n < 0 {
			break
		}
		i += n
		if len(z.text)-i >= len(end) && strings.EqualFold(z.text[i:i+len(end)], end) {
			z.pos = i
			z.past(">")
			return i
		}
		i++
	}
	z.pos = len(z.text)
	return z.pos
}

package flow

import "strings"

// htmlState follows literal markup piece by piece, to know where in it a value ends up (HTML Standard §13.2.5, the states
// that matter).
type htmlState struct {
	tag    bool // inside of <…>
	quote  byte // inside of a quoted value
	value  bool // behind = without a quote
	attr   string
	fresh  bool // at the beginning of the value
	raw    string
	word   strings.Builder
	name   string
	behind bool
	naming bool
}

func hasTag(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '<' && (s[i+1] == '/' || s[i+1] == '!' || s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z') {
			return true
		}
	}
	// A piece may begin or end inside of a tag: '">' or '<'.
	return strings.HasSuffix(s, "<") || strings.Contains(s, "\">") || strings.Contains(s, "'>") || strings.Contains(s, "/>")
}

func isCodeScheme(s string) bool {
	s = strings.TrimSpace(s)
	if s != "" && strings.IndexByte("jJdD", s[0]) < 0 {
		return false
	}
	s = strings.ToLower(s)
	return strings.HasPrefix("javascript:", s) || strings.HasPrefix(s, "javascript:") || strings.HasPrefix(s, "data:")
}

func (h *htmlState) read(s string) {
	for i := 0; i < len(s); i++ {
		h.step(s[i])
	}
}

func (h *htmlState) step(c byte) {
	switch {
	case h.quote != 0:
		if c == h.quote {
			h.quote, h.attr = 0, ""
		}
		if c != ' ' {
			h.fresh = false
		}
	case h.value:
		h.inValue(c)
	case h.tag:
		h.inTag(c)
	case c == '<':
		h.tag, h.naming, h.name = true, true, ""
		h.word.Reset()
	}
}

func (h *htmlState) inValue(c byte) {
	switch c {
	case '"', '\'':
		if h.fresh {
			h.quote, h.value = c, false
			return
		}
	case ' ', '\t', '\n':
		if h.fresh {
			return
		}
		h.value, h.attr = false, ""
	case '>':
		h.value, h.attr = false, ""
		h.endTag()
		return
	}
	h.fresh = false
}

func (h *htmlState) inTag(c byte) {
	switch {
	case c == '>':
		h.endTag()
	case c == '=':
		h.attr = strings.ToLower(h.word.String())
		h.word.Reset()
		h.value, h.fresh, h.naming = true, true, false
	case c == ' ' || c == '\t' || c == '\n' || c == '/' && h.word.Len() > 0:
		if h.naming && h.word.Len() > 0 {
			h.name, h.naming = strings.ToLower(h.word.String()), false
		}
		if h.word.Len() > 0 {
			h.word.Reset()
		}
	default:
		h.word.WriteByte(c)
	}
}

func (h *htmlState) endTag() {
	if h.naming {
		h.name = strings.ToLower(h.word.String())
	}
	h.tag, h.naming, h.raw = false, false, ""
	if h.name == "script" || h.name == "style" {
		h.raw = h.name
	}
	h.word.Reset()
}

// move is what becomes of a value that stands here.
func (h *htmlState) move() move {
	switch {
	case h.raw == "script":
		return atScript
	case h.raw == "style":
		return atStyle
	case h.quote == 0 && !h.value && !h.tag:
		return inText
	case h.quote == 0 && !h.value:
		return inTag
	case strings.HasPrefix(h.attr, "on"):
		return atScript
	case h.attr == "style":
		return h.orTag(atStyle)
	case h.fresh && isURLAttribute(h.attr):
		h.fresh = false
		return h.orTag(atURL)
	}
	h.fresh = false
	return h.orTag(inQuotes)
}

func (h *htmlState) orTag(m move) move {
	if h.value {
		return inTag
	}
	return m
}

func isURLAttribute(s string) bool {
	switch s {
	case "href", "src", "action", "formaction", "data", "xlink:href", "srcdoc":
		return true
	}
	return false
}

package wikitext

import "strings"

// maxDepth bounds the nesting of lists and of elements.
const maxDepth = 40

func (r *renderer) listLine(line string) {
	prefix := line[:len(line)-len(strings.TrimLeft(line, "*#:;"))]
	if len(prefix) > maxDepth {
		prefix = prefix[:maxDepth]
	}
	text := strings.TrimLeft(line[len(prefix):], " ")
	if r.paragraph || r.pre {
		r.endBlocks()
	}
	same := commonPrefix(r.list, prefix)
	if same == len(prefix) && same == len(r.list) || same == len(prefix) {
		r.closeList(same)
		last := prefix[len(prefix)-1]
		r.out.WriteString("</" + itemTag(r.list[same-1]) + ">\n<" + itemTag(last) + ">")
		r.list = prefix
	} else {
		r.closeList(same)
		for _, c := range []byte(prefix[same:]) {
			r.out.WriteString("<" + listTag(c) + "><" + itemTag(c) + ">")
		}
		r.list = prefix
	}
	if prefix[len(prefix)-1] == ';' {
		if term, meaning, ok := strings.Cut(text, " : "); ok {
			r.out.WriteString(r.inline(term) + "</dt>\n<dd>" + r.inline(meaning))
			r.list = prefix[:len(prefix)-1] + ":"
			return
		}
	}
	r.out.WriteString(r.inline(text))
}

// closeList closes list levels beyond the first n.
func (r *renderer) closeList(n int) {
	for len(r.list) > n {
		c := r.list[len(r.list)-1]
		r.out.WriteString("</" + itemTag(c) + "></" + listTag(c) + ">\n")
		r.list = r.list[:len(r.list)-1]
	}
}

// commonPrefix counts the levels two prefixes share; terms and meanings live in the same kind of list.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && listTag(a[n]) == listTag(b[n]) {
		n++
	}
	return n
}

func listTag(c byte) string {
	switch c {
	case '*':
		return "ul"
	case '#':
		return "ol"
	}
	return "dl"
}

func itemTag(c byte) string {
	switch c {
	case ':':
		return "dd"
	case ';':
		return "dt"
	}
	return "li"
}

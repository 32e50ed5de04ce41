package gadget

import (
	"fmt"
	"strings"
)

// A numbered line remembers where it began.
type numbered struct {
	text string
	line int
}

// wikitextLines drops comments and splits at line breaks of any kind. A comment joins the lines it spans; one that does
// not end is no comment.
func wikitextLines(page string) []numbered {
	var lines []numbered
	var b strings.Builder
	line, began := 1, 1
	end := func() {
		if b.Len() > 0 {
			lines = append(lines, numbered{b.String(), began})
		}
		b.Reset()
		began = line
	}
	lastEnd := strings.LastIndex(page, "-->")
	for at := 0; at < len(page); {
		rest := page[at:]
		size := 1
		switch {
		case at+len("<!--") <= lastEnd && strings.HasPrefix(rest, "<!--"):
			size = len("<!--") + strings.Index(rest[len("<!--"):], "-->") + len("-->")
			line += breaks(rest[:size])
		case strings.HasPrefix(rest, "\r\n"):
			size = 2
			fallthrough
		case rest[0] == '\n' || rest[0] == '\r':
			line++
			end()
		default:
			if i := strings.IndexAny(rest[1:], "<\r\n"); i >= 0 {
				size += i
			} else {
				size = len(rest)
			}
			if b.Len() == 0 {
				began = line
			}
			b.WriteString(rest[:size])
		}
		at += size
	}
	end()
	return lines
}

// breaks counts line breaks: \n, \r\n or \r.
func breaks(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, "\r") - strings.Count(s, "\r\n")
}

func remark(line int, code, format string, args ...any) Mistake {
	return Mistake{Severity: Warning, Code: code, Line: line, Message: fmt.Sprintf(format, args...)}
}

package output

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"sallyport/internal/finding"
)

// excerpt is the piece of a line around a span, ready to be shown: nothing in it acts on a terminal.
type excerpt struct {
	Line               int
	Left, Marked, Rest string
}

// Columns of an excerpt: of what stands before the span, and in all.
const (
	leftMost  = 50
	frameMost = 110
)

// excerpts cuts the first line of a span out of a text, with the line above it when that says something. A line of a
// minified script is cut on both sides.
func excerpts(l *finding.Lines, text string, s finding.Span) []excerpt {
	if text == "" || s.Start.Line < 1 || s.Start.Line > l.Count() {
		return nil
	}
	var all []excerpt
	if s.Start.Line > 1 {
		start, end := l.Bounds(s.Start.Line - 1)
		if above := strings.TrimRight(head(text[start:end], frameMost), " "); above != "" {
			all = append(all, excerpt{Line: s.Start.Line - 1, Left: above})
		}
	}
	start, end := l.Bounds(s.Start.Line)
	from := l.Offset(s.Start)
	to := min(max(from, l.Offset(s.End)), end)
	left := tail(text[start:from], leftMost)
	marked := head(text[from:to], frameMost-columns(left))
	if strings.HasSuffix(marked, "…") && !strings.HasSuffix(text[from:to], "…") {
		return append(all, excerpt{s.Start.Line, left, marked, ""}) // cut already
	}
	rest := head(text[to:end], frameMost-columns(left)-columns(marked))
	return append(all, excerpt{s.Start.Line, left, marked, rest})
}

// head is the beginning of a text, in at most n columns and a bounded number of bytes: accents need no column.
func head(s string, n int) string {
	for at, used := 0, 0; at < len(s); {
		_, size := utf8.DecodeRuneInString(s[at:])
		if used += columns(Visible(s[at : at+size])); used > n || at > 8*n {
			return Visible(s[:at]) + "…"
		}
		at += size
	}
	return Visible(s)
}

// tail is the end of a text, in the same way.
func tail(s string, n int) string {
	for at, used := len(s), 0; at > 0; {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		if used += columns(Visible(s[at-size : at])); used > n || len(s)-at > 8*n {
			return "…" + Visible(s[at:])
		}
		at -= size
	}
	return Visible(s)
}

// columns is how wide a terminal draws a text that is [Visible].
func columns(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// draw writes excerpts with line numbers and a line of carets below the last.
func draw(all []excerpt, mark func(string) string) string {
	var b strings.Builder
	for i, e := range all {
		fmt.Fprintf(&b, "%6d | %s%s%s\n", e.Line, e.Left, mark(e.Marked), e.Rest)
		if i == len(all)-1 {
			carets := strings.Repeat("^", max(1, columns(e.Marked)))
			fmt.Fprintf(&b, "       | %s%s\n", strings.Repeat(" ", columns(e.Left)), mark(carets))
		}
	}
	return b.String()
}

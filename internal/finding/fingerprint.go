package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bytes that a fingerprint takes in: of the sink, and on each side of it.
const (
	sinkMost    = 400
	contextMost = 160
)

// Fingerprint names a finding by what it is about: its rule, the sink's text, and the literals and names around it as far
// as the statement reaches. White space and line numbers do not count, so that a finding keeps its name when lines move
// or are wrapped; a changed statement is a new finding. Two equal statements in one script share a fingerprint.
//
// A finding in a text that the script unpacks is named by its rule and message: where that text stands is an accident.
func (l *Lines) Fingerprint(f *Finding) string {
	h := sha256.New()
	write := func(part string) { h.Write([]byte(part + "\x00")) }
	write(f.Rule)
	if f.Document != "" || l.text == "" {
		write(f.Message)
	} else {
		start := l.Offset(f.Span.Start)
		end := max(start, l.Offset(f.Span.End))
		write(tight(before(l.text[:start])))
		write(tight(l.text[start:min(end, start+sinkMost)]))
		write(tight(after(l.text[end:])))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// before is the part of the statement that ends with text.
func before(text string) string {
	text = text[max(0, len(text)-contextMost):]
	if i := strings.LastIndexAny(text, statementEnds); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[i:])
		text = text[i+size:]
	}
	return text
}

// after is the rest of the statement.
func after(text string) string {
	text = text[:min(len(text), contextMost)]
	if i := strings.IndexAny(text, statementEnds); i >= 0 {
		text = text[:i]
	}
	return text
}

const statementEnds = ";{}\n\r\u2028\u2029"

// tight leaves out white space.
func tight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

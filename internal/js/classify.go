package js

import (
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// classify settles what a text is, by its name and, where that says nothing, by how it begins.
func (s *Script) classify(name string) {
	if s.Goal == Opaque {
		return
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		s.Goal = JSONGoal
	case ".css", ".less", ".scss":
		s.Goal = CSSGoal
	case ".vue":
		s.Goal = VueGoal
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx":
		s.bookmarklet()
	default:
		s.sniff()
	}
}

func (s *Script) sniff() {
	text := strings.TrimSpace(s.Text)
	switch {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		if json.Valid([]byte(text)) {
			s.Goal = JSONGoal
		}
	case hasTag(text, "template"), hasTag(text, "script"):
		s.Goal = VueGoal
	default:
		s.bookmarklet()
	}
}

func hasTag(text, name string) bool {
	rest, ok := strings.CutPrefix(text, "<"+name)
	return ok && rest != "" && strings.ContainsAny(rest[:1], " \t\n\r>")
}

// bookmarklet decodes the percent signs of a javascript: address. Without any, the address is JavaScript as it stands:
// a label and what follows it.
func (s *Script) bookmarklet() {
	const scheme = "javascript:"
	text := strings.TrimSpace(s.Text)
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) || strings.Contains(text, "\n") {
		return
	}
	if code, err := url.PathUnescape(text); err == nil && code != text {
		s.reset(strings.ToValidUTF8(code, "\ufffd"))
	}
	s.problem(Bookmark, 0, "this is the address of a bookmarklet; positions are those of its decoded text")
}

var (
	openFence  = regexp.MustCompile(`^(?i:\s*<(?:nowiki|pre|source|syntaxhighlight)\b[^>\n]*>)+`)
	closeFence = regexp.MustCompile(`(?i:</(?:nowiki|pre|source|syntaxhighlight)>\s*)+$`)
)

// fences are the tags of wikitext around a script that belong into comments and are not in any. from and to are what is
// between them.
func fences(text string) (from, to int, ok bool) {
	to = len(text)
	if m := openFence.FindStringIndex(text[:min(len(text), 500)]); m != nil {
		from = m[1]
	}
	tail := max(from, to-500)
	if m := closeFence.FindStringIndex(text[tail:]); m != nil {
		to = tail + m[0]
	}
	return from, to, from > 0 || to < len(text)
}

var (
	wikiStart = regexp.MustCompile(`^\s*(?i:#redirect\b|#weiterleitung\b|\{\{|\[\[|\{\||'''|==)`)
	wikiMarks = regexp.MustCompile(`(?m)^(?:==+[^=\n]+==+\s*$|\{\{[^{}\n]+\}\}|\[\[[^\]\n]+\]\]|[*#:;]+ ?\[\[|'''|\{\||\|\}|__[A-Z]+__)`)
	htmlStart = regexp.MustCompile(`^\s*<(?i:!doctype\b|/?[a-z][a-z0-9]*[\s/>])`)
)

// mistaken says which other kind of page a text that is no JavaScript looks like; "" for none.
func mistaken(text string) (ProblemKind, string) {
	head := text[:min(len(text), 64<<10)]
	switch {
	case htmlStart.MatchString(head):
		return HTML, "this is HTML, not a script"
	case wikiStart.MatchString(head), len(wikiMarks.FindAllStringIndex(head, 3)) == 3:
		return Wikitext, "this is wikitext, not a script"
	}
	return "", ""
}

// readJSON reads data. What is not quite JSON but JavaScript is read all the same.
func (s *Script) readJSON() {
	var raw json.RawMessage
	err := json.Unmarshal([]byte(s.Text), &raw)
	goal := JSONGoal
	if err != nil {
		goal = ExpressionGoal
	}
	r := read(s.Text, 0, len(s.Text), goal)
	if r.err == nil {
		s.adopt(r)
		s.Goal = JSONGoal
	}
	var at *json.SyntaxError
	switch {
	case r.tooDeep:
		s.opaque(TooDeep, r.err.at, r.err.msg)
	case errors.As(err, &at):
		s.problem(BadJSON, int(max(0, at.Offset-1)), "no JSON: "+at.Error())
	case err != nil:
		s.problem(BadJSON, 0, "no JSON: "+err.Error())
	case r.err != nil:
		s.problem(BadJSON, r.err.at, r.err.msg)
	}
	if r.err != nil {
		s.Goal = Opaque
	}
}

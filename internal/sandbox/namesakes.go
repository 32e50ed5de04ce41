package sandbox

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// maxNamesakes bounds the people who are put into the lists of a page because a script may mean them.
const maxNamesakes = 12

var (
	leavesOut   = regexp.MustCompile(`(?i)\bhid(?:e|den)\b|\.remove\b|\.detach\b|replaceWith|replaceChildren|removeChild|display|visibility|opacity|clip|toggle|classList|addClass|:has\(`)
	pattern     = regexp.MustCompile(`[=(,:;!&|?[{}\s]/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])*)/[dgimsuvy]*`)
	codeUnit    = regexp.MustCompile(`\\u\{?([0-9A-Fa-f]{4,6})\}?`)
	lookAhead   = regexp.MustCompile(`\(\?<?[=!](?:\\.|\[[^\]]*\]|[^()\\])*\)`)
	namedGroup  = regexp.MustCompile(`\(\?<\w+>`)
	likeAPerson = regexp.MustCompile(`^\p{Lu}[\p{L}\p{N} .'_-]{2,39}$`)
)

// namesakes are people whose changes a script may leave out: those whom it names, and some whom its patterns find. None for one that
// leaves nothing out.
func namesakes(u *subject) []string {
	if u == nil || !leavesOut.MatchString(u.Text) {
		return nil
	}
	var out []string
	add := func(name string) {
		name = strings.ReplaceAll(name, "_", " ")
		if likeAPerson.MatchString(name) && len(out) < maxNamesakes && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range u.demand.users {
		add(name)
	}
	for _, m := range pattern.FindAllStringSubmatch(u.Text, 100) {
		for _, name := range foundBy(m[1]) {
			add(name)
		}
	}
	for _, name := range namesQuoted(u.Text) {
		add(name)
	}
	return out
}

// foundBy are some texts that a pattern of JavaScript finds, one for each of its branches.
func foundBy(pattern string) []string {
	pattern = codeUnit.ReplaceAllString(pattern, `\x{$1}`)
	pattern = strings.ReplaceAll(namedGroup.ReplaceAllString(lookAhead.ReplaceAllString(pattern, ""), "("), `\/`, "/")
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || len(pattern) > maxPattern {
		return nil
	}
	branches := []*syntax.Regexp{re}
	if re.Op == syntax.OpAlternate {
		branches = re.Sub
	}
	var out []string
	for _, branch := range branches {
		out = append(out, spell(branch.Simplify(), 1))
	}
	return out
}

// maxPattern bounds the patterns that are written out, in bytes.
const maxPattern = 300

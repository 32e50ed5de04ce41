package sandbox

import (
	"regexp"
	"slices"
	"strings"
)

// maxNames bounds the people of whom lists tell because the script names them.
const maxNames = 12

// namesIn are the people whom a script may name: those it compares somebody with, and else whatever looks like a name.
func namesIn(u *subject) []string {
	out := slices.Concat(u.demand.users, u.demand.others)
	for _, name := range namesQuoted(u.Text) {
		if len(out) < maxNames && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// namesQuoted are the texts of a script that may be names of people.
func namesQuoted(script string) []string {
	var out []string
	for _, m := range quoted.FindAllStringSubmatch(script, 400) {
		if name := m[1] + m[2]; plausibleName(name) && !saysNothing.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

var (
	readsPrefixes = regexp.MustCompile(`interwikimap`)
	prefixed      = regexp.MustCompile(`['"\x60]:?([a-z][a-z0-9-]{1,30}(?:\.[a-z0-9]+)?):[\w$./-]`)
	noPrefixes    = []string{"http", "https", "mailto", "data", "blob", "javascript", "ws", "wss", "ftp", "about", "user", "talk", "special", "file", "category", "template", "help", "mediawiki", "module", "project"}
)

// prefixesIn are what a script that reads the list of other wikis may take for prefixes of such.
func prefixesIn(text string) []string {
	var out []string
	if !readsPrefixes.MatchString(text) {
		return nil
	}
	for _, m := range prefixed.FindAllStringSubmatch(text, 100) {
		if p := m[1]; len(out) < maxNames && !slices.Contains(noPrefixes, p) && !slices.Contains(out, p) && !strings.HasSuffix(p, ".") {
			out = append(out, p)
		}
	}
	return out
}

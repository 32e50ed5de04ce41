package pattern

import (
	"regexp"
	"strings"
)

// paths says to which scripts a rule applies. A glob may match anywhere below a folder, and what it matches stands for all
// that is in it; a title such as MediaWiki:Gadget-x.js is a path too.
type paths struct {
	include, exclude []*regexp.Regexp
}

func (p paths) takes(path string) bool {
	return (len(p.include) == 0 || anyMatch(p.include, path)) && !anyMatch(p.exclude, path)
}

func anyMatch(list []*regexp.Regexp, path string) bool {
	for _, re := range list {
		if re.MatchString(path) {
			return true
		}
	}
	return false
}

// glob turns **, *, ?, [abc] into a regular expression over paths with slashes.
func glob(text string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	rest, rooted := strings.CutPrefix(text, "/")
	if !rooted {
		b.WriteString(`(?:.*/)?`)
	}
	rest = strings.TrimSuffix(rest, "/")
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString(`(?:.*/)?`)
			rest = rest[3:]
		case strings.HasPrefix(rest, "**"):
			b.WriteString(`.*`)
			rest = rest[2:]
		case rest[0] == '*':
			b.WriteString(`[^/]*`)
			rest = rest[1:]
		case rest[0] == '?':
			b.WriteString(`[^/]`)
			rest = rest[1:]
		case rest[0] == '[' && strings.IndexByte(rest, ']') > 1:
			end := strings.IndexByte(rest, ']')
			class := rest[1:end]
			if class[0] == '!' {
				class = "^" + class[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(class, `\`, `\\`) + "]")
			rest = rest[end+1:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
			rest = rest[1:]
		}
	}
	b.WriteString(`(?:/.*)?$`)
	return regexp.Compile(b.String())
}

package pattern

import (
	"fmt"
	"regexp"
	"strings"
)

// compile reads a regular expression. Semgrep's are PCRE; ours are RE2's, whose time is linear in the text, so what RE2
// lacks is refused by its name.
func compile(text string, flags string) (*regexp.Regexp, error) {
	if len(text) > maxRegexp {
		return nil, fmt.Errorf("the regular expression is longer than %d bytes", maxRegexp)
	}
	for _, f := range foreign {
		if at := unescaped(text, f.text); at >= 0 {
			return nil, fmt.Errorf("%s (%s) is not supported in regular expressions: %s", f.name, f.text, f.instead)
		}
	}
	if ref := backreference.FindStringSubmatch(text); ref != nil {
		return nil, fmt.Errorf("a backreference (%s) is not supported in regular expressions: use one metavariable twice in a pattern", ref[1])
	}
	re, err := regexp.Compile(flags + strings.ReplaceAll(text, `\Z`, `\z`))
	if err != nil {
		return nil, fmt.Errorf("the regular expression cannot be read: %w", err)
	}
	return re, nil
}

var foreign = []struct{ text, name, instead string }{
	{"(?=", "look-ahead", "match what follows too, or use metavariable-regex on the part that matters"},
	{"(?!", "negative look-ahead", "use pattern-not-regex, or pattern-not"},
	{"(?<=", "look-behind", "match what stands before too, with a named group for the rest"},
	{"(?<!", "negative look-behind", "use pattern-not-regex, or pattern-not"},
	{"(?>", "an atomic group", "write an ordinary group"},
	{"(?(", "a condition", "write two rules"},
	{"(?R)", "recursion", "use a pattern"},
	{"*+", "a possessive quantifier", "write an ordinary one"},
	{"++", "a possessive quantifier", "write an ordinary one"},
	{"?+", "a possessive quantifier", "write an ordinary one"},
}

var backreference = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*(\\(?:[1-9]|k[<{']))`)

// unescaped finds a piece that is neither escaped nor in a class.
func unescaped(text, piece string) int {
	class := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case class:
			class = text[i] != ']'
		case strings.HasPrefix(text[i:], piece):
			return i
		case text[i] == '[':
			class = true
			if strings.HasPrefix(text[i+1:], "]") || strings.HasPrefix(text[i+1:], "^]") {
				i += strings.IndexByte(text[i:], ']')
			}
		}
	}
	return -1
}

// compileAnchored reads a regular expression that matches from the beginning, as metavariable-regex and re.match do.
func compileAnchored(text string) (*regexp.Regexp, error) {
	if _, err := compile(text, ""); err != nil {
		return nil, err
	}
	return compile(`^(?:`+text+`)`, "")
}

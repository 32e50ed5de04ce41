package gateway

import (
	"bytes"
	"slices"
	"strings"
)

// ahead puts a statement of ours, one line of text, before a script: what stands behind it is not reached when the script throws.
// The script means what it meant: where it begins with "use strict" the statement does, too, and it keeps its lines.
func ahead(statement string, script []byte) []byte {
	script = bytes.TrimPrefix(script, []byte("\ufeff"))
	var first []byte
	if bytes.HasPrefix(script, []byte("#!")) { // may stand in the first line alone
		end := bytes.IndexAny(script, "\n\r")
		if end < 0 {
			return slices.Concat(script, []byte("\n"+statement))
		}
		first, script = script[:end+1], script[end+1:]
	}
	if strict(string(script)) {
		statement = "'use strict';" + statement
	}
	if rest, _ := blank(string(script)); strings.HasPrefix(rest, "-->") { // is a comment where a line begins
		return slices.Concat(first, []byte(statement+";\n"), script)
	}
	return slices.Concat(first, []byte(statement+";"), script)
}

// strict says whether a script begins with the directive 'use strict' (ECMA-262 §11.2.1): among the string literals that it begins
// with, each a statement of its own.
func strict(script string) bool {
	for {
		script, _ = blank(script)
		if script == "" || script[0] != '"' && script[0] != '\'' {
			return false
		}
		end := literal(script)
		if end < 0 {
			return false
		}
		text := script[1 : end-1]
		rest, broken := blank(script[end:])
		semicolon := strings.HasPrefix(rest, ";")
		if !semicolon && rest != "" && rest[0] != '}' && (!broken || continues(rest)) {
			return false
		}
		if text == "use strict" {
			return true
		}
		script = strings.TrimPrefix(rest, ";")
	}
}

// literal is where the string literal that a text begins with ends; -1 when it does not.
func literal(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case text[0]:
			return i + 1
		case '\\':
			i++
		case '\n', '\r':
			return -1
		}
	}
	return -1
}

// continues says whether what stands in a line of its own goes on with the string before it.
func continues(rest string) bool {
	if strings.HasPrefix(rest, "++") || strings.HasPrefix(rest, "--") {
		return false
	}
	for _, word := range []string{"in", "instanceof"} {
		if after, ok := strings.CutPrefix(rest, word); ok && (after == "" || strings.ContainsAny(after[:1], " \t\n\r('\"[{/")) {
			return true
		}
	}
	return strings.ContainsAny(rest[:1], ".,([+-*/%=!<>&|^?:`")
}

// blank leaves out what a text begins with of spaces and comments, and says whether a line ended there.
func blank(text string) (rest string, broken bool) {
	for {
		was := len(text)
		trimmed := strings.TrimLeft(text, " \t\v\f\u00a0\ufeff\r\n\u2028\u2029")
		broken = broken || strings.ContainsAny(text[:was-len(trimmed)], "\r\n\u2028\u2029")
		text = trimmed
		switch {
		case strings.HasPrefix(text, "//"), strings.HasPrefix(text, "<!--"):
			end := strings.IndexAny(text, "\r\n\u2028\u2029")
			if end < 0 {
				return "", true
			}
			text = text[end:]
		case strings.HasPrefix(text, "/*"):
			end := strings.Index(text[2:], "*/")
			if end < 0 {
				return "", true // it does not run at all
			}
			broken = broken || strings.ContainsAny(text[:end+2], "\r\n\u2028\u2029")
			text = text[end+4:]
		}
		if len(text) == was {
			return text, broken
		}
	}
}

package message

import (
	"fmt"
	"strconv"
	"strings"
)

// node is a piece of a message: text, a parameter, or a choice that depends on one.
type node struct {
	text  string
	param int    // $1 is 1; 0 is none
	pick  string // "PLURAL" or "GENDER": choose among forms by the parameter
	forms [][]node
	exact map[string][]node // {{PLURAL:$1|0=nobody|…}}
}

// parseBanana reads a message in the format of translatewiki.net's banana libraries: text, $1 to $9, {{PLURAL:$1|…|…}}
// and {{GENDER:$1|…|…}}. Other magic words are mistakes.
func parseBanana(s string) ([]node, error) {
	nodes, rest, err := parseUntil(s, "", 0)
	if err == nil && rest != "" {
		err = fmt.Errorf("message %q: something is left over at %q", s, rest)
	}
	return nodes, err
}

// parseUntil reads nodes up to one of the stop bytes or, at depth 0, the end.
func parseUntil(s, stops string, depth int) (nodes []node, rest string, err error) {
	for s != "" {
		at := strings.IndexAny(s, "${"+stops)
		if at < 0 {
			return append(nodes, node{text: s}), "", nil
		}
		if at > 0 {
			nodes = append(nodes, node{text: s[:at]})
			s = s[at:]
		}
		var n node
		switch {
		case s[0] == '$' && len(s) > 1 && s[1] >= '1' && s[1] <= '9':
			n, s = node{param: int(s[1] - '0')}, s[2:]
		case strings.HasPrefix(s, "{{"):
			if n, s, err = parsePick(s, depth); err != nil {
				return nil, "", err
			}
		case s[0] == '$' || s[0] == '{':
			n, s = node{text: s[:1]}, s[1:]
		default:
			return nodes, s, nil
		}
		nodes = append(nodes, n)
	}
	return nodes, "", nil
}

// parsePick reads {{PLURAL:$1|one|other}}.
func parsePick(s string, depth int) (n node, rest string, err error) {
	word, rest, ok := strings.Cut(s[2:], ":$")
	if !ok || depth > 3 || (word != "PLURAL" && word != "GENDER") || rest == "" || rest[0] < '1' || rest[0] > '9' {
		return n, "", fmt.Errorf("message: only {{PLURAL:$1|…}} and {{GENDER:$1|…}} are known, found %.40q", s)
	}
	n = node{pick: word, param: int(rest[0] - '0'), exact: map[string][]node{}}
	rest = rest[1:]
	for strings.HasPrefix(rest, "|") {
		var form []node
		before := rest[1:]
		if form, rest, err = parseUntil(before, "|}", depth+1); err != nil {
			return n, "", err
		}
		n.add(form)
	}
	rest, ok = strings.CutPrefix(rest, "}}")
	if !ok || len(n.forms) == 0 {
		return n, "", fmt.Errorf("message: %.40q has no forms or does not end", s)
	}
	return n, rest, nil
}

// add keeps a form, as an exact one when it begins with a number and "=".
func (n *node) add(form []node) {
	if n.pick == "PLURAL" && len(form) > 0 && form[0].param == 0 {
		number, text, ok := strings.Cut(form[0].text, "=")
		if _, err := strconv.Atoi(number); ok && err == nil {
			n.exact[number] = append([]node{{text: text}}, form[1:]...)
			return
		}
	}
	n.forms = append(n.forms, form)
}

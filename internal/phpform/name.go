package phpform

import (
	"strconv"
	"strings"
)

// place puts a value where PHP puts one of this name (php_register_variable_ex in main/php_variables.c).
func (r *reader) place(root *Values, name, text string) {
	if strings.IndexByte(name, 0) >= 0 {
		r.refuse(name, "the name holds a NUL, where PHP ends it")
		return
	}
	name = strings.TrimLeft(name, " ")
	base, path, isList := cutBracket(name)
	if base == "" && !isList {
		return // PHP drops it
	}
	if why := oddBase(name, base, isList); why != "" {
		r.refuse(name, why)
		return
	}
	if !isList {
		root.Set(base, text)
		return
	}
	r.placeIn(root, base, path, text, name)
}

// placeIn follows the brackets of a[b][]: path is what stands after the first opening bracket.
func (r *reader) placeIn(list *Values, key, path, text, name string) {
	for depth := 1; ; depth++ {
		if depth > r.limits.MaxNesting {
			r.refuse(name, "nested deeper than PHP reads (max_input_nesting_level)")
			return
		}
		index, rest, isAppend, closed := cutIndex(path)
		if !closed {
			r.refuse(name, "a bracket is opened and never closed")
			return
		}
		list = list.list(key)
		if isAppend {
			if list.ints.negative || list.ints.full {
				r.refuse(name, "versions of PHP differ in which key follows")
				return
			}
			index = strconv.FormatInt(list.ints.next, 10)
		}
		if forCookies(index) {
			r.refuse(name, "an index looks like a name only a cookie may have, and newer versions of PHP drop it")
			return
		}
		key = index
		next, more := strings.CutPrefix(rest, "[")
		if !more { // what follows the last bracket, PHP does not look at
			list.Set(key, text)
			return
		}
		path = next
	}
}

// cutBracket splits a name at its first bracket and makes underscores of dots and spaces before it.
func cutBracket(name string) (base, path string, isList bool) {
	base, path, isList = strings.Cut(name, "[")
	return underscores.Replace(base), path, isList
}

var underscores = strings.NewReplacer(" ", "_", ".", "_")

// cutIndex reads one index: one blank may stand before the bracket that closes an empty one.
func cutIndex(path string) (index, rest string, isAppend, closed bool) {
	if rest, ok := strings.CutPrefix(trimOneBlank(path), "]"); ok {
		return "", rest, true, true
	}
	skip := len(path) - len(trimOneBlank(path))
	end := strings.IndexByte(path[skip:], ']')
	if end < 0 {
		return "", "", false, false
	}
	return path[:skip+end], path[skip+end+1:], false, true
}

func trimOneBlank(s string) string {
	if s != "" && strings.IndexByte(" \t\n\v\f\r", s[0]) >= 0 {
		return s[1:]
	}
	return s
}

// oddBase finds names that versions of PHP read differently.
func oddBase(name, base string, isList bool) string {
	if base == "" && isList {
		return "the name begins with a bracket, which versions of PHP read differently"
	}
	if forCookies(base) && !forCookies(name) {
		return "the name turns into one that only a cookie may have, and newer versions of PHP drop it"
	}
	return ""
}

func forCookies(name string) bool {
	return strings.HasPrefix(name, "__Host-") || strings.HasPrefix(name, "__Secure-")
}

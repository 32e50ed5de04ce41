package gadget

import "strings"

// suggest ends a remark on an unknown key with what was probably meant: a place, a newer name, or a spelling.
func suggest(key, at string, fields []field) string {
	if home := homeOf(key); home != "" && home != at {
		return "; it belongs under " + strings.TrimPrefix(home, "/") + "."
	}
	switch key {
	case "category":
		return `; did you mean "section"?`
	case "scripts", "styles", "datas":
		return `; all files are listed under "pages" in module.`
	}
	best, least := "", 3
	for _, f := range fields {
		if d := distance(strings.ToLower(key), strings.ToLower(f.name)); d < least && d < len(f.name)/2 {
			best, least = f.name, d
		}
	}
	if best == "" {
		return ". Remove it."
	}
	return `; did you mean "` + best + `"?`
}

// homeOf finds the part of a definition that has a key.
func homeOf(key string) string {
	d := &Definition{}
	for _, f := range d.settings() {
		if f.name == key {
			return "/settings"
		}
	}
	for _, f := range d.module() {
		if f.name == key {
			return "/module"
		}
	}
	return ""
}

// distance counts the letters to add, drop or change to get from a to b. Long words are far from everything.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

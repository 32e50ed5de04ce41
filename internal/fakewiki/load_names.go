package fakewiki

import (
	"strconv"
	"strings"
)

// maxModules bounds how many modules one request may name.
const maxModules = 2000

// loadHash is ResourceLoader::makeHash: FNV-1 (32 bits) in base 36, at least five characters, of which five are kept.
func loadHash(s string) string {
	h := uint32(2166136261)
	for i := range len(s) {
		h = h*16777619 ^ uint32(s[i])
	}
	text := strconv.FormatUint(uint64(h), 36)
	return (strings.Repeat("0", max(0, 5-len(text))) + text)[:5]
}

// pack writes module names as ResourceLoader::makePackedModulesString does: a.b and a.c become "a.b,c".
func pack(names []string) string {
	var prefixes []string
	groups := map[string][]string{}
	for _, name := range names {
		prefix, suffix := splitName(name)
		if _, ok := groups[prefix]; !ok {
			prefixes = append(prefixes, prefix)
		}
		groups[prefix] = append(groups[prefix], suffix)
	}
	parts := make([]string, len(prefixes))
	for i, prefix := range prefixes {
		parts[i] = strings.Join(groups[prefix], ",")
		if prefix != "" {
			parts[i] = prefix + "." + parts[i]
		}
	}
	return strings.Join(parts, "|")
}

func splitName(name string) (prefix, suffix string) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return "", name
	}
	return name[:dot], name[dot+1:]
}

// unpack reads a packed list (ResourceLoader::expandModuleNames). A group without a comma is one literal name. Names
// come back each once, in order, and no more than maxModules of them.
func unpack(packed string) []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if name != "" && !seen[name] && len(names) < maxModules {
			seen[name] = true
			names = append(names, name)
		}
	}
	for group := range strings.SplitSeq(packed, "|") {
		if !strings.Contains(group, ",") {
			add(group)
			continue
		}
		prefix, suffixes := splitName(group)
		if prefix != "" {
			prefix += "."
		}
		for suffix := range strings.SplitSeq(suffixes, ",") {
			if suffix != "" {
				add(prefix + suffix)
			}
		}
	}
	return names
}

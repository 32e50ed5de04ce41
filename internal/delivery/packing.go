package delivery

import "strings"

// Limits on what one request may name. MediaWiki's client never sends more than 2,000 characters.
const (
	maxModules    = 500
	maxModuleName = 255 // bytes; ResourceLoader::isValidModuleName
)

// expand unpacks the value of the modules parameter as ResourceLoader::expandModuleNames does: groups are separated by
// "|"; a group with a comma shares everything before its last dot. Order is kept, because the combined version depends on
// it; names that come twice are kept once. At most maxModules names are returned.
func expand(packed string) (names []string) {
	if packed == "" {
		return nil
	}
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] && len(names) < maxModules {
			seen[name] = true
			names = append(names, name)
		}
	}
	for group := range strings.SplitSeq(packed, "|") {
		if !strings.Contains(group, ",") {
			add(group)
			continue
		}
		prefix := ""
		if dot := strings.LastIndexByte(group, '.'); dot >= 0 {
			prefix, group = group[:dot+1], group[dot+1:]
		}
		for suffix := range strings.SplitSeq(group, ",") {
			add(prefix + suffix)
		}
	}
	return names
}

// validName says whether a module may have this name (ResourceLoader::isValidModuleName).
func validName(name string) bool {
	return name != "" && len(name) <= maxModuleName && !strings.ContainsAny(name, "!,|")
}

// tooMany says whether a packed list names more modules than one answer can speak of.
func tooMany(packed string) bool {
	return strings.Count(packed, ",")+strings.Count(packed, "|") >= maxModules
}

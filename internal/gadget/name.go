package gadget

import (
	"strings"

	"sallyport/internal/wiki"
)

// DefaultSuffix is what the titles of definition pages end in when a wiki chose nothing else.
const DefaultSuffix = ".gadget"

// IsDefinition says whether a page's title makes it the definition of a user gadget: a subpage in somebody's user space
// with a name and one of the suffixes. No suffixes means [DefaultSuffix].
func IsDefinition(t wiki.Title, suffixes []string) bool {
	return t.NS == wiki.NSUser && t.Root() != "" && Name(t, suffixes) != ""
}

// Name is what people see of a user gadget: the subpage without the suffix, "tools/doit" for
// "User:Mara/tools/doit.gadget". It is empty when the title has no such suffix, or nothing before it.
func Name(t wiki.Title, endings []string) string {
	sub := t.Subpage()
	for _, suffix := range suffixes(endings) {
		name, ok := strings.CutSuffix(sub, strings.ReplaceAll(suffix, "_", " "))
		if ok && name != "" && !strings.HasSuffix(name, "/") {
			return name
		}
	}
	return ""
}

func suffixes(given []string) []string {
	if len(given) == 0 {
		return []string{DefaultSuffix}
	}
	return given
}

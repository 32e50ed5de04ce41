package wiki

import (
	"fmt"
	"strings"
)

// Text is the title without its namespace, with spaces, as people read it.
func (t Title) Text() string { return strings.ReplaceAll(t.Key, "_", " ") }

// IsSubpage says whether the title has a slash. It presumes that the namespace has subpages, as User has.
func (t Title) IsSubpage() bool { return strings.Contains(t.Key, "/") }

// Root is the text before the first slash, with spaces: for a page in the User namespace, the user's name.
func (t Title) Root() string {
	root, _, _ := strings.Cut(t.Text(), "/")
	return root
}

// Subpage is the text after the first slash, with spaces; empty when there is none.
// For "User:Mara/tools/doit.js" it is "tools/doit.js".
func (t Title) Subpage() string {
	_, sub, _ := strings.Cut(t.Text(), "/")
	return sub
}

// Owner is the name of the user in whose space a page is. It is false outside the User namespace and for a title that
// begins with a slash, which is nobody's.
func (s *Site) Owner(t Title) (name string, ok bool) {
	if t.NS != NSUser {
		return "", false
	}
	name = t.Root()
	return name, name != ""
}

// Prefixed is the title as MediaWiki stores it in links: "User:Mara/common.js", with underscores and in the wiki's own
// words. Reading it again gives the same title.
func (s *Site) Prefixed(t Title) string {
	if t.NS == NSMain {
		return t.Key
	}
	return s.namespaceName(t.NS) + ":" + t.Key
}

// PrefixedText is [Site.Prefixed] with spaces, for people.
func (s *Site) PrefixedText(t Title) string {
	return strings.ReplaceAll(s.Prefixed(t), "_", " ")
}

// namespaceName is the local name of a namespace with underscores. A number the wiki does not know gives what
// MediaWiki shows for it (MediaWikiTitleCodec::formatTitle).
func (s *Site) namespaceName(ns int) string {
	n, ok := s.Namespaces[ns]
	if !ok {
		return fmt.Sprintf("Special:Badtitle/NS%d", ns)
	}
	name := n.Name
	if name == "" {
		name = n.Canonical
	}
	return strings.ReplaceAll(name, " ", "_")
}

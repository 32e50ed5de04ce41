package risk

import (
	"net/url"
	"slices"
	"strings"

	"sallyport/internal/capability"
	"sallyport/internal/finding"
	"sallyport/internal/hosting"
)

// Whose says who decides what an import is, today and tomorrow.
type Whose string

// Owners of imported code.
const (
	OfSite      Whose = "the wiki"              // a page that only people who may change everybody's code can edit, or a gadget
	OfPerson    Whose = "one person"            // a page in somebody's user space
	OfPage      Whose = "a page"                // another page of this wiki
	OfOtherWiki Whose = "another wiki"          // a page of it
	OfLibraries Whose = "a library server"      // one that hands out libraries its keepers chose
	OfHost      Whose = "another site"          // any other server
	OfAnybody   Whose = "anybody"               // a server on which anybody can publish
	OfPlainHTTP Whose = "whoever is on the way" // a server that is asked without encryption
	OfUnknown   Whose = "not known"             // the address is computed
)

// Import is code that a script loads.
type Import struct {
	Target  string // title, address or module, with <…> where it is not known
	Title   string // of the page, when it is one of this wiki's; as the script spells it
	Through string // the other script that loads it; empty for the script itself
	Whose   Whose
	Pinned  bool // it names one revision or version
}

// Imports lists what a script loads, each once, in the order of its capabilities.
func Imports(s *finding.Script) []Import {
	var out []Import
	for _, c := range s.Capabilities {
		if i, ok := importOf(c); ok && !slices.ContainsFunc(out, func(had Import) bool { return had.Target == i.Target }) {
			out = append(out, i)
		}
	}
	return out
}

func importOf(c capability.Capability) (Import, bool) {
	if c.Name != capability.Import {
		return Import{}, false
	}
	i := Import{Target: c.Target, Through: c.Through, Pinned: hosting.Pinned(c.Target)}
	i.Whose, i.Title = whose(c.Target)
	return i, true
}

// imports makes an item of each target; of several that load it the surest speaks.
func imports(all []capability.Capability) []item {
	var out []item
	seen := map[string]int{}
	for i := range all {
		one, ok := importItem(&all[i])
		at, had := seen[one.target]
		switch {
		case !ok:
		case !had:
			seen[one.target] = len(out)
			out = append(out, one)
		case one.weight > out[at].weight:
			out[at] = one
		}
	}
	return out
}

func importItem(c *capability.Capability) (one item, ok bool) {
	i, ok := importOf(*c)
	if !ok {
		return one, false
	}
	sure := byCertainty(c.Certainty)
	one = item{
		Reason: Reason{Kind: ByImport, Name: "import", Says: c.Sentence(), Line: c.Line, Count: 1, Capability: c},
		weight: weightOfImport(i.Whose, i.Pinned) * sure, again: again, target: i.Target,
	}
	if !i.Pinned && i.Whose != OfUnknown {
		one.do, one.better = "pin the import of "+i.Target, weightOfImport(i.Whose, true)*sure
	}
	return one, true
}

// whose reads a target as package rule spells it: a title, an address, a module's name. Title is that of a page of this wiki.
func whose(target string) (w Whose, title string) {
	if strings.HasPrefix(target, "ext.gadget.") || strings.HasPrefix(target, "ext.usergadget.") {
		return OfSite, ""
	}
	path, query, _ := strings.Cut(target, "?")
	title = path
	if values, err := url.ParseQuery(query); err == nil && values.Get("title") != "" {
		title = values.Get("title")
	}
	if title == "" || strings.HasPrefix(title, "<") {
		return OfUnknown, ""
	}
	lower := strings.ToLower(path)
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimPrefix(lower, "https:"), "http:"), "//"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return whoseHost(host, strings.HasPrefix(lower, "http:"), title != path), ""
	}
	return whoseTitle(title)
}

func whoseHost(host string, plain, page bool) Whose {
	switch {
	case plain:
		return OfPlainHTTP
	case page:
		return OfOtherWiki
	case hosting.Open(host) != "":
		return OfAnybody
	case hosting.Libraries(host):
		return OfLibraries
	}
	return OfHost
}

func whoseTitle(title string) (Whose, string) {
	space, rest, ok := strings.Cut(strings.TrimPrefix(title, ":"), ":")
	switch space = strings.ToLower(space); {
	case !ok:
		return OfPage, title
	case space == "mediawiki":
		return OfSite, title
	case (space == "u" || space == "w") && strings.Contains(rest, ":"):
		return OfOtherWiki, ""
	}
	return OfPerson, title // User: has a name in every language
}

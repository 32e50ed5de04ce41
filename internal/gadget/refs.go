package gadget

import (
	"errors"
	"slices"
	"strings"

	"sallyport/internal/wiki"
)

// Why a name in a definition leads nowhere.
var (
	ErrNamespace = errors.New("only pages in user space and in the MediaWiki namespace can be part of a gadget")
	ErrNoOwner   = errors.New("a name that begins with / is read from the user page of the definition's owner, and this definition has none")
	ErrSubpage   = errors.New("a page in user space must be a subpage")
	ErrFragment  = errors.New("a page name cannot hold #")
	ErrModule    = errors.New("a module name is 1 to 255 bytes long, without commas, bars and exclamation marks")
	ErrByTitle   = errors.New("a user gadget is named by the title of its definition, so that everybody sees whose it is")
	ErrID        = errors.New("a gadget id begins with a letter, ends with a letter or digit, and has hyphens, underscores, colons and dots between")
)

// ModulePrefix is what the ResourceLoader module of a site gadget begins with.
const ModulePrefix = "ext.gadget."

// userModulePrefix is what the module of a user gadget begins with; the page id follows.
const userModulePrefix = "ext.usergadget."

// A Ref is what a dependency or a peer names: a ResourceLoader module, or the definition page of a user gadget.
type Ref struct {
	Module string
	Gadget *wiki.Title // nil for a module
}

// Options are what the names in a definition are read against.
type Options struct {
	Site     *wiki.Site // nil: titles are not resolved
	Title    wiki.Title // of the definition page; zero when there is none yet
	Suffixes []string   // what definition pages end in; the first goes on short names; nil means [DefaultSuffix]
}

// page resolves one entry of module.pages. "/doit.js" is a page of the definition's owner, and stays so when that
// person is renamed; everything else is a full title.
func (o Options) page(name string) (wiki.Title, error) {
	t, err := o.resolve(name)
	switch {
	case err != nil:
		return wiki.Title{}, err
	case t.NS != wiki.NSUser && t.NS != wiki.NSMediaWiki:
		return wiki.Title{}, ErrNamespace
	case t.NS == wiki.NSUser && (t.Root() == "" || t.Subpage() == ""):
		return wiki.Title{}, ErrSubpage
	}
	return t, nil
}

func (o Options) resolve(name string) (wiki.Title, error) {
	if strings.Contains(name, "#") {
		return wiki.Title{}, ErrFragment
	}
	if strings.HasPrefix(name, "/") {
		if o.Title.NS != wiki.NSUser || o.Title.Root() == "" {
			return wiki.Title{}, ErrNoOwner
		}
		name = o.Site.Prefixed(wiki.Title{NS: wiki.NSUser, Key: o.Title.Root() + name})
	}
	return o.Site.Parse(name)
}

// Titles resolves module.pages, in order. Names that lead nowhere are left out: [Parse] has refused them.
func (d *Definition) Titles(site *wiki.Site, self wiki.Title) []wiki.Title {
	o := Options{Site: site, Title: self}
	titles := make([]wiki.Title, 0, len(d.Module.Pages))
	for _, name := range d.Module.Pages {
		if t, err := o.page(name); err == nil {
			titles = append(titles, t)
		}
	}
	return titles
}

// OtherOwners are the users other than the definition's owner whose pages are part of the gadget: each can change what
// it does. Sorted.
func (d *Definition) OtherOwners(site *wiki.Site, self wiki.Title) []string {
	var owners []string
	for _, t := range d.Titles(site, self) {
		if owner, ok := site.Owner(t); ok && owner != self.Root() {
			owners = append(owners, owner)
		}
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}

// Requires sorts module.dependencies into modules and user gadgets. Names that are neither are left out.
func (d *Definition) Requires(site *wiki.Site, self wiki.Title, suffixes []string) []Ref {
	return refs(d.Module.Dependencies, Options{site, self, suffixes}.dependency)
}

// PeerRefs does the same for module.peers, whose plain names are ids of site gadgets.
func (d *Definition) PeerRefs(site *wiki.Site, self wiki.Title, suffixes []string) []Ref {
	return refs(d.Module.Peers, Options{site, self, suffixes}.peer)
}

func refs(names []string, read func(string) (Ref, error)) []Ref {
	var out []Ref
	for _, name := range names {
		if r, err := read(name); err == nil {
			out = append(out, r)
		}
	}
	return out
}

// dependency reads one entry of module.dependencies: "mediawiki.util", "ext.gadget.HotCat", "User:Ira/lib.gadget",
// "user:Ira/lib" or "/lib".
func (o Options) dependency(name string) (Ref, error) {
	if o.namesGadget(name) {
		return o.gadget(name)
	}
	switch {
	case !validModule(name):
		return Ref{}, ErrModule
	case strings.HasPrefix(name, userModulePrefix):
		return Ref{}, ErrByTitle
	}
	return Ref{Module: name}, nil
}

// peer reads one entry of module.peers: the id of a site gadget, or a user gadget as in dependency.
func (o Options) peer(name string) (Ref, error) {
	if o.namesGadget(name) {
		return o.gadget(name)
	}
	module := ModulePrefix + strings.ReplaceAll(name, " ", "_")
	if !gadgetID.MatchString(name) || !validModule(module) {
		return Ref{}, ErrID
	}
	return Ref{Module: module}, nil
}

// gadget reads the title of a definition page, with or without the suffix. Without a site the title stays unread.
func (o Options) gadget(name string) (Ref, error) {
	if o.Site == nil {
		return Ref{Gadget: &wiki.Title{}}, nil
	}
	t, err := o.resolve(name)
	if err != nil {
		return Ref{}, err
	}
	if t.NS != wiki.NSUser {
		return Ref{}, ErrNamespace
	}
	if !IsDefinition(t, o.Suffixes) {
		// Read again, because the suffix may make the title too long.
		if t, err = o.Site.Parse(o.Site.Prefixed(t) + suffixes(o.Suffixes)[0]); err != nil {
			return Ref{}, err
		}
	}
	if !IsDefinition(t, o.Suffixes) {
		return Ref{}, ErrSubpage
	}
	return Ref{Gadget: &t}, nil
}

// namesGadget tells the title of a user gadget from the name of a module: it begins with a slash or with the User
// namespace, in any of the wiki's words for it.
func (o Options) namesGadget(name string) bool {
	if strings.HasPrefix(name, "/") {
		return true
	}
	prefix, _, ok := strings.Cut(name, ":")
	if !ok || o.Site == nil {
		return ok && strings.EqualFold(strings.TrimSpace(prefix), "user")
	}
	t, err := o.Site.Parse(prefix + ":x")
	return err == nil && t.NS == wiki.NSUser
}

// validModule is ResourceLoader::isValidModuleName, and not empty.
func validModule(name string) bool {
	return name != "" && len(name) <= 255 && !strings.ContainsAny(name, "!,|")
}

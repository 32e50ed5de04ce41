// Package gadget reads the definitions of gadgets: what a gadget consists of and when it runs.
//
// Three forms are read into one [Definition]: the JSON page of a user gadget ("User:Mara/doit.gadget"), the JSON page of a
// site gadget ("MediaWiki:Gadgets/doit.json"), and the lines of "MediaWiki:Gadgets-definition". Bytes in, values out.
package gadget

// Definition is one gadget, in the shape of MediaWiki's GadgetDefinition content model
// (Gadgets extension, includes/Content/GadgetDefinitionContentHandler.php).
type Definition struct {
	Settings Settings
	Module   Module
	// Description is one sentence for the people who choose. MediaWiki keeps it in MediaWiki:Gadget-<id>; a user gadget,
	// which has no such page, may carry it here.
	Description string
}

// Settings say when and for whom a gadget runs.
type Settings struct {
	Rights        []string // all of these are needed
	Skins         []string // any of these; empty means every skin
	Actions       []string // any of these; empty means every action
	Categories    []string // the page is in any of these
	ContentModels []string // any of these
	Namespaces    []int    // any of these
	Section       string

	Default         bool
	Hidden          bool
	Package         bool
	RequiresES6     bool
	SupportsURLLoad bool

	CSP Hosts // of user gadgets only
}

// Module says what a gadget consists of.
type Module struct {
	Pages        []string
	Peers        []string
	Dependencies []string
	Messages     []string
	CodexIcons   []string
	Type         string // "", "general" or "styles"
}

// Values of [Module.Type].
const (
	TypeGeneral = "general"
	TypeStyles  = "styles"
)

// Severity says whether a [Mistake] stops the gadget from running.
type Severity int

// Severities, from a remark to a refusal.
const (
	Warning Severity = iota // part of the definition has no effect
	Error                   // the definition is refused
)

// Mistake is one thing wrong with a definition.
type Mistake struct {
	Severity Severity
	Code     string // stable name, for instance "wrong-type"; MediaWiki's where it has one
	Pointer  string // JSON pointer (RFC 6901), for instance "/module/pages/3"; empty for wikitext lines
	Line     int    // 1-based
	Column   int    // 1-based, in UTF-16 code units; 0 when unknown
	Message  string // a whole sentence: what is wrong and what to do
}

package wiki

// Site is what a wiki says about itself (meta=siteinfo), as far as titles and delivery need it.
type Site struct {
	ID          string // wikiid, for instance "enwiki": the key under which every stored row is kept
	Name        string // sitename
	MainPage    string
	Generator   string // for instance "MediaWiki 1.39.17"
	Lang        string // content language code
	RTL         bool   // content language is written right to left
	Server      string // for instance "https://en.wikipedia.org"; may be protocol-relative
	ArticlePath string // for instance "/wiki/$1" or "/index.php/$1"
	ScriptPath  string // for instance "/w" or ""

	Namespaces map[int]Namespace
	// Aliases maps further names of namespaces to their numbers. Keys are as the wiki spells them.
	Aliases map[string]int
	// LocalInterwiki holds the interwiki prefixes that lead back to this very wiki, lower case.
	LocalInterwiki map[string]bool
	// Interwiki holds all other interwiki prefixes, lower case: a title that begins with one is not on this wiki.
	Interwiki map[string]bool

	// Capitals are first letters whose capital is not the one PHP knows ($wgOverrideUcfirstCharacters). Empty on most
	// wikis; Wikimedia's keep ß and a few hundred others as they are. siteinfo does not tell.
	Capitals map[rune]string
}

// Namespace is one row of siteprop=namespaces.
type Namespace struct {
	ID        int
	Name      string // local name, for instance "Benutzer"; empty for the main namespace
	Canonical string // English name, for instance "User"
	// CaseSensitive is true where titles keep their first letter ("case":"case-sensitive").
	CaseSensitive bool
	Subpages      bool
}

// Title names a page on one wiki, in the form MediaWiki stores it. It is comparable and can be a map key.
type Title struct {
	NS  int
	Key string // the database key: underscores for spaces, no namespace
}

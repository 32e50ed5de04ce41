package gadget

import "encoding/json"

// JSON prints a definition as MediaWiki's editor would save it: tabs, and only what is not the default. Reading it again
// gives the same definition.
func (d *Definition) JSON() []byte {
	s, m := d.Settings, d.Module
	page := struct {
		Description string       `json:"description,omitempty"`
		Settings    settingsJSON `json:"settings"`
		Module      moduleJSON   `json:"module"`
	}{d.Description, settingsJSON(s), moduleJSON(m)}
	if page.Module.Pages == nil {
		page.Module.Pages = []string{}
	}
	// Structs of strings, numbers and booleans cannot fail to print.
	out, _ := json.MarshalIndent(page, "", "\t")
	return out
}

// settingsJSON and moduleJSON name the keys of [Settings] and [Module]; Go converts between types that differ in tags only.
type settingsJSON struct {
	Rights        []string `json:"rights,omitempty"`
	Skins         []string `json:"skins,omitempty"`
	Actions       []string `json:"actions,omitempty"`
	Categories    []string `json:"categories,omitempty"`
	ContentModels []string `json:"contentModels,omitempty"`
	Namespaces    []int    `json:"namespaces,omitempty"`
	Section       string   `json:"section,omitempty"`

	Default         bool `json:"default,omitempty"`
	Hidden          bool `json:"hidden,omitempty"`
	Package         bool `json:"package,omitempty"`
	RequiresES6     bool `json:"requiresES6,omitempty"`
	SupportsURLLoad bool `json:"supportsUrlLoad,omitempty"`

	CSP Hosts `json:"csp,omitempty"`
}

type moduleJSON struct {
	Pages        []string `json:"pages"`
	Peers        []string `json:"peers,omitempty"`
	Dependencies []string `json:"dependencies,omitempty"`
	Messages     []string `json:"messages,omitempty"`
	CodexIcons   []string `json:"codexIcons,omitempty"`
	Type         string   `json:"type,omitempty"`
}

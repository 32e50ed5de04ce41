package sandbox

import (
	_ "embed"
	"encoding/json"
	"strings"

	"sallyport/internal/decoy"
)

// The instrumentation, in parts. It is one function of emit, which package browser calls in every realm.
var (
	//go:embed hooks/hooks.js
	hooksFrame string
	//go:embed hooks/everywhere.js
	hooksEverywhere string
	//go:embed hooks/page.js
	hooksPage string
	//go:embed hooks/mediawiki.js
	hooksMediaWiki string
	//go:embed hooks/explorer.js
	hooksExplorer string
)

// hookSettings are what the instrumentation of one run is told.
type hookSettings struct {
	Secret     string   `json:"secret"` // name of the event by which we give orders
	Script     string   `json:"script"` // address of the script under test, without the host; "" in a baseline
	Storage    string   `json:"storage"`
	StorageKey string   `json:"storageKey"`
	Chance     *float64 `json:"chance,omitempty"`
}

func hooks(s hookSettings) string {
	settings, err := json.Marshal(s) //nolint:gosec // the secret is for the page's instrumentation
	if err != nil {
		settings = []byte("{}")
	}
	text := strings.Replace(hooksFrame, "/* PARTS */", hooksEverywhere+hooksPage+hooksMediaWiki+hooksExplorer, 1)
	return strings.Replace(text, "/* SETTINGS */ {}", string(settings), 1)
}

func settingsOf(s *decoy.Secrets, script string, chance *float64) hookSettings {
	return hookSettings{Secret: "e" + decoy.Word(24), Script: script, Storage: s.Storage, StorageKey: "mwuser-note-" + decoy.Word(5), Chance: chance}
}

package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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
	Stores     []string `json:"stores"`   // names under which ResourceLoader would keep modules
	Store      string   `json:"store"`    // what stands there
	Mark       string   `json:"mark"`     // a part of it
	Names      []string `json:"names"`    // of people whose changes are to be in the page's lists
	Stranger   string   `json:"stranger"` // somebody else whose changes are
	Kept       int      `json:"kept"`     // further things in local storage
	Stored     bool     `json:"stored"`   // whether the script knows of ResourceLoader's store
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

func settingsOf(s *decoy.Secrets, script string, stores []string, chance *float64) hookSettings {
	mark := "lamp-" + decoy.Word(8)
	var items []string
	for i, name := range []string{"jquery", "site", "mediawiki.base", "mediawiki.util", "user"} {
		items = append(items, fmt.Sprintf(`"%s@%dlamp":"function($,jQuery,require,module){/*%s*/}"`, name, i, mark))
	}
	store := `{"items":{` + strings.Join(items, ",") + `},"vary":"vector:1-3:en","asOf":1}`
	return hookSettings{
		Secret: "e" + decoy.Word(24), Script: script, Storage: s.Storage, StorageKey: "mwuser-note-" + decoy.Word(5), Stores: stores, Store: store, Mark: mark, Chance: chance,
	}
}

const storePrefix = "MediaWikiModuleStore:"

// muchKept is how many things stand in local storage for a script that goes through all of them.
const muchKept = 14

// knowsStore finds scripts that name the store in which ResourceLoader keeps modules.
var knowsStore = regexp.MustCompile(`ModuleStore|loader\s*\.\s*store\b`)

// readsAllKept finds scripts that go through all that is kept in the browser.
var readsAllKept = regexp.MustCompile(`(?:Object\.\w+\(\s*|\.\.\.\s*|\b(?:in|of)\s+)(?:window\s*\.\s*)?localStorage|localStorage\s*\.\s*(?:length|key)\b|JSON\.stringify\(\s*(?:window\s*\.\s*)?localStorage`)

var namesStore = regexp.MustCompile(storePrefix + `([\w-]{1,60})`)

// stores are the names under which ResourceLoader keeps modules in the browser: the wiki's, and those that a script has in it.
func stores(site, script string) []string {
	out := []string{storePrefix + site}
	for _, m := range namesStore.FindAllString(script, 5) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

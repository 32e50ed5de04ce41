package bundle

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

// The icons of Codex 2.6.0 (npm @wikimedia/codex-icons, MIT, licence beside it). A value is the path of an SVG, or an
// object with variants by direction and language, which the Codex Vue component understands.
//
//go:embed codex/codex-icons.json
var codexJSON []byte

var codexIcons = sync.OnceValue(func() map[string]json.RawMessage {
	icons := map[string]json.RawMessage{}
	_ = json.Unmarshal(codexJSON, &icons) // a test reads every icon
	return icons
})

// icons writes the virtual icons.json. Names nobody knows are left out, as in CodexModule::getIcons.
func (b *builder) icons() string {
	var entries []string
	taken := map[string]bool{}
	for _, name := range b.in.Icons {
		icon, known := codexIcons()[name]
		if !known {
			b.drop(&File{Title: iconsFile}, 0, 0, "Codex has no icon "+quote(name))
		} else if !taken[name] {
			literal, _ := jsonLiteral(string(icon))
			entries = append(entries, key(name)+":"+literal)
		}
		taken[name] = true
	}
	return "{" + strings.Join(entries, ",") + "}"
}

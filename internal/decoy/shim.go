package decoy

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed shim.js
var shimSource string

// moduleName is what modules of extensions and of newer versions are called in a script.
var moduleName = regexp.MustCompile(`['"]((?:ext|mediawiki|jquery|oojs-ui|skins|user|codex|vue|pinia|moment|web2017-polyfills|es6-polyfills|@wikimedia)(?:[.\-/@][A-Za-z0-9.\-/@_]*)?)['"]`)

var registers = regexp.MustCompile(`\baddSource\b`)

// Shim is JavaScript for a page that gives it what newer wikis have, as far as it is missing, and an empty module in place of
// each that the script names and the wiki does not know.
func Shim(script string) string {
	names := []string{}
	if registers.MatchString(script) { // it brings its modules itself
		return strings.Replace(shimSource, "NAMES", "[]", 1) + legacy(script)
	}
	for _, m := range moduleName.FindAllStringSubmatch(script, 500) {
		if !slices.Contains(names, m[1]) && !strings.HasSuffix(m[1], ".js") && len(names) < 100 {
			names = append(names, m[1])
		}
	}
	return strings.Replace(shimSource, "NAMES", inScript(names), 1) + legacy(script)
}

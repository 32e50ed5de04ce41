package decoy

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed legacy.js
var legacySource string

// legacyName is what scripts from before 2012 call by name, and some wikis define to this day: functions of wikibits.js and ajax.js, and
// mw.config's values as globals.
var legacyName = regexp.MustCompile(`(?:^|[^.\w$])(addOnloadHook|addPortletLink|appendCSS|hookEvent|jsMsg|addClickHandler|getInnerText|escapeQuotes|sajax_do_call|sajax_init_object|akeytt|is_gecko|wg[A-Z]\w{2,40}|skin)\b`)

// legacy is JavaScript that gives a script of old what it calls, as far as the page has it not; "" for one that needs nothing of that.
func legacy(script string) string {
	names := []string{}
	for _, m := range legacyName.FindAllStringSubmatch(script, 1000) {
		if !slices.Contains(names, m[1]) && len(names) < 60 {
			names = append(names, m[1])
		}
	}
	if !slices.ContainsFunc(names, func(name string) bool { return name != "skin" && !strings.HasPrefix(name, "wg") }) {
		return "" // one that only knows the globals, and leaves where there are none, leaves
	}
	return strings.Replace(legacySource, "NAMES", inScript(names), 1)
}

package rule

import (
	"sort"
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

var dependencies = &Rule{
	Name:     "dependencies",
	Severity: finding.Note,
	Doc: `uses a module it does not ask for

It works as long as something else on the page has loaded the module. Name it in mw.loader.using(), or in the gadget's
definition.`,
	Run: func(p *Pass) {
		if p.text.depth > 0 {
			return
		}
		first := map[string]js.Node{}
		for c := range p.Graph.EachCall() {
			if module := moduleOf(c.Callee); module != "" && first[module] == 0 {
				first[module] = c.Node
			}
		}
		if len(first) == 0 || strings.Contains(p.Text, "mw.loader.using") || strings.Contains(p.Text, "require(") {
			return
		}
		modules := make([]string, 0, len(first))
		for m := range first {
			modules = append(modules, m)
		}
		sort.Strings(modules)
		for _, m := range modules {
			p.Report(first[m], finding.Note, "needs the module %s: is it in the definition, or in mw.loader.using()?", m)
		}
	},
}

// moduleOf is the module that gives a function, "" for what comes with every page.
func moduleOf(callee string) string {
	if callee == "" || strings.IndexByte("mO$", callee[0]) < 0 { // what all names in needed begin with
		return ""
	}
	for _, n := range needed {
		if strings.HasPrefix(callee, n.prefix) {
			return n.module
		}
	}
	return ""
}

// needed are names and the modules that give them (resources/Resources.php); none begins another. mw.util comes with every page.
var needed = []struct{ prefix, module string }{
	{"mw.Api", "mediawiki.api"}, {"mw.ForeignApi", "mediawiki.ForeignApi"}, {"mw.Rest", "mediawiki.api"}, {"mw.Title", "mediawiki.Title"},
	{"mw.storage", "mediawiki.storage"}, {"mw.cookie", "mediawiki.cookie"}, {"mw.Uri", "mediawiki.Uri"}, {"mw.notify", "mediawiki.notification"},
	{"OO.ui.", "oojs-ui"}, {"mw.RegExp", "mediawiki.RegExp"}, {"mw.language", "mediawiki.language"}, {"mw.Debug", "mediawiki.debug"},
	{"mw.experiments", "mediawiki.experiments"}, {"$.createSpinner", "jquery.spinner"}, {"$().textSelection", "jquery.textSelection"}, {"$().tablesorter", "jquery.tablesorter"},
}

package fakewiki

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed mw vendorjs
var assets embed.FS

// Groups of modules, as the startup module numbers them. Each group is fetched by a request of its own.
const (
	groupUser    = 0
	groupPrivate = 1
	groupSite    = 2
	groupNone    = -1
)

// builtin is a module that comes with the wiki.
type builtin struct {
	name   string
	files  []string // joined in this order
	styles []string
	needs  []string
}

// builtins are the modules a pretend wiki has. What it has not, such as OOUI or Codex, it says is missing.
func builtins() []builtin {
	return []builtin{
		{name: "jquery", files: []string{"vendorjs/jquery.js"}},
		{name: "mediawiki.base", files: []string{"mw/base/1-hook.js", "mw/base/2-track.js", "mw/base/3-log.js", "mw/base/4-html.js",
			"mw/base/5-message.js", "mw/base/6-user.js", "mw/base/7-loader.js"}, needs: []string{"jquery"}},
		{name: "mediawiki.util", files: []string{"mw/util.js"}},
		{name: "mediawiki.cookie", files: []string{"mw/cookie.js"}},
		{name: "mediawiki.storage", files: []string{"mw/storage.js"}},
		{name: "mediawiki.Title", files: []string{"mw/title.js"}, needs: []string{"mediawiki.util"}},
		{name: "mediawiki.Uri", files: []string{"mw/uri.js"}, needs: []string{"mediawiki.util"}},
		{name: "mediawiki.user", files: []string{"mw/user.js"}, needs: []string{"mediawiki.api", "mediawiki.cookie"}},
		{name: "mediawiki.api", files: []string{"mw/rest.js", "mw/api.js"}, needs: []string{"mediawiki.Title", "mediawiki.util"}},
		{name: "mediawiki.notification", files: []string{"mw/notification.js"}},
		{name: "mediawiki.language", files: []string{"mw/language.js"}},
		{name: "mediawiki.jqueryMsg", files: []string{"mw/jquerymsg.js"}, needs: []string{"mediawiki.language", "mediawiki.Title"}},
		{name: "mediawiki.page.ready", files: []string{"mw/pageready.js"}, needs: []string{"mediawiki.util", "mediawiki.api"}},
		{name: "mediawiki.action.edit", files: []string{"mw/editaction.js"}},
		{name: "mediawiki.notify", files: nil, needs: []string{"mediawiki.notification"}},
		{name: "vue", files: []string{"vendorjs/vue.js", "mw/vueplugin.js"}},
		{name: "@wikimedia/codex", files: []string{"mw/codex.js"}, needs: []string{"vue"}},
		{name: "skins.vector.styles.legacy", styles: []string{"mw/skin.css"}},
		{name: "mediawiki.ForeignApi", files: []string{"mw/foreignapi.js"}, needs: []string{"mediawiki.api"}},
		{name: "mediawiki.String", files: []string{"mw/string.js"}},
		{name: "jquery.lengthLimit", needs: []string{"mediawiki.String"}},
		{name: "jquery.textSelection", files: []string{"mw/textselection.js"}},
		{name: "jquery.client", files: []string{"mw/client.js"}},
		{name: "mediawiki.small", files: []string{"mw/small.js"}, needs: []string{"mediawiki.util", "mediawiki.cookie"}},
		{name: "jquery.ui", files: []string{"vendorjs/jquery-ui.js"}},
		{name: "oojs", files: []string{"vendorjs/oojs.js"}},
		{name: "oojs-ui-core", files: []string{"vendorjs/oojs-ui-core.js", "vendorjs/oojs-ui-wikimediaui.js"}, styles: []string{"vendorjs/oojs-ui-core.css"}, needs: []string{"oojs"}},
		{name: "oojs-ui-widgets", files: []string{"vendorjs/oojs-ui-widgets.js"}, styles: []string{"vendorjs/oojs-ui-widgets.css"}, needs: []string{"oojs-ui-core"}},
		{name: "oojs-ui-toolbars", files: []string{"vendorjs/oojs-ui-toolbars.js"}, needs: []string{"oojs-ui-core"}},
		{name: "oojs-ui-windows", files: []string{"vendorjs/oojs-ui-windows.js"}, styles: []string{"vendorjs/oojs-ui-windows.css"}, needs: []string{"oojs-ui-core"}},
		{name: "oojs-ui", needs: []string{"oojs-ui-core", "oojs-ui-widgets", "oojs-ui-windows", "oojs-ui-toolbars"}},
		{name: "mediawiki.widgets", files: []string{"mw/widgets.js"}, needs: []string{"oojs-ui-core", "oojs-ui-widgets", "mediawiki.api", "mediawiki.Title"}},
	}
}

// aliases are names of modules that are part of another one here, or that only look well.
func aliases() map[string]string {
	all := map[string]string{}
	for to, names := range map[string]string{
		"mediawiki.small": "jquery.makeCollapsible jquery.tablesorter jquery.suggestions jquery.confirmable jquery.spinner jquery.cookie jquery.checkboxShiftClick jquery.hoverIntent jquery.highlightText " +
			"mediawiki.confirmCloseWindow mediawiki.toolbar mediawiki.experiments mediawiki.inspect mediawiki.page.watch.ajax mediawiki.page.gallery mediawiki.icon mediawiki.diff.styles mediawiki.feedback " +
			"mediawiki.template mediawiki.language.months mediawiki.pager.styles mediawiki.special mediawiki.ui mediawiki.ui.button mediawiki.ui.input mediawiki.ui.checkbox mediawiki.Upload " +
			"mediawiki.codex.messagebox.styles mediawiki.legacy.shared es6-polyfills mediawiki.page.startup mediawiki.hlist mediawiki.RegExp mediawiki.viewport mediawiki.visibleTimeout mediawiki.searchSuggest",
		"mediawiki.widgets": "mediawiki.widgets.UserInputWidget mediawiki.widgets.UsersMultiselectWidget mediawiki.widgets.DateInputWidget mediawiki.widgets.datetime mediawiki.widgets.expiry " +
			"mediawiki.widgets.TitlesMultiselectWidget mediawiki.widgets.NamespacesMultiselectWidget mediawiki.widgets.SearchInputWidget mediawiki.widgets.CategoryMultiselectWidget mediawiki.widgets.visibleLengthLimit mediawiki.widgets.styles",
		"oojs-ui-core": "oojs-ui-core.styles oojs-ui-core.icons oojs-ui.styles.indicators oojs-ui.styles.icons-accessibility oojs-ui.styles.icons-alerts oojs-ui.styles.icons-content oojs-ui.styles.icons-editing-advanced " +
			"oojs-ui.styles.icons-editing-core oojs-ui.styles.icons-editing-citation oojs-ui.styles.icons-editing-list oojs-ui.styles.icons-editing-styling oojs-ui.styles.icons-interactions oojs-ui.styles.icons-layout " +
			"oojs-ui.styles.icons-location oojs-ui.styles.icons-media oojs-ui.styles.icons-moderation oojs-ui.styles.icons-movement oojs-ui.styles.icons-user oojs-ui.styles.icons-wikimedia oojs-ui-widgets.icons oojs-ui-windows.icons",
		"jquery.ui": "jquery.ui.dialog jquery.ui.button jquery.ui.tabs jquery.ui.autocomplete jquery.ui.sortable jquery.ui.draggable jquery.ui.resizable jquery.ui.datepicker jquery.ui.core jquery.ui.widget jquery.ui.position " +
			"jquery.ui.progressbar jquery.ui.slider jquery.ui.accordion jquery.ui.tooltip jquery.ui.menu jquery.effects.core",
		"mediawiki.api":    "mediawiki.Rest",
		"mediawiki.String": "jquery.byteLength jquery.byteLimit",
	} {
		for _, name := range strings.Fields(names) {
			all[name] = to
		}
	}
	return all
}

// startupFiles are the parts of the loader, in order; the list of modules comes before the last one.
func startupFiles() []string {
	return []string{"mw/startup/1-map.js", "mw/startup/2-names.js", "mw/startup/3-registry.js", "mw/startup/4-execute.js",
		"mw/startup/5-settle.js", "mw/startup/6-fetch.js", "mw/startup/7-loader.js", "mw/startup/8-start.js"}
}

// asset reads an embedded file. All names are written above, and a test reads every one.
func asset(name string) string {
	b, err := assets.ReadFile(name)
	if err != nil {
		return fmt.Sprintf("mw.log.error(%s);\n", jsString(err.Error()))
	}
	return string(b)
}

func joined(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(asset(name))
		b.WriteByte('\n')
	}
	return b.String()
}

// vueCompiles is the one place where Vue makes a function from a template's code.
var vueCompiles = regexp.MustCompile(`\bFunction\((\w+)\)\(\)`)

// script is a built-in module's code as the body of its function.
func (m *builtin) script(q *loadRequest) string {
	code := joined(m.files)
	switch m.name {
	case "jquery": // without "module" in sight it makes $ and jQuery globals
		return "(function(module){" + code + "})();\nmodule.exports=window.jQuery;\n"
	case "oojs":
		return code + "window.OO=module.exports;\n"
	case "jquery.ui":
		return "(function(module,require,define){" + code + "})();\n"
	case "oojs-ui-core", "oojs-ui-widgets", "oojs-ui-windows", "oojs-ui-toolbars":
		return code + "module.exports=OO.ui;\n"
	case "vue": // the build for pages compiles templates to code that looks for a global Vue; here there is none
		return "const compileWithVue=(code)=>{const f=new Function('Vue',code);return ()=>f(Vue);};\n" + vueCompiles.ReplaceAllString(code, "compileWithVue($1)()")
	case "mediawiki.base":
		return "const startupValues=" + jsString(map[string]any{"skin": q.skin, "lang": q.lang, "options": q.wiki.defaultOptions()}) + ";\n" + code
	}
	return code
}

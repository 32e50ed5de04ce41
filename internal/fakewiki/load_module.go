package fakewiki

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/wiki"
)

// loadModule is one module, ready to be delivered.
type loadModule struct {
	name    string
	needs   []string
	group   int
	private bool
	code    string       // what the script slot says: a function's body
	global  bool         // run in the global scope instead (site, user)
	files   []loadFile   // a package's, instead of code
	styles  []styleSheet // in order
	message map[string]string
	version string
	safe    bool // registered under safemode too: nothing of it was written by users
}

type loadFile struct {
	name, text string
	data       bool // JSON, not code
}

type styleSheet struct{ css, media string }

// seal computes the version from everything that is delivered.
func (m *loadModule) seal() *loadModule {
	var b strings.Builder
	b.WriteString(m.code)
	for _, f := range m.files {
		b.WriteString("\x00" + f.name + "\x00" + f.text)
	}
	for _, s := range m.styles {
		b.WriteString("\x01" + s.media + "\x00" + s.css)
	}
	b.WriteString(strings.Join(m.needs, "\x02") + jsString(m.message))
	m.version = loadHash(b.String())
	return m
}

// modules are all modules of the wiki for one request's skin, language and user.
func (q *loadRequest) modules() []*loadModule {
	if q.all != nil {
		return q.all
	}
	for _, b := range builtins() {
		if m := q.wiki.kept[b.name]; m != nil {
			q.all = append(q.all, m)
			continue
		}
		m := &loadModule{name: b.name, needs: b.needs, group: groupNone, code: b.script(q), safe: true}
		for _, s := range b.styles {
			m.styles = append(m.styles, styleSheet{css: asset(s)})
		}
		q.all = append(q.all, m.seal())
		if b.name != "mediawiki.base" { // which says what the request was for
			q.wiki.kept[b.name] = m
		}
	}
	q.all = append(q.all, q.wiki.aliasModules()...)
	q.all = append(q.all, (&loadModule{name: "user.options", group: groupPrivate, private: true, safe: true}).seal())
	for _, m := range []*loadModule{q.site(), q.siteStyles(), q.user(), q.userStyles()} {
		q.all = append(q.all, m.seal())
	}
	for _, e := range q.wiki.siteGadgets() {
		q.all = append(q.all, q.gadget(&e).seal())
	}
	return q.all
}

// aliasModules are empty modules that need those which they are part of here.
func (w *Wiki) aliasModules() []*loadModule {
	if w.aliases == nil {
		all := aliases()
		for _, name := range slices.Sorted(maps.Keys(all)) {
			w.aliases = append(w.aliases, (&loadModule{name: name, needs: []string{all[name]}, group: groupNone, safe: true}).seal())
		}
	}
	return w.aliases
}

func (q *loadRequest) module(name string) *loadModule {
	for _, m := range q.modules() {
		if m.name == name {
			return m
		}
	}
	return nil
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// scripts joins the texts of script pages, each under a comment that names it. One redirect is followed, as in
// WikiModule::getContentObj.
func (q *loadRequest) scripts(pages ...*page) string {
	var b strings.Builder
	for _, p := range pages {
		if text, ok := q.pageText(p, wiki.ModelJavaScript); ok {
			b.WriteString(q.comment(p) + text + "\n")
		}
	}
	return b.String()
}

func (q *loadRequest) sheets(media string, pages ...*page) []styleSheet {
	var sheets []styleSheet
	for _, p := range pages {
		if text, ok := q.pageText(p, wiki.ModelCSS); ok {
			sheets = append(sheets, styleSheet{css: q.comment(p) + text + "\n", media: media})
		}
	}
	return sheets
}

func (q *loadRequest) comment(p *page) string {
	return "/*\n" + strings.ReplaceAll(q.wiki.prefixed(p.Title), "*/", "* /") + "\n*/\n"
}

func (q *loadRequest) pageText(p *page, model string) (string, bool) {
	if p == nil || p.current().Model != model {
		return "", false
	}
	if to, ok := q.wiki.redirectTarget(p); ok {
		if p = q.wiki.db.byTitle[to]; p == nil || p.current().Model != model {
			return "", false
		}
	}
	return p.current().Text, true
}

func (q *loadRequest) page(ns int, key string) *page {
	return q.wiki.db.byTitle[wiki.Title{NS: ns, Key: key}]
}

func (q *loadRequest) site() *loadModule {
	return &loadModule{name: "site", group: groupSite, global: true, needs: []string{"site.styles"},
		code: q.scripts(q.page(wiki.NSMediaWiki, "Common.js"), q.page(wiki.NSMediaWiki, capital(q.skin)+".js"))}
}

func (q *loadRequest) siteStyles() *loadModule {
	sheets := q.sheets("", q.page(wiki.NSMediaWiki, "Common.css"), q.page(wiki.NSMediaWiki, capital(q.skin)+".css"))
	return &loadModule{name: "site.styles", group: groupSite, styles: append(sheets, q.sheets("print", q.page(wiki.NSMediaWiki, "Print.css"))...)}
}

// user is the person's own script and that of each of the person's groups. Anybody may ask for anybody's.
func (q *loadRequest) user() *loadModule {
	return &loadModule{name: "user", group: groupUser, global: true, code: q.scripts(q.userPages(".js")...)}
}

func (q *loadRequest) userStyles() *loadModule {
	return &loadModule{name: "user.styles", group: groupUser, styles: q.sheets("", q.userPages(".css")...)}
}

func (q *loadRequest) userPages(suffix string) []*page {
	a := q.wiki.accountNamed(q.userName)
	if a == nil {
		return nil
	}
	own := userPage(a.Name).Key
	pages := []*page{q.page(wiki.NSUser, own+"/common"+suffix), q.page(wiki.NSUser, own+"/"+q.skin+suffix)}
	for _, g := range a.effective() {
		if g != "*" {
			pages = append(pages, q.page(wiki.NSMediaWiki, "Group-"+g+suffix))
		}
	}
	return pages
}

// gadget is a site gadget as the Gadgets extension builds it (GadgetResourceLoaderModule).
func (q *loadRequest) gadget(e *gadget.Entry) *loadModule {
	w, d := q.wiki, &e.Definition
	m := &loadModule{name: e.Module(), group: groupSite, needs: d.Module.Dependencies, styles: q.sheets("", w.gadgetPages(e, ".css")...)}
	for _, key := range d.Module.Messages {
		if text, ok := w.message(key); ok {
			if m.message == nil {
				m.message = map[string]string{}
			}
			m.message[key] = text
		}
	}
	if e.Legacy || d.EffectiveType() == gadget.TypeStyles {
		return m
	}
	scripts := w.gadgetPages(e, ".js")
	if !d.IsPackage() {
		m.code = q.scripts(scripts...)
		return m
	}
	for _, p := range scripts {
		if text, ok := q.pageText(p, wiki.ModelJavaScript); ok {
			m.files = append(m.files, loadFile{name: fileName(p), text: text + "\n"})
		}
	}
	for _, p := range w.gadgetPages(e, ".json") {
		text := p.current().Text
		if !json.Valid([]byte(text)) || slices.Contains([]string{"null", "0", `""`, "[]", "false"}, strings.TrimSpace(text)) {
			text = `{"error":"Invalid JSON"}`
		}
		m.files = append(m.files, loadFile{name: fileName(p), text: text, data: true})
	}
	return m
}

// fileName is what a page of a gadget is called inside its package.
func fileName(p *page) string { return strings.TrimPrefix(p.Title.Text(), "Gadget-") }

// css is the module's style sheet as one text.
func (m *loadModule) css() string {
	var b strings.Builder
	for _, s := range m.styles {
		b.WriteString(s.text())
	}
	return b.String()
}

func (s styleSheet) text() string {
	if s.media == "" {
		return s.css
	}
	return "@media " + s.media + "{\n" + s.css + "}\n"
}

// slots are the arguments of mw.loader.impl after the key, as source text, without the empty ones at the end.
func (m *loadModule) slots() []string {
	slots := []string{m.scriptSlot(), "null", "null"}
	if len(m.styles) > 0 {
		var css []string
		for _, s := range m.styles {
			css = append(css, s.text())
		}
		slots[1] = jsString(map[string][]string{"css": css})
	}
	if len(m.message) > 0 {
		slots[2] = jsString(m.message)
	}
	for len(slots) > 0 && slots[len(slots)-1] == "null" {
		slots = slots[:len(slots)-1]
	}
	return slots
}

func (m *loadModule) scriptSlot() string {
	switch {
	case len(m.files) > 0:
		return m.packageSlot()
	case m.code == "":
		return "null"
	case m.global:
		return jsString(m.code)
	}
	return "function($,jQuery,require,module){" + m.code + "\n}"
}

func (m *loadModule) packageSlot() string {
	var b strings.Builder
	b.WriteString(`{"main":` + jsString(m.files[0].name) + `,"files":{`)
	for i, f := range m.files {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(jsString(f.name) + ":")
		if f.data {
			b.WriteString(dataLiteral(f.text))
		} else {
			b.WriteString("function(require,module,exports){" + f.text + "\n}")
		}
	}
	return b.String() + "}}"
}

// dataLiteral is JSON as a JavaScript expression: the two line separators that old scripts may not hold are escaped.
func dataLiteral(text string) string {
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(text)
}

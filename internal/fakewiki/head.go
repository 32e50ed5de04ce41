package fakewiki

import (
	"slices"
	"strconv"
	"strings"

	"sallyport/internal/gadget"
	"sallyport/internal/wiki"
)

// head writes what ResourceLoader puts into a page's head, in MediaWiki's order (ClientHtml::getHeadHtml): variables and
// states, private and per-user modules, style sheets, the startup script, the place where scripts add style sheets.
func (w *Wiki) head(v *visit, b body) string {
	safe := b.safe || v.text("safemode") == "1" || v.account != nil && truthy(v.account.Options["forcesafemode"])
	gadgets := w.gadgetsHere(v, b)
	if safe {
		gadgets = nil
	}
	state := map[string]string{"user.options": "loading", "site.styles": "ready", "user.styles": "ready", "user": "ready",
		"skins.vector.styles.legacy": "ready", "noscript": "ready"}
	modules := append([]string{"site", "mediawiki.page.ready"}, b.modules...)
	styles := []string{"skins.vector.styles.legacy"}
	for _, g := range gadgets {
		if g.Definition.EffectiveType() == gadget.TypeStyles {
			state[g.Module()] = "ready"
			styles = append(styles, g.Module())
		} else {
			modules = append(modules, g.Module())
		}
	}
	ownCode := !safe && v.account != nil
	if ownCode {
		state["user"] = "loading"
	}
	var h strings.Builder
	h.WriteString(`<script>document.documentElement.className="client-js";RLCONF=` + jsString(w.configVars(v, b)) + ";\nRLSTATE=" + jsString(state) + ";RLPAGEMODULES=" + jsString(modules) + ";</script>\n")
	h.WriteString("<script>(RLQ=window.RLQ||[]).push(function(){mw.loader.impl(function(){return[\"user.options@\",function($,jQuery,require,module){" + w.userOptions(v) + "\n}];});});</script>\n")
	if ownCode {
		h.WriteString("<script>(RLQ=window.RLQ||[]).push(function(){mw.loader.load(" + jsString(w.loadURL("modules", "user", "user", v.user.Name, "version", w.versionOf("user", v.user.Name))) + ");});</script>\n")
	}
	h.WriteString(stylesheet(w.loadURL("modules", pack(styles), "only", "styles")))
	startup := []string{"modules", "startup", "only", "scripts", "raw", "1"}
	if safe {
		startup = append(startup, "safemode", "1")
	}
	h.WriteString(`<script async="" src="` + escape(w.loadURL(startup...)) + `"></script>` + "\n")
	h.WriteString(`<meta name="ResourceLoaderDynamicStyles" content="">` + "\n")
	if !safe {
		h.WriteString(stylesheet(w.loadURL("modules", "site.styles", "only", "styles")))
	}
	if ownCode {
		h.WriteString(stylesheet(w.loadURL("modules", "user.styles", "only", "styles", "user", v.user.Name, "version", w.versionOf("user.styles", v.user.Name))))
	}
	return h.String()
}

func stylesheet(address string) string {
	return `<link rel="stylesheet" href="` + escape(address) + `">` + "\n"
}

// late is the script at the end of a page.
func (w *Wiki) late() string {
	return `<script>(RLQ=window.RLQ||[]).push(function(){mw.config.set({"wgBackendResponseTime":1,"wgHostname":"pretend"});});</script>`
}

// loadURL is an address of load.php with the names sorted, as MediaWiki writes them.
func (w *Wiki) loadURL(pairs ...string) string {
	pairs = append(pairs, "lang", w.lang, "skin", w.dress)
	type pair struct{ name, value string }
	var sorted []pair
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" || pairs[i] == "version" {
			sorted = append(sorted, pair{pairs[i], pairs[i+1]})
		}
	}
	slices.SortFunc(sorted, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	var flat []string
	for _, p := range sorted {
		flat = append(flat, p.name, p.value)
	}
	return w.site.ScriptPath + "/load.php?" + queryString(flat...)
}

// gadgetsHere are the site gadgets that run on this page for this person.
func (w *Wiki) gadgetsHere(v *visit, b body) []gadget.Entry {
	var here []gadget.Entry
	for _, g := range w.siteGadgets() {
		if w.applies(v, &g, w.pageModel(v), b.categories) {
			here = append(here, g)
		}
	}
	return here
}

func (w *Wiki) pageModel(v *visit) string {
	if v.title.NS < 0 {
		return wiki.ModelWikitext
	}
	return w.modelOf(v.title)
}

func truthy(s string) bool { return s != "" && s != "0" }

// userOptions is the body of the private module user.options: changed preferences and the tokens.
func (w *Wiki) userOptions(v *visit) string {
	changed := map[string]any{}
	if v.account != nil {
		for k, value := range v.account.Options {
			changed[k] = value
		}
	}
	tokens := map[string]string{"patrolToken": w.token(v.request, "patrol"), "watchToken": w.token(v.request, "watch"), "csrfToken": w.token(v.request, "")}
	return "mw.user.options.set(" + jsString(changed) + ");mw.user.tokens.set(" + jsString(tokens) + ");"
}

// configVars are the variables of one page for mw.config (OutputPage::getJSVars).
func (w *Wiki) configVars(v *visit, b body) map[string]any {
	ns := w.site.Namespaces[v.title.NS]
	vars := map[string]any{
		"wgBreakFrames": false, "wgSeparatorTransformTable": []string{"", ""}, "wgDigitTransformTable": []string{"", ""},
		"wgDefaultDateFormat": "dmy", "wgMonthNames": monthNames(), "wgRequestId": "pretend",
		"wgCanonicalNamespace": strings.ReplaceAll(ns.Canonical, " ", "_"), "wgCanonicalSpecialPageName": false, "wgNamespaceNumber": v.title.NS,
		"wgPageName": w.site.Prefixed(v.title), "wgTitle": v.title.Text(), "wgCurRevisionId": 0, "wgRevisionId": 0, "wgArticleId": idOf(v.page),
		"wgIsArticle": b.article && v.page != nil, "wgIsRedirect": false, "wgAction": v.action, "wgUserName": nil, "wgUserGroups": v.user.Groups,
		"wgCategories": categoryNames(b.categories), "wgPageViewLanguage": w.site.Lang, "wgPageContentLanguage": w.site.Lang, "wgPageContentModel": w.pageModel(v),
		"wgRelevantPageName": w.site.Prefixed(v.title), "wgRelevantArticleId": idOf(v.page), "wgIsMainPage": w.title(w.site.MainPage) == v.title,
		"wgIsProbablyEditable": v.title.NS >= 0 && w.mayEdit(&v.user, v.title, w.modelOf(v.title)) == nil, "wgRestrictionEdit": []string{}, "wgRestrictionMove": []string{},
	}
	vars["wgRelevantPageIsProbablyEditable"] = vars["wgIsProbablyEditable"]
	if v.special != "" {
		vars["wgCanonicalSpecialPageName"] = v.special
	}
	if v.page != nil {
		vars["wgCurRevisionId"] = v.page.current().ID
		_, redirects := w.redirectTarget(v.page)
		vars["wgIsRedirect"] = redirects
		if v.page.Protected != "" {
			vars["wgRestrictionEdit"] = []string{"sysop"}
		}
		if v.rev != nil && b.article {
			vars["wgRevisionId"] = v.rev.ID
		}
	}
	if b.redirectedFrom != "" {
		vars["wgRedirectedFrom"], vars["wgInternalRedirectTargetUrl"] = b.redirectedFrom, w.address(v.title)
	}
	if b.diffNew != 0 {
		vars["wgDiffOldId"], vars["wgDiffNewId"] = b.diffOld, b.diffNew
	}
	w.personVars(v, vars)
	for k, value := range b.vars {
		vars[k] = value
	}
	return vars
}

func (w *Wiki) personVars(v *visit, vars map[string]any) {
	whose := v.title
	if whose.NS == wiki.NSUserTalk { // Skin::getRelevantUser
		whose.NS = wiki.NSUser
	}
	if owner, ok := w.site.Owner(whose); ok && w.accountNamed(owner) != nil {
		vars["wgRelevantUserName"] = owner
	}
	if v.account == nil {
		return
	}
	vars["wgUserName"], vars["wgUserId"], vars["wgUserEditCount"] = v.user.Name, v.user.ID, v.account.Edits
	vars["wgUserRegistration"], vars["wgUserLanguage"] = v.account.Registration.UnixMilli(), w.lang
	vars["wgUserNewMsgRevisionId"] = nil
	if len(v.account.GlobalGroups) > 0 {
		vars["wgGlobalGroups"] = v.account.GlobalGroups
	}
	if v.account.Temp {
		vars["wgUserIsTemp"] = true
	}
}

func categoryNames(categories []wiki.Title) []string {
	names := []string{}
	for _, c := range categories {
		names = append(names, c.Text())
	}
	return names
}

func monthNames() []string {
	return []string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
}

// siteVars are the variables every page of the wiki shares; the startup module sets them.
func (w *Wiki) siteVars() map[string]any {
	s := &w.site
	formatted, ids := map[string]string{}, map[string]int{}
	for id, ns := range s.Namespaces {
		formatted[strconv.Itoa(id)] = ns.Name
		ids[strings.ToLower(strings.ReplaceAll(ns.Name, " ", "_"))] = id
		ids[strings.ToLower(strings.ReplaceAll(ns.Canonical, " ", "_"))] = id
	}
	ids[""] = 0
	for alias, id := range s.Aliases {
		ids[strings.ToLower(strings.ReplaceAll(alias, " ", "_"))] = id
	}
	return map[string]any{
		"wgServer": s.Server, "wgServerName": hostName(s.Server), "wgScript": s.ScriptPath + "/index.php", "wgScriptPath": s.ScriptPath,
		"wgArticlePath": s.ArticlePath, "wgVariantArticlePath": false, "wgActionPaths": map[string]string{}, "wgSiteName": s.Name,
		"wgDBname": s.ID, "wgWikiID": s.ID, "wgVersion": strings.TrimPrefix(s.Generator, "MediaWiki "), "wgContentLanguage": s.Lang,
		"wgTranslateNumerals": true, "wgFormattedNamespaces": formatted, "wgNamespaceIds": ids, "wgContentNamespaces": []int{0},
		"wgExtraSignatureNamespaces": []int{}, "wgCaseSensitiveNamespaces": []int{}, "wgCookiePrefix": s.ID, "wgCookieDomain": "", "wgCookiePath": "/",
		"wgCookieExpiration": 2592000, "wgLegalTitleChars": ` %!"$&'()*,\-./0-9:;=?@A-Z\\\^_` + "`a-z~+\\u0080-\\uFFFF", "wgIllegalFileChars": ":/\\\\",
		"wgFileExtensions": []string{"png", "gif", "jpg", "jpeg", "webp"}, "wgEnableWriteAPI": true, "wgCommentByteLimit": nil, "wgCommentCodePointLimit": 500,
		"wgUrlProtocols": "bitcoin\\:|ftp\\:\\/\\/|http\\:\\/\\/|https\\:\\/\\/|mailto\\:|\\/\\/", "wgMainPageTitle": s.MainPage,
	}
}

package rule

import (
	"strings"

	"sallyport/internal/finding"
	"sallyport/internal/js"
)

var deprecated = &Rule{
	Name:     "deprecated",
	Severity: finding.Low,
	CWE:      []int{477},
	Doc: `uses what MediaWiki has dropped or will drop

Old globals and methods stop working with an upgrade. The message says what to write instead.`,
	Run: func(p *Pass) {
		for c := range p.Graph.EachCall() {
			if instead, ok := oldCalls[c.Callee]; ok {
				p.Report(c.Node, finding.Low, "%s is deprecated: use %s", c.Callee, instead)
				continue
			}
			for _, name := range c.Others {
				if instead, ok := oldCalls[name]; ok {
					p.Report(c.Node, finding.Low, "%s is deprecated: use %s", name, instead)
					break
				}
			}
		}
		for b := range p.Bindings {
			if p.Bindings[b].Kind == js.Global {
				p.oldGlobal(js.BindingID(b))
			}
		}
	},
}

// oldGlobal reports the reads of a global that is gone or will go.
func (p *Pass) oldGlobal(b js.BindingID) {
	name := p.AtomText(p.Bindings[b].Name)
	instead := oldGlobals[name]
	config := strings.HasPrefix(name, "wg") && len(name) > 3 && name[2] >= 'A' && name[2] <= 'Z'
	if instead == "" && !config {
		return
	}
	for _, n := range p.Refs(b) {
		switch {
		case !p.Is(n, js.IsRead):
		case instead != "":
			p.Report(n, finding.Low, "%s is deprecated: use %s", name, instead)
		default:
			p.Report(n, finding.Low, "the global %s is gone: use mw.config.get( '%s' )", name, name)
		}
	}
}

// oldCalls and oldGlobals: RELEASE-NOTES of MediaWiki 1.17 to 1.44, mediawiki.org "ResourceLoader/Migration guide (users)".
var oldCalls = map[string]string{
	"mw.util.wikiGetlink": "mw.util.getUrl()", "mw.util.jsMessage": "mw.notify()", "mw.util.$content": "mw.hook( 'wikipage.content' )",
	"mw.util.toggleToc": "nothing: it is gone", "mw.util.tooltipAccessKeyPrefix": "$.fn.updateTooltipAccessKeys()", "mw.util.updateTooltipAccessKeys": "$.fn.updateTooltipAccessKeys()",
	"mw.user.name": "mw.user.getName()", "mw.user.anonymous": "mw.user.isAnon()", "mw.user.sessionId.get": "mw.user.sessionId()",
	"mw.loader.go": "mw.loader.using()", "mw.loader.version": "nothing: it is gone", "mw.loader.addLinkTag": "mw.loader.load( url, 'text/css' )",
	"mw.Uri": "new URL()", "mw.cookie.getCrossSite": "mw.cookie.get()", "mw.Api.getEditToken": "mw.Api.postWithEditToken()", "mw.Api.getToken": "mw.Api.postWithToken()",
	"$.trim": "String.prototype.trim()", "$.isArray": "Array.isArray()", "$.parseJSON": "JSON.parse()", "$.isFunction": "typeof x === 'function'",
	"$.type": "typeof", "$.now": "Date.now()", "$.proxy": "Function.prototype.bind()", "$.isNumeric": "isFinite()", "$.isWindow": "x === x.window",
	"$.cookie": "mw.cookie", "$.toJSON": "JSON.stringify()", "$.evalJSON": "JSON.parse()", "$.client.profile": "feature detection",
	"$().bind": ".on()", "$().unbind": ".off()", "$().delegate": ".on()", "$().undelegate": ".off()", "$().live": ".on()", "$().die": ".off()",
	"$().size": ".length", "$().andSelf": ".addBack()", "$().error": ".on( 'error' )",
	"addOnloadHook": "$( function )", "addPortletLink": "mw.util.addPortletLink()", "appendCSS": "mw.util.addCSS()", "getURLParamValue": "mw.util.getParamValue()",
	"hookEvent": "$( window ).on()", "addHandler": "$( el ).on()", "addClickHandler": "$( el ).on( 'click' )", "removeHandler": "$( el ).off()",
	"importScriptURI": "mw.loader.load()", "importStylesheetURI": "mw.loader.load( url, 'text/css' )", "escapeQuotes": "mw.html.escape()", "escapeQuotesHTML": "mw.html.escape()",
	"sajax_do_call": "mw.Api", "sajax_init_object": "mw.Api", "jsMsg": "mw.notify()", "injectSpinner": "$.createSpinner()", "removeSpinner": "$.removeSpinner()",
	"insertTags": "$( textarea ).textSelection( 'encapsulateSelection', … )", "getElementsByClassName": "document.getElementsByClassName()", "akeytt": "$.fn.updateTooltipAccessKeys()",
	"ts_makeSortable": "$( table ).tablesorter()", "changeText": "$( el ).text()", "killEvt": "event.preventDefault()", "getInnerText": "$( el ).text()",
}

var oldGlobals = map[string]string{
	"mediaWiki": "mw", "is_gecko": "feature detection", "is_safari": "feature detection", "is_opera": "feature detection", "is_chrome": "feature detection",
	"clientPC": "feature detection", "skin": "mw.config.get( 'skin' )", "stylepath": "mw.config.get( 'stylepath' )", "doneOnloadHook": "$( function )",
	"onloadFuncts": "$( function )", "ta": "accesskey attributes",
}

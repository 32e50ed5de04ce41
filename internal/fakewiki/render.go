package fakewiki

import (
	"strings"

	"sallyport/internal/fakewiki/wikitext"
	"sallyport/internal/wiki"
)

// render turns wikitext into HTML.
func (w *Wiki) render(t wiki.Title, text string) wikitext.Page {
	return wikitext.Render(text, func(target string) (wikitext.Link, bool) {
		if strings.HasPrefix(strings.TrimSpace(target), "/") && w.site.Namespaces[t.NS].Subpages {
			target = w.prefixed(t) + strings.TrimSuffix(strings.TrimSpace(target), "/")
		}
		to, err := w.site.ParseText(target)
		if err != nil {
			return wikitext.Link{}, false
		}
		link := wikitext.Link{Title: to, Text: w.prefixed(to), Href: w.address(to), Exists: to.NS < 0 || w.db.byTitle[to] != nil}
		if !link.Exists {
			link.Href = w.scriptQuery("title", w.site.Prefixed(to), "action", "edit", "redlink", "1")
		}
		return link, true
	})
}

// renderBody renders a page of any content model: code is shown, not run.
func (w *Wiki) renderBody(t wiki.Title, text, model string) wikitext.Page {
	switch model {
	case wiki.ModelWikitext:
		if to, ok := w.wikitextRedirect(text); ok {
			return wikitext.Page{HTML: `<div class="redirectMsg"><p>Redirect to:</p><ul class="redirectText"><li><a href="` +
				escape(w.address(to)) + `">` + escape(w.prefixed(to)) + `</a></li></ul></div>`, Links: []wiki.Title{to}}
		}
		return w.render(t, text)
	case wiki.ModelJavaScript, wiki.ModelCSS, wiki.ModelJSON, wiki.ModelVue:
		return wikitext.Page{HTML: `<pre class="mw-code mw-` + model + `" dir="ltr">` + "\n" + escape(text) + "\n</pre>"}
	}
	return wikitext.Page{HTML: "<pre>\n" + escape(text) + "\n</pre>"}
}

// titleHTML is a title as headings show it, in its parts.
func (w *Wiki) titleHTML(t wiki.Title) string {
	main := `<span class="mw-page-title-main">` + escape(t.Text()) + `</span>`
	if t.NS == wiki.NSMain {
		return main
	}
	return `<span class="mw-page-title-namespace">` + escape(w.site.Namespaces[t.NS].Name) + `</span><span class="mw-page-title-separator">:</span>` + main
}

// scriptQuery is the address of index.php with these names and values, in this order.
func (w *Wiki) scriptQuery(pairs ...string) string {
	return w.site.ScriptPath + "/index.php?" + queryString(pairs...)
}

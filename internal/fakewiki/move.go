package fakewiki

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"sallyport/internal/wiki"
)

// Move gives a page another title as mover, leaving a redirect behind or not. The page keeps its id. Like MediaWiki it
// adds a revision that changes nothing and says what happened (MovePage::moveToInternal).
func (w *Wiki) Move(from, to, mover string, redirect bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	source, err := w.pageTitle(from)
	if err != nil {
		return fmt.Errorf("move %q: %w", from, err)
	}
	target, err := w.pageTitle(to)
	if err != nil {
		return fmt.Errorf("move to %q: %w", to, err)
	}
	if err := w.move(source, target, mover, "", redirect); err != nil {
		return fmt.Errorf("move %q to %q: %w", from, to, err)
	}
	return nil
}

func (w *Wiki) move(from, to wiki.Title, mover, reason string, redirect bool) error {
	p := w.db.byTitle[from]
	if p == nil {
		return ErrNoPage
	}
	if old := w.db.byTitle[to]; old != nil {
		if !w.overwritable(old, from) {
			return ErrPageExists
		}
		w.archive(old)
	}
	delete(w.db.byTitle, from)
	p.Title, w.db.byTitle[to] = to, p
	summary := mover + " moved page [[" + w.prefixed(from) + "]] to [[" + w.prefixed(to) + "]]"
	if reason != "" {
		summary += ": " + reason
	}
	last := *p.current()
	w.store(to, edit{text: last.Text, author: mover, comment: summary, minor: true, quiet: true, dummy: true})
	entry := change{Title: from, User: mover, Time: p.Touched, Comment: reason,
		LogParams: map[string]any{"target_ns": to.NS, "target_title": w.prefixed(to), "suppressredirect": false}}
	if text, ok := w.redirectText(last.Model, to); redirect && ok {
		r, _ := w.store(from, edit{text: text, author: mover, comment: summary, model: last.Model, quiet: true})
		entry.Page = r.ID
	} else {
		entry.LogParams["suppressredirect"] = true
	}
	w.db.recordLog("move", "move", entry)
	return nil
}

// overwritable: a page may be moved onto a redirect back to it that was never anything else.
func (w *Wiki) overwritable(p *page, from wiki.Title) bool {
	target, ok := w.redirectTarget(p)
	return ok && target == from && len(p.Revisions) == 1
}

// jsRedirect frames MediaWiki's redirect between script pages (JavaScriptContentHandler::makeRedirectContent).
const (
	jsRedirectHead  = "/* #REDIRECT */mw.loader.load("
	jsRedirectTail  = ");"
	cssRedirectHead = "/* #REDIRECT */@import url("
	rawJS           = "&ctype=text/javascript"
	rawCSS          = "&ctype=text/css"
)

// redirectText is what a page that moved leaves behind; JSON and other models leave nothing.
func (w *Wiki) redirectText(model string, to wiki.Title) (string, bool) {
	address := w.site.RawURL(to)
	switch model {
	case wiki.ModelWikitext:
		return "#REDIRECT [[" + redirectLink(w.prefixed(to), to) + "]]", true
	case wiki.ModelJavaScript:
		return jsRedirectHead + jsString(address+rawJS) + jsRedirectTail, true
	case wiki.ModelCSS:
		return cssRedirectHead + address + rawCSS + ");", true
	}
	return "", false
}

// redirectLink guards categories and files with a colon, or the redirect would be filed there instead.
func redirectLink(prefixed string, to wiki.Title) string {
	if to.NS == nsCategory || to.NS == 6 {
		return ":" + prefixed
	}
	return prefixed
}

// redirectTarget reads one of the three redirect forms.
func (w *Wiki) redirectTarget(p *page) (wiki.Title, bool) {
	r := p.current()
	switch r.Model {
	case wiki.ModelWikitext:
		return w.wikitextRedirect(r.Text)
	case wiki.ModelJavaScript:
		body, ok := strings.CutPrefix(r.Text, jsRedirectHead)
		var address string
		if !ok || json.Unmarshal([]byte(strings.TrimSuffix(body, jsRedirectTail)), &address) != nil {
			return wiki.Title{}, false
		}
		return w.addressTitle(address, rawJS)
	case wiki.ModelCSS:
		body, ok := strings.CutPrefix(r.Text, cssRedirectHead)
		if !ok {
			return wiki.Title{}, false
		}
		return w.addressTitle(strings.TrimSuffix(body, ");"), rawCSS)
	}
	return wiki.Title{}, false
}

func (w *Wiki) wikitextRedirect(text string) (wiki.Title, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 9 || !strings.EqualFold(text[:9], "#REDIRECT") {
		return wiki.Title{}, false
	}
	_, link, ok := strings.Cut(text[9:], "[[")
	if !ok {
		return wiki.Title{}, false
	}
	link, _, ok = strings.Cut(link, "]]")
	if !ok {
		return wiki.Title{}, false
	}
	link, _, _ = strings.Cut(link, "|")
	t, err := w.pageTitle(link)
	return t, err == nil
}

// addressTitle finds the page an address made by redirectText leads to.
func (w *Wiki) addressTitle(address, tail string) (wiki.Title, bool) {
	if !strings.HasSuffix(address, tail) {
		return wiki.Title{}, false
	}
	u, err := url.Parse(address)
	if err != nil {
		return wiki.Title{}, false
	}
	t, err := w.pageTitle(u.Query().Get("title"))
	return t, err == nil
}

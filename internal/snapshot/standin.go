package snapshot

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"sallyport/internal/wiki"
)

// standIn makes a recorded page that stands in for one that was not recorded say in its configuration what was asked for: a script that
// waits for a page asks mw.config for it.
func (s *Snapshot) standIn(text, title, action string) string {
	t, err := s.Site.Parse(title)
	if err != nil || t.NS == wiki.NSSpecial {
		return text
	}
	ns := s.Site.Namespaces[t.NS]
	full := s.Site.Prefixed(t)
	canonical := strings.ReplaceAll(ns.Canonical, " ", "_")
	set := map[string]any{
		"wgPageName": full, "wgRelevantPageName": full, "wgTitle": s.plain(t), "wgNamespaceNumber": t.NS, "wgCanonicalNamespace": canonical,
		"wgCanonicalSpecialPageName": false, "wgPageContentModel": wiki.DefaultModel(t),
	}
	if action != "" {
		set["wgAction"] = action
	}
	return configured.ReplaceAllStringFunc(text, func(pair string) string {
		name, _, _ := strings.Cut(strings.TrimPrefix(pair, `"`), `"`)
		value, ok := set[name]
		if !ok {
			return pair
		}
		out, err := json.Marshal(value)
		if err != nil {
			return pair
		}
		return strconv.Quote(name) + ":" + string(out)
	})
}

// plain is a title without its namespace, with spaces.
func (s *Snapshot) plain(t wiki.Title) string { return strings.ReplaceAll(t.Key, "_", " ") }

// configured is one value of a page's mw.config, as MediaWiki writes it into the page's head.
var configured = regexp.MustCompile(`"wg(?:PageName|RelevantPageName|Title|NamespaceNumber|CanonicalNamespace|CanonicalSpecialPageName|PageContentModel|Action)":(?:"(?:[^"\\]|\\.)*"|-?[0-9]+|true|false|null)`)

// asked is the page and the view that an address names.
func (s *Snapshot) asked(path string) (title, action string) {
	u, err := url.Parse(path)
	if err != nil {
		return "", ""
	}
	title = u.Query().Get("title")
	article, _, _ := strings.Cut(s.Site.ArticlePath, "$1")
	if rest, ok := strings.CutPrefix(u.Path, article); ok && title == "" {
		title = rest
	}
	return title, u.Query().Get("action")
}

// recorded is the answer to a request, of the address itself or of one that will do.
func (s *Snapshot) recorded(r *http.Request, persona, query string) (a Answer, text string, ok bool) {
	if r.Method == http.MethodPost {
		return Answer{}, "", false
	}
	for i, path := range s.candidates(query) {
		if a, ok = s.Answers[key(persona, path)]; !ok {
			continue
		}
		text = s.Texts[a.Text]
		if i > 0 {
			title, action := s.asked(query)
			text = s.standIn(text, title, action)
		}
		return a, text, true
	}
	return Answer{}, "", false
}

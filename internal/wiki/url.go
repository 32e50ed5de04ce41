package wiki

import (
	"net/url"
	"strings"
)

// Path is the address of a page without the server: "/wiki/User:Mara".
func (s *Site) Path(t Title) string {
	article := s.ArticlePath
	if article == "" {
		article = s.ScriptPath + "/index.php/$1"
	}
	return strings.ReplaceAll(article, "$1", escapeTitle(s.Prefixed(t)))
}

// URL is the address of a page.
func (s *Site) URL(t Title) string { return s.Server + s.Path(t) }

// ScriptURL is the address of an entry point, for instance "load.php".
func (s *Site) ScriptURL(file string) string { return s.Server + s.ScriptPath + "/" + file }

// RawURL is the address of a page's text (action=raw).
func (s *Site) RawURL(t Title) string {
	return s.ScriptURL("index.php") + "?title=" + escapeTitle(s.Prefixed(t)) + "&action=raw"
}

// readable undoes the escapes that MediaWiki leaves out of addresses (wfUrlencode).
var readable = strings.NewReplacer("%3B", ";", "%40", "@", "%24", "$", "%21", "!", "%2A", "*", "%28", "(", "%29", ")",
	"%2C", ",", "%2F", "/", "%7E", "~", "%3A", ":")

func escapeTitle(prefixed string) string { return readable.Replace(url.QueryEscape(prefixed)) }

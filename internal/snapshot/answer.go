package snapshot

import (
	"net/http"
	"net/url"
	"strings"
)

// Fallback answers what was not recorded.
type Fallback func(w http.ResponseWriter, r *http.Request)

// Serve answers a request as a persona: from the snapshot, or else from the fallback. The server is the name under which the wiki
// is to be known.
func (s *Snapshot) Serve(w http.ResponseWriter, r *http.Request, persona, server string, fallback Fallback) {
	if strings.HasSuffix(r.URL.Path, "/load.php") {
		if text, kind, ok := s.Load(r.URL.RawQuery); ok {
			w.Header().Set("Cache-Control", "private, max-age=600")
			s.send(w, http.StatusOK, kind, s.named(text, server))
			return
		}
	}
	query := r.URL.RequestURI()
	if s.Site.ScriptPath == "" { // our decoy asks below /w, a small wiki has its scripts at the root
		query = strings.Replace(query, "/w/", "/", 1)
	}
	if a, text, ok := s.recorded(r, persona, query); ok {
		s.send(w, a.Status, a.Type, s.named(text, server))
		return
	}
	fallback(w, r)
}

// candidates are addresses whose answer will do: the one asked for; of a page, the same view without further parameters, the page
// itself, and in the end the first page there is. Another wiki's pages would not go with this one's modules.
func (s *Snapshot) candidates(path string) []string {
	u, err := url.Parse(path)
	isIndex := err == nil && strings.HasSuffix(u.Path, "/index.php")
	article, _, _ := strings.Cut(s.Site.ArticlePath, "$1")
	if err != nil || !isIndex && !strings.HasPrefix(u.Path, article) || u.Query().Get("action") == "raw" || u.Query().Has("ctype") {
		return []string{path}
	}
	q := u.Query()
	title := q.Get("title")
	if !isIndex {
		title = strings.TrimPrefix(u.EscapedPath(), article)
	}
	out := []string{path}
	if action := q.Get("action"); action != "" {
		out = append(out, u.Path+"?"+url.Values{"title": {title}, "action": {action}}.Encode())
	}
	out = append(out, article+title)
	if len(s.Pages) > 0 {
		out = append(out, s.Pages[0].path(&s.Site, "192.0.2.7"))
	}
	return out
}

// named puts the server's name where the wiki's own address was.
func (s *Snapshot) named(text, server string) string {
	text = strings.ReplaceAll(text, `"wgServer":""`, `"wgServer":"`+server+`"`)
	return strings.ReplaceAll(text, `"wgServerName":"`+hostName(s.Wiki)+`"`, `"wgServerName":"`+hostName(server)+`"`)
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (s *Snapshot) send(w http.ResponseWriter, status int, kind, text string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) //nolint:gosec // for the sealed browser
}

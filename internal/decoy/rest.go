package decoy

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
)

// rest answers what is read through the REST API (MediaWiki\Rest, coreRoutes.json): pages, their histories, and searches. It says whether
// the request was one of those.
func (d *Decoy) rest(w http.ResponseWriter, a *ask) bool {
	_, path, ok := strings.Cut(a.URL.Path, "/rest.php/v1/")
	if !ok || a.Method != http.MethodGet {
		return false
	}
	what, rest, _ := strings.Cut(path, "/")
	status := http.StatusOK
	var body any
	switch what {
	case "page":
		title, view := rest, ""
		for _, v := range []string{"/bare", "/html", "/with_html", "/history", "/links/media", "/links/language"} {
			if t, is := strings.CutSuffix(rest, v); is {
				title, view = t, v
			}
		}
		body = d.restPage(title, view)
	case "search":
		body = object{"pages": d.restRows()}
	}
	if body == nil {
		status = http.StatusNotFound
		body = object{"errorKey": "rest-nonexistent-title", "messageTranslations": object{"en": "The specified title does not exist"}, "httpCode": status, "httpReason": "Not Found"}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return false
	}
	filled := d.v.Secrets.fill(string(text), strings.EqualFold(a.URL.Host, d.v.Host))
	d.keep(a.url, filled)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(filled))
	return true
}

// restPage is a page in one of its views; nil for one that there is not.
func (d *Decoy) restPage(title, view string) any {
	var answer struct {
		Query struct {
			Pages []struct {
				PageID    int
				Title     string
				Missing   bool
				Revisions []struct {
					RevID     int
					User      string
					Comment   string
					Timestamp string
					Slots     struct {
						Main struct{ ContentModel, Content string }
					}
				}
			}
		}
	}
	asked := d.query(url.Values{"titles": {strings.ReplaceAll(d.own(title), "_", " ")}, "prop": {"revisions"}, "rvprop": {"ids|user|comment|timestamp|content|contentmodel"}, "rvslots": {"main"}})
	if json.Unmarshal(asked, &answer) != nil || len(answer.Query.Pages) == 0 {
		return nil
	}
	p := answer.Query.Pages[0]
	if p.Missing || len(p.Revisions) == 0 {
		return nil
	}
	rev := p.Revisions[0]
	page := object{
		"id": p.PageID, "key": strings.ReplaceAll(p.Title, " ", "_"), "title": p.Title, "latest": object{"id": rev.RevID, "timestamp": rev.Timestamp},
		"content_model": firstOf(rev.Slots.Main.ContentModel, "wikitext"), "license": object{"url": "", "title": ""},
	}
	switch view {
	case "":
		page["source"] = rev.Slots.Main.Content
	case "/html", "/with_html":
		page["html"] = "<!DOCTYPE html><body><p>" + html.EscapeString(rev.Slots.Main.Content) + "</p></body>"
	case "/history":
		return object{"revisions": []object{{"id": rev.RevID, "timestamp": rev.Timestamp, "minor": false, "comment": rev.Comment, "user": object{"id": 77, "name": rev.User}, "size": 260, "delta": 20}}}
	case "/links/media":
		return object{"files": []object{}}
	case "/links/language":
		return []object{}
	}
	return page
}

// restRows are what a search finds.
func (d *Decoy) restRows() []object {
	var out []object
	for i, title := range inhabitants[0] {
		out = append(out, object{"id": 4712 + i, "key": strings.ReplaceAll(title, " ", "_"), "title": title, "excerpt": "", "description": nil, "thumbnail": nil})
	}
	return out
}
